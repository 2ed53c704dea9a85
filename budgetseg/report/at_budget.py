"""What each strategy gives at any budget: measured there, or read between the two measured budgets around it.

Between two measured points mIoU, and the IoU of each class, run straight in the logarithm of the hours. Nothing is read
beyond the largest run: there a strategy keeps what it reached, since one can always spend less.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from budgetseg.report.frontier import Point, budgets, same_hours

__all__ = ["Basis", "Reading", "Step", "amounts", "reading", "steps"]

Basis = Literal["measured", "read between", "all images", "largest run"]

PLACES: Final = 13
"""Budgets of the slider beside those that were measured."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One strategy at one budget; mIoU and IoU are 0 to 100."""

    series: str
    basis: Basis
    """``all images``: the pool ended before the hours did. ``largest run``: no run had as many hours."""
    miou: float
    low: float | None
    high: float | None
    hours: float
    """Spent; where read between, the budget."""
    bought: str
    """Where read between, the two purchases."""
    iou: Mapping[str, float | None]
    deviation: Mapping[str, float | None]
    """Standard deviation of each class's IoU over seeds; None where there was one seed."""

    def worst(self, classes: Sequence[str]) -> tuple[str, float] | None:
        """The object class with the lowest IoU; the background is no class that anyone asks for."""
        known = [(name, value) for name in classes[1:] if (value := self.iou.get(name)) is not None]
        return min(known, key=lambda item: item[1], default=None)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One budget, and what each strategy gives there, best first; those without so small a run are left out."""

    hours: float
    readings: tuple[Reading, ...]

    def to_dict(self, classes: Sequence[str]) -> dict[str, Any]:
        """As in ``steps`` of ``budgetseg.report/1``."""
        return {
            "hours": self.hours,
            "readings": [
                {
                    "series": one.series,
                    "basis": one.basis,
                    "miou": one.miou,
                    "low": one.low,
                    "high": one.high,
                    "hours": one.hours,
                    "bought": one.bought,
                    "worst": one.worst(classes),
                    "iou": [one.iou.get(name) for name in classes],
                    "deviation": [one.deviation.get(name) for name in classes],
                }
                for one in self.readings
            ],
        }


def _at(point: Point, basis: Basis) -> Reading:
    low, high = point.interval or (None, None)
    classes = point.runs[0].classes
    return Reading(
        series=point.series,
        basis=basis,
        miou=point.miou,
        low=low,
        high=high,
        hours=point.hours,
        bought=point.bought,
        iou={name: point.iou(name) for name in classes},
        deviation={name: point.deviation(name) for name in classes},
    )


def _mean(first: float | None, second: float | None, share: float) -> float | None:
    return None if first is None or second is None else first + share * (second - first)


def _between(below: Point, above: Point, hours: float) -> Reading:
    start = max(below.hours, 1e-6)  # what is free lies far to the left
    share = math.log(hours / start) / math.log(above.hours / start)
    one, other = _at(below, "measured"), _at(above, "measured")
    return Reading(
        series=below.series,
        basis="read between",
        miou=one.miou + share * (other.miou - one.miou),
        low=_mean(one.low, other.low, share),
        high=_mean(one.high, other.high, share),
        hours=hours,
        bought=f"between {below.bought} and {above.bought}",
        iou={name: _mean(one.iou[name], other.iou[name], share) for name in one.iou},
        deviation={name: _mean(one.deviation[name], other.deviation[name], share) for name in one.deviation},
    )


def reading(held: Sequence[Point], hours: float) -> Reading | None:
    """Read one strategy at a budget.

    Args:
        held: Its points.
        hours: The budget.

    Returns:
        None where its smallest run had more hours.
    """
    best = [points[0] for _, points in budgets(held)]  # one a budget
    for point in best:
        offered = point.hours if point.budget_hours is None else point.budget_hours
        if same_hours(offered, hours) or same_hours(point.hours, hours):
            return _at(point, "measured" if same_hours(point.hours, hours) or not point.pool_ended else "all images")
    below = [point for point in best if point.hours < hours]
    above = [point for point in best if point.hours > hours]
    if not below:
        return None
    last = max(below, key=lambda point: (point.hours, point.miou))
    if not above:
        return _at(last, "all images" if last.pool_ended else "largest run")
    return _between(last, min(above, key=lambda point: (point.hours, -point.miou)), hours)


def amounts(points: Sequence[Point], also: float) -> tuple[float, ...]:
    """The budgets to look at: the measured ones, ``also``, and others evenly by factors between them, ascending."""
    fixed = sorted(hours for hours, _ in budgets(points) if hours > 0)
    if not any(same_hours(also, hours) for hours in fixed):
        fixed = sorted([*fixed, also])
    low, high = fixed[0], fixed[-1]
    between = [low * (high / low) ** (place / PLACES) for place in range(1, PLACES)] if 0 < low < high else []
    rounded = {hours for each in between if not any(same_hours(hours := float(f"{each:.2g}"), one) for one in fixed)}
    return tuple(sorted({*fixed, *rounded}))


def steps(points: Sequence[Point], hours: Sequence[float]) -> tuple[Step, ...]:
    """Read every strategy at each budget."""
    series: dict[str, list[Point]] = {}
    for point in points:
        series.setdefault(point.series, []).append(point)
    found = []
    for amount in hours:
        readings = [one for held in series.values() if (one := reading(held, amount)) is not None]
        found.append(Step(hours=amount, readings=tuple(sorted(readings, key=lambda one: (-one.miou, one.series)))))
    return tuple(found)
