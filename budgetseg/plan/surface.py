r"""The mIoU of any mix of annotations: functions that the evidence allows, and how a training spreads around them.

Each member is a form of learning curve with its parameters (`budgetseg.plan.forms`) and a smooth misfit
(`budgetseg.plan.residual`); there are as many of a form as it deserves (`budgetseg.plan.stacking`). The expected mIoU
is their mean, their spread is what the evidence leaves open, and a new training adds its noise.

Shape suffixes: S members of all forms, D those of one form, M mixes, K kinds, P parameters, F features.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.one_training import interval
from budgetseg.plan.plan import Prediction
from budgetseg.plan.residual import features, kernel
from budgetseg.plan.rows import training_noise
from budgetseg.plan.stacking import Trust

__all__ = ["Group", "Surface", "counts_of"]

Floats = NDArray[np.float64]

_QUANTILE_NODES: Final = 9
_MOST_MIXES: Final = 4096
"""Mixes that are worked out at once; more would only need more memory."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """The members of one form."""

    form: str
    names: tuple[str, ...]
    """Of the parameters, over all kinds."""
    theta_DP: Floats
    misfit_DF: Floats
    """Weights of `budgetseg.plan.residual.features`, drawn."""
    pull_R: Floats
    """What each row of the surface pulls the mean misfit by, in units of the kernel with it."""

    def miou(self, counts_MK: Floats) -> Floats:
        """Without the misfit, (D, M). Kinds that no mix holds are left out, for they cost time."""
        kinds = tuple(kind for column, kind in enumerate(KINDS) if counts_MK[:, column].any())
        curve = Curve(form=FORMS[self.form], kinds=kinds)
        places = [self.names.index(parameter.name) for parameter in curve.parameters]
        return curve.miou(self.theta_DP[:, places], counts_MK)


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """A fitted surface."""

    groups: tuple[Group, ...]
    """All members weigh the same."""
    nu: float
    """Factor on the noise of a training; see `budgetseg.plan.rows`."""
    kinds: tuple[str, ...]
    """The kinds that the evidence speaks about; of others only the prior is known."""
    trust: Trust
    """What the forms deserve."""
    rows_RK: Floats
    """The mixes that were fitted."""
    before: "Callable[[], Surface] | None" = None
    """Gives what was believed before the evidence, which most never ask for; None where there is no evidence."""

    def mean(self, counts_MK: Floats) -> Floats:
        """Expected mIoU (M,) of mixes; columns of ``counts_MK`` in the order of ``KINDS``."""
        mean_M = np.empty(len(counts_MK))
        for start in range(0, len(counts_MK), _MOST_MIXES):
            some_MK = counts_MK[start : start + _MOST_MIXES]
            form_M = sum(group.miou(some_MK).sum(axis=0) for group in self.groups) / self.members
            mean_M[start : start + _MOST_MIXES] = form_M + self._mean_misfit(some_MK)
        within_M: Floats = mean_M.clip(0.0, 100.0)
        return within_M

    def samples(self, counts_MK: Floats) -> Floats:
        """Expected mIoU of mixes as it may truly be, shape (S, M): a row is one surface that the evidence allows."""
        feature_MF = features(counts_MK)
        form_SM = np.concatenate([group.miou(counts_MK) for group in self.groups])
        miou_SM = form_SM + np.concatenate([group.misfit_DF for group in self.groups]) @ feature_MF.T
        mean_M = (form_SM.mean(axis=0) + self._mean_misfit(counts_MK)).clip(0.0, 100.0)
        stretched_SM: Floats = mean_M + self.trust.stretch * (miou_SM - miou_SM.mean(axis=0))
        return stretched_SM.clip(0.0, 100.0)

    @property
    def members(self) -> int:
        """Functions of all forms."""
        return sum(len(group.theta_DP) for group in self.groups)

    def _mean_misfit(self, counts_MK: Floats) -> Floats:
        pull_R = sum(len(group.theta_DP) * group.pull_R for group in self.groups) / self.members
        misfit_M: Floats = kernel(counts_MK, self.rows_RK) @ pull_R
        return misfit_M

    def noise(self, counts_MK: Floats) -> Floats:
        """Standard deviation (M,) of one training around its expected mIoU: seed and draw of images."""
        return self.nu * training_noise(counts_MK)

    def predict(self, counts_MK: Floats, *, level: float = 0.8) -> list[Prediction]:
        """Expected mIoU with the central interval in which one new training falls with probability ``level``."""
        low_M, high_M = interval(self.samples(counts_MK), self.noise(counts_MK), level, nodes=_QUANTILE_NODES)
        return [
            Prediction(mean=float(mean), low=float(low), high=float(high), level=level)
            for mean, low, high in zip(self.mean(counts_MK), low_M, high_M, strict=True)
        ]

    def borrowed(self, counts_MK: Floats) -> Floats:
        """Share (M,) of what was open before the evidence that still is: 1 where the answer is all borrowed."""
        if self.before is None:
            return np.ones(len(counts_MK))
        before_M = self.before().samples(counts_MK).var(axis=0)
        share_M: Floats = np.minimum(self.samples(counts_MK).var(axis=0) / np.maximum(before_M, 1e-9), 1.0)
        return share_M

    def parts(self, counts_MK: Floats) -> Mapping[str, Floats]:
        """What a prediction's doubt is made of: standard deviations (M,) in mIoU, whose squares add up.

        ``training`` is seed and draw of images, ``evidence`` what the trainings at hand leave open, and ``transfer``
        the share of that which is borrowed from other data sets and recipes.
        """
        open_M, borrowed_M = self.samples(counts_MK).std(axis=0), self.borrowed(counts_MK)
        return {
            "training": self.noise(counts_MK),
            "evidence": open_M * np.sqrt(1 - borrowed_M),
            "transfer": open_M * np.sqrt(borrowed_M),
        }


def counts_of(mixes: Sequence[Mapping[str, int]]) -> Floats:
    """Images at each kind as an array (M, K), columns in the order of ``KINDS``."""
    return np.array([[mix.get(kind, 0) for kind in KINDS] for mix in mixes], np.float64).reshape(-1, len(KINDS))
