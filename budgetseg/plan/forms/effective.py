r"""Effective data: every image is worth a number of masks, once for recognising and once for outlining.

.. math::

    f(n) = \sigma\Bigl( b \log \frac{N_{\mathrm{eff}}}{N_0} + g \log\bigl(1 + E / e_0\bigr) \Bigr), \qquad
    N_{\mathrm{eff}} = \textstyle\sum_k r_k \frac{n_k}{1 + n_k / t_k}, \quad E = \textstyle\sum_k o_k n_k

with :math:`r = o = 1` for full masks, which never tire; a weak kind says less and less that is new after :math:`t_k`
images, so it ends at a ceiling of its own. With one kind that does not tire this is a logistic curve in log n, which
fits the Duke study's five kinds to 1.3 mIoU; the second term is what a few masks add to many clicks.

Shape suffixes: D parameter sets, M mixes, J kinds, W those of them but ``full``, P parameters.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from budgetseg.plan.forms.form import Floats, Form, Parameter, logistic

__all__ = ["Effective"]

_RATE: Final = {
    # Log of masks an image is worth for recognising. Outlines: Duke study, VOC 2012; clicks, strokes: photographs.
    "image": (-4.0, 1.2),
    "point": (-3.2, 1.2),
    "allpoints": (-3.0, 1.2),
    "squiggle": (-2.8, 1.2),
    "box": (-0.6, 0.7),
    "coarse": (-0.4, 0.5),
    "assisted": (-0.2, 0.5),
}
_OUTLINE: Final = {
    "image": (-5.0, 1.5),
    "point": (-4.0, 1.5),
    "allpoints": (-4.0, 1.5),
    "squiggle": (-3.0, 1.5),
    "box": (-1.0, 1.0),
    "coarse": (-0.4, 0.5),
    "assisted": (-0.2, 0.5),
}
_UNKNOWN: Final = (-3.0, 1.5)
_TIRES: Final = (float(np.log(1500)), 1.2)
"""Log of t: clicks and strokes on photographs still rise from 640 to 2,740 images, ever more slowly."""


class Effective(Form):
    """See the head of the file."""

    name = "effective"

    def own_parameters(self, kinds: Sequence[str]) -> tuple[Parameter, ...]:
        """Four of the curve, then both worths of each kind but ``full``, and when it tires."""
        weak = [kind for kind in kinds if kind != "full"]

        def worths(what: str, beliefs: dict[str, tuple[float, float]]) -> list[Parameter]:
            found = [(kind, beliefs.get(kind, _UNKNOWN)) for kind in weak]
            return [Parameter(name=f"{what}:{kind}", mean=mean, sd=sd) for kind, (mean, sd) in found]

        return (
            Parameter(name="power", mean=-0.8, sd=0.5),  # log b
            Parameter(name="half_effective", mean=float(np.log(150)), sd=1.5),  # log N0
            Parameter(name="boost", mean=-1.0, sd=0.7),  # log g
            Parameter(name="few_masks", mean=float(np.log(40)), sd=1.0),  # log e0
            *worths("rate", _RATE),
            *worths("outline", _OUTLINE),
            *worths("tires", dict.fromkeys(weak, _TIRES)),
        )

    def skill(self, kinds: Sequence[str], own_DP: Floats, counts_MJ: Floats) -> Floats:
        """See :meth:`budgetseg.plan.forms.form.Form.skill`."""
        power_D1, log_half_D1 = np.exp(own_DP[:, 0:1]), own_DP[:, 1:2]
        boost_D1, few_D1 = np.exp(own_DP[:, 2:3]), np.exp(own_DP[:, 3:4])
        weak = [column for column, kind in enumerate(kinds) if kind != "full"]
        full_M = counts_MJ[:, list(kinds).index("full")] if "full" in kinds else np.zeros(len(counts_MJ))
        rate_DW, outline_DW, tires_DW = np.split(np.exp(own_DP[:, 4:]), 3, axis=1)
        weak_WM = counts_MJ[:, weak].T
        new_DWM = weak_WM / (1 + weak_WM / tires_DW[:, :, None])
        effective_DM = full_M + (rate_DW[:, :, None] * new_DWM).sum(axis=1)
        outlined_DM = full_M + outline_DW @ weak_WM
        log_odds_DM = power_D1 * (np.log(np.maximum(effective_DM, 1e-9)) - log_half_D1)
        return logistic(log_odds_DM + boost_D1 * np.log1p(outlined_DM / few_D1))
