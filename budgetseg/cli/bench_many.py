"""``budgetseg bench report`` and ``bench runs``: what many runs cost to report on and to list."""

from typing import Annotated

import typer

__all__ = ["report", "runs"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of lines.")]


def report(
    runs: Annotated[int, typer.Option(min=1, help="How many finished runs are made up.")] = 500,
    browser: Annotated[str | None, typer.Option(help="The browser's program.  [default: chromium]")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often the page is opened.")] = 3,
    as_json: Json = False,
) -> None:
    """Make up finished runs and their report, and time making it and opening it in headless Chromium."""
    from budgetseg.bench.browser import browser_at
    from budgetseg.bench.report import bench_report
    from budgetseg.cli.output import emit

    found = bench_report(runs, browser=browser_at(browser), repeats=repeats)
    emit(
        found.to_dict(),
        as_json,
        lambda console: console.print(
            f"A report of {found.runs:,} runs: made in {found.make_seconds:.1f} s ({found.make_cpu_seconds:.1f} s of "
            f"CPU time), {found.megabytes:.1f} MB. Opened: the first chart stands after {found.open_seconds:.2f} s "
            f"({found.open_cpu_seconds:.2f} s of CPU time more than an empty page; median of {found.repeats}).",
            markup=False,
            soft_wrap=True,
        ),
    )


def runs(
    runs: Annotated[int, typer.Option(min=1, help="How many finished runs are made up.")] = 10_000,
    repeats: Annotated[int, typer.Option(min=1, help="Fresh processes of each, turn by turn.")] = 5,
    as_json: Json = False,
) -> None:
    """Make up finished runs and time listing them, beside a program that reads every result."""
    from budgetseg.bench.runs import ALTERNATIVE, bench_runs
    from budgetseg.cli.output import emit

    found = bench_runs(runs, repeats=repeats)
    emit(
        found.to_dict(),
        as_json,
        lambda console: console.print(
            f"budgetseg runs list of {found.runs:,} runs: {found.list_seconds:.2f} s ({found.list_cpu_seconds:.2f} s "
            f"of CPU time), the first time {found.first_cpu_seconds:.2f} s of CPU time, for the index is made. "
            f"{ALTERNATIVE[0].upper()}{ALTERNATIVE[1:]}: {found.reading_seconds:.2f} s "
            f"({found.reading_cpu_seconds:.2f} s), {found.ratio:.1f} times the CPU time. Medians of {found.repeats}.",
            markup=False,
            soft_wrap=True,
        ),
    )
