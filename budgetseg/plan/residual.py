r"""What a form gets wrong: a smooth function of the mix, learned where there is evidence.

A Gaussian process that is the sum of two, each with half of the variance :math:`\alpha^2`:

- one over mixes, with kernel :math:`\exp(-d^2 / 2)`, d the distance on the scale :math:`\log(1 + n_k / 100)`;
- one over the kinds by themselves: each kind is off by a function of :math:`\log N`, and a mix by the mean of its kinds
  weighted by their shares. So a hundred masks beside ten thousand clicks inherit what is known to be off with clicks.

Both have one length. The process is held as a linear model on Fourier features (random ones over mixes: Rahimi and
Recht, 2007), fixed once for everyone, so that a draw of the whole function is a vector of weights.

Shape suffixes: M mixes, R rows of evidence, K kinds, F features, D members.
"""

from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS

__all__ = ["FEATURES", "features", "given_rows", "kernel"]

Floats = NDArray[np.float64]

_OVER_MIXES: Final = 160
_OVER_KINDS: Final = 12
FEATURES: Final = 2 * _OVER_MIXES + 2 * _OVER_KINDS * len(KINDS)
LENGTH: Final = 1.2
_FEW_IMAGES: Final = 100.0
_SEED: Final = 2007


_MIX_FREQUENCY_KF: Final = np.random.default_rng(_SEED).standard_normal((len(KINDS), _OVER_MIXES)) / LENGTH
# In one dimension, evenly spread quantiles of the frequencies do better than random ones.
_KIND_FREQUENCY_F: Final = (
    np.array([NormalDist().inv_cdf((place + 0.5) / (2 * _OVER_KINDS) + 0.5) for place in range(_OVER_KINDS)]) / LENGTH
)


def kernel(counts_MK: Floats, others_RK: Floats) -> Floats:
    """The kernel (M, R) for alpha = 1, exactly.

    A mean must not ripple as random features do: the best plan would hold a few images of whatever rippled upwards.
    """
    scaled_MK, scaled_RK = np.log1p(counts_MK / _FEW_IMAGES), np.log1p(others_RK / _FEW_IMAGES)
    square_MR = (scaled_MK**2).sum(axis=1)[:, None] + (scaled_RK**2).sum(axis=1) - 2 * scaled_MK @ scaled_RK.T
    images_M, images_R = (np.maximum(counts.sum(axis=1), 1e-9) for counts in (counts_MK, others_RK))
    log_MR = np.log1p(images_M / _FEW_IMAGES)[:, None] - np.log1p(images_R / _FEW_IMAGES)
    share_MR = (counts_MK / images_M[:, None]) @ (others_RK / images_R[:, None]).T
    over_mixes_MR = np.exp(-0.5 * np.maximum(square_MR, 0.0) / LENGTH**2)
    both_MR: Floats = 0.5 * over_mixes_MR + 0.5 * share_MR * np.exp(-0.5 * (log_MR / LENGTH) ** 2)
    return both_MR


def features(counts_MK: Floats) -> Floats:
    """Features (M, F) whose products are the kernel for alpha = 1, up to the randomness of the features."""
    images_M = np.maximum(counts_MK.sum(axis=1), 1e-9)
    mix_MF = np.log1p(counts_MK / _FEW_IMAGES) @ _MIX_FREQUENCY_KF
    kind_MF = np.log1p(images_M / _FEW_IMAGES)[:, None] * _KIND_FREQUENCY_F
    share_MK = counts_MK / images_M[:, None]
    by_kind_MKF = share_MK[:, :, None] * (_waves(kind_MF) / np.sqrt(2 * _OVER_KINDS))[:, None]
    by_kind_MF = by_kind_MKF.reshape(len(counts_MK), FEATURES - 2 * _OVER_MIXES)
    return np.concatenate([_waves(mix_MF) / np.sqrt(2 * _OVER_MIXES), by_kind_MF], axis=1)


def _waves(angle_MF: Floats) -> Floats:
    return np.concatenate([np.cos(angle_MF), np.sin(angle_MF)], axis=1)


def given_rows(
    feature_RF: Floats, alpha: float, covariance_RR: Floats, off_DR: Floats, draw_DF: Floats, noise_DR: Floats
) -> Floats:
    """Weights (D, F) of the function given how far off each member's form is at the rows (Matheron's rule).

    Args:
        feature_RF: Of the rows.
        alpha: Size of the function, mIoU.
        covariance_RR: Of the rows: of the function and the noise together.
        off_DR: Measured minus the member's form.
        draw_DF: Weights drawn from the prior, standard normal times alpha.
        noise_DR: Noise drawn for the rows.
    """
    missing_DR = off_DR - draw_DF @ feature_RF.T - noise_DR
    weight_DF: Floats = draw_DF + alpha**2 * np.linalg.solve(covariance_RR, missing_DR.T).T @ feature_RF
    return weight_DF
