r"""The peers' mean curves and their priors: sums of one term a kind, no kind helping another.

.. math::

    \mu_{\mathrm{logs}}(n) = c + \textstyle\sum_k g_k \log(1 + b_k n_k), \qquad
    \mu_{\mathrm{power}}(n) = c + \textstyle\sum_k a_k n_k^{e_k}

The first is the GP's mean in "Full or Weak Annotations?" (Gamazo Tejero et al., CVPR 2023), with positive coefficients;
the second the multi-source curve of "Optimizing Data Collection" (LOC; Mahmood et al., NeurIPS 2022), here with
:math:`a_k > 0` and :math:`0 < e_k < 1`, since a count may be 0. Neither paper gives priors, and without any both
run away; the peers are given **ours**: the beliefs of our own additive forms, pooled over other data sets wherever ours
are. So a floor c joins the first, and coefficients are written as those forms write them:

.. math::

    c = 100 L, \; s = 100 (1 - L) U, \; g_k = s e^{\alpha_k}, \; b_k = e^{-\beta_k}, \;
    a_k n_k^{e_k} = s e^{\alpha_k} (n_k / 300)^{e_k}

with L, U and e the logistic of normal parameters.

Shape suffixes: D parameter sets, P parameters, M mixes, K kinds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.belief import Belief

__all__ = ["LOGS", "POWER", "PeerMean", "prior_of"]

Floats = NDArray[np.float64]

_REFERENCE_IMAGES: Final = 300.0
_DIFFERENCE: Final = 1e-5


@dataclass(frozen=True, kw_only=True)
class PeerMean:
    """One of the two curves."""

    form: str
    """The name of our form whose belief it is given."""
    second: str
    """What its second parameter of a kind is called there."""
    term: Callable[[Floats, Floats], Floats]
    """From second parameters (D, 1, K) and counts (M, K) to terms (D, M, K) for a coefficient of 1."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters, in order."""
        return (
            "floor",
            "ceiling",
            *(f"amount:{kind}" for kind in KINDS),
            *(f"{self.second}:{kind}" for kind in KINDS),
        )

    def miou(self, theta_DP: Floats, counts_MK: Floats) -> Floats:
        """Evaluate the curve, (D, M); it is not held within 0 to 100."""
        floor_D1, ceiling_D1 = expit(theta_DP[:, 0:1]), expit(theta_DP[:, 1:2])
        amount_DK, second_DK = np.split(theta_DP[:, 2:], 2, axis=1)
        term_DMK = np.exp(amount_DK)[:, None] * self.term(second_DK[:, None], counts_MK)
        miou_DM: Floats = 100 * (floor_D1 + (1 - floor_D1) * ceiling_D1 * term_DMK.sum(axis=2))
        return miou_DM

    def slope(self, theta_P: Floats, counts_MK: Floats) -> Floats:
        """Derivatives (M, P) by central differences."""
        step_PP = _DIFFERENCE * np.eye(len(theta_P))
        ahead_PM, behind_PM = self.miou(theta_P + step_PP, counts_MK), self.miou(theta_P - step_PP, counts_MK)
        slope_MP: Floats = ((ahead_PM - behind_PM) / (2 * _DIFFERENCE)).T
        return slope_MP


def _logs(begin_D1K: Floats, counts_MK: Floats) -> Floats:
    terms: Floats = np.log1p(counts_MK * np.exp(-begin_D1K))
    return terms


def _powers(exponent_D1K: Floats, counts_MK: Floats) -> Floats:
    log_MK = np.log(np.maximum(counts_MK, 1e-9) / _REFERENCE_IMAGES)
    terms: Floats = np.exp(expit(exponent_D1K) * log_MK) * (counts_MK > 0)
    return terms


LOGS: Final = PeerMean(form="logs", second="begin", term=_logs)
POWER: Final = PeerMean(form="power", second="exponent", term=_powers)


def prior_of(mean: PeerMean, beliefs: Mapping[str, Belief]) -> tuple[Floats, Floats]:
    """Return mean (P,) and lower factor (P, P) of the covariance of the curve's parameters."""
    belief = beliefs[mean.form]
    places_P = belief.places(mean.names)
    factor_PP = np.linalg.cholesky(belief.covariance_PP[np.ix_(places_P, places_P)])
    return belief.mean_P[places_P], np.asarray(factor_PP, np.float64)
