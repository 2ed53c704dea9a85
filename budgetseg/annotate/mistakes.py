"""Which of an image's things people get wrong: small ones and later ones rather, at a given rate on average.

Shape suffixes: K things.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["spread_rate"]


def spread_rate(rate: float, odds_K: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances (K,) in proportion to the odds, whose mean is the rate.

    p_k = min(1, c w_k) with c such that the mean is the rate, so that the rate holds in every image and hence in
    every data set, whatever its things are like.

    Args:
        rate: From 0 to 1.
        odds_K: Positive.
    """
    chance_K = np.zeros(len(odds_K))
    if rate <= 0 or not len(odds_K):
        return chance_K
    free_K = np.ones(len(odds_K), bool)
    while free_K.any():
        left = rate * len(odds_K) - np.count_nonzero(~free_K)
        chance_K[free_K] = left * odds_K[free_K] / odds_K[free_K].sum()
        over_K = free_K & (chance_K > 1)
        if not over_K.any():
            break
        chance_K[over_K] = 1.0
        free_K &= ~over_K
    return chance_K
