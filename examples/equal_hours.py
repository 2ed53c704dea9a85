"""Which strategy is best for the same hours? Runs each one and prints a Markdown table.

    python examples/equal_hours.py --hours 3,6 --seeds 3
    python examples/equal_hours.py --hours 6 -- --dataset my_photos --backbone efficientnet_lite0

What stands after `--` goes to `budgetseg run` as it is. Runs land in runs/, and a finished one is never repeated: add
hours or seeds later and only the new runs are carried out.
"""

import argparse
import json
import statistics
import subprocess
import sys

BUDGET_TOO_SMALL = 3  # exit code of budgetseg


def one_run(strategy: str, hours: str, seed: int, options: list[str]) -> dict | None:
    """Return the result of one run, or None where the hours do not buy the strategy."""
    command = [sys.executable, "-m", "budgetseg", "run", "--json", "--strategy", strategy, "--hours", hours]
    done = subprocess.run([*command, "--seed", str(seed), *options], stdout=subprocess.PIPE, text=True)
    if done.returncode == BUDGET_TOO_SMALL:
        return None
    if done.returncode:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def cell(results: list[dict]) -> str:
    """Mean mIoU over seeds, their standard deviation, and what was bought."""
    mious = [result["miou"] for result in results]
    spread = f" ± {statistics.stdev(mious):.1f}" if len(mious) > 1 else ""
    bought = " + ".join(f"{images:,} {kind}" for kind, images in results[0]["mix"].items())
    return f"**{statistics.mean(mious):.1f}**{spread} ({bought}; {results[0]['hours']['actual']:.1f} h)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", default="3,6")
    parser.add_argument("--strategies", default="image,point,squiggle,box,full,hybrid")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("options", nargs="*", help="options of budgetseg run, after --")
    arguments = parser.parse_args()
    budgets = arguments.hours.split(",")

    print("| strategy | " + " | ".join(f"{hours} h" for hours in budgets) + " |")
    print("|---" * (len(budgets) + 1) + "|")
    for strategy in arguments.strategies.split(","):
        row, everything = [], None
        for hours in budgets:
            # When all images are bought, more hours buy nothing more.
            results = everything or [one_run(strategy, hours, s, arguments.options) for s in range(arguments.seeds)]
            if None in results:
                row.append("does not fit")
                continue
            if all(sum(result["mix"].values()) == result["pool"] for result in results):
                everything = results
            row.append(cell(results))
        print(f"| {strategy} | " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
