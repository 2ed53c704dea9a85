"""Purchases to start a search from: one, two and three offers, at the limits and, coarsely, below them.

Where more is never worse, the best purchase of two offers lies where a limit binds, a line that is walked; of three,
on a surface that a grid covers. Where more may be worse, it may lie anywhere below: so the lines are walked again with
a half, a quarter, ... of every limit.

Shape suffixes: M purchases, K offers, R resources.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, product

import numpy as np

from budgetseg.plan.limits import Counts, Limits

__all__ = ["all_purchases", "frontier", "starts"]

_LEVELS = (1.0, 0.5, 0.25, 0.1, 0.03)
_LINE_POINTS = (20, 8, 6, 5, 4)
"""Of a pair, at each of the levels: evenly spaced ones, and as many spaced by factors."""
_SINGLE_POINTS = 24
_GRID_POINTS = 3
"""Of a triple, at the limits only: the climb finds what lies below."""
_FEW_OFFERS = 8
"""Up to so many, triples are tried; more would take seconds, and the climb finds the third offer as well."""


def starts(limits: Limits) -> Counts:
    """Return purchases within the limits, each once; nothing at all is among them."""
    offers = [offer for offer in range(limits.offers) if limits.most(limits.nothing()[None], offer)[0] > 0]
    found = [limits.nothing()[None]]
    found += [_counts(limits, (offer,), [_amounts(limits, offer, _SINGLE_POINTS)]) for offer in offers]
    for level, points in zip(_LEVELS, _LINE_POINTS, strict=True):
        part = limits if level == 1 else limits.part(level)
        found += [frontier(part, pair, points) for pair in combinations(offers, 2)]
    if len(offers) <= _FEW_OFFERS:
        found += [frontier(limits, triple, _GRID_POINTS) for triple in combinations(offers, 3)]
    starts_MK = np.concatenate(found)
    return np.unique(starts_MK[limits.allow(starts_MK)], axis=0)


def all_purchases(limits: Limits, most: int) -> Counts | None:
    """Return every purchase within the limits; None where that is more than ``most`` to look at."""
    ranges = [max(0, int(limits.most(limits.nothing()[None], offer)[0])) + 1 for offer in range(limits.offers)]
    number = 1
    for length in ranges:
        number *= length
        if number > most:
            return None
    counts_MK = np.array(list(product(*map(range, ranges))), np.int64)
    return counts_MK[limits.allow(counts_MK)]


def _amounts(limits: Limits, offer: int, points: int) -> Counts:
    """Numbers of images up to the most: evenly spaced, and by factors, for a little of a strong kind goes far."""
    return _steps(int(limits.most(limits.nothing()[None], offer)[0]), points)


@lru_cache(maxsize=1024)
def _steps(most: int, points: int) -> Counts:
    if most < 1:
        return np.zeros(0, np.int64)
    steps = np.concatenate([np.linspace(1, most, points), np.geomspace(1, most, points)])
    return np.unique(np.round(steps).astype(np.int64))


def frontier(limits: Limits, offers: tuple[int, ...], points: int) -> Counts:
    """Purchases of two or three offers at which a limit binds: all but one on a grid, and each in turn fills up."""
    found = []
    for filler in offers:
        others = tuple(offer for offer in offers if offer != filler)
        counts_MK = _counts(limits, others, [_amounts(limits, offer, points) for offer in others])
        found.append(limits.filled(counts_MK[limits.allow(counts_MK)], filler))
    return np.concatenate(found)


def _counts(limits: Limits, offers: Iterable[int], amounts: Iterable[Counts]) -> Counts:
    grid: Iterator[tuple[int, ...]] = product(*(some.tolist() for some in amounts))
    rows = np.array(list(grid), np.int64)
    counts_MK = np.zeros((len(rows), limits.offers), np.int64)
    if len(rows):
        counts_MK[:, list(offers)] = rows
    return counts_MK
