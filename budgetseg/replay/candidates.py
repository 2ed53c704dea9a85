"""What can be chosen at a budget, and what rules of thumb choose of it.

Shape suffixes: M mixes, K kinds.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.replay.prices import ImagePrices

__all__ = ["RULES", "nearest", "rule_mixes"]

Floats = NDArray[np.float64]

ALL_FULL: Final = "all full"
ALL_POINT: Final = "all point"
HYBRID: Final = "100 full + points"
UNIFORM: Final = "uniform hours"
RULES: Final = (ALL_FULL, ALL_POINT, HYBRID, UNIFORM)

_HYBRID_MASKS: Final = 100
_FEW_IMAGES: Final = 30.0
_FULL, _POINT = list(KINDS).index("full"), list(KINDS).index("point")


def rule_mixes(prices: ImagePrices, kinds: tuple[str, ...], hours: float, pool: int) -> Mapping[str, Floats]:
    """Return the mix (K,) that each rule of thumb would buy; rules that need a kind which is not there are left out.

    Args:
        prices: Of an image.
        kinds: Those that the surface knows.
        hours: To spend.
        pool: Images there are.
    """
    seconds_K = np.where(np.isin(list(KINDS), kinds), prices.seconds_K, np.inf)
    there_K = np.isfinite(seconds_K)
    found: dict[str, Floats] = {}

    def buy(share_K: Floats, spend_hours: float, images: float) -> Floats:
        counts_K = np.where(there_K, share_K * spend_hours * 3600 / np.where(there_K, seconds_K, 1.0), 0.0)
        return counts_K * min(1.0, images / max(counts_K.sum(), 1e-9))

    only = np.eye(len(KINDS))
    if there_K[_FULL]:
        found[ALL_FULL] = buy(only[_FULL], hours, pool)
    if there_K[_POINT]:
        found[ALL_POINT] = buy(only[_POINT], hours, pool)
    if there_K[_FULL] and there_K[_POINT]:
        masks = min(_HYBRID_MASKS, hours * 3600 / seconds_K[_FULL], pool)
        left = hours - masks * seconds_K[_FULL] / 3600
        found[HYBRID] = masks * only[_FULL] + buy(only[_POINT], left, pool - masks)
    if there_K.any():
        found[UNIFORM] = buy(there_K / there_K.sum(), hours, pool)
    return found


def nearest(ideal_K: Floats, mixes_MK: Floats) -> int:
    """Return which of the mixes is most like the ideal: by the sum over kinds of the distance in log(1 + n / 30)."""
    distance_M = np.abs(np.log1p(mixes_MK / _FEW_IMAGES) - np.log1p(ideal_K / _FEW_IMAGES)).sum(axis=1)
    return int(np.argmin(distance_M))
