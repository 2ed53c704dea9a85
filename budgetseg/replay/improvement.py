r"""Expected improvement, by which "Full or Weak Annotations?" (CVPR 2023) picks a mix on the budget's line.

.. math:: \mathrm{EI} = d \, \Phi(d / s) + s \, \varphi(d / s), \qquad d = \mu - m - \xi

with m the best that was measured so far and :math:`\xi = 0.01` on the paper's scale of 0 to 1, 1 mIoU here.

Shape suffixes: M mixes.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = ["XI_MIOU", "expected_improvement"]

Floats = NDArray[np.float64]

XI_MIOU: Final = 1.0


def expected_improvement(mean_M: Floats, sd_M: Floats, best: float, *, xi: float = XI_MIOU) -> Floats:
    """Return EI (M,), mIoU; where nothing is uncertain it is the improvement itself, at least 0."""
    gain_M, safe_M = mean_M - best - xi, np.maximum(sd_M, 1e-9)
    scaled_M = gain_M / safe_M
    uncertain_M = gain_M * norm.cdf(scaled_M) + safe_M * norm.pdf(scaled_M)
    improvement_M: Floats = np.where(sd_M > 0, uncertain_M, np.maximum(gain_M, 0.0))
    return improvement_M
