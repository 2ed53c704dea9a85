"""What else the limits would buy: each kind alone, the paper's hybrid, or the other rows of the candidates.

As :mod:`budgetseg.plan.alternatives` reckons from a cost book and hours, here from any prices and limits.
"""

from fractions import Fraction
from typing import Final

import numpy as np

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.alternatives import PAPER_HYBRID, PAPER_HYBRID_MASKS
from budgetseg.plan.limits import Counts
from budgetseg.plan.market import Market
from budgetseg.plan.plan import Alternative
from budgetseg.plan.prices import Prices

__all__ = ["alternative", "other_purchases", "other_rows"]

_MOST_ROWS: Final = 8


def other_purchases(market: Market, prices: Prices, paid_seconds: Fraction) -> list[tuple[Alternative, Counts]]:
    """Return what else could be bought, without predictions, each with what it takes of the offers.

    Args:
        market: Of every kind that has a price, whether anything is known of it or not.
        prices: Of the same.
        paid_seconds: What is paid for validation besides, counted in the hours of each.
    """
    if market.candidates is not None:
        return []
    limits = market.limits
    found = []
    for kind in KINDS:
        columns = [column for column, offer in enumerate(market.offers) if offer.kind == kind]
        bought_K = limits.nothing()
        for column in sorted(columns, key=lambda column: market.offers[column].seconds):
            bought_K = limits.filled(bought_K[None], column)[0]
        if bought_K.any():
            found.append((kind, bought_K))
    hybrid_K = market.bought({"full": PAPER_HYBRID_MASKS, "point": 0})
    if hybrid_K is not None and not market.current.images and limits.allow(hybrid_K[None])[0]:
        points = next(column for column, offer in enumerate(market.offers) if offer.kind == "point")
        found.append((PAPER_HYBRID, limits.filled(hybrid_K[None], points)[0]))
    return [(alternative(name, market, prices, bought_K, paid_seconds), bought_K) for name, bought_K in found]


def other_rows(market: Market, prices: Prices, paid_seconds: Fraction, chosen_K: Counts) -> list[Alternative]:
    """Return the next best affordable rows of the candidates, each named after its line in the file."""
    assert market.candidates is not None
    bought_MK, rows_M = market.candidates.affordable(market)
    order = np.argsort(-market.value()(bought_MK), kind="stable")
    return [
        alternative(f"line {market.candidates.lines[rows_M[place]]}", market, prices, bought_MK[place], paid_seconds)
        for place in order[: _MOST_ROWS + 1]
        if (bought_MK[place] != chosen_K).any()
    ][:_MOST_ROWS]


def alternative(name: str, market: Market, prices: Prices, bought_K: Counts, paid_seconds: Fraction) -> Alternative:
    """Return a purchase as an alternative of the plan, without a prediction."""
    moves = market.moves(bought_K)
    return Alternative(
        name=name,
        mix=market.mix(bought_K),
        hours=float((prices.seconds_of_moves(moves, market.current) + paid_seconds) / 3600),
        predicted_miou=None,
        moves=moves if market.current.images else (),
    )
