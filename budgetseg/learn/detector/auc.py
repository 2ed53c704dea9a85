"""The area under the ROC curve: how often an object's pixel has a higher value than a background pixel.

Shape suffixes: V levels of a value in ascending order, N values.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVELS", "auc", "auc_of_counts", "level_counts"]

LEVELS = 65_536
"""Probabilities are counted in so many steps, those of a 16-bit image; pixels of one step tie."""


def auc_of_counts(background_V: NDArray[np.integer], objects_V: NDArray[np.integer]) -> float | None:
    r"""Return the AUC of values counted by level; None where there are no objects or nothing else.

    .. math:: A = \frac{1}{n_o n_b} \sum_v o_v \Bigl(\sum_{u < v} b_u + b_v / 2\Bigr)
    """
    objects, background = int(objects_V.sum()), int(background_V.sum())
    if not objects or not background:
        return None
    below_V = np.cumsum(background_V, dtype=np.float64) - background_V / 2
    return float((objects_V / objects) @ (below_V / background))


def level_counts(probabilities_N: NDArray[np.floating]) -> NDArray[np.int64]:
    """Count probabilities from 0 to 1 by level: counts_V."""
    levels_N = np.rint(probabilities_N * (LEVELS - 1)).astype(np.int64)
    return np.bincount(levels_N, minlength=LEVELS)


def auc(scores_N: NDArray[np.floating], objects_N: NDArray[np.bool_]) -> float | None:
    """Return the AUC of scores of any range; see :func:`auc_of_counts`."""
    values_V, level_N = np.unique(scores_N, return_inverse=True)
    counts = (np.bincount(level_N[chosen_N], minlength=len(values_V)) for chosen_N in (~objects_N, objects_N))
    return auc_of_counts(*counts)
