"""What can be chosen at a budget, and what rules of thumb choose of it.

The candidates are the measured mixes, or a grid: each budget's hours shared out among the kinds in steps of a sixth,
and what the rules of thumb buy exactly; of the grid only the smooth truth is known.

Shape suffixes: M mixes, K kinds, C compositions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.replay.ground import Ground
from budgetseg.replay.prices import ImagePrices

__all__ = ["RULES", "Candidates", "grid_candidates", "measured_candidates", "nearest", "rule_mixes"]

Floats = NDArray[np.float64]

ALL_FULL: Final = "all full"
ALL_POINT: Final = "all point"
HYBRID: Final = "100 full + points"
UNIFORM: Final = "uniform hours"
RULES: Final = (ALL_FULL, ALL_POINT, HYBRID, UNIFORM)

_STEPS: Final = 6
_HYBRID_MASKS: Final = 100
_FEW_IMAGES: Final = 30.0
_FULL, _POINT = list(KINDS).index("full"), list(KINDS).index("point")


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """Mixes that may be chosen."""

    mixes_MK: Floats
    hours_M: Floats
    """What they cost; infinite where they cannot be bought."""
    truth_M: Floats
    """Denoised mIoU."""
    noise_M: Floats
    """Standard deviation of one training."""


def measured_candidates(ground: Ground, prices: ImagePrices) -> Candidates:
    """The mixes of the surface."""
    return Candidates(
        mixes_MK=ground.mixes_MK,
        hours_M=prices.hours(ground.mixes_MK),
        truth_M=ground.truth_M,
        noise_M=ground.noise_M,
    )


def grid_candidates(ground: Ground, prices: ImagePrices, budgets: Sequence[float]) -> Candidates:
    """Shares of each budget's hours, and what the rules of thumb buy; whole images."""
    kinds = ground.measured.evidence.kinds
    places = [place for place, kind in enumerate(KINDS) if kind in kinds and kind in prices.seconds_of]
    share_CK = np.zeros((0, len(KINDS)))
    if places:
        # Stars and bars: where the bars between the kinds stand among the steps.
        bars_CB = np.array(list(combinations(range(_STEPS + len(places) - 1), len(places) - 1)), np.int64)
        edge_CB = np.pad(bars_CB, ((0, 0), (1, 1)), constant_values=((0, 0), (-1, _STEPS + len(places) - 1)))
        share_CK = np.zeros((len(bars_CB), len(KINDS)))
        share_CK[:, places] = (np.diff(edge_CB, axis=1) - 1) / _STEPS
    found = [ground.mixes_MK[:0]]
    for hours in budgets:
        counts_CK = share_CK * hours * 3600 / np.where(np.isfinite(prices.seconds_K), prices.seconds_K, 1.0)
        counts_CK *= np.minimum(1.0, ground.pool / np.maximum(counts_CK.sum(axis=1), 1e-9))[:, None]
        rules = rule_mixes(prices, kinds, hours, ground.pool).values()
        found += [counts_CK, np.array(list(rules)).reshape(-1, len(KINDS))]
    mixes_MK = np.unique(np.floor(np.concatenate(found) + 1e-9), axis=0)
    mixes_MK = mixes_MK[mixes_MK.any(axis=1)]
    return Candidates(
        mixes_MK=mixes_MK,
        hours_M=prices.hours(mixes_MK),
        truth_M=ground.truth(mixes_MK),
        noise_M=ground.noise(mixes_MK),
    )


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
        bought_K: Floats = counts_K * min(1.0, images / max(counts_K.sum(), 1e-9))
        return bought_K

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
