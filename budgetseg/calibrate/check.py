"""Whether calibration finds rates that are known: ``python -m budgetseg.calibrate.check [SEEDS [TASKS]]``.

For the paper's rates, and for true rates up to twice as fast or slow that are drawn anew for each seed, it prints the
median error of each rate and the worst one, how often the 80 % interval holds the truth, and the weight of the prior:
for TASKS tasks and, on a fifth of the seeds, for ten times as many. The means are held against the expected seconds of
an act, the medians against its median. 50 seeds of 400 tasks where nothing is said, which takes some minutes.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.calibrate import calibrate
from budgetseg.calibrate.synthetic import CLICKS, TRUTH, Truth, tasks_of
from budgetseg.costs.book import load_book

__all__ = ["Found", "drawn_truths", "look", "main"]

Floats = NDArray[np.float64]

_DRAWS: Final = 200
_FEWER: Final = 5
"""So many times fewer seeds where tasks are ten times as many."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """Calibrations of S truths with P rates each: relative errors, whether intervals held, weights of the prior."""

    mean_error_SP: Floats
    median_error_SP: Floats
    mean_held_SP: Floats
    median_held_SP: Floats
    prior_weight_SP: Floats
    idle_S: Floats
    """Share of the tasks that were found idle."""


def drawn_truths(truth: Truth, seeds: int, rng: np.random.Generator) -> list[Truth]:
    """Draw rates evenly, in the logarithm, between half and twice those of ``truth``, each by itself."""
    factors_SP = np.exp(rng.uniform(-log(2), log(2), (seeds, len(CLICKS))))
    return [
        replace(
            truth,
            label_s=truth.label_s * label,
            first_click_s=truth.first_click_s * first,
            extra_click_s=truth.extra_click_s * extra,
        )
        for label, first, extra in factors_SP.tolist()
    ]


def look(truths: Sequence[Truth], tasks: int, *, seed: int = 0, draws: int = _DRAWS) -> Found:
    """Calibrate tasks of each truth, from the paper's book."""
    prior = load_book("voc2012")
    rows = []
    for number, truth in enumerate(truths):
        rng = np.random.default_rng([seed, tasks, number])
        measured = calibrate(tasks_of(truth, tasks, rng), prior, rng, draws=draws)
        for name in CLICKS:
            rate, mean, median = measured.rates[name], truth.means[name], truth.medians[name]
            rows.append(
                [
                    abs(rate.mean / mean - 1),
                    abs(rate.median / median - 1),
                    rate.low <= mean <= rate.high,
                    rate.median_low <= median <= rate.median_high,
                    rate.prior_weight,
                    measured.idle_tasks / tasks,
                ]
            )
    table_SPX = np.array(rows, np.float64).reshape(len(truths), len(CLICKS), -1)
    return Found(
        mean_error_SP=table_SPX[..., 0],
        median_error_SP=table_SPX[..., 1],
        mean_held_SP=table_SPX[..., 2],
        median_held_SP=table_SPX[..., 3],
        prior_weight_SP=table_SPX[..., 4],
        idle_S=table_SPX[:, 0, 5],
    )


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    seeds, tasks = (int(arguments[place]) if len(arguments) > place else known for place, known in ((0, 50), (1, 400)))
    cases = {
        "one class a task": TRUTH,
        "20 classes a task": replace(TRUTH, by_class=False),
        "one class a task, annotators differ by 0.2": replace(TRUTH, speed_log_sd=0.2),
    }
    for title, truth in cases.items():
        for name, truths in (
            ("the paper's rates", [truth] * seeds),
            ("drawn rates", drawn_truths(truth, seeds, np.random.default_rng(1))),
        ):
            for count, some in ((tasks, truths), (10 * tasks, truths[: -(-seeds // _FEWER)])):
                _say(f"{title}; {name}; {count:,} tasks x {len(some)}", look(some, count))


def _say(title: str, found: Found) -> None:
    out = [title, f"  {'':<14}mean: error, worst, held     median: error, worst, held    prior's weight"]
    for place, name in enumerate(CLICKS):
        cells = (
            f"{np.median(error_SP[:, place]):8.1%} {error_SP[:, place].max():7.1%} {held_SP[:, place].mean():6.0%}"
            for error_SP, held_SP in (
                (found.mean_error_SP, found.mean_held_SP),
                (found.median_error_SP, found.median_held_SP),
            )
        )
        out.append(f"  {name:<14}{'          '.join(cells)}{found.prior_weight_SP[:, place].mean():16.1%}")
    held = f"{found.mean_held_SP.mean():.0%} of the means, {found.median_held_SP.mean():.0%} of the medians"
    out.append(f"  held in all: {held}; {found.idle_S.mean():.1%} of the tasks found idle")
    sys.stdout.write("\n".join(out) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
