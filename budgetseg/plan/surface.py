r"""The mIoU of any mix of annotations: what the images teach to recognise, times how far their kinds reach.

Let :math:`n_k` be the images bought at kind k and :math:`N = \sum_k n_k`.

.. math::

    \mathrm{mIoU}(n) &= L + (U - L) \; R(N) \; X(n) \\
    R(N) &= N^b / (N^b + N_0^b) \\
    X(n) &= \int_0^1 \frac{M(u)}{M(u) + m} \, du, \qquad M(u) = \textstyle\sum_{k:\, c_k(N) \ge u} e_k \, n_k

- **Recognition** R: every kind names the classes of an image, so all images count, whatever their kind. It rises from 0
  to 1 around :math:`N_0` images.
- **Extent** X: where objects end. Think of a ladder of difficulty u; kind k reaches up to :math:`c_k` (full masks to
  1), and each rung is climbed by the images whose kind reaches it, half way by the worth of m masks. One weak image is
  worth :math:`e_k` masks on the rungs that it reaches. So a kind alone ends at a ceiling of its own, and a few masks on
  top of many clicks go far, yet two kinds of equal reach gain nothing from being mixed: they share their rungs.
- **Reach** :math:`c_k(N)`: its logit is a rising, piecewise linear function of log N, with a corner wherever evidence
  of the pure kind lies, so that a kind whose measurements still rise late may do so.

More images never lower the prediction: R, every c, and so every M(u) rise with every :math:`n_k`. That is an
assumption: trainers that mix in proportion to image counts are known to lose by adding weak images.
Additive forms (sums of one term a kind) cannot give the paper's 53.1 for 100 masks and 10,482 clicks; this one can.

Shape suffixes: D parameter sets (members of an ensemble), M mixes, K kinds (W: those of evidence, but ``full``),
P parameters, J slopes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.plan import Prediction

__all__ = ["Layout", "Surface", "counts_of", "distance", "miou_of", "unknown_share"]

Floats = NDArray[np.float64]

_COLUMN: Final = {kind: column for column, kind in enumerate(KINDS)}
_QUANTILE_NODES: Final = 9
_FEW_IMAGES: Final = 30


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where each parameter lies in a vector; all are real numbers, mapped to their range by :func:`miou_of`."""

    weak: tuple[str, ...]
    """The kinds that the surface speaks about, but ``full``, which is the unit of reach and worth."""
    corners: tuple[Floats, ...]
    """For each of them, the rising log counts between which its reach may rise."""

    @property
    def parameters(self) -> int:
        """Length of a parameter vector."""
        return 5 + 2 * len(self.weak) + self.slopes

    @property
    def slopes(self) -> int:
        """Slopes of the reaches: one between each pair of neighbouring corners of a weak kind."""
        return sum(max(0, len(corners) - 1) for corners in self.corners)

    def split(self, parameters_DP: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the parts: 5 of the curve, the reach and the log worth of each weak kind, and the log slopes."""
        weak = len(self.weak)
        curve_D5, reach_DW, worth_DW, slope_DJ = np.split(parameters_DP, [5, 5 + weak, 5 + 2 * weak], axis=1)
        return curve_D5, reach_DW, worth_DW, slope_DJ


def _logistic(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(0.5 * x))  # the same as 1 / (1 + exp(-x)), and never overflows


def _reach(layout: Layout, reach_DW: Floats, slope_DJ: Floats, log_images_M: Floats) -> Floats:
    """Return c_k(N) of the weak kinds, shape (D, W, M)."""
    logit_DWM = np.repeat(reach_DW[:, :, None], len(log_images_M), axis=2)
    slope = 0
    for kind, corners in enumerate(layout.corners):
        for low, high in pairwise(corners):
            logit_DWM[:, kind] += np.exp(slope_DJ[:, slope, None]) * (log_images_M - low).clip(0.0, high - low)
            slope += 1
    return _logistic(logit_DWM)


def miou_of(layout: Layout, parameters_DP: Floats, counts_MK: Floats) -> Floats:
    """Evaluate the equation above for every parameter set and mix.

    Args:
        layout: The meaning of the parameters.
        parameters_DP: Parameter vectors.
        counts_MK: Images at each kind, at least 0; columns in the order of ``KINDS``. Those of kinds that the layout
            does not know count for nothing.

    Returns:
        mIoU of shape (D, M), each within 0 to 100.
    """
    curve_D5, reach_DW, worth_DW, slope_DJ = layout.split(parameters_DP)
    lowest_D1, highest_D1 = _logistic(curve_D5[:, 0:1]), _logistic(curve_D5[:, 1:2])
    steepness_D1, log_half_D1, masks_half_D1 = np.exp(curve_D5[:, 2:3]), curve_D5[:, 3:4], np.exp(curve_D5[:, 4:5])
    weak_WM, full_M = counts_MK.T[[_COLUMN[kind] for kind in layout.weak]], counts_MK.T[_COLUMN["full"]]
    log_images_M = np.log(np.maximum(weak_WM.sum(axis=0) + full_M, 1e-9))
    recognition_DM = _logistic(steepness_D1 * (log_images_M - log_half_D1))

    # The integral over u is a sum: between two neighbouring reaches M(u) is constant.
    reach_DWM = _reach(layout, reach_DW, slope_DJ, log_images_M)
    worth_DWM = np.exp(worth_DW)[:, :, None] * weak_WM
    extent_DM = (1 - reach_DWM.max(axis=1, initial=0.0)) * (full_M / (full_M + masks_half_D1))
    order_DWM = np.argsort(reach_DWM, axis=1)
    reach_DWM = np.take_along_axis(reach_DWM, order_DWM, axis=1)
    masks_DWM = full_M + np.cumsum(np.take_along_axis(worth_DWM, order_DWM, axis=1)[:, ::-1], axis=1)[:, ::-1]
    rungs_DWM = np.diff(reach_DWM, axis=1, prepend=0.0)
    extent_DM += (rungs_DWM * masks_DWM / (masks_DWM + masks_half_D1[:, :, None])).sum(axis=1)
    lowest_DM = 100 * lowest_D1
    miou_DM: Floats = lowest_DM + (100 - lowest_DM) * highest_D1 * recognition_DM * extent_DM
    return miou_DM


def counts_of(mixes: Sequence[Mapping[str, int]]) -> Floats:
    """Images at each kind as an array (M, K), columns in the order of ``KINDS``."""
    return np.array([[mix.get(kind, 0) for kind in KINDS] for mix in mixes], np.float64).reshape(-1, len(KINDS))


def distance(counts_MK: Floats, others_RK: Floats) -> Floats:
    """How far each mix lies from each other one, (M, R): 1 is a factor of e in the images of one kind.

    Images are counted on the scale log(1 + n / 30): a few more or less of a kind change little.
    """
    position_MK, other_RK = np.log1p(counts_MK / _FEW_IMAGES), np.log1p(others_RK / _FEW_IMAGES)
    far_MR: Floats = np.sqrt(((position_MK[:, None] - other_RK[None]) ** 2).sum(axis=2))
    return far_MR


def unknown_share(distance_MR: Floats) -> Floats:
    """Share of what the form gets wrong that evidence at these distances does not tell, (M,): 0 near it, 1 far away."""
    nearest_M = distance_MR.min(axis=1, initial=np.inf)
    share_M: Floats = 1 - np.exp(-0.5 * nearest_M**2)
    return share_M


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """A fitted surface: parameter sets that the evidence allows, and how measurements spread around them."""

    layout: Layout
    parameters_DP: Floats
    evidence_RK: Floats
    """The mixes that were fitted."""
    noise_miou: float
    """Standard deviation of a measurement around the surface near evidence: seed, draw of images."""
    misfit_miou: float
    """Standard deviation of what the form gets wrong far from all evidence, besides; see :func:`unknown_share`."""
    kinds: tuple[str, ...]
    """The kinds that the evidence speaks about."""

    def mean(self, counts_MK: Floats) -> Floats:
        """Expected mIoU (M,) of mixes: the mean over the ensemble."""
        mean_M: Floats = miou_of(self.layout, self.parameters_DP, counts_MK).mean(axis=0)
        return mean_M

    def samples(self, counts_MK: Floats) -> Floats:
        """Expected mIoU of mixes as it may truly be, shape (S, M): a row is one surface that the evidence allows."""
        return miou_of(self.layout, self.parameters_DP, counts_MK)

    def noise(self, counts_MK: Floats) -> Floats:
        """Standard deviation (M,) of one training around its expected mIoU: seed and draw of images."""
        return np.full(len(counts_MK), self.noise_miou)

    def predict(self, counts_MK: Floats, *, level: float = 0.8) -> list[Prediction]:
        """Expected mIoU with the central interval in which one new training falls with probability ``level``."""
        miou_DM = miou_of(self.layout, self.parameters_DP, counts_MK)
        unknown_M = unknown_share(distance(counts_MK, self.evidence_RK))
        spread_M = np.sqrt(self.noise_miou**2 + self.misfit_miou**2 * unknown_M)
        # Quantiles of a mixture of normals, one a member, each stood for by a few of its own quantiles.
        normal_Q = _normal_quantiles(_QUANTILE_NODES)
        sample_SM = (miou_DM[:, None] + normal_Q[:, None] * spread_M).reshape(-1, len(counts_MK)).clip(0.0, 100.0)
        low_M, high_M = np.quantile(sample_SM, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return [
            Prediction(mean=float(mean), low=float(low), high=float(high), level=level)
            for mean, low, high in zip(miou_DM.mean(axis=0), low_M, high_M, strict=True)
        ]


def _normal_quantiles(nodes: int) -> Floats:
    """Standard normal quantiles at the middles of ``nodes`` equally likely slices, scaled to variance 1."""
    quantile_Q = np.array([NormalDist().inv_cdf((node + 0.5) / nodes) for node in range(nodes)])
    scaled_Q: Floats = quantile_Q / np.sqrt((quantile_Q**2).mean())
    return scaled_Q
