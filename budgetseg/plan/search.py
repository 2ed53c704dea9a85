"""The best purchase of whole images under a budget and a stock, for any rising value of a purchase.

What can be bought are offers: a kind of annotation on new images, or on images that hold another kind already. Two
limits hold: what the images cost, and how many there are of each stock (new ones; those that hold points; ...). As
more is never worse, the best purchase of two offers lies where one of the limits binds, a line that is walked; of
three, on a surface that a grid covers. From the best of these an exchange of images between offers, in steps of
1, 2, 4, ... images, climbs until nothing helps. Checked against trying every purchase, in
``tests/plan/test_search.py``.

Shape suffixes: M purchases, K offers, G stocks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Limits", "best_counts"]

Counts = NDArray[np.int64]
Value = Callable[[Counts], NDArray[np.float64]]
"""From purchases (M, K) to what each is worth (M,)."""

_LINE_POINTS = 32
_GRID_POINTS = 4
_FEW_OFFERS = 8
"""Up to so many, triples are tried as starts; more would take seconds, and the climb finds the third offer as well."""
_CLIMB_STEPS = 200
_GAIN = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Limits:
    """What a purchase may cost and take. Costs are whole numbers of one small unit of time, so that sums are exact."""

    costs_K: Counts
    """Of one image of each offer; at least 0."""
    budget: int
    stock_G: Counts
    """How many images there are of each stock."""
    stock_K: NDArray[np.intp]
    """The stock that each offer takes its images from."""

    def taken(self, counts_MK: Counts) -> Counts:
        """How many images of each stock the purchases take, (M, G)."""
        taken_MG: Counts = counts_MK @ (self.stock_K[:, None] == np.arange(len(self.stock_G)))
        return taken_MG

    def most(self, counts_MK: Counts, offer: int) -> Counts:
        """How many more images of ``offer`` each purchase has room for, (M,); below 0 where a limit is broken."""
        stock = self.stock_K[offer]
        room_M: Counts = self.stock_G[stock] - counts_MK[:, self.stock_K == stock].sum(axis=1)
        cost = int(self.costs_K[offer])
        return np.minimum(room_M, (self.budget - counts_MK @ self.costs_K) // cost) if cost else room_M

    def allow(self, counts_MK: Counts) -> NDArray[np.bool_]:
        """Which purchases keep the limits."""
        within_M: NDArray[np.bool_] = counts_MK @ self.costs_K <= self.budget
        return within_M & (self.taken(counts_MK) <= self.stock_G).all(axis=1) & (counts_MK >= 0).all(axis=1)


def best_counts(value: Value, limits: Limits, *, also: Iterable[Counts] = (), tie: float = 0.05) -> Counts:
    """Return the images of each offer (K,) that are worth most.

    Args:
        value: What purchases are worth; must not fall when new images are bought.
        limits: Budget, stocks and costs.
        also: Purchases to start from besides; the answer is worth at least as much as each that keeps the limits.
        tie: Of purchases worth within this of the best, that of the fewest offers is preferred.

    Returns:
        Counts within the limits; all 0 where no image fits.
    """
    nothing_K = np.zeros(len(limits.costs_K), np.int64)
    given_MK = np.array([nothing_K, *also])
    given_MK = given_MK[limits.allow(given_MK)]
    floor = value(given_MK).max()
    offers = list(range(len(limits.costs_K)))
    starts_MK = np.concatenate([given_MK, *(_frontier(limits, members) for members in _families(offers))])
    starts_MK = np.unique(starts_MK[limits.allow(starts_MK)], axis=0)
    worth_M = value(starts_MK)
    tops = []
    for size in (1, 2, 3):  # climb from the best of each number of offers, so that a simple answer can win a tie
        family_M = np.flatnonzero((starts_MK > 0).sum(axis=1) <= size)
        best = starts_MK[family_M[np.argmax(worth_M[family_M])]]
        tops.append(_climb(value, limits, best, [offer for offer in offers if best[offer] > 0]))
    top_worth_M = value(np.array(tops))
    tops.append(_climb(value, limits, tops[int(np.argmax(top_worth_M))], offers))
    top_worth_M = value(np.array(tops))
    good = max(float(top_worth_M.max()) - tie, float(floor))
    return next(top for top, worth in zip(tops, top_worth_M, strict=True) if worth >= good)


def _families(offers: list[int]) -> Iterable[tuple[int, ...]]:
    for size in (1, 2, 3) if len(offers) <= _FEW_OFFERS else (1, 2):
        yield from combinations(offers, size)


def _frontier(limits: Limits, offers: tuple[int, ...]) -> Counts:
    """Purchases of one to three offers at which a limit binds: all but one on a grid, and each in turn fills up."""
    found = []
    for filler in offers:
        counts_MK = np.zeros((1, len(limits.costs_K)), np.int64)
        points = _LINE_POINTS if len(offers) == 2 else _GRID_POINTS
        for offer in offers:
            if offer == filler:
                continue
            most = int(limits.most(np.zeros_like(counts_MK[:1]), offer)[0])
            if most < 1:
                return np.zeros((0, len(limits.costs_K)), np.int64)
            # Evenly spaced, and by factors, because a little of a strong kind goes far.
            steps = np.concatenate([np.linspace(1, most, points), np.geomspace(1, most, points)])
            amounts = np.unique(np.round(steps).astype(np.int64))
            counts_MK = np.repeat(counts_MK, len(amounts), axis=0)
            counts_MK[:, offer] = np.tile(amounts, len(counts_MK) // len(amounts))
        counts_MK = counts_MK[limits.allow(counts_MK)]
        counts_MK[:, filler] = limits.most(counts_MK, filler)
        found.append(counts_MK)
    return np.concatenate(found)


def _climb(value: Value, limits: Limits, start_K: Counts, offers: list[int]) -> Counts:
    """Exchange images between ``offers`` while that gains."""
    here_K, worth = start_K, float(value(start_K[None])[0])
    for _ in range(_CLIMB_STEPS):
        moves_MK = _exchanges(limits, here_K, offers)
        if not len(moves_MK):
            break
        worth_M = value(moves_MK)
        best = int(np.argmax(worth_M))
        if worth_M[best] <= worth + _GAIN:
            break
        here_K, worth = moves_MK[best], float(worth_M[best])
    return here_K


def _exchanges(limits: Limits, here_K: Counts, offers: list[int]) -> Counts:
    """Every purchase of 1, 2, 4, ... more of an offer, or as many as fit, paid for by giving up some of another."""
    steps = 2 ** np.arange(int(limits.stock_G.max(initial=0)).bit_length())
    moves = []
    for offer in offers:
        free_MK = here_K[None].copy()
        free_MK[:, offer] += np.maximum(limits.most(free_MK, offer), 0)
        moves.append(free_MK)
        taken_MK = np.repeat(here_K[None], len(steps), axis=0)
        taken_MK[:, offer] += steps
        for payer in offers:
            if payer == offer or not here_K[payer]:
                continue
            paid_MK = _pay(limits, taken_MK, payer)
            paid_MK = paid_MK[limits.allow(paid_MK)]
            # Giving up one dear image may pay for more than was asked for.
            paid_MK[:, offer] += np.maximum(limits.most(paid_MK, offer), 0)
            moves.append(paid_MK)
    if not moves:
        return here_K[None][:0]
    moves_MK = np.concatenate(moves)
    changed_MK: Counts = moves_MK[(moves_MK != here_K).any(axis=1)]
    return changed_MK


def _pay(limits: Limits, counts_MK: Counts, payer: int) -> Counts:
    """Give up the images of ``payer`` that bring each purchase within the limits; those it cannot are dropped later."""
    paid_MK = counts_MK.copy()
    stock = limits.stock_K[payer]
    over_M = np.maximum(counts_MK[:, limits.stock_K == stock].sum(axis=1) - limits.stock_G[stock], 0)
    cost = int(limits.costs_K[payer])
    if cost:
        over_M = np.maximum(over_M, -((limits.budget - counts_MK @ limits.costs_K) // cost))
    paid_MK[:, payer] -= np.maximum(over_M, 0)
    return paid_MK
