r"""The peer of "Full or Weak Annotations?" (CVPR 2023): a Gaussian process around a log-additive mean.

.. math::

    y \sim N(\mu(n), \; s^2 \, e^{-\frac12 \sum_k (x_k - x'_k)^2 / l_k^2} + \sigma^2), \qquad
    x_k = \log(1 + t_k n_k / 30)

with :math:`\mu` of `budgetseg.replay.peer_mean`. Given the same care as ours, where the paper is bare or worse:

- Mean, s, lengths and noise are the most likely ones under priors (the paper: 5,000 steps of Adam without any).
- The noise has our shape, larger where masks are few, times a learned factor (the released code draws it at random).
- Distances are on the scale of log images (the paper: images in units of equal cost; on that scale the process says
  nothing between 40 and 160 masks that it would not say between 2,600 and 2,720). t is 1.
- What is left open in the mean's parameters is in the intervals, by linearisation (the paper: a point estimate).

Shape suffixes: R rows of evidence, M mixes, X both, K kinds, P parameters of the mean, H all parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.belief import Belief
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.rows import Rows, rows_of, training_noise
from budgetseg.replay.foretold import Foretold, Predict, foretell
from budgetseg.replay.peer_mean import LOGS, prior_of

__all__ = ["Process", "fit_log_gp", "fit_process", "kernel"]

Floats = NDArray[np.float64]

_FEW_IMAGES: Final = 30.0
_SCALE: Final = (2.0, 0.7)
"""Prior of s: median, mIoU, and standard deviation of its logarithm; the same as of our misfit."""
_LENGTH: Final = (1.2, 0.7)
_NOISE_FACTOR: Final = (1.0, 0.6)
_SAMPLES: Final = 128
_SEED: Final = 2303
_FAR: Final = 5.0
"""Standard deviations of the prior that the search may go: beyond, the covariance is singular to machine precision."""
_STARTS: Final = (0.0, -0.7, 0.7)
"""Where log s and log lengths start, off their prior medians; the best end is kept."""


def kernel(x_AK: Floats, x_BK: Floats, scale: float, length_K: Floats) -> Floats:
    """Squared exponential with one length a kind, (A, B)."""
    distance_ABK = (x_AK[:, None] - x_BK) / length_K
    covariance_AB: Floats = scale**2 * np.exp(-0.5 * (distance_ABK**2).sum(axis=2))
    return covariance_AB


def inputs(counts_MK: Floats) -> Floats:
    """The scale on which distances are measured."""
    return np.log1p(counts_MK / _FEW_IMAGES)


@dataclass(frozen=True, kw_only=True, eq=False)
class Process:
    """A fitted process."""

    rows: Rows
    theta_P: Floats
    factor_PP: Floats
    """Of the covariance of the mean's parameters before the evidence."""
    prior_P: Floats
    scale: float
    length_K: Floats
    nu: float

    def posterior(self, counts_MK: Floats) -> tuple[Floats, Floats]:
        """Mean (M,) and covariance (M, M) of the expected mIoU."""
        rows, old = self.rows, slice(len(counts_MK), None)
        new = slice(0, len(counts_MK))
        all_XK = np.concatenate([counts_MK, rows.counts_RK])
        slope_XP = LOGS.slope(self.theta_P, all_XK) @ self.factor_PP
        x_XK = inputs(all_XK)
        covariance_XX = slope_XP @ slope_XP.T + kernel(x_XK, x_XK, self.scale, self.length_K)
        # What the prior's mean gives along the tangent at the most likely parameters.
        z_P = np.linalg.solve(self.factor_PP, self.theta_P - self.prior_P)
        tangent_X = LOGS.miou(self.theta_P[None], all_XK)[0] - slope_XP @ z_P
        known_RR = covariance_XX[old, old] + self.nu**2 * np.diag(rows.variance_R)
        gain_MR = np.linalg.solve(known_RR, covariance_XX[old, new]).T
        mean_M = tangent_X[new] + gain_MR @ (rows.miou_R - tangent_X[old])
        return mean_M, covariance_XX[new, new] - gain_MR @ covariance_XX[old, new]

    def predict(self, counts_MK: Floats) -> Foretold:
        """Predict mixes."""
        mean_M, covariance_MM = self.posterior(counts_MK)
        value_M, vector_MM = np.linalg.eigh(covariance_MM)
        root_MM = vector_MM * np.sqrt(np.maximum(value_M, 0.0))
        draw_SM = np.random.default_rng(_SEED).standard_normal((_SAMPLES // 2, len(mean_M)))
        draw_SM = np.concatenate([draw_SM, -draw_SM])  # opposite draws cancel in the mean
        return foretell(mean_M + draw_SM @ root_MM.T, self.nu * training_noise(counts_MK), mean_M=mean_M)


def fit_process(rows: Rows, beliefs: Mapping[str, Belief]) -> Process:
    """Find the most likely parameters; deterministic."""
    prior_P, factor_PP = prior_of(LOGS, beliefs)
    width, kinds = len(prior_P), len(KINDS)
    middle_H = np.concatenate(
        [np.log([_SCALE[0]]), np.full(kinds, np.log(_LENGTH[0])), np.log([rows.nu * _NOISE_FACTOR[0]])]
    )
    spread_H = np.array([_SCALE[1], *(_LENGTH[1],) * kinds, _NOISE_FACTOR[1]])
    x_RK = inputs(rows.counts_RK)

    def loss(z: Floats) -> tuple[float, Floats]:
        """Minus the log posterior of standard normal z, and its slope."""
        theta_P, hyper_H = prior_P + factor_PP @ z[:width], middle_H + spread_H * z[width:]
        length_K = np.exp(hyper_H[1:-1])
        smooth_RR = kernel(x_RK, x_RK, float(np.exp(hyper_H[0])), length_K)
        noise_RR = np.exp(2 * hyper_H[-1]) * np.diag(rows.variance_R)
        off_R = rows.miou_R - LOGS.miou(theta_P[None], rows.counts_RK)[0]
        factor = cho_factor(smooth_RR + noise_RR, lower=True)
        white_R, inverse_RR = cho_solve(factor, off_R), cho_solve(factor, np.eye(len(off_R)))
        value = 0.5 * off_R @ white_R + np.log(np.diag(factor[0])).sum() + 0.5 * z @ z
        # d loss / d covariance, then along each parameter.
        by_RR = 0.5 * (inverse_RR - np.outer(white_R, white_R))
        apart_KRR = ((x_RK[:, None] - x_RK).transpose(2, 0, 1) / length_K[:, None, None]) ** 2
        by_hyper = [2 * (by_RR * smooth_RR).sum()]
        by_hyper += [float((by_RR * smooth_RR * apart_RR).sum()) for apart_RR in apart_KRR]
        by_hyper += [2 * (by_RR * noise_RR).sum()]
        by_mean_P = -factor_PP.T @ (LOGS.slope(theta_P, rows.counts_RK).T @ white_R)
        return float(value), np.concatenate([by_mean_P, spread_H * np.array(by_hyper)]) + z

    best = np.zeros(width + len(middle_H))
    if len(rows.miou_R):
        ends = []
        for start in _STARTS:
            z = np.zeros_like(best)
            z[width:-1] = start
            box = [(-_FAR, _FAR)] * len(z)
            ends.append(minimize(loss, z, jac=True, method="L-BFGS-B", bounds=box, options={"maxiter": 300}))
        best = min(ends, key=lambda end: float(end.fun)).x
    hyper_H = middle_H + spread_H * best[width:]
    return Process(
        rows=rows,
        theta_P=prior_P + factor_PP @ best[:width],
        factor_PP=factor_PP,
        prior_P=prior_P,
        scale=float(np.exp(hyper_H[0])),
        length_K=np.exp(hyper_H[1:-1]),
        nu=float(np.exp(hyper_H[-1])),
    )


def fit_log_gp(evidence: Evidence, beliefs: Mapping[str, Belief]) -> Predict:
    """Fit the process to evidence."""
    return fit_process(rows_of(evidence), beliefs).predict
