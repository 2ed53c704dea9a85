"""A budget that varies: which of the limits grows and shrinks, in what unit, and the amounts that are looked at."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from budgetseg.plan.purse import Bounds

__all__ = ["BudgetAxis", "amounts", "axis_of", "bounds_at"]

_FACTORS: Final = (*(2 ** (step / 2) for step in range(-8, 1)), *(3 ** (step / 4) for step in range(1, 5)))
"""From a sixteenth to three times the budget, evenly by factors on either side of 1."""


@dataclass(frozen=True, kw_only=True)
class BudgetAxis:
    """The limit that varies; the others stay as they are."""

    limit: Literal["hours", "money", "days"]
    """Hours where they are limited, else money, else working days."""
    unit: str
    """``h``, the currency, or ``working days``."""
    given: float
    """What there is of it."""


def axis_of(bounds: Bounds, hours: float, currency: str | None) -> BudgetAxis:
    """Choose the limit that varies.

    Args:
        bounds: All limits.
        hours: What the plan takes, for a plan that no limit was given for.
        currency: Of the money.
    """
    if bounds.seconds is None and bounds.money is not None:
        return BudgetAxis(limit="money", unit=currency or "USD", given=float(bounds.money))
    if bounds.seconds is None and bounds.days is not None:
        return BudgetAxis(limit="days", unit="working days", given=float(bounds.days))
    given = hours if bounds.seconds is None else float(bounds.seconds / 3600)
    return BudgetAxis(limit="hours", unit="h", given=given)


def amounts(axis: BudgetAxis) -> tuple[float, ...]:
    """Return the amounts to look at, ascending; what is given is one of them, exactly."""
    around = [axis.given * factor for factor in _FACTORS]
    if axis.limit == "days":
        around = [max(1.0, round(days)) for days in around]
    elif axis.given:
        around = [float(f"{amount:.3g}") for amount in around]  # nobody budgets 3.7518 h
    below = [amount for amount in around if amount < axis.given]
    above = [amount for amount in around if amount > axis.given]
    return tuple(dict.fromkeys(sorted([*below, axis.given, *above])))


def bounds_at(bounds: Bounds, axis: BudgetAxis, amount: float) -> Bounds:
    """Return the limits with another amount of what varies; they are as given where the amount is."""
    if amount == axis.given and bounds.given:
        return bounds
    exact = Fraction(str(amount))
    if axis.limit == "money":
        return replace(bounds, money=exact)
    if axis.limit == "days":
        return replace(bounds, days=int(amount), by=None)  # the last day would be another
    return replace(bounds, seconds=exact * 3600)
