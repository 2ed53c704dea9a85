"""The best purchase of whole images under limits, for any value of a purchase, also one that falls with more images.

What can be bought are offers: a kind of annotation on new images, or on images that hold another kind already. Limits
hold: what the images cost, in hours, money or both, and how many there are of each stock (new ones; those that hold
points; ...). Where the purchases can be counted on one's fingers all are tried. Else a grid of one to three offers is
valued (:mod:`budgetseg.plan.starts`), and from the best of each number of offers, and from the best of some other
families of offers, a climb goes on until nothing helps: more of an offer, less of it, or some of one for some of
another, in steps of 1, 4, 16, ... images. Checked against trying every purchase, in ``tests/plan/test_search.py``.

Shape suffixes: M purchases, K offers.
"""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.limits import Counts, Limits
from budgetseg.plan.starts import all_purchases, starts

__all__ = ["FEW_PURCHASES", "Limits", "Value", "best_counts", "climb", "good_purchases", "simplest"]

Value = Callable[[Counts], NDArray[np.float64]]
"""From purchases (M, K) to what each is worth (M,)."""

FEW_PURCHASES: Final = 3_000
"""So many are valued in the time of a few steps of a climb."""

_FAMILIES: Final = 4
_STEP: Final = 4
_CLIMB_STEPS: Final = 200
_FEW_OFFERS: Final = 8
_GAIN: Final = 1e-4
"""Less is not worth a step: a hundred of them would not be seen."""
_ROUNDING: Final = 1e-9
_STRIDES: Final = (2, 4, 8, 16, 32)
_SCALES: Final = (0.5, 0.8, 0.95, 1.05, 1.25, 2.0)


def best_counts(
    value: Value, limits: Limits, *, also: Iterable[Counts] = (), tie: float = 0.1, few: int = FEW_PURCHASES
) -> Counts:
    """Return the images of each offer (K,) that are worth most.

    Args:
        value: What purchases are worth.
        limits: Resources, stocks and costs.
        also: Purchases to start from besides; the answer is worth at least as much as each that keeps the limits.
        tie: Of purchases worth within this of the best, that of the fewest offers is preferred.
        few: Up to so many purchases all are tried.

    Returns:
        Counts within the limits; all 0 where no image fits, or where each is worth less than none.
    """
    also = list(also)
    found_MK, worth_M = good_purchases(value, limits, also=also, few=few)
    given_MK = np.array([limits.nothing(), *also])
    floor = float(value(given_MK[limits.allow(given_MK)]).max())
    return simplest(found_MK, worth_M, max(float(worth_M.max()) - tie, floor))


def simplest(found_MK: Counts, worth_M: NDArray[np.float64], enough: float) -> Counts:
    """Of the purchases worth ``enough``, or as much as any, those of the fewest offers, and of these the best."""
    # The same purchase valued among others may differ in its last digits, and must not be below itself.
    enough = min(enough, float(worth_M.max())) - _ROUNDING
    order_M = np.lexsort((-worth_M, (found_MK > 0).sum(axis=1), worth_M < enough))
    best_K: Counts = found_MK[order_M[0]]
    return best_K


def good_purchases(
    value: Value, limits: Limits, *, also: Iterable[Counts] = (), few: int = FEW_PURCHASES
) -> tuple[Counts, NDArray[np.float64]]:
    """Return purchases among which the best one is, and what they are worth: all, or where climbs end."""
    found_MK = all_purchases(limits, few)
    if found_MK is None:
        found_MK = _tops(value, limits, also)
    return found_MK, value(found_MK)


def _tops(value: Value, limits: Limits, also: Iterable[Counts]) -> Counts:
    """Where climbs end from good starts of one, two and three offers; and from the best of these, with all offers."""
    starts_MK = np.concatenate([limits.nothing()[None], *(given_K[None] for given_K in also), starts(limits)])
    starts_MK = np.unique(starts_MK[limits.allow(starts_MK)], axis=0)
    worth_M = value(starts_MK)
    sizes_M = (starts_MK > 0).sum(axis=1)
    order_M = np.argsort(-worth_M, kind="stable")
    # The best of each size, so that a simple answer can win a tie, and the best of some families besides.
    ranked = [*(next(row for row in order_M if sizes_M[row] <= size) for size in (1, 2, 3)), *order_M]
    families: dict[frozenset[int], Counts] = {}
    for row in ranked:
        family = frozenset(np.flatnonzero(starts_MK[row]).tolist())
        if family not in families:
            families[family] = climb(value, limits, starts_MK[row], np.array(sorted(family), np.int64))
        if len(families) == _FAMILIES:
            break
    tops_MK = np.array(list(families.values()))
    best_K = tops_MK[np.argmax(value(tops_MK))]
    return np.concatenate(
        [starts_MK[order_M[:1]], tops_MK, climb(value, limits, best_K, np.arange(limits.offers))[None]]
    )


def climb(value: Value, limits: Limits, start_K: Counts, offers: NDArray[np.intp]) -> Counts:
    """Move to the best neighbouring purchase of ``offers``, and on in its direction, while that gains."""
    here_K, worth = start_K, float(value(start_K[None])[0])
    for _ in range(_CLIMB_STEPS):
        moves_MK = _neighbours(limits, here_K, offers.tolist())
        if not len(moves_MK):
            break
        worth_M = value(moves_MK)
        best = int(np.argmax(worth_M))
        if worth_M[best] <= worth + _GAIN:
            break
        step_K = moves_MK[best] - here_K
        here_K, worth = moves_MK[best], float(worth_M[best])
        further_MK = here_K + np.outer(_STRIDES, step_K)
        further_MK = further_MK[limits.allow(further_MK)]
        if len(further_MK):
            worth_M = value(further_MK)
            best = int(np.argmax(worth_M))
            if worth_M[best] > worth:
                here_K, worth = further_MK[best], float(worth_M[best])
    return here_K


def _neighbours(limits: Limits, here_K: Counts, offers: list[int]) -> Counts:
    """Purchases within the limits that differ in one offer, in two, or in how much of everything there is."""
    most = int(limits.stock_G.max(initial=0))
    steps = [1]
    while steps[-1] * _STEP <= most:
        steps.append(steps[-1] * _STEP)
    held = [offer for offer in offers if here_K[offer]]
    moves = [np.outer(_SCALES, here_K).astype(np.int64)]
    for offer in offers:
        more_MK = np.repeat(here_K[None], len(steps), axis=0)
        more_MK[:, offer] += steps
        moves += [more_MK, limits.filled(here_K[None], offer)]
        if offer in held:
            less_MK = np.repeat(here_K[None], len(steps) + 1, axis=0)
            less_MK[:, offer] -= np.minimum([*steps, here_K[offer]], here_K[offer])
            # What is given up frees room for another.
            moves += [less_MK, *(limits.filled(less_MK, other) for other in held if other != offer)]
        for payer in held:
            if payer != offer:
                # Where no limit binds: as many images, or as many hours, of one for the other.
                for worth in {1.0, _ratio(limits, offer, payer)}:
                    traded_MK = more_MK.copy()
                    traded_MK[:, payer] -= np.maximum(1, np.round(np.multiply(steps, worth))).astype(np.int64)
                    moves.append(traded_MK)
                paid_MK = limits.relieved(more_MK, payer)
                paid_MK = paid_MK[limits.allow(paid_MK)]
                # Giving up one dear image may pay for more than was asked for.
                fillers = {offer} if len(offers) > _FEW_OFFERS else {offer, *held} - {payer}
                moves += [paid_MK, *(limits.filled(paid_MK, filler) for filler in fillers)]
    moves_MK = np.unique(np.concatenate(moves), axis=0)
    changed_M = (moves_MK != here_K).any(axis=1)
    allowed_MK: Counts = moves_MK[changed_M & limits.allow(moves_MK)]
    return allowed_MK


def _ratio(limits: Limits, offer: int, payer: int) -> float:
    """How many images of ``payer`` cost as much as one of ``offer``, by the first resource."""
    costs_K = limits.costs_RK[0] if len(limits.costs_RK) else limits.nothing()
    return float(costs_K[offer] / costs_K[payer]) if costs_K[payer] and costs_K[offer] else 1.0
