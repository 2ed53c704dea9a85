"""The best mix of whole images under a budget and a pool, for any rising value of a mix.

Two limits hold: what the images cost, and how many images there are. As more is never worse, the best mix of two kinds
lies where one of them binds, a line that is walked; of three kinds, on a surface that a grid covers. From the best of
these an exchange of images between kinds, in steps of 1, 2, 4, ... images, climbs until nothing helps. Checked against
trying every mix, in ``tests/plan/test_search.py``.

Shape suffixes: M mixes, K kinds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Limits", "best_counts"]

Counts = NDArray[np.int64]
Value = Callable[[Counts], NDArray[np.float64]]
"""From mixes (M, K) to what each is worth (M,)."""

_LINE_POINTS = 32
_GRID_POINTS = 4
_CLIMB_STEPS = 200
_GAIN = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Limits:
    """What a mix may cost and hold. Costs are whole numbers of one small unit of time, so that sums are exact."""

    costs_K: Counts
    """Of one image of each kind; at least 0."""
    budget: int
    pool: int
    usable_K: NDArray[np.bool_]
    """Kinds that may be bought."""

    def most(self, counts_MK: Counts, kind: int) -> Counts:
        """How many more images of ``kind`` each mix has room for, (M,); below 0 where a limit is broken already."""
        room_M = self.pool - counts_MK.sum(axis=1)
        cost = int(self.costs_K[kind])
        if cost:
            room_M = np.minimum(room_M, (self.budget - counts_MK @ self.costs_K) // cost)
        most_M: Counts = room_M if self.usable_K[kind] else np.minimum(room_M, 0)
        return most_M

    def allow(self, counts_MK: Counts) -> NDArray[np.bool_]:
        """Which mixes keep both limits."""
        allowed_M: NDArray[np.bool_] = (counts_MK @ self.costs_K <= self.budget) & (counts_MK.sum(axis=1) <= self.pool)
        return allowed_M & (counts_MK >= 0).all(axis=1) & ~(counts_MK[:, ~self.usable_K] > 0).any(axis=1)


def best_counts(value: Value, limits: Limits, *, also: Iterable[Counts] = (), tie: float = 0.05) -> Counts:
    """Return the images of each kind (K,) that are worth most.

    Args:
        value: What mixes are worth; must not fall when images are added.
        limits: Budget, pool and costs.
        also: Mixes to start from besides; the answer is worth at least as much as each that keeps the limits.
        tie: Of mixes worth within this of the best, that with the fewest kinds is preferred.

    Returns:
        Counts within the limits; all 0 where no image fits.
    """
    nothing_K = np.zeros(len(limits.costs_K), np.int64)
    given_MK = np.array([nothing_K, *also])
    given_MK = given_MK[limits.allow(given_MK)]
    floor = value(given_MK).max()
    usable = [int(kind) for kind in np.flatnonzero(limits.usable_K)]
    starts_MK = np.concatenate([given_MK, *(_frontier(limits, members) for members in _families(usable))])
    starts_MK = np.unique(starts_MK[limits.allow(starts_MK)], axis=0)
    worth_M = value(starts_MK)
    tops = []
    for size in (1, 2, 3):  # climb from the best of each number of kinds, so that a simple answer can win a tie
        family_M = np.flatnonzero((starts_MK > 0).sum(axis=1) <= size)
        best = starts_MK[family_M[np.argmax(worth_M[family_M])]]
        tops.append(_climb(value, limits, best, [kind for kind in usable if best[kind] > 0]))
    top_worth_M = value(np.array(tops))
    tops.append(_climb(value, limits, tops[int(np.argmax(top_worth_M))], usable))
    top_worth_M = value(np.array(tops))
    good = max(float(top_worth_M.max()) - tie, float(floor))
    return next(top for top, worth in zip(tops, top_worth_M, strict=True) if worth >= good)


def _families(kinds: list[int]) -> Iterable[tuple[int, ...]]:
    for size in (1, 2, 3):
        yield from combinations(kinds, size)


def _frontier(limits: Limits, kinds: tuple[int, ...]) -> Counts:
    """Mixes of one to three kinds at which a limit binds: all but one kind on a grid, which fills up; each in turn."""
    found = []
    for filler in kinds:
        counts_MK = np.zeros((1, len(limits.costs_K)), np.int64)
        points = _LINE_POINTS if len(kinds) == 2 else _GRID_POINTS
        for kind in kinds:
            if kind == filler:
                continue
            most = int(limits.most(np.zeros_like(counts_MK[:1]), kind)[0])
            if most < 1:
                return np.zeros((0, len(limits.costs_K)), np.int64)
            # Evenly spaced, and by factors, because a little of a strong kind goes far.
            steps = np.concatenate([np.linspace(1, most, points), np.geomspace(1, most, points)])
            amounts = np.unique(np.round(steps).astype(np.int64))
            counts_MK = np.repeat(counts_MK, len(amounts), axis=0)
            counts_MK[:, kind] = np.tile(amounts, len(counts_MK) // len(amounts))
        counts_MK = counts_MK[limits.allow(counts_MK)]
        counts_MK[:, filler] = limits.most(counts_MK, filler)
        found.append(counts_MK)
    return np.concatenate(found)


def _climb(value: Value, limits: Limits, start_K: Counts, kinds: list[int]) -> Counts:
    """Exchange images between ``kinds`` while that gains."""
    here_K, worth = start_K, float(value(start_K[None])[0])
    for _ in range(_CLIMB_STEPS):
        moves_MK = _exchanges(limits, here_K, kinds)
        if not len(moves_MK):
            break
        worth_M = value(moves_MK)
        best = int(np.argmax(worth_M))
        if worth_M[best] <= worth + _GAIN:
            break
        here_K, worth = moves_MK[best], float(worth_M[best])
    return here_K


def _exchanges(limits: Limits, here_K: Counts, kinds: list[int]) -> Counts:
    """Every mix that takes 1, 2, 4, ... images of a kind, or as many as fit, paid for by giving up some of another."""
    steps = 2 ** np.arange(int(limits.pool).bit_length())
    moves = []
    for kind in kinds:
        free_MK = here_K[None].copy()
        free_MK[:, kind] += np.maximum(limits.most(free_MK, kind), 0)
        moves.append(free_MK)
        taken_MK = np.repeat(here_K[None], len(steps), axis=0)
        taken_MK[:, kind] += steps
        for payer in kinds:
            if payer == kind or not here_K[payer]:
                continue
            paid_MK = _pay(limits, taken_MK, payer)
            paid_MK = paid_MK[limits.allow(paid_MK)]
            # Giving up one dear image may pay for more than was asked for.
            paid_MK[:, kind] += np.maximum(limits.most(paid_MK, kind), 0)
            moves.append(paid_MK)
    if not moves:
        return here_K[None][:0]
    moves_MK = np.concatenate(moves)
    changed_MK: Counts = moves_MK[(moves_MK != here_K).any(axis=1)]
    return changed_MK


def _pay(limits: Limits, counts_MK: Counts, payer: int) -> Counts:
    """Give up the images of ``payer`` that bring each mix back within the limits; mixes it cannot are dropped later."""
    paid_MK = counts_MK.copy()
    over_M = np.maximum(counts_MK.sum(axis=1) - limits.pool, 0)
    cost = int(limits.costs_K[payer])
    if cost:
        over_M = np.maximum(over_M, -((limits.budget - counts_MK @ limits.costs_K) // cost))
    paid_MK[:, payer] -= np.maximum(over_M, 0)
    return paid_MK
