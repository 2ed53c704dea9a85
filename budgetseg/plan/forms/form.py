r"""What a form of learning curve is: from annotation counts to a skill, and from skills to mIoU.

Let :math:`n_k` be the images bought at kind k, :math:`N = \sum_k n_k`, and :math:`f(n)` the skill of a form.

.. math::

    \mathrm{mIoU}(n) &= L + (U - L) \, \bigl[ (1 - \delta) \, f(n) + \delta \textstyle\sum_k s_k \, f(N e_k) \bigr] \\
    s_k &\propto n_k \, \lambda^{[k \text{ is weak}]}

Every form rises with every :math:`n_k`. A trainer need not: one that draws images in proportion to their number shows
its masks less often the more clicks there are, and loses by adding them. **Dilution** :math:`\delta` is the share of a
mix's skill that is such an average of what each kind alone would teach with as many images; balanced batches have
little of it. L, U and :math:`\delta` belong to all forms, so they are here; the skill is each form's own.

Shape suffixes: D parameter sets, M mixes, K kinds (all of ``KINDS``), P parameters, J the kinds that a curve knows.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS

__all__ = ["COLUMN", "Curve", "Form", "Parameter", "logistic"]

Floats = NDArray[np.float64]

COLUMN: Final = {kind: column for column, kind in enumerate(KINDS)}
STRONG: Final = tuple(kind for kind in KINDS if KINDS[kind].shows_extent)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One unbounded number of a form, and what is believed of it before any evidence."""

    name: str
    """``floor``, or ``reach:point`` for a number of one kind."""
    mean: float
    sd: float


_SHARED: Final = (
    Parameter(name="floor", mean=-1.7, sd=0.7),  # logit of L / 100: 15; a trainer that knows nothing says background
    Parameter(name="ceiling", mean=0.2, sd=0.7),  # logit of where U lies between L and 100
    Parameter(name="dilution", mean=-3.0, sd=2.0),  # logit: little, unless it is seen
    Parameter(name="lightness", mean=-0.5, sd=0.7),  # log of what a weak image weighs beside a strong one
)


class Form(ABC):
    """A family of curves."""

    name: str

    @abstractmethod
    def own_parameters(self, kinds: Sequence[str]) -> tuple[Parameter, ...]:
        """The parameters of its skill, for curves that speak about ``kinds``."""

    @abstractmethod
    def skill(self, kinds: Sequence[str], own_DP: Floats, counts_MJ: Floats) -> Floats:
        """Skill (D, M), at least 0; 0 without images, and 1 for all that can be learned. Rises with every count."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A form that speaks about some kinds: what parameter vectors mean."""

    form: Form
    kinds: tuple[str, ...]
    """In the order of ``KINDS``."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """In the order of a parameter vector."""
        return (*_SHARED, *self.form.own_parameters(self.kinds))

    def miou(self, parameters_DP: Floats, counts_MK: Floats) -> Floats:
        """Evaluate the equation above for every parameter set and mix.

        Args:
            parameters_DP: Parameter vectors.
            counts_MK: Images at each kind, at least 0; those of kinds that the curve does not know count for nothing.

        Returns:
            mIoU of shape (D, M), each within 0 to 100.
        """
        shared_4D1 = parameters_DP[:, : len(_SHARED)].T[:, :, None]
        floor_D1, ceiling_D1, dilution_D1 = logistic(shared_4D1[0]), logistic(shared_4D1[1]), logistic(shared_4D1[2])
        own_DP = parameters_DP[:, len(_SHARED) :]
        counts_MJ = counts_MK[:, [COLUMN[kind] for kind in self.kinds]]
        mixed_M = (counts_MJ > 0).sum(axis=1) > 1
        skill_DM = self.form.skill(self.kinds, own_DP, counts_MJ)
        if mixed_M.any():
            average_DM = self._average(own_DP, shared_4D1[3], counts_MJ[mixed_M])
            skill_DM[:, mixed_M] += dilution_D1 * (average_DM - skill_DM[:, mixed_M])
        miou_DM: Floats = 100 * (floor_D1 + (1 - floor_D1) * ceiling_D1 * skill_DM)
        return miou_DM.clip(0.0, 100.0)

    def _average(self, own_DP: Floats, log_lightness_D1: Floats, counts_MJ: Floats) -> Floats:
        """The mean skill of each kind alone with all images of the mix, weighted by shares."""
        images_M = counts_MJ.sum(axis=1)
        lightness_D1 = np.exp(log_lightness_D1)
        weight_DM, weighted_DM = np.zeros((2, len(own_DP), len(counts_MJ)))
        names = [parameter.name for parameter in self.form.own_parameters(self.kinds)]
        for kind, count_M in zip(self.kinds, counts_MJ.T, strict=True):
            held = np.flatnonzero(count_M)  # most mixes hold few of the kinds
            if not len(held):
                continue
            images_N, which_H = np.unique(images_M[held], return_inverse=True)
            places = [names.index(parameter.name) for parameter in self.form.own_parameters((kind,))]
            skill_DN = self.form.skill((kind,), own_DP[:, places], images_N[:, None])
            share_DH = count_M[held] * (np.ones_like(lightness_D1) if kind in STRONG else lightness_D1)
            weight_DM[:, held] += share_DH
            weighted_DM[:, held] += share_DH * skill_DN[:, which_H]
        average_DM: Floats = weighted_DM / weight_DM
        return average_DM


def logistic(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), which never overflows."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def log_images(counts_M: Floats) -> Floats:
    """The logarithm of counts, far below 0 where there are none."""
    return np.log(np.maximum(counts_M, 1e-9))
