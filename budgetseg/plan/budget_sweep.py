"""What each budget buys: the best mix and every other choice, over a range of budgets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from budgetseg.costs.kinds import KINDS
from budgetseg.costs.labour import Labour
from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.budget_axis import BudgetAxis, amounts, bounds_at
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import Move
from budgetseg.plan.plan import Plan, Prediction
from budgetseg.plan.prices import Prices
from budgetseg.plan.purse import Bounds

__all__ = ["BEST", "ONCE", "VALIDATION", "BudgetStep", "Choice", "Chooser", "Terms", "spent_hours", "step_of", "sweep"]

BEST: Final = "best mix"
ONCE: Final = "paid once"
VALIDATION: Final = "validation"


class Chooser(Protocol):
    """:func:`budgetseg.plan.choose.choose_plan` with everything said but limits, prices and people."""

    def __call__(self, terms: "Terms", /, *, explain: bool = True) -> Plan:
        """The best mix on these terms."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What there is to spend, and what things cost."""

    bounds: Bounds
    prices: Prices
    labour: Labour


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to spend a budget."""

    name: str
    """:data:`BEST`, or as the alternatives of a plan are named."""
    mix: Mix
    hours: float
    predicted_miou: Prediction | None
    """None where nothing is known of a kind of the mix."""
    hours_by_kind: Mapping[str, float]
    """Of what is bought; with :data:`ONCE` and :data:`VALIDATION` where the budget pays for them."""


@dataclass(frozen=True, kw_only=True)
class BudgetStep:
    """A budget and the ways to spend it, the best mix first."""

    budget: float
    """In the unit of the axis."""
    choices: tuple[Choice, ...]

    @property
    def best(self) -> Choice:
        """The best mix."""
        return self.choices[0]


def spent_hours(mix: Mix, moves: Iterable[Move], hours: float, plan: Plan, prices: Prices) -> dict[str, float]:
    """Return hours by kind, in the order of ``KINDS``, and what is paid besides; they sum to ``hours``."""
    moves = tuple(moves)
    found: dict[str, float] = {}
    if plan.current is None:
        found = {kind: float(images * prices.seconds_of[kind] / 3600) for kind, images in mix}
    else:
        for kind in KINDS:
            seconds = sum(float(move.seconds) for move in moves if move.kind == kind)
            if seconds:
                found[kind] = seconds / 3600
    validation = 0.0 if plan.validation is None else float(plan.validation.charged_seconds / 3600)
    once = hours - sum(found.values()) - validation
    if once > 1e-6:  # more than rounding
        found[ONCE] = once
    if validation:
        found[VALIDATION] = validation
    return found


def step_of(plan: Plan, budget: float, prices: Prices) -> BudgetStep:
    """Return the choices that a plan weighed."""
    best = Choice(
        name=BEST,
        mix=plan.mix,
        hours=plan.hours,
        predicted_miou=plan.predicted_miou,
        hours_by_kind=spent_hours(plan.mix, plan.moves, plan.hours, plan, prices),
    )
    others = (
        Choice(
            name=other.name,
            mix=other.mix,
            hours=other.hours,
            predicted_miou=other.predicted_miou,
            hours_by_kind=spent_hours(other.mix, other.moves, other.hours, plan, prices),
        )
        for other in plan.alternatives
    )
    return BudgetStep(budget=budget, choices=(best, *others))


def sweep(choose: Chooser, chosen: Plan, terms: Terms, axis: BudgetAxis) -> tuple[BudgetStep, ...]:
    """Choose anew at each budget of the axis; ``chosen`` stands at the one that was given.

    Budgets that buy nothing are left out.
    """
    found = []
    for amount in amounts(axis):
        if amount == axis.given:
            found.append(step_of(chosen, amount, terms.prices))
            continue
        bounds = bounds_at(terms.bounds, axis, amount)
        try:
            plan = choose(Terms(bounds=bounds, prices=terms.prices, labour=terms.labour), explain=False)
        except BudgetTooSmallError:
            continue
        found.append(step_of(plan, amount, terms.prices))
    return tuple(found)
