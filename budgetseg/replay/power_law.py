r"""The peer of "Optimizing Data Collection" (LOC, NeurIPS 2022): an additive power law, fitted again and again.

The curve is :math:`\mu_{\mathrm{power}}` of `budgetseg.replay.peer_mean`. As in the paper, its uncertainty is that of
an ensemble over bootstrap resamples of the trainings; each member's prior is drawn besides, else a kind that was never
trained on would be foretold with certainty. The noise of a training has our shape, times a factor learned from what
the fit leaves.

Shape suffixes: R rows of evidence, P parameters, D members.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from budgetseg.plan.belief import Belief
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.rows import Rows, rows_of, training_noise
from budgetseg.replay.foretold import Foretold, Predict, foretell
from budgetseg.replay.peer_mean import POWER, prior_of

__all__ = ["fit_power_law", "most_likely"]

Floats = NDArray[np.float64]

_MEMBERS: Final = 40
_SEED: Final = 2022
_PRIOR_WEIGHT: Final = 4.0
"""Rows that the prior of the noise is worth."""
_MISFIT_MIOU: Final = 2.0
"""What a row may be off besides its noise: the same as of our forms."""


def most_likely(rows: Rows, weight_R: Floats, sd_R: Floats, prior_P: Floats, factor_PP: Floats) -> Floats:
    """Return the most likely parameters (P,) of the power law, each row counting ``weight_R`` times.

    Args:
        rows: Evidence.
        weight_R: How often a resample holds each row.
        sd_R: Standard deviation of each row around the curve, mIoU.
        prior_P: Mean of the prior.
        factor_PP: Lower factor of its covariance.
    """
    scale_R = np.sqrt(weight_R) / sd_R

    def residual(z_P: Floats) -> Floats:
        off_R = POWER.miou((prior_P + factor_PP @ z_P)[None], rows.counts_RK)[0] - rows.miou_R
        return np.concatenate([scale_R * off_R, z_P])

    def slope(z_P: Floats) -> Floats:
        slope_RP = POWER.slope(prior_P + factor_PP @ z_P, rows.counts_RK) @ factor_PP
        return np.concatenate([scale_R[:, None] * slope_RP, np.eye(len(z_P))])

    found = least_squares(residual, np.zeros_like(prior_P), jac=slope, method="lm")
    theta_P: Floats = prior_P + factor_PP @ found.x
    return theta_P


def fit_power_law(evidence: Evidence, beliefs: Mapping[str, Belief]) -> Predict:
    """Fit the ensemble to evidence; deterministic."""
    rows, (prior_P, factor_PP) = rows_of(evidence), prior_of(POWER, beliefs)
    rng = np.random.default_rng(_SEED)
    draw_DP = prior_P + rng.standard_normal((_MEMBERS, len(prior_P))) @ factor_PP.T
    count, nu = len(rows.miou_R), rows.nu
    theta_DP = draw_DP
    if count:
        sd_R = np.sqrt(rows.noise_variance_R + _MISFIT_MIOU**2)
        whole_P = most_likely(rows, np.ones(count), sd_R, prior_P, factor_PP)
        z_R = (POWER.miou(whole_P[None], rows.counts_RK)[0] - rows.miou_R) / np.sqrt(rows.noise_variance_R)
        nu *= float(np.sqrt((_PRIOR_WEIGHT + z_R @ z_R) / (_PRIOR_WEIGHT + count)))
        weight_DR = rng.multinomial(count, np.full(count, 1 / count), size=_MEMBERS).astype(np.float64)
        theta_DP = np.array(
            [
                most_likely(rows, weight_R, sd_R, draw_P, factor_PP)
                for weight_R, draw_P in zip(weight_DR, draw_DP, strict=True)
            ]
        )

    def predict(counts_MK: Floats) -> Foretold:
        return foretell(POWER.miou(theta_DP, counts_MK), nu * training_noise(counts_MK))

    return predict
