"""What hours buy on top of what is held: the best mix by some value, and a spread of mixes to choose among.

A mix that is held stays: every mix here is ``held + new images``. New images cost their full price.

Shape suffixes: K kinds in the order of ``KINDS``, M mixes, F kinds for sale.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.offers import whole_numbers
from budgetseg.plan.prices import Prices, uses_prior
from budgetseg.plan.search import Limits, best_counts

__all__ = ["TIE_MIOU", "Counts", "best_mix", "nothing", "spread_of_mixes"]

Counts = NDArray[np.int64]
Value = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From mixes (M, K) to what each is worth (M,)."""

TIE_MIOU: Final = 0.5
"""Mixes within so much of each other count as equally good: seeds of one recipe differ by as much."""

_SHARES: Final = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)
_PARTS: Final = (1.0, 0.5, 0.25)
_THREE: Final = ((0.2, 0.4), (0.4, 0.2), (0.4, 0.4), (0.1, 0.1))


def nothing() -> Counts:
    """No image of any kind, (K,)."""
    return np.zeros(len(KINDS), np.int64)


def _column(kind: str) -> int:
    return list(KINDS).index(kind)


def _limits(prices: Prices, seconds: Fraction, images: int, held_K: Counts) -> Limits:
    """What new images of each kind for sale may cost and take, beside those held."""
    held = [kind for kind, count in zip(KINDS, held_K.tolist(), strict=True) if count]
    prior = Fraction(0) if uses_prior(held) else prices.prior_seconds
    costs, budget = whole_numbers([*prices.seconds_of.values(), prior], max(seconds, Fraction(0)), max(images, 1) + 1)
    return Limits(
        costs_RK=np.array([costs[:-1]], np.int64),
        budget_R=np.array([budget], np.int64),
        stock_G=np.array([images], np.int64),
        stock_K=np.zeros(len(prices.kinds), np.intp),
        prior_R=np.array(costs[-1:], np.int64) if prior else None,
        prior_K=np.array([uses_prior((kind,)) for kind in prices.kinds]) if prior else None,
    )


def best_mix(
    value: Value, prices: Prices, seconds: Fraction, pool: int, held_K: Counts, *, tie: float = TIE_MIOU
) -> Counts:
    """Return the best mix that holds ``held_K`` and what the seconds buy besides, (K,).

    Args:
        value: What mixes are worth.
        prices: Of new images.
        seconds: To spend on them; what is paid whatever is bought must be off already. Where kinds are bought that
            use an objectness prior, and none of them is held, it is paid of these.
        pool: Images there are, those held among them.
        held_K: Images at each kind that are there already.
        tie: Of mixes worth within this of the best, one of the fewest kinds is returned.
    """
    new_images = pool - int(held_K.sum())
    if new_images <= 0 or seconds < 0:
        return held_K.copy()
    adds_FK = np.eye(len(KINDS), dtype=np.int64)[[_column(kind) for kind in prices.kinds]]
    bought_F = best_counts(
        lambda counts_MF: value((held_K + counts_MF @ adds_FK).astype(np.float64)),
        _limits(prices, seconds, new_images, held_K),
        tie=tie,
    )
    mix_K: Counts = held_K + bought_F @ adds_FK
    return mix_K


def spread_of_mixes(prices: Prices, seconds: Fraction, pool: int, held_K: Counts) -> Counts:
    """Return mixes (M, K) that the seconds pay for on top of ``held_K``: pure kinds, pairs and some triples.

    A kind gets a share of the seconds, the last kind of a pair or triple what is left of seconds and pool. Among them
    are mixes that spend only a part, for with some trainers more weak images hurt. ``held_K`` alone comes first.
    """
    new_images = pool - int(held_K.sum())
    mixes = [nothing()[None]]
    if new_images > 0 and seconds >= 0:
        limits = _limits(prices, seconds, new_images, held_K)
        columns = [_column(kind) for kind in prices.kinds]
        kinds = range(len(columns))
        mixes += [_fill((kind,), limits.part(part), columns) for kind in kinds for part in _PARTS]
        shared: list[tuple[tuple[int, ...], tuple[float, ...]]] = [
            *((pair, (share,)) for pair in combinations(kinds, 2) for share in _SHARES),
            *((three, shares) for three in combinations(kinds, 3) for shares in _THREE),
        ]
        mixes += [_fill(members, limits, columns, shares) for members, shares in shared]
    spread_MK: Counts = np.concatenate([held_K + mix_1K for mix_1K in mixes])
    _, first_M = np.unique(spread_MK, axis=0, return_index=True)
    return spread_MK[np.sort(first_M)]


def _fill(
    members: tuple[int, ...],
    limits: Limits,
    columns: list[int],
    shares: tuple[float, ...] = (),
) -> Counts:
    """One mix (1, K): each member but the last gets its share of the budget, the last what is left.

    A prior that a member needs is paid first; where it cannot be, the mix is of nothing.
    """
    counts_1K = nothing()[None]
    budget, left_images = int(limits.budget_R[0]), int(limits.stock_G[0])
    if limits.prior_R is not None and limits.prior_K is not None and limits.prior_K[list(members)].any():
        budget -= int(limits.prior_R[0])
        if budget < 0:
            return counts_1K
    left = budget
    for place, member in enumerate(members):
        purse = left if place == len(shares) else min(left, int(shares[place] * budget))
        cost = int(limits.costs_RK[0, member])
        count = min(left_images, purse // cost) if cost else left_images
        counts_1K[0, columns[member]] = count
        left, left_images = left - count * cost, left_images - count
    return counts_1K
