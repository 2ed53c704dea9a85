r"""What measurements say about mixes that were not measured: a linear-Gaussian update of joint samples of a surface.

Let :math:`f_s` be surfaces that the evidence allows, p the mixes that are measured and c those to choose among. With
the ensemble's covariances and the noise covariance N of the measurements,

.. math:: E[f(c) \mid y] = \bar f(c) + C_{cp} (C_{pp} + N)^{-1} (y - \bar f(p))

the mean of a Gaussian field with these covariances (Matheron's rule gives its samples; the ensemble Kalman filter is
the same in time). It needs no refit, so thousands of imagined measurements cost milliseconds.

An ensemble of 40 has covariances that are wrong by chance. After whitening by the noise, the directions of the
measurements in which surfaces differ most come first; those in which they hardly differ say next to nothing and hold
chance correlations as the others do: they are left out, and never more are kept than one for four samples.

Against importance weights (each sample weighted by its likelihood): there one sample of 40 takes nearly all the weight
as soon as a few trainings are seen; :func:`effective_samples` tells how many share it. The tests compare both with
refits of the surface.

Shape suffixes: S samples, J measured mixes, M mixes to predict, N sets of measurements, R directions kept.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Conditioning", "effective_samples", "noise_covariance"]

Floats = NDArray[np.float64]

_DRAW_SHARE: Final = 0.5
"""Of the variance of one training, what comes from the draw of its images; the rest is its seed. Assumed."""
_SAMPLES_A_DIRECTION: Final = 4
_FAINT: Final = 0.15
"""Standard deviation of what surfaces say in a direction, in units of the noise, below which it is left out."""


def noise_covariance(counts_JK: NDArray[np.int64], sd_J: Floats) -> Floats:
    r"""Return the covariance (J, J) of the chance errors of trainings on nested subsets of the same images.

    Trainings on a and b images share min(a, b) of them: of what the draw of the images does to either, the correlation
    is :math:`\min(a, b) / \sqrt{a b}`. Seeds are independent.

    Args:
        counts_JK: Images at each kind of each training.
        sd_J: Standard deviation of one training around its expected mIoU.
    """
    images_J = np.maximum(counts_JK.sum(axis=1), 1).astype(np.float64)
    shared_JJ = np.minimum(images_J[:, None], images_J) / np.sqrt(images_J[:, None] * images_J)
    correlation_JJ = _DRAW_SHARE * shared_JJ + (1 - _DRAW_SHARE) * np.eye(len(images_J))
    covariance_JJ: Floats = sd_J[:, None] * sd_J * correlation_JJ
    return covariance_JJ


@dataclass(frozen=True, kw_only=True, eq=False)
class Conditioning:
    """The update above for one ensemble; made once, applied to any number of measurements."""

    mean_J: Floats
    white_JR: Floats
    """From measured minus expected to how far each kept direction is from its mean."""
    mean_M: Floats
    gain_RM: Floats

    @classmethod
    def of(cls, mixes_SM: Floats, measured_SJ: Floats, noise_JJ: Floats) -> "Conditioning":
        """Learn how measurements and predictions go together.

        Args:
            mixes_SM: Expected mIoU of the mixes to predict, a row a sample.
            measured_SJ: Of the measured mixes, in the same samples.
            noise_JJ: Covariance of the measurements around their expected mIoU.
        """
        samples = len(mixes_SM)
        mean_M, mean_J = mixes_SM.mean(axis=0), measured_SJ.mean(axis=0)
        scale = np.sqrt(max(1, samples - 1))
        whiten_JJ = np.linalg.inv(np.linalg.cholesky(noise_JJ + 1e-9 * np.eye(len(noise_JJ)))).T
        rows_SR, strength_R, columns_RJ = np.linalg.svd((measured_SJ - mean_J) @ whiten_JJ / scale, full_matrices=False)
        kept = min(int((strength_R > _FAINT).sum()), samples // _SAMPLES_A_DIRECTION)
        rows_SR, strength_R, columns_RJ = rows_SR[:, :kept], strength_R[:kept], columns_RJ[:kept]
        shrunk_R = strength_R / (strength_R**2 + 1)
        return cls(
            mean_J=mean_J,
            white_JR=whiten_JJ @ columns_RJ.T,
            mean_M=mean_M,
            gain_RM=shrunk_R[:, None] * (rows_SR.T @ (mixes_SM - mean_M) / scale),
        )

    def predict(self, measured_NJ: Floats) -> Floats:
        """Expected mIoU (N, M) of the mixes after each set of measurements."""
        predicted_NM: Floats = self.mean_M + (measured_NJ - self.mean_J) @ self.white_JR @ self.gain_RM
        return predicted_NM


def effective_samples(measured_SJ: Floats, noise_JJ: Floats, measured_NJ: Floats) -> Floats:
    r"""Return how many samples (N,) would share the importance weights after measurements: :math:`1 / \sum_s w_s^2`."""
    whiten_JJ = np.linalg.inv(np.linalg.cholesky(noise_JJ)).T
    white_SJ, white_NJ = measured_SJ @ whiten_JJ, measured_NJ @ whiten_JJ
    misfit_NS = (white_NJ**2).sum(axis=1)[:, None] - 2 * white_NJ @ white_SJ.T + (white_SJ**2).sum(axis=1)
    weight_NS = np.exp(-0.5 * (misfit_NS - misfit_NS.min(axis=1, keepdims=True)))
    effective_N: Floats = weight_NS.sum(axis=1) ** 2 / (weight_NS**2).sum(axis=1)
    return effective_N
