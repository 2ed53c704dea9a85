"""Which limit binds, and what a wider one would bring."""

from typing import Final

import numpy as np

from budgetseg.plan.limits import Counts
from budgetseg.plan.market import Market
from budgetseg.plan.reasons import LimitUse, Relaxed

__all__ = ["limit_uses"]

_WIDER: Final = 1.1
_NOTICED: Final = 0.005
"""Gains that print as 0.01 mIoU; less is rounding."""


def limit_uses(market: Market, bought_K: Counts) -> tuple[LimitUse, ...]:
    """Return every limit, the pool last, each with what 10 % more of it would bring.

    The one whose relaxation brings most is said to bind. None binds where none brings anything: more would not help.
    """
    worth = float(market.value()(bought_K[None])[0])
    bought = bought_K.tolist()
    images = market.mix(bought_K).images
    sizes = [(one.name, one.unit, float(one.limit), float(one.used(bought))) for one in market.resources]
    sizes.append(("images", "images", float(market.pool), float(images)))
    gains, mixes = [], []
    for name, _, limit, used in sizes:
        if used < 0.95 * limit and (name != "images" or used < limit):  # there is room already
            gains.append(0.0)
            mixes.append(market.mix(bought_K))
            continue
        wider = market.relax(name, _WIDER)
        better_K = wider.improved(bought_K)
        gains.append(max(0.0, float(wider.value()(better_K[None])[0]) - worth))
        mixes.append(market.mix(better_K))
    most = int(np.argmax(gains))
    return tuple(
        LimitUse(
            name=name,
            unit=unit,
            limit=limit,
            used=used,
            binds=row == most and gains[row] >= _NOTICED,
            relaxed=Relaxed(limit=limit * _WIDER, gain_miou=gains[row], mix=mixes[row]),
        )
        for row, (name, unit, limit, used) in enumerate(sizes)
    )
