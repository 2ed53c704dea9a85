r"""A measured surface as a world to plan in: what a mix truly reaches there, whether it was measured or not.

The truth is smooth: the surface fitted to all rows, plus what it leaves over, kriged,

.. math:: t(n) = f(n) + k(n, r) \, (K + \Sigma)^{-1} (\bar y_r - f(r)), \qquad k(a, b) = \tau^2 e^{-d(a, b)^2 / 2}

with r the mixes that were measured, their means over seeds :math:`\bar y_r`, and d the distance on the scale
log(1 + n / 30) of each kind's images. Near rows it follows them, whatever form was fitted; far from all of them it is
the fit, an extrapolation. One training is the truth plus normal noise, of the size that repeated seeds show where there
are enough of them.

Shape suffixes: R rows, U different mixes, M mixes asked for, K kinds.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.evidence import Evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.predictor import Predictor

__all__ = ["Truth", "truth_of"]

Floats = NDArray[np.float64]

_FEW_IMAGES: Final = 30
_LEAST_REPEATS: Final = 6
"""Rows beyond the first of their mix, from which on their spread counts as the noise."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """A world of known answers."""

    name: str
    surface: Predictor
    """Fitted to all rows."""
    rows_UK: Floats
    pull_U: Floats
    """What each measured mix adds to the fit near it."""
    noise_scale: float
    """By which the surface's noise is multiplied."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that were measured."""
        return self.surface.kinds

    @property
    def most_images(self) -> int:
        """Of one training; beyond, the truth is an extrapolation."""
        return int(self.rows_UK.sum(axis=1).max())

    def mean(self, counts_MK: Floats) -> Floats:
        """Expected mIoU (M,) of mixes, each within 0 to 100."""
        mean_M: Floats = self.surface.mean(counts_MK) + _nearness(counts_MK, self.rows_UK) @ self.pull_U
        return mean_M.clip(0.0, 100.0)

    def noise(self, counts_MK: Floats) -> Floats:
        """Standard deviation (M,) of one training."""
        return self.noise_scale * self.surface.noise(counts_MK)

    def measure(self, counts_MK: Floats, rng: np.random.Generator) -> Floats:
        """Train once on each mix: mIoU (M,)."""
        noise_M = self.noise(counts_MK) * rng.standard_normal(len(counts_MK))
        return (self.mean(counts_MK) + noise_M).clip(0.0, 100.0)


def _nearness(counts_MK: Floats, rows_UK: Floats) -> Floats:
    """1 for the same mix, falling to 0 with distance, (M, U)."""
    place_MK, place_UK = np.log1p(counts_MK / _FEW_IMAGES), np.log1p(rows_UK / _FEW_IMAGES)
    square_MU = ((place_MK[:, None] - place_UK[None]) ** 2).sum(axis=2)
    near_MU: Floats = np.exp(-0.5 * square_MU)
    return near_MU


def truth_of(evidence: Evidence) -> Truth:
    """Make a world of all rows of a surface; the same rows give the same world."""
    surface = fit_surface(evidence)
    counts_UK, mix_R, times_U = np.unique(evidence.counts_RK, axis=0, return_inverse=True, return_counts=True)
    mix_R = mix_R.reshape(-1)  # numpy 2.0 gives it another shape
    rows_UK: Floats = counts_UK.astype(np.float64)
    mean_U: Floats = np.bincount(mix_R, weights=evidence.miou_R).astype(np.float64) / times_U
    noise_U = surface.noise(rows_UK)
    repeats = len(mix_R) - len(times_U)
    scale = 1.0
    if repeats >= _LEAST_REPEATS:
        square_R = ((evidence.miou_R - mean_U[mix_R]) / noise_U[mix_R]) ** 2
        scale = float(np.sqrt(square_R.sum() / repeats))
    left_U = mean_U - surface.mean(rows_UK)
    spread_U = (scale * noise_U) ** 2 / times_U
    power = max(0.0, float((left_U**2 - spread_U).mean()))
    near_UU = power * _nearness(rows_UK, rows_UK)
    pull_U = (power * np.linalg.solve(near_UU + np.diag(spread_U + 1e-6), left_U)).astype(np.float64)
    return Truth(name=evidence.name, surface=surface, rows_UK=rows_UK, pull_U=pull_U, noise_scale=scale)
