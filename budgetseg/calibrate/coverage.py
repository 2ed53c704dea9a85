"""How often intervals hold, over thousands of seeds: ``python -m budgetseg.calibrate.coverage [SEEDS [TASKS]]``.

Of fifty intervals that hold with 0.8 anything from 32 to 46 may hold: too few to tell chance from intervals that are
too narrow. To the loss of the means, tasks of one annotator with the same acts are one task of their mean time that
counts as often, so a seed costs a fraction of what it costs in `check`, whose very tasks and draws these are. Which
tasks are idle is taken for known here, and so is the size of the noise.

Shape suffixes: N tasks, C tasks put together, B draws, P rates, S seeds.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.acts import acts_of
from budgetseg.calibrate.prior import prior_of
from budgetseg.calibrate.resample import central, stretch_of, weights
from budgetseg.calibrate.solve import solve
from budgetseg.calibrate.synthetic import CLICKS, TRUTH, Truth, tasks_of
from budgetseg.costs.book import load_book

__all__ = ["main", "means_of"]

Floats = NDArray[np.float64]


def means_of(truth: Truth, tasks: int, seeds: Sequence[int], *, draws: int = 200) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the relative errors of the means, of shape (S, P), and whether their intervals hold."""
    book, mean_P = load_book("voc2012"), np.array([*truth.means.values()])
    error_SP, held_SP = np.zeros((len(seeds), len(CLICKS))), np.zeros((len(seeds), len(CLICKS)), np.bool_)
    for row, seed in enumerate(seeds):
        rng = np.random.default_rng([0, tasks, seed])
        timings = tasks_of(truth, tasks, rng)
        worked = timings.chosen(timings.seconds_N < truth.idle_seconds)
        acts = acts_of(worked, book)
        assert acts.rates == CLICKS
        prior = prior_of(book, acts, worked.seconds_N)
        names, who_N = np.unique(worked.annotator_N, return_inverse=True)
        cells, of_N, count_C = np.unique(
            np.column_stack([who_N, acts.acts_NP]), axis=0, return_inverse=True, return_counts=True
        )
        seconds_C = np.bincount(of_N.ravel(), worked.seconds_N) / count_C
        weight_BC = weights(names[cells[:, 0].astype(int)], draws, rng) * count_C
        prior_BP = prior.mean_P + rng.standard_normal((draws, len(CLICKS))) * prior.sd_P
        best_P, *drawn = solve(
            seconds_C,
            cells[:, 1:],
            np.vstack([count_C, weight_BC]),
            np.vstack([prior.mean_P, prior_BP]),
            prior.sd_P,
            loss="mean",
            spread=truth.noise_log_sd,
            start_P=np.log(mean_P),
        )
        low_P, high_P = central(np.array(drawn), best_P, stretch_of(len(names)))
        error_SP[row] = np.exp(best_P) / mean_P - 1
        held_SP[row] = (low_P <= mean_P) & (mean_P <= high_P)
    return error_SP, held_SP


def main(arguments: Sequence[str]) -> None:
    """Print the figures for the paper's rates, one class a task."""
    seeds, tasks = (int(given) for given in (*arguments, *("2000", "4000")[len(arguments) :]))
    for title, truth in (("people alike", TRUTH), ("people differ by 0.2", replace(TRUTH, speed_log_sd=0.2))):
        error_SP, held_SP = means_of(truth, tasks, range(seeds))
        sys.stdout.write(f"{title}: {tasks:,} tasks x {seeds:,}\n")
        for place, name in enumerate(CLICKS):
            size_S, held = np.abs(error_SP[:, place]), held_SP[:, place].mean()
            sys.stdout.write(
                f"  {name:<14} error {np.median(size_S):.1%}, worst {size_S.max():.1%}, beyond 8 % "
                f"{(size_S > 0.08).mean():.2%}; held {held:.1%} +-{np.sqrt(held * (1 - held) / seeds):.1%}\n"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
