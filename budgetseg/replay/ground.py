"""What is held to be true of a measured surface: its mixes, their denoised mIoU, and how trainings spread around it.

One training is off by several mIoU, so choices are not judged by the measurement of what they chose: whoever picks the
luckiest row would win. The truth is the mean of our own surface fitted to **all** rows, its smooth misfit included. As
a check that owes nothing to our surface, it may be the mean over each mix's trainings instead; where a mix was not
measured the smooth fit still speaks.

Shape suffixes: R rows (trainings), M mixes, K kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.fit import fit_surface
from budgetseg.plan.rows import rows_of, training_noise
from budgetseg.plan.surface import Surface
from budgetseg.replay.sets import Measured

__all__ = ["TRUTHS", "Ground", "ground_of"]

Floats = NDArray[np.float64]

SMOOTH: Final = "smooth"
TRUTHS: Final[Mapping[str, str]] = {
    SMOOTH: "a smooth fit of all rows (our surface with its misfit, base beliefs)",
    "measured": "the mean over the trainings of each mix, as measured",
}
"""What a choice may be judged by."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """A surface to replay on."""

    measured: Measured
    mixes_MK: Floats
    """Each mix once."""
    mix_R: NDArray[np.intp]
    """The mix of each training."""
    smooth: Surface
    truth_M: Floats
    """Denoised mIoU."""
    nu: float
    """Factor on the noise of a training, from repeated ones alone."""

    @property
    def noise_M(self) -> Floats:
        """Standard deviation of one training of each mix, mIoU."""
        return self.noise(self.mixes_MK)

    @property
    def pool(self) -> int:
        """Images there are: as many as the largest training used."""
        return int(self.mixes_MK.sum(axis=1).max())

    @property
    def miou_R(self) -> Floats:
        """Measured."""
        return self.measured.evidence.miou_R

    def noise(self, counts_MK: Floats) -> Floats:
        """Standard deviation (M,) of one training."""
        return self.nu * training_noise(counts_MK)

    def truth(self, counts_MK: Floats) -> Floats:
        """Denoised mIoU (M,) of any mixes."""
        truth_M = self.smooth.mean(counts_MK)
        known = {tuple(mix_K): truth for mix_K, truth in zip(self.mixes_MK.tolist(), self.truth_M, strict=True)}
        return np.array([known.get(tuple(mix), truth) for mix, truth in zip(counts_MK.tolist(), truth_M, strict=True)])


def ground_of(measured: Measured, truth: str = SMOOTH) -> Ground:
    """Denoise a surface.

    Args:
        measured: Its trainings.
        truth: One of ``TRUTHS``.
    """
    evidence = measured.evidence
    mixes_MK, mix_R = np.unique(evidence.counts_RK, axis=0, return_inverse=True)
    mix_R = mix_R.reshape(-1)
    smooth = fit_surface(evidence)
    truth_M = smooth.mean(mixes_MK.astype(np.float64))
    if truth != SMOOTH:
        truth_M = np.bincount(mix_R, evidence.miou_R) / np.bincount(mix_R)
    return Ground(
        measured=measured,
        mixes_MK=mixes_MK.astype(np.float64),
        mix_R=mix_R,
        smooth=smooth,
        truth_M=truth_M,
        nu=rows_of(evidence).nu,
    )
