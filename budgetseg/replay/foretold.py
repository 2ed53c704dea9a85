"""What a method says of mixes: a mean, surfaces that may be true, the noise of one training, and the interval of both.

Shape suffixes: S samples, M mixes, Q quantiles of the noise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.one_training import interval

__all__ = ["LEVEL", "Foretold", "Predict", "foretell"]

Floats = NDArray[np.float64]

LEVEL: Final = 0.8
_NODES: Final = 21


@dataclass(frozen=True, kw_only=True, eq=False)
class Foretold:
    """Predictions of M mixes, mIoU."""

    mean_M: Floats
    low_M: Floats
    """With ``high_M`` the central interval of one new training, level ``LEVEL``."""
    high_M: Floats
    sample_SM: Floats
    """Expected mIoU; a row is one surface that may be true."""
    noise_M: Floats
    """Standard deviation of one training around its expected mIoU."""

    def at(self, place_M: NDArray[np.intp] | NDArray[np.bool_]) -> "Foretold":
        """Some of the mixes."""
        return Foretold(
            mean_M=self.mean_M[place_M],
            low_M=self.low_M[place_M],
            high_M=self.high_M[place_M],
            sample_SM=self.sample_SM[:, place_M],
            noise_M=self.noise_M[place_M],
        )


Predict = Callable[[Floats], Foretold]
"""From mixes (M, K), columns in the order of ``KINDS``, to what is said of them."""


def foretell(sample_SM: Floats, noise_M: Floats, *, mean_M: Floats | None = None, level: float = LEVEL) -> Foretold:
    """Make predictions of samples and noise: the interval is that of their mixture, within 0 to 100.

    Args:
        sample_SM: Surfaces that may be true.
        noise_M: Standard deviation of one training.
        mean_M: The mean where it is known better than by the samples' mean.
        level: Of the interval.
    """
    low_M, high_M = interval(sample_SM, noise_M, level, nodes=_NODES)
    mean_M = sample_SM.clip(0.0, 100.0).mean(axis=0) if mean_M is None else mean_M.clip(0.0, 100.0)
    return Foretold(mean_M=mean_M, low_M=low_M, high_M=high_M, sample_SM=sample_SM.clip(0.0, 100.0), noise_M=noise_M)
