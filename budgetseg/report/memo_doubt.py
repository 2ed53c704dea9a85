"""The chance that a plan is the wrong one, and what that costs.

Shape suffixes: S surfaces that the runs allow, M mixes that the same hours buy, the plan's first, K kinds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan
from budgetseg.plan.surface import counts_of
from budgetseg.report.planner import Planner

__all__ = ["WORTH_IT", "Doubted", "doubted", "purchases"]

WORTH_IT: Final = 0.5
"""MIoU by which another mix must be better for the plan to count as wrong: less is not worth another way of working."""
SHARES: Final = (Fraction(1, 8), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(7, 8))


@dataclass(frozen=True, kw_only=True)
class Doubted:
    """How sure a choice is, over the surfaces that the runs allow."""

    chance: float
    """That some other mix of the same hours is better by more than half a mIoU."""
    cost_if_wrong: float
    """By how much the best of them is better then, on average; 0 where that is never so."""
    cost: float
    """The same averaged over all surfaces: what perfect knowledge would bring."""
    likeliest: str
    """The kinds that are most often the better ones; empty where none is."""
    looked_at: int
    """Mixes."""

    def to_dict(self) -> dict[str, Any]:
        """As ``doubt`` in ``budgetseg.memo/1``."""
        return {
            "chance": self.chance,
            "cost_if_wrong": self.cost_if_wrong,
            "cost": self.cost,
            "likeliest": self.likeliest,
            "looked_at": self.looked_at,
        }


def purchases(planner: Planner, plan: Plan) -> Iterator[Mix]:
    """What else the hours of a plan would buy: its alternatives, and every two kinds at several splits."""
    prices, kinds = planner.prices, [kind for kind in planner.surface.kinds if kind in planner.prices.seconds_of]
    for other in plan.alternatives:
        if all(kind in kinds for kind, _ in other.mix):
            yield other.mix
    paid = Fraction(0) if plan.validation is None else plan.validation.charged_seconds
    for one, other_kind in combinations(kinds, 2):
        left = Fraction(str(plan.budget_hours)) * 3600 - prices.once_seconds((one, other_kind)) - paid
        for share in SHARES:
            first = prices.images(one, left * share, planner.pool)
            rest = left - first * prices.seconds_of[one]
            mix = Mix.of({one: first, other_kind: prices.images(other_kind, rest, planner.pool - first)})
            if mix.images:
                yield mix


def doubted(planner: Planner, plan: Plan) -> Doubted:
    """Hold a plan against everything else its hours would buy, on each surface that the runs allow."""
    mixes = list(dict.fromkeys([plan.mix, *purchases(planner, plan)]))
    if len(mixes) < 2:
        return Doubted(chance=0.0, cost_if_wrong=0.0, cost=0.0, likeliest="", looked_at=len(mixes))
    samples_SM = planner.surface.samples(counts_of([mix.to_dict() for mix in mixes]))
    lost_S = (samples_SM.max(axis=1) - samples_SM[:, 0]).clip(0.0)
    wrong_S = lost_S > WORTH_IT
    better = [" + ".join(kind for kind, _ in mixes[place]) for place in samples_SM[wrong_S].argmax(axis=1)]
    return Doubted(
        chance=float(wrong_S.mean()),
        cost_if_wrong=float(lost_S[wrong_S].mean()) if wrong_S.any() else 0.0,
        cost=float(lost_S.mean()),
        likeliest=max(sorted(set(better)), key=better.count, default=""),
        looked_at=len(mixes),
    )
