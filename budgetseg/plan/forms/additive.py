r"""Additive forms: each kind adds a term of its own, and no kind helps another. What the peers use.

.. math::

    f_{\mathrm{power}}(n) = \textstyle\sum_k a_k \, \frac{(1 + n_k / 30)^{b_k} - 1}{11^{b_k} - 1}, \qquad
    f_{\mathrm{logs}}(n) = \textstyle\sum_k a_k \, \log(1 + n_k / h_k)

The first is the multi-source curve of "Optimizing Data Collection" (Mahmood et al., NeurIPS 2022), the second the mean
of "Full or Weak Annotations?" (Gamazo Tejero et al., CVPR 2023). Both grow without end, so mIoU is cut at its ceiling.
The bare power rises infinitely fast from no image, so that the best plan would hold a few images of everything: here it
is shifted by 30 images, and :math:`a_k` is what 300 give.

Shape suffixes: D parameter sets, M mixes, J kinds, P parameters.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from budgetseg.plan.forms.form import STRONG, Floats, Form, Parameter, logistic

__all__ = ["AdditiveLogs", "AdditivePower"]

_SHIFT_IMAGES: Final = 30.0
_REFERENCE_IMAGES: Final = 300.0


class AdditivePower(Form):
    """A power of the images of each kind."""

    name = "power"

    def own_parameters(self, kinds: Sequence[str]) -> tuple[Parameter, ...]:
        """The log of what 300 images of each kind give, and the logit of each exponent."""
        return (
            *(_amount(kind, -0.6, -1.4) for kind in kinds),
            *(Parameter(name=f"exponent:{kind}", mean=-1.2, sd=0.6) for kind in kinds),
        )

    def skill(self, _kinds: Sequence[str], own_DP: Floats, counts_MJ: Floats) -> Floats:
        """See :meth:`budgetseg.plan.forms.form.Form.skill`."""
        amount_DJ, exponent_DJ = np.split(own_DP, 2, axis=1)
        exponent_D1J = logistic(exponent_DJ)[:, None]
        risen_DMJ = np.expm1(exponent_D1J * np.log1p(counts_MJ / _SHIFT_IMAGES))
        at_reference_D1J = np.expm1(exponent_D1J * np.log1p(_REFERENCE_IMAGES / _SHIFT_IMAGES))
        skill_DM: Floats = np.minimum((np.exp(amount_DJ)[:, None] * risen_DMJ / at_reference_D1J).sum(axis=2), 1.0)
        return skill_DM


class AdditiveLogs(Form):
    """A logarithm of the images of each kind."""

    name = "logs"

    def own_parameters(self, kinds: Sequence[str]) -> tuple[Parameter, ...]:
        """The log of what a factor of e in each kind's images adds, and the log of where it begins."""
        return (
            *(_amount(kind, -2.0, -2.6) for kind in kinds),
            *(Parameter(name=f"begin:{kind}", mean=float(np.log(30)), sd=1.0) for kind in kinds),
        )

    def skill(self, _kinds: Sequence[str], own_DP: Floats, counts_MJ: Floats) -> Floats:
        """See :meth:`budgetseg.plan.forms.form.Form.skill`."""
        amount_DJ, begin_DJ = np.split(own_DP, 2, axis=1)
        term_DMJ = np.exp(amount_DJ)[:, None] * np.log1p(counts_MJ * np.exp(-begin_DJ)[:, None])
        skill_DM: Floats = np.minimum(term_DMJ.sum(axis=2), 1.0)
        return skill_DM


def _amount(kind: str, strong: float, weak: float) -> Parameter:
    return Parameter(name=f"amount:{kind}", mean=strong if kind in STRONG else weak, sd=0.7)
