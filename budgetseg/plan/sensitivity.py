"""What would be chosen if one kind cost half, or twice, of what it is thought to cost.

Unlike :mod:`budgetseg.plan.flips`, which asks whether another way of working would be worth it, the best mix is sought
anew at the changed price.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.budget_sweep import Chooser, Terms
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan, Prediction

__all__ = ["FACTORS", "PriceChange", "at_price", "price_changes"]

FACTORS: Final = (Fraction(1, 2), Fraction(2))


@dataclass(frozen=True, kw_only=True)
class PriceChange:
    """A kind's cost multiplied, and the best mix then."""

    kind: str
    factor: float
    mix: Mix
    hours: float
    predicted_miou: Prediction | None
    other_kinds: bool
    """Whether the mix consists of other kinds than the one planned."""


def at_price(terms: Terms, kind: str, factor: Fraction) -> Terms:
    """Return the terms with the cost of one kind multiplied, prices by the piece included."""
    prices, labour = terms.prices, terms.labour
    more = (factor - 1) * prices.seconds_of[kind]
    changed = replace(
        prices,
        seconds_of={**prices.seconds_of, kind: factor * prices.seconds_of[kind]},
        seconds_of_images=lambda images: prices.seconds_of_images(images) + more * images.get(kind, 0),
        upgrades=lambda current, kinds: tuple(
            replace(offer, seconds=offer.seconds * factor) if offer.kind == kind else offer
            for offer in prices.upgrades(current, kinds)
        ),
    )
    if kind in labour.prices:
        piece = labour.prices[kind]
        labour = replace(labour, prices={**labour.prices, kind: replace(piece, amount=piece.amount * factor)})
    return replace(terms, prices=changed, labour=labour)


def price_changes(choose: Chooser, chosen: Plan, terms: Terms) -> tuple[PriceChange, ...]:
    """Return the best mix for each kind's cost halved and doubled.

    A kind of which the plan buys none leaves it the best when it gets dearer, so that is not sought again.
    """
    bought = {move.kind for move in chosen.moves} if chosen.current is not None else {kind for kind, _ in chosen.mix}
    found = []
    for kind, seconds in terms.prices.seconds_of.items():
        if kind in chosen.unavailable or not seconds:
            continue
        for factor in FACTORS:
            plan = chosen
            if kind in bought or factor < 1:
                try:
                    plan = choose(at_price(terms, kind, factor), explain=False)
                except BudgetTooSmallError:
                    continue
            found.append(
                PriceChange(
                    kind=kind,
                    factor=float(factor),
                    mix=plan.mix,
                    hours=plan.hours,
                    predicted_miou=plan.predicted_miou,
                    other_kinds={one for one, _ in plan.mix} != {one for one, _ in chosen.mix},
                )
            )
    return tuple(found)
