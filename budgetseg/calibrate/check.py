"""Whether calibration finds rates that are known: ``python -m budgetseg.calibrate.check [SEEDS [TASKS ...]]``.

For the paper's rates, and for true rates up to twice as fast or slow that are drawn anew for each seed, it prints the
median error of each rate and the worst one, how often the 80 % interval holds the truth, and the weight of the prior:
for each number of tasks. The means are held against the expected seconds of an act, the medians against its median. 50
seeds of 400 and of 4,000 tasks where nothing is said, which takes four minutes.

Beside it stands the least median error that any estimator without bias can have, from the Cramer-Rao bound for
log-normal noise of known size, no idle tasks and no prior: what the tasks themselves say, whoever reads them.
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
from budgetseg.calibrate.timings import Timings
from budgetseg.costs.book import load_book

__all__ = ["Found", "drawn_truths", "least_errors", "look", "main"]

Floats = NDArray[np.float64]

_DRAWS: Final = 200
_HALF_WITHIN: Final = 0.6745
"""Standard deviations of a normal distribution, within which half of it lies."""


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
    least_error_SP: Floats
    """See above."""


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
        timings = tasks_of(truth, tasks, rng)
        least_P = least_errors(truth, timings)
        measured = calibrate(timings, prior, rng, draws=draws)
        for name, least in zip(CLICKS, least_P, strict=True):
            rate, mean, median = measured.rates[name], truth.means[name], truth.medians[name]
            rows.append(
                [
                    abs(rate.mean / mean - 1),
                    abs(rate.median / median - 1),
                    rate.low <= mean <= rate.high,
                    rate.median_low <= median <= rate.median_high,
                    rate.prior_weight,
                    measured.idle_tasks / tasks,
                    least,
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
        least_error_SP=table_SPX[..., 6],
    )


def least_errors(truth: Truth, timings: Timings) -> Floats:
    """Return the least median error of each rate, relative, shape (P,); annotators who differ are left out of account.

    In the logarithms, the information of a task is the outer product of the shares of its time, over the noise's
    variance.
    """
    asked_N, first_N, extra_N = (
        timings.counts[name] for name in ("n_classes_asked", "n_first_points", "n_extra_points")
    )
    seconds_NP = np.stack([asked_N - first_N, first_N, extra_N], axis=1) * np.array([*truth.medians.values()])
    share_NP = seconds_NP / seconds_NP.sum(axis=1, keepdims=True)
    variance_PP = np.linalg.inv(share_NP.T @ share_NP / truth.noise_log_sd**2)
    least_P: Floats = _HALF_WITHIN * np.sqrt(np.diag(variance_PP))
    return least_P


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    seeds, *counts = (int(argument) for argument in arguments or ("50",))
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
            for count in counts or (400, 4000):
                _say(f"{title}; {name}; {count:,} tasks x {len(truths)}", look(truths, count))


def _say(title: str, found: Found) -> None:
    head = "mean: error, worst, held     median: error, worst, held    prior's weight    least error"
    out = [title, f"  {'':<14}{head}"]
    for place, name in enumerate(CLICKS):
        cells = (
            f"{np.median(error_SP[:, place]):8.1%} {error_SP[:, place].max():7.1%} {held_SP[:, place].mean():6.0%}"
            for error_SP, held_SP in (
                (found.mean_error_SP, found.mean_held_SP),
                (found.median_error_SP, found.median_held_SP),
            )
        )
        beside = f"{found.prior_weight_SP[:, place].mean():16.1%}{np.median(found.least_error_SP[:, place]):15.1%}"
        out.append(f"  {name:<14}{'          '.join(cells)}{beside}")
    held = f"{found.mean_held_SP.mean():.0%} of the means, {found.median_held_SP.mean():.0%} of the medians"
    out.append(f"  held in all: {held}; {found.idle_S.mean():.1%} of the tasks found idle")
    sys.stdout.write("\n".join(out) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
