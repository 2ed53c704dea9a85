"""Tasks that were timed together: of a job only the sum of the seconds was measured.

Even shares of it would say that every task of the job took the same time, whatever was done in it, and a regression on
them that a click costs next to nothing. So such rows are added up, and the job counts as one task with all their acts.

Shape suffixes: N rows, J what was timed: jobs, and rows by themselves; P rates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.timings import Timings

__all__ = ["Timed", "timed"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Timed:
    """What was measured, in the order of its first rows."""

    seconds_J: Floats
    acts_JP: Floats
    annotator_J: NDArray[np.str_]
    of_row_N: NDArray[np.int64]
    """Which of them each row belongs to."""


def timed(timings: Timings, seconds_N: Floats, acts_NP: Floats) -> Timed:
    """Add up the rows of each annotator's job.

    Args:
        timings: Says who and in which job.
        seconds_N: Seconds of the rows, which may have been shortened.
        acts_NP: What was done in them.
    """
    number_of: dict[tuple[str, str] | int, int] = {}
    keys = zip(timings.job_N.tolist(), timings.annotator_N.tolist(), strict=True)
    of_row = [
        number_of.setdefault((job, annotator) if job else row, len(number_of))
        for row, (job, annotator) in enumerate(keys)
    ]
    of_row_N = np.array(of_row, np.int64)
    seconds_J, acts_JP = np.zeros(len(number_of)), np.zeros((len(number_of), acts_NP.shape[1]))
    np.add.at(seconds_J, of_row_N, seconds_N)
    np.add.at(acts_JP, of_row_N, acts_NP)
    first_J = np.unique(of_row_N, return_index=True)[1]
    return Timed(
        seconds_J=seconds_J,
        acts_JP=acts_JP,
        annotator_J=timings.annotator_N[first_J],
        of_row_N=of_row_N,
    )
