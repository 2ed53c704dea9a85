"""Where the time of a table went: making labels, sitting idle, and what was thrown away.

Shape suffixes: N rows, J what was timed: a row, or several together.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.timings import Timings

__all__ = ["TimeSpent", "time_spent"]


@dataclass(frozen=True, kw_only=True)
class TimeSpent:
    """Seconds of all rows of a table; the parts add up to ``billable``."""

    labelling: float
    """In which labels were made for the first time, idle time left out: what the rates are of."""
    idle: float
    """Beyond the cap, or, in a task that was left open, beyond what it should have taken."""
    skipped: float
    updates: float
    """Tasks that were changed later; their seconds hold the first pass as well."""
    corrections: float
    """Tasks that began with what a model proposed."""
    unexplained: float
    """Tasks in which nothing was asked or marked, or classes were there and the marks on them are not counted."""

    @property
    def billable(self) -> float:
        """All of it: what people are paid for."""
        return self.labelling + self.idle + self.skipped + self.updates + self.corrections + self.unexplained

    @property
    def per_labelling(self) -> float:
        """Billable seconds for a second of labelling."""
        return self.billable / self.labelling

    def to_dict(self) -> dict[str, Any]:
        """As in ``time`` of ``budgetseg.calibration/1``; seconds, and the share that was idle."""
        return {
            "billable_seconds": self.billable,
            "labelling_seconds": self.labelling,
            "idle_seconds": self.idle,
            "idle_share": self.idle / self.billable,
            "skipped_seconds": self.skipped,
            "update_seconds": self.updates,
            "correction_seconds": self.corrections,
            "unexplained_seconds": self.unexplained,
            "billable_per_labelling": self.per_labelling,
        }


def time_spent(timings: Timings, used_N: NDArray[np.bool_], labelled_J: NDArray[np.float64]) -> TimeSpent:
    """Sum up the rows of a table.

    Args:
        timings: All of them.
        used_N: Those that the rates are fitted to.
        labelled_J: Seconds of labelling in these, as they were timed, one by one or together.
    """
    seconds_N, left_N = timings.seconds_N, ~used_N
    parts = {}
    for name in ("skipped", "is_update", "from_prediction"):
        rows_N = left_N & timings.marks[name]
        parts[name] = float(seconds_N[rows_N].sum())
        left_N = left_N & ~rows_N
    return TimeSpent(
        labelling=float(labelled_J.sum()),
        idle=float(seconds_N[used_N].sum() - labelled_J.sum()),
        skipped=parts["skipped"],
        updates=parts["is_update"],
        corrections=parts["from_prediction"],
        unexplained=float(seconds_N[left_N].sum()),
    )
