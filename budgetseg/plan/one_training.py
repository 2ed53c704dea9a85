r"""What one new training may reach: a surface that may be true, plus the noise of seed and draw of images.

With S surfaces :math:`f_s` that the evidence allows and noise :math:`\sigma(n)`, one new training of the mix n is a
mixture of normals,

.. math:: P(\mathrm{mIoU} \le y) = \frac{1}{S} \sum_s \Phi\left(\frac{y - f_s(n)}{\sigma(n)}\right).

Shape suffixes: S surfaces, M mixes.
"""

from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["chance_to_reach", "interval", "normal_cdf", "quantile"]

Floats = NDArray[np.float64]

_STEPS: Final = 10
_LEAST_NOISE: Final = 1e-3


def quantile(samples_SM: Floats, noise_M: Floats, probability: float) -> Floats:
    """Return the mIoU (M,), 0 to 100, below which one new training falls with ``probability``.

    Newton's method on the mixture's distribution function, from the quantile of one normal of the same moments; a step
    that leaves what is known to hold the quantile is a bisection instead.
    """
    sd_M = np.maximum(noise_M, _LEAST_NOISE)
    z = NormalDist().inv_cdf(probability)
    low_M, high_M = samples_SM.min(axis=0) + min(z, 0) * sd_M, samples_SM.max(axis=0) + max(z, 0) * sd_M
    y_M = (samples_SM.mean(axis=0) + z * np.sqrt(samples_SM.var(axis=0) + sd_M**2)).clip(low_M, high_M)
    for _ in range(_STEPS):
        z_SM = (y_M - samples_SM) / sd_M
        over_M = normal_cdf(z_SM).mean(axis=0) - probability
        density_M = np.exp(-0.5 * z_SM**2).mean(axis=0) / (np.sqrt(2 * np.pi) * sd_M)
        low_M, high_M = np.where(over_M < 0, y_M, low_M), np.where(over_M < 0, high_M, y_M)
        next_M = y_M - over_M / np.maximum(density_M, 1e-12)
        y_M = np.where((next_M >= low_M) & (next_M <= high_M), next_M, 0.5 * (low_M + high_M))
    found_M: Floats = y_M.clip(0.0, 100.0)
    return found_M


def interval(samples_SM: Floats, noise_M: Floats, level: float, *, nodes: int) -> tuple[Floats, Floats]:
    """Return the central interval, 0 to 100, in which one new training falls with probability ``level``: low_M, high_M.

    Each normal of the mixture is stood for by ``nodes`` of its quantiles, at the middles of equally likely slices and
    scaled to variance 1.
    """
    normal_Q = np.array([NormalDist().inv_cdf((node + 0.5) / nodes) for node in range(nodes)])
    normal_Q /= np.sqrt((normal_Q**2).mean())
    reached_XM = (samples_SM[:, None] + normal_Q[:, None] * noise_M).reshape(-1, len(noise_M)).clip(0.0, 100.0)
    low_M, high_M = np.quantile(reached_XM, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low_M, high_M


def chance_to_reach(samples_SM: Floats, noise_M: Floats, target_miou: float) -> Floats:
    """Return the probability (M,) that one new training reaches ``target_miou``."""
    chance_M: Floats = normal_cdf((samples_SM - target_miou) / np.maximum(noise_M, _LEAST_NOISE)).mean(axis=0)
    return chance_M


def normal_cdf(x: Floats) -> Floats:
    """Standard normal distribution function, within 1e-7: Abramowitz and Stegun 26.2.17."""
    t = 1 / (1 + 0.2316419 * np.abs(x))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi) * series
    cdf: Floats = np.where(x >= 0, 1 - tail, tail)
    return cdf
