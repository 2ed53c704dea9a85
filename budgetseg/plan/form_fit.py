r"""One form fitted to evidence: its most likely parameters, how large its misfit is, and members that could be true.

The rows are :math:`y = f_\theta(n) + g(n) + \epsilon` with the form f, its misfit g (`budgetseg.plan.residual`), and
the noise of trainings. Parameters and misfit are found together: the rows weigh by the inverse covariance of g and the
noise. The size :math:`\alpha` of the misfit and a factor on the noise are posterior means over a grid, by the marginal
likelihood of the rows with f linearised where it fits best, under log-normal priors: with few rows the most likely
noise is far too small.

Members repeat the fit with the rows moved by a draw of misfit and noise, and the prior by a draw of itself ("randomise,
then optimise"), in pairs of opposite draws, whose errors cancel in the mean. Where evidence speaks they agree,
elsewhere they spread as the priors do.

Shape suffixes: D members, R rows (mixes), P parameters of the form for all kinds, Q those of the kinds in evidence,
F features of the misfit.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.belief import Belief
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.residual import FEATURES, features, given_rows, kernel
from budgetseg.plan.rows import Rows
from budgetseg.plan.solve import Problem, jacobian, solve, solve_nearby

__all__ = ["FormFit", "Members", "fit_form", "most_likely_z"]

Floats = NDArray[np.float64]

_MISFIT_MIOU: Final = (2.0, 0.7)
"""Prior of alpha: median, and standard deviation of its logarithm."""
_NOISE_FACTOR: Final = (1.0, 0.6)
_MISFIT_GRID: Final = np.geomspace(0.4, 12.0, 8)
_NOISE_GRID: Final = np.geomspace(0.5, 4.0, 7)
_MOST_ROWS: Final = 100
"""For the sizes of misfit and noise, two numbers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Members:
    """Functions that the evidence allows."""

    theta_DP: Floats
    misfit_DF: Floats
    """Weights of the features."""
    pull_R: Floats
    """What each row pulls the mean of the misfit by, in units of the kernel with it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FormFit:
    """The most likely function of a form."""

    form: str
    belief: Belief
    rows: Rows
    """With nu times the factor on the noise."""
    alpha: float
    kinds: tuple[str, ...]
    z_1Q: Floats
    """The parameters of the kinds in evidence, in units of the prior."""

    @property
    def curve(self) -> Curve:
        """That speaks about the kinds in evidence."""
        return Curve(form=FORMS[self.form], kinds=self.kinds)

    def foretell(self, counts_MK: Floats) -> tuple[Floats, Floats]:
        """Mean and variance (M,) of the expected mIoU, with the form linearised where it fits best.

        For mixes of the kinds in evidence.
        """
        problem, rows = _problem(self.curve, self.rows, self.belief, self.alpha), self.rows
        all_XK = np.concatenate([counts_MK, rows.counts_RK])
        plain = Problem(
            miou=lambda theta_DQ: self.curve.miou(theta_DQ, all_XK),
            factor_PP=problem.factor_PP,
            whiten_RR=np.eye(len(all_XK)),
        )
        theta_1Q = _means(self.belief, self.curve)[None] + self.z_1Q @ problem.factor_PP.T
        fitted_1X = plain.miou(theta_1Q)
        slope_XQ, feature_XF = jacobian(plain, theta_1Q, fitted_1X)[0], features(all_XK)
        covariance_XX = slope_XQ @ slope_XQ.T + self.alpha**2 * feature_XF @ feature_XF.T
        new, old = slice(0, len(counts_MK)), slice(len(counts_MK), None)
        known_RR = covariance_XX[old, old] + np.diag(rows.noise_variance_R)
        gain_MR = np.linalg.solve(known_RR, covariance_XX[old, new]).T
        variance_M = np.diag(covariance_XX)[new] - (gain_MR * covariance_XX[new, old]).sum(axis=1)
        tangent_X = fitted_1X[0] - slope_XQ @ self.z_1Q[0]  # what the prior's mean gives along the tangent
        mean_M = tangent_X[new] + gain_MR @ (rows.miou_R - tangent_X[old])
        return mean_M.clip(0.0, 100.0), np.maximum(variance_M, 0.0)

    def members(self, count: int, rng: np.random.Generator) -> Members:
        """Draw functions that could be true too; an even number of them."""
        half = count // 2
        factor_PP, order_P = _ordered(self.belief, self.curve)
        known = self.z_1Q.shape[1]
        z_DP = _opposite(rng.standard_normal((half, len(order_P))))
        draw_DF = _opposite(self.alpha * rng.standard_normal((half, FEATURES)))
        rows, feature_RF = self.rows, features(self.rows.counts_RK)
        noise_DR = _opposite(np.sqrt(rows.noise_variance_R) * rng.standard_normal((half, len(rows.miou_R))))
        if len(rows.miou_R):
            problem = _problem(self.curve, rows, self.belief, self.alpha)
            moved_DQ = _means(self.belief, self.curve) + z_DP[:, :known] @ problem.factor_PP.T
            target_DR = rows.miou_R - draw_DF @ feature_RF.T - noise_DR
            z_DP[:, :known] += solve_nearby(
                problem, target_DR, moved_DQ, near_1P=self.z_1Q, prior_1P=_means(self.belief, self.curve)[None]
            )
        theta_DP = self.belief.mean_P[order_P] + z_DP @ factor_PP.T
        fitted_DR = self.curve.miou(theta_DP[:, :known], rows.counts_RK)
        covariance_RR = _covariance(rows, self.alpha)
        weight_DF = given_rows(feature_RF, self.alpha, covariance_RR, rows.miou_R - fitted_DR, draw_DF, noise_DR)
        exact_RR = self.alpha**2 * kernel(rows.counts_RK, rows.counts_RK) + np.diag(rows.noise_variance_R)
        pull_R = self.alpha**2 * np.linalg.solve(exact_RR, rows.miou_R - fitted_DR.mean(axis=0))
        return Members(theta_DP=_placed(theta_DP, order_P), misfit_DF=weight_DF, pull_R=pull_R)


def fit_form(form: str, rows: Rows, kinds: tuple[str, ...], belief: Belief) -> FormFit:
    """Fit one form; deterministic.

    Args:
        form: Its name.
        rows: Evidence; may be none.
        kinds: Those that the rows speak about.
        belief: Of the form's parameters.
    """
    curve = Curve(form=FORMS[form], kinds=kinds)
    z_1Q, alpha = np.zeros((1, len(curve.parameters))), _MISFIT_MIOU[0]
    if not len(rows.miou_R):
        return FormFit(form=form, belief=belief, rows=rows, alpha=alpha, kinds=kinds, z_1Q=z_1Q)
    for _ in range(2):  # the fit and the size of what it misses depend on each other
        problem, mean_1Q, z_1Q = most_likely_z(curve, rows, belief, alpha, z_1Q)
        alpha, factor = _sizes(curve, rows.some(_MOST_ROWS), mean_1Q, z_1Q, problem.factor_PP)
        settled = replace(rows, nu=rows.nu * factor)
    rows = settled
    problem, mean_1Q, z_1Q = most_likely_z(curve, rows, belief, alpha, z_1Q)
    return FormFit(form=form, belief=belief, rows=rows, alpha=alpha, kinds=kinds, z_1Q=z_1Q)


def most_likely_z(
    curve: Curve, rows: Rows, belief: Belief, alpha: float, start_1Q: Floats | None = None
) -> tuple[Problem, Floats, Floats]:
    """Return the problem, the means of the prior and the most likely z, (1, Q) each, for a given size of the misfit."""
    problem, mean_1Q = _problem(curve, rows, belief, alpha), _means(belief, curve)[None]
    start_1Q = np.zeros_like(mean_1Q) if start_1Q is None else start_1Q
    return problem, mean_1Q, solve(problem, rows.miou_R[None], mean_1Q, start_DP=start_1Q)


def _ordered(belief: Belief, curve: Curve) -> tuple[Floats, NDArray[np.intp]]:
    """The belief with the parameters of ``curve`` first: its lower factor, and which parameter stands where.

    The first block of the factor is that of the curve's own parameters, so the rest follows them as the prior says.
    """
    first_Q = belief.places([parameter.name for parameter in curve.parameters])
    order_P = np.concatenate([first_Q, np.setdiff1d(np.arange(len(belief.names)), first_Q)])
    factor_PP = np.linalg.cholesky(belief.covariance_PP[np.ix_(order_P, order_P)])
    return factor_PP, order_P


def _placed(ordered_DP: Floats, order_P: NDArray[np.intp]) -> Floats:
    theta_DP = np.empty_like(ordered_DP)
    theta_DP[:, order_P] = ordered_DP
    return theta_DP


def _opposite(draw: Floats) -> Floats:
    return np.concatenate([draw, -draw])


def _means(belief: Belief, curve: Curve) -> Floats:
    return belief.mean_P[belief.places([parameter.name for parameter in curve.parameters])]


def _covariance(rows: Rows, alpha: float) -> Floats:
    feature_RF = features(rows.counts_RK)
    covariance_RR: Floats = alpha**2 * feature_RF @ feature_RF.T + np.diag(rows.noise_variance_R)
    return covariance_RR


def _problem(curve: Curve, rows: Rows, belief: Belief, alpha: float) -> Problem:
    factor_PP, _ = _ordered(belief, curve)
    known = len(curve.parameters)
    whiten_RR = np.linalg.inv(np.linalg.cholesky(_covariance(rows, alpha))) if len(rows.miou_R) else np.zeros((0, 0))
    return Problem(
        miou=lambda theta_DP: curve.miou(theta_DP, rows.counts_RK),
        factor_PP=factor_PP[:known, :known],
        whiten_RR=whiten_RR,
    )


def _sizes(curve: Curve, rows: Rows, mean_1Q: Floats, z_1Q: Floats, factor_QQ: Floats) -> tuple[float, float]:
    """The size of the misfit and the factor on the noise, by the posterior means of their squares on a grid."""
    theta_1Q = mean_1Q + z_1Q @ factor_QQ.T
    fitted_1R = curve.miou(theta_1Q, rows.counts_RK)
    plain = Problem(
        miou=lambda theta_DQ: curve.miou(theta_DQ, rows.counts_RK),
        factor_PP=factor_QQ,
        whiten_RR=np.eye(len(rows.miou_R)),
    )
    slope_RQ = jacobian(plain, theta_1Q, fitted_1R)[0]
    off_R = rows.miou_R - fitted_1R[0] + slope_RQ @ z_1Q[0]  # from the prior's mean, along the tangent
    feature_RF = features(rows.counts_RK)
    kernel_RR, known_RR = feature_RF @ feature_RF.T, slope_RQ @ slope_RQ.T
    scores, squares = [], []
    for alpha in _MISFIT_GRID:
        for factor in _NOISE_GRID:
            noise_R = np.where(rows.known_R, 1.0, factor**2) * rows.noise_variance_R
            factor_RR = np.linalg.cholesky(known_RR + alpha**2 * kernel_RR + np.diag(noise_R))
            white_R = np.linalg.solve(factor_RR, off_R)
            score = -0.5 * white_R @ white_R - np.log(np.diag(factor_RR)).sum()
            score -= 0.5 * (np.log(alpha / _MISFIT_MIOU[0]) / _MISFIT_MIOU[1]) ** 2
            score -= 0.5 * (np.log(factor / _NOISE_FACTOR[0]) / _NOISE_FACTOR[1]) ** 2
            scores.append(score)
            squares.append((alpha**2, factor**2))
    weight_G = np.exp(np.array(scores) - max(scores))
    alpha2, factor2 = weight_G @ np.array(squares) / weight_G.sum()
    return float(np.sqrt(alpha2)), float(np.sqrt(factor2))
