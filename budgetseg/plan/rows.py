r"""Evidence as the fit sees it: one row a mix, repeated trainings averaged, and how far a training is off by chance.

The standard deviation of one training (seed and draw of images) is

.. math:: \sigma(n)^2 = \nu^2 \Bigl( \sigma_0^2 + \sigma_1^2 \frac{s^{1/4}}{1 + (E / 150)^2} \Bigr)

with E the images that show whole objects (masks, boxes, outlines) and s their share: few masks teach whatever they
happen to show, and seeds of 40 to 160 masks differ by 3.7 mIoU where others differ by 0.5 to a few. :math:`\nu` is
learned from mixes that were trained more than once, held by a prior.

Shape suffixes: R rows of the fit (mixes), K kinds, M mixes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.evidence import Evidence
from budgetseg.plan.forms.form import COLUMN, STRONG

__all__ = ["Rows", "rows_of", "training_noise"]

Floats = NDArray[np.float64]

_BASE_MIOU: Final = 1.0
_FEW_MIOU: Final = 3.5
_FEW_IMAGES: Final = 150.0
_PRIOR_WEIGHT: Final = 4.0  # repeated trainings that the prior of the noise is worth


def training_noise(counts_MK: Floats) -> Floats:
    """Standard deviation (M,) of one training for nu = 1, mIoU."""
    strong_M = counts_MK[:, [COLUMN[kind] for kind in STRONG]].sum(axis=1)
    share_M = strong_M / np.maximum(counts_MK.sum(axis=1), 1.0)
    few_M = share_M**0.25 / (1 + (strong_M / _FEW_IMAGES) ** 2)
    sd_M: Floats = np.sqrt(_BASE_MIOU**2 + _FEW_MIOU**2 * few_M)
    return sd_M


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The mixes of some evidence."""

    counts_RK: Floats
    miou_R: Floats
    """Mean over the trainings of the mix."""
    variance_R: Floats
    """Of that mean, for nu = 1."""
    known_R: NDArray[np.bool_]
    """Where the evidence itself says the noise, so that nu does not apply."""
    nu: float

    @property
    def noise_variance_R(self) -> Floats:
        """Variance of the mean of each mix."""
        return np.where(self.known_R, self.variance_R, self.nu**2 * self.variance_R)

    def some(self, most: int) -> "Rows":
        """At most so many rows, spread evenly over the mixes in the order of their images."""
        if len(self.miou_R) <= most:
            return self
        order_R = np.lexsort((*self.counts_RK.T, self.counts_RK.sum(axis=1)))
        keep_R = np.zeros(len(order_R), bool)
        keep_R[order_R[np.unique(np.linspace(0, len(order_R) - 1, most).round().astype(np.intp))]] = True
        return self.only(keep_R)

    def only(self, keep_R: NDArray[np.bool_]) -> "Rows":
        """Some of the rows."""
        return Rows(
            counts_RK=self.counts_RK[keep_R],
            miou_R=self.miou_R[keep_R],
            variance_R=self.variance_R[keep_R],
            known_R=self.known_R[keep_R],
            nu=self.nu,
        )


def rows_of(evidence: Evidence) -> Rows:
    """Average repeated trainings, and learn nu from how they differ."""
    counts_RK, row_T = np.unique(evidence.counts_RK, axis=0, return_inverse=True)
    row_T = row_T.reshape(-1)
    said_T = evidence.noise_R
    known_R = np.bincount(row_T, np.isnan(said_T)) == 0
    sd_T = np.where(known_R[row_T], said_T, training_noise(evidence.counts_RK.astype(np.float64)))
    weight_T = sd_T**-2.0
    total_R = np.bincount(row_T, weight_T)
    miou_R = np.bincount(row_T, weight_T * evidence.miou_R) / total_R
    off_T = (evidence.miou_R - miou_R[row_T]) / sd_T
    free_R = np.bincount(row_T) - 1
    squares = float(off_T[~known_R[row_T]] @ off_T[~known_R[row_T]])
    nu = np.sqrt((_PRIOR_WEIGHT + squares) / (_PRIOR_WEIGHT + free_R[~known_R].sum()))
    return Rows(
        counts_RK=counts_RK.astype(np.float64), miou_R=miou_R, variance_R=1 / total_R, known_R=known_R, nu=float(nu)
    )
