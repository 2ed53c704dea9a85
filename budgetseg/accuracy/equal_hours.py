"""The hybrid at equal hours: against the best pure kind, and from which hour masks alone win.

Shape suffixes: S seeds, the same in all arrays of a comparison; H budgets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from budgetseg.accuracy.spread import Interval, Summary, summary, t_interval

__all__ = ["LEAD_GOAL", "LEAD_HOURS", "Crossing", "Lead", "When", "crossing", "lead_over"]

Floats = NDArray[np.float64]
When = Literal["within", "before", "not within"]

LEAD_GOAL: Final = 3.0
"""mIoU that the project wants the hybrid to be ahead by ..."""
LEAD_HOURS: Final = (2.0, 8.0)
"""... between these hours."""


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A hybrid less another way to spend the hours, seed by seed."""

    rival: str
    difference: Summary
    interval: Interval | None
    """Student's; None with one seed."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        interval = None if self.interval is None else self.interval.to_dict()
        return {"rival": self.rival, "difference": self.difference.to_dict(), "interval": interval}


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The hour from which masks alone win."""

    when: When
    """``before``: already at the first hour measured; ``not within``: at none, or not to the last."""
    hours: float | None
    """Interpolated in the logarithm of the hours; the first hour measured for ``before``."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"when": self.when, "hours": self.hours}

    def __str__(self) -> str:
        if self.hours is None:
            return "not within the hours measured"
        return f"from {self.hours:.1f} h" if self.when == "within" else f"from {self.hours:g} h, the least, or earlier"


def lead_over(hybrid_S: Floats, rivals: Mapping[str, Floats]) -> Lead | None:
    """Return the hybrid's lead over the rival with the highest mean; None where nothing is measured.

    Picking the best of several rivals by their measured means counts their luck in, which does not favour the hybrid.
    """
    if not len(hybrid_S) or not rivals:
        return None
    best = max(rivals, key=lambda kind: float(rivals[kind].mean()))
    difference_S = hybrid_S - rivals[best]
    return Lead(rival=best, difference=summary(difference_S), interval=t_interval(difference_S))


def crossing(hours_H: Sequence[float], lead_H: Sequence[float]) -> Crossing:
    """Return from which hour on the lead over masks alone is below 0.

    Args:
        hours_H: Rising budgets, above 0.
        lead_H: Mean lead at each.
    """
    behind = [lead < 0 for lead in lead_H]
    if not behind or not behind[-1]:
        return Crossing(when="not within", hours=None)
    ahead = [place for place, is_behind in enumerate(behind) if not is_behind]
    if not ahead:
        return Crossing(when="before", hours=float(hours_H[0]))
    last = ahead[-1]  # masks win at every budget after this one
    high, low = lead_H[last], lead_H[last + 1]
    log_before, log_after = np.log(hours_H[last]), np.log(hours_H[last + 1])
    return Crossing(when="within", hours=float(np.exp(log_before + high / (high - low) * (log_after - log_before))))
