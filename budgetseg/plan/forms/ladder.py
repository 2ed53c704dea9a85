r"""Saturating, two skills: what the images teach to recognise, times how far up their kinds reach.

.. math::

    f(n) &= R(N) \; X(n), \qquad R(N) = N^b / (N^b + N_0^b) \\
    X(n) &= \int_0^1 \frac{M(u)}{M(u) + m} \, du, \qquad M(u) = \textstyle\sum_{k:\, c_k(N) \ge u} e_k \, n_k

- **Recognition** R: every kind names the classes of an image, so all images count, whatever their kind. It rises from 0
  to 1 around :math:`N_0` images.
- **Extent** X: where objects end. Think of a ladder of difficulty u; kind k reaches up to :math:`c_k` (full masks to
  1), and each rung is climbed by the images whose kind reaches it, half way by the worth of m masks. One weak image is
  worth :math:`e_k` masks on the rungs that it reaches. So a kind alone ends at a ceiling of its own, and a few masks on
  top of many clicks go far, yet two kinds of equal reach gain nothing from being mixed: they share their rungs.
- **Reach** :math:`c_k(N)`: its logit rises with log N, so that a kind whose measurements still rise late may do so.

Additive forms (sums of one term a kind) cannot give the paper's 53.1 for 100 masks and 10,482 clicks; this one can.

Shape suffixes: D parameter sets, M mixes, J kinds, W those of them but ``full``, P parameters.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from budgetseg.plan.forms.form import Floats, Form, Parameter, log_images, logistic

__all__ = ["Ladder"]

_REACH: Final = {
    "image": (-1.0, 1.0),
    "squiggle": (0.3, 1.0),
    "box": (0.3, 1.0),
    "coarse": (1.5, 1.0),  # nearly to where exact masks reach
    "assisted": (2.0, 1.0),
}
_UNKNOWN_REACH: Final = (0.0, 1.0)  # clicks, and any kind of which nothing else is known
_WORTH: Final = {
    # One mask in 1.35 to 1.4: exact masks per polygon of few vertices in the Duke study (arXiv 2312.10600), VOC 2012.
    "coarse": (-0.3, 0.5),
    "assisted": (-0.2, 0.5),
}
_UNKNOWN_WORTH: Final = (-2.5, 1.0)  # log e: about a twelfth of a mask
_SLOPE: Final = (-2.5, 1.0)  # log of how fast the logit of a reach rises with log N: slowly, unless it is seen to
_REFERENCE_IMAGES: Final = 500.0
"""Where the reaches are counted from."""


class Ladder(Form):
    """See the head of the file."""

    name = "ladder"

    def own_parameters(self, kinds: Sequence[str]) -> tuple[Parameter, ...]:
        """Three of the curve, then the reach, its slope and the worth of each kind but ``full``."""
        weak = [kind for kind in kinds if kind != "full"]
        return (
            Parameter(name="steepness", mean=0.3, sd=0.5),  # log b: 0.6 with a PSPNet (Duke), above 2 with the FCN
            Parameter(name="half_images", mean=float(np.log(300)), sd=1.5),  # log N0
            Parameter(name="half_masks", mean=float(np.log(70)), sd=0.5),  # log m: tens of masks teach half of it
            *(_parameter("reach", kind, _REACH.get(kind, _UNKNOWN_REACH)) for kind in weak),
            *(_parameter("slope", kind, _SLOPE) for kind in weak),
            *(_parameter("worth", kind, _WORTH.get(kind, _UNKNOWN_WORTH)) for kind in weak),
        )

    def skill(self, kinds: Sequence[str], own_DP: Floats, counts_MJ: Floats) -> Floats:
        """See :meth:`budgetseg.plan.forms.form.Form.skill`."""
        steepness_D1, log_half_D1, masks_half_D1 = np.exp(own_DP[:, 0:1]), own_DP[:, 1:2], np.exp(own_DP[:, 2:3])
        weak = [column for column, kind in enumerate(kinds) if kind != "full"]
        reach_DW, slope_DW, worth_DW = np.split(own_DP[:, 3:], 3, axis=1)
        weak_WM = counts_MJ.T[weak]
        full_M = counts_MJ.T[list(kinds).index("full")] if "full" in kinds else np.zeros(len(counts_MJ))
        log_images_M = log_images(counts_MJ.sum(axis=1))
        recognition_DM = logistic(steepness_D1 * (log_images_M - log_half_D1))

        # The integral over u is a sum: between two neighbouring reaches M(u) is constant.
        rise_M = log_images_M - np.log(_REFERENCE_IMAGES)
        reach_DWM = logistic(reach_DW[:, :, None] + np.exp(slope_DW)[:, :, None] * rise_M)
        worth_DWM = np.exp(worth_DW)[:, :, None] * weak_WM
        extent_DM = (1 - reach_DWM.max(axis=1, initial=0.0)) * (full_M / (full_M + masks_half_D1))
        if len(weak) > 1:
            order_DWM = np.argsort(reach_DWM, axis=1)
            reach_DWM = np.take_along_axis(reach_DWM, order_DWM, axis=1)
            worth_DWM = np.take_along_axis(worth_DWM, order_DWM, axis=1)
        masks_DWM = full_M + np.cumsum(worth_DWM[:, ::-1], axis=1)[:, ::-1]
        rungs_DWM = np.diff(reach_DWM, axis=1, prepend=0.0)
        extent_DM += (rungs_DWM * masks_DWM / (masks_DWM + masks_half_D1[:, :, None])).sum(axis=1)
        skill_DM: Floats = recognition_DM * extent_DM
        return skill_DM


def _parameter(what: str, kind: str, belief: tuple[float, float]) -> Parameter:
    return Parameter(name=f"{what}:{kind}", mean=belief[0], sd=belief[1])
