"""What a cost book says before anything was timed: where each rate should lie, and how far it may be off.

Shape suffixes: N tasks, P rates.
"""

from dataclasses import dataclass
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.acts import Acts
from budgetseg.costs.book import CostBook
from budgetseg.costs.overrun import expected_seconds, range_log_sd, task_log_sd

__all__ = ["PRIOR_LOG_SD", "Prior", "prior_of"]

Floats = NDArray[np.float64]

PRIOR_LOG_SD: Final = 0.5
"""How far a book's rate may be off for other people and tools, in its logarithm: a factor of 1.65 either way. Published
times of the same act differ as much: clicks of 0.9 and 2.4 s, masks of 34, 54 and 79 s."""
_UNKNOWN_LOG_SD: Final = 2.0
"""Of a rate that the book lacks: hardly anything is known."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prior:
    """Of the rates of some acts."""

    median_P: Floats
    """Logarithms of the seconds by which half the acts are done."""
    mean_P: Floats
    """Logarithms of the expected seconds."""
    sd_P: Floats
    """Standard deviations of both."""


def prior_of(book: CostBook, acts: Acts, seconds_N: Floats) -> Prior:
    """Return what ``book`` says of the rates of ``acts``; of those it lacks, an act's median time, with much doubt."""
    median, mean, sd = [], [], []
    for name in acts.rates:
        if name in book.rates:
            rate = book.rates[name]
            seconds, expected = float(rate.seconds), expected_seconds(rate)
            half = expected * exp(-(task_log_sd(rate) ** 2) / 2) if rate.statistic == "mean" else seconds
            median.append(log(half))
            mean.append(log(expected))
            sd.append(max(PRIOR_LOG_SD, range_log_sd(rate)))
        else:
            guess = log(float(np.median(seconds_N / acts.acts_NP.sum(axis=1))))
            median.append(guess)
            mean.append(guess)
            sd.append(_UNKNOWN_LOG_SD)
    return Prior(median_P=np.array(median), mean_P=np.array(mean), sd_P=np.array(sd))
