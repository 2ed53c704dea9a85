"""What a memo advises: a mix that was trained, unless another is expected to be better beyond what the runs leave open.

The planner's curves may have their best at a mix that no run bought. Money is spent on it only where they say that it
is better by more than half a mIoU, and with 90 % that it is better at all; else on the best of those that were trained.

Shape suffixes: S surfaces that the runs allow; 2: the one mix, the other.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Alternative, Plan
from budgetseg.plan.surface import counts_of
from budgetseg.report.frontier import Point
from budgetseg.report.memo_doubt import WORTH_IT
from budgetseg.report.planner import Planner
from budgetseg.report.verdict import within

__all__ = ["Ahead", "Choice", "ahead", "choose"]

LEVEL: Final = 0.8


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """Expected mIoU of one mix less that of another, with its central 80 % over the surfaces that the runs allow."""

    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """For JSON."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """The plan that is advised, and what it was chosen against."""

    plan: Plan
    trained: Point | None
    """The runs that bought its mix; None where none did, and all that is said of it is foretold."""
    best: Alternative
    """What the planner's curves have as the best of all mixes."""
    nearest: Point
    """``trained``, or the best of the trained mixes that the hours pay for; where they pay for none, the most alike."""
    gain: Ahead
    """Of ``best`` over ``nearest``."""

    def to_dict(self) -> dict[str, Any]:
        """As ``choice`` in ``budgetseg.memo/1``."""
        return {
            "trained": self.trained is not None,
            "best": self.best.to_dict(),
            "nearest": {
                "series": self.nearest.series,
                "mix": dict(self.nearest.mix),
                "hours": self.nearest.hours,
                "miou": self.nearest.miou,
                "runs": [run.name for run in self.nearest.runs],
            },
            "gain": self.gain.to_dict(),
        }


def ahead(planner: Planner, one: Mix, other: Mix) -> Ahead:
    """Hold two mixes against each other on the surfaces that the runs allow."""
    counts_2K = counts_of([one.to_dict(), other.to_dict()])
    mean_2, samples_S2 = planner.surface.mean(counts_2K), planner.surface.samples(counts_2K)
    low, high = np.quantile(samples_S2[:, 0] - samples_S2[:, 1], [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Ahead(mean=float(mean_2[0] - mean_2[1]), low=float(low), high=float(high))


def choose(planner: Planner, hours: float) -> Choice:
    """Choose what to advise within a budget.

    Raises:
        BudgetTooSmallError: The hours buy nothing.
    """
    plan = planner.choose(hours, explain=True)
    best = Alternative(name="planner", mix=plan.mix, hours=plan.hours, predicted_miou=plan.predicted_miou)
    same = planner.trained(plan.mix)
    if same is not None:
        return Choice(plan=plan, trained=same, best=best, nearest=same, gain=Ahead(mean=0.0, low=0.0, high=0.0))
    paid = within(planner.points, hours)
    if not paid:
        nearest = planner.nearest(plan.mix)
        gain = ahead(planner, plan.mix, Mix.of(nearest.mix))
        return Choice(plan=plan, trained=None, best=best, nearest=nearest, gain=gain)
    mean_P = planner.surface.mean(counts_of([point.mix for point in paid]))
    nearest = paid[int(mean_P.argmax())]
    gain = ahead(planner, plan.mix, Mix.of(nearest.mix))
    if gain.mean > WORTH_IT and gain.low > 0:
        return Choice(plan=plan, trained=None, best=best, nearest=nearest, gain=gain)
    return Choice(plan=_kept_to(planner, plan, nearest, best), trained=nearest, best=best, nearest=nearest, gain=gain)


def _kept_to(planner: Planner, plan: Plan, point: Point, best: Alternative) -> Plan:
    """The plan with the mix of a point in the place of its own, which becomes one of the others."""
    mix = Mix.of(point.mix)
    reasons = plan.reasons
    return replace(
        plan,
        mix=mix,
        hours=point.hours,
        predicted_miou=planner.surface.predict(counts_of([mix.to_dict()]))[0],
        alternatives=(best, *(other for other in plan.alternatives if other.mix != mix)),
        limits=(),
        # What concerns the mix itself is not said of another one.
        reasons=None if reasons is None else replace(reasons, next_hour=(), rivals=(), flips=()),
    )
