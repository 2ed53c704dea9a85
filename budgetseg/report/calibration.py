"""How well the planner foretells: fitted to the smaller budgets, it predicts the runs of the larger ones.

Shape suffixes: M mixes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from budgetseg.plan.fit import fit_surface
from budgetseg.plan.plan import Prediction
from budgetseg.plan.surface import counts_of
from budgetseg.report.finished import FinishedRun
from budgetseg.report.frontier import SAME_HOURS, Point, budgets
from budgetseg.report.planner import LEAST_MIXES, evidence_from, usable

__all__ = ["Calibration", "Foretold", "Pick", "calibrate"]

LEAST_BUDGETS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """One run that the planner had not seen."""

    run: str
    series: str
    strategy: str
    variant: int
    hours: float
    predicted: Prediction
    measured: float

    @property
    def inside(self) -> bool:
        """Whether it fell into its interval."""
        return self.predicted.low <= self.measured <= self.predicted.high

    def to_dict(self) -> dict[str, Any]:
        """As in ``calibration`` of ``budgetseg.report/1``."""
        return {
            "run": self.run,
            "series": self.series,
            "hours": self.hours,
            "predicted": self.predicted.to_dict(),
            "measured": self.measured,
        }


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Which strategy looked best at a larger budget before it was run, and what that cost."""

    hours: float
    predicted: str
    """The series with the highest prediction."""
    measured: str
    """The series that came out highest."""
    lost: float
    """Its mIoU, less that of the predicted one; 0 where they are the same."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``calibration`` of ``budgetseg.report/1``."""
        return {"hours": self.hours, "predicted": self.predicted, "measured": self.measured, "lost": self.lost}


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The runs that were foretold, and from what."""

    fitted: int
    """Runs that the planner was fitted to."""
    up_to_hours: float
    """The largest budget among them."""
    foretold: tuple[Foretold, ...]
    picks: tuple[Pick, ...]
    """A larger budget each, ascending."""

    @property
    def inside(self) -> int:
        """How many fell into their intervals."""
        return sum(one.inside for one in self.foretold)

    @property
    def error(self) -> float:
        """Mean of what was predicted too high, mIoU."""
        return sum(one.predicted.mean - one.measured for one in self.foretold) / len(self.foretold)

    @property
    def off(self) -> float:
        """Mean distance between predicted and measured, mIoU."""
        return sum(abs(one.predicted.mean - one.measured) for one in self.foretold) / len(self.foretold)

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.report/1``."""
        return {
            "fitted": self.fitted,
            "up_to_hours": self.up_to_hours,
            "foretold": [one.to_dict() for one in self.foretold],
            "picks": [one.to_dict() for one in self.picks],
        }


def calibrate(points: Sequence[Point]) -> Calibration | str:
    """Fit to the smaller half of the budgets and foretell the rest; a sentence where there is too little for that."""
    allowed = {run.name for run in usable([run for point in points for run in point.runs])}
    levels = [hours for hours, _ in budgets(points)]
    if len(levels) < LEAST_BUDGETS:
        return f"Predictions were not put to the test: that takes runs at {LEAST_BUDGETS} different budgets."
    cut = levels[(len(levels) - 1) // 2]
    known: list[FinishedRun] = []
    later: list[tuple[Point, FinishedRun]] = []
    for point in points:
        offered = point.hours if point.budget_hours is None else point.budget_hours
        for run in (run for run in point.runs if run.name in allowed):
            if offered <= cut * (1 + SAME_HOURS):
                known.append(run)
            else:
                later.append((point, run))
    seen = {kind for run in known for kind, images in run.mix.items() if images}
    later = [(point, run) for point, run in later if {kind for kind, images in run.mix.items() if images} <= seen]
    if len({tuple(sorted(run.mix.items())) for run in known}) < LEAST_MIXES or not later:
        return f"Predictions were not put to the test: up to {cut:.3g} h there are too few different mixes."
    surface = fit_surface(evidence_from(known))
    predicted_M = surface.predict(counts_of([run.mix for _, run in later]))
    foretold = tuple(
        Foretold(
            run=run.name,
            series=point.series,
            strategy=point.strategy,
            variant=point.variant,
            hours=run.hours,
            predicted=predicted,
            measured=run.miou,
        )
        for (point, run), predicted in zip(later, predicted_M, strict=True)
    )
    mean_of = {one.run: one.predicted.mean for one in foretold}
    return Calibration(fitted=len(known), up_to_hours=cut, foretold=foretold, picks=tuple(_picks(points, cut, mean_of)))


def _picks(points: Sequence[Point], cut: float, mean_of: dict[str, float]) -> list[Pick]:
    found = []
    for hours, held in budgets(points):
        known = [point for point in held if all(run.name in mean_of for run in point.runs)]
        if hours <= cut * (1 + SAME_HOURS) or len(known) < 2:
            continue
        picked = max(known, key=lambda point: sum(mean_of[run.name] for run in point.runs) / len(point.runs))
        best = max(known, key=lambda point: point.miou)
        found.append(Pick(hours=hours, predicted=picked.series, measured=best.series, lost=best.miou - picked.miou))
    return found
