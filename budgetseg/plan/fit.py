r"""Fitting a surface to evidence: the most likely parameters under weak priors, and an ensemble that could be true too.

Maximum a posteriori by damped Gauss-Newton (`budgetseg.plan.solve`) on

.. math:: \sum_r \left(\frac{f_\theta(n_r) - y_r}{\sigma}\right)^2 + \sum_p \left(\frac{\theta_p - \mu_p}{s_p}\right)^2

The ensemble repeats the fit with every measurement moved by one draw of its noise and every prior mean by one draw of
its prior ("randomise, then optimise"): where the evidence speaks the members agree, elsewhere they spread as the priors
do. Two spreads are learned besides. The noise sigma comes from the residuals. The misfit, by which the form is wrong
away from evidence, comes from leaving out one mix at a time: how far off are the predictions of what was left out? Both
are held by a prior where rows are few. The same evidence gives the same fit.

Measured, leaving out one mix at a time with all else refitted: the 80 % intervals hold 13 of the 19 published rows (the
paper's squiggle, box and mask curves each have a kink that their other points do not announce; RMSE 8.4), and 47 of 56
rows of a measured surface of today's trainer (RMSE 2.0, mean width 5.2 mIoU). The priors below were chosen with both in
view, so this shows that the intervals are not too narrow there; it is no proof for other data.

Shape suffixes: D ensemble members, R rows of evidence, P parameters, G mixes left out, K kinds.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.solve import Problem, jacobian, solve
from budgetseg.plan.surface import Layout, Surface, distance, miou_of, unknown_share

__all__ = ["MEMBERS", "fit_surface"]

Floats = NDArray[np.float64]

MEMBERS: Final = 40

# Priors, as (mean, standard deviation) of the parameters of surface.py on their unbounded scales.
_CURVE: Final = (
    (-1.7, 0.7),  # logit of L / 100: 15, between 8 and 26; a trainer that knows nothing predicts background
    (0.2, 0.7),  # logit of where U lies between L and 100: masks of all images reach 60 or so on VOC, 46 to 75
    (0.5, 0.7),  # log b: 1.6; single kinds give 0.6 with a PSPNet (Duke study), above 2 with the FCN of 2016
    (np.log(800), 1.5),  # log N0: somewhere between tens and thousands of images
    (np.log(70), 0.5),  # log m: tens of masks teach half of what masks teach of extent
)
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
_SLOPE: Final = (-2.0, 1.6)  # log of how fast the logit of a reach rises with log N: slowly, unless it is seen to
_NOISE_MIOU: Final = 1.2  # trainings alike but for chance differ by 0.5 (paper, section 5.3) to a few mIoU
_NOISE_WEIGHT: Final = 4.0  # rows that the prior of the noise is worth
_MISFIT_MIOU: Final = 3.0
_MISFIT_WEIGHT: Final = 4.0

_MOST_CORNERS: Final = 4
_MOST_LEFT_OUT: Final = 16
_LEVEL: Final = 0.8
_INSIDE: Final = 1.2816  # standard deviations on either side that hold 80 % of a normal distribution
_SEED: Final = 2016


def fit_surface(evidence: Evidence, *, members: int = MEMBERS) -> Surface:
    """Fit the surface to evidence; deterministic."""
    layout = _layout(evidence)
    counts_RK = evidence.counts_RK.astype(np.float64)
    mean_P, sd_P = _priors(layout)
    noise = _NOISE_MIOU
    best_DP = mean_P[None]
    for _ in range(3):  # the noise and the fit depend on each other; three rounds settle them
        problem = Problem(layout=layout, counts_RK=counts_RK, sd_P=sd_P, noise=noise)
        best_DP = solve(problem, evidence.miou_R[None], mean_P[None], start_DP=best_DP)
        noise = _noise(problem, evidence.miou_R, best_DP)
    problem = Problem(layout=layout, counts_RK=counts_RK, sd_P=sd_P, noise=noise)
    rng = np.random.default_rng(_SEED)
    parameters_DP = solve(
        problem,
        evidence.miou_R + noise * rng.standard_normal((members, len(evidence.miou_R))),
        mean_P + sd_P * rng.standard_normal((members, len(mean_P))),
        start_DP=np.repeat(best_DP, members, axis=0),
    )
    return Surface(
        layout=layout,
        parameters_DP=parameters_DP,
        evidence_RK=counts_RK,
        noise_miou=noise,
        misfit_miou=_misfit(problem, evidence.miou_R, mean_P, best_DP),
        kinds=evidence.kinds,
    )


def _layout(evidence: Evidence) -> Layout:
    """The weak kinds that the evidence speaks about, each with the log counts of its pure rows as corners.

    All where they are few, else spread evenly. Kinds without evidence have no parameter: nothing would move it.
    """
    counts_RK = evidence.counts_RK
    pure_R = (counts_RK > 0).sum(axis=1) == 1
    weak = tuple(kind for kind in evidence.kinds if kind != "full")
    corners = []
    for kind in weak:
        counts_R = counts_RK[:, list(KINDS).index(kind)]
        seen = np.unique(counts_R[pure_R & (counts_R > 0)])
        if len(seen) > _MOST_CORNERS:
            seen = np.unique(np.quantile(seen, np.linspace(0, 1, _MOST_CORNERS), method="nearest"))
        corners.append(np.log(seen.astype(np.float64)))
    return Layout(weak=weak, corners=tuple(corners))


def _priors(layout: Layout) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each parameter."""
    pairs = [
        *_CURVE,
        *(_REACH.get(kind, _UNKNOWN_REACH) for kind in layout.weak),
        *(_WORTH.get(kind, _UNKNOWN_WORTH) for kind in layout.weak),
        *([_SLOPE] * layout.slopes),
    ]
    mean_P, sd_P = np.array(pairs, np.float64).T
    return mean_P, sd_P


def _noise(problem: Problem, miou_R: Floats, best_DP: Floats) -> float:
    """Noise from the residuals; the parameters that the rows pay for are taken off their number."""
    fitted_DR = miou_of(problem.layout, best_DP, problem.counts_RK)
    jacobian_RP = jacobian(problem, best_DP, fitted_DR)[0]
    hat_RR = jacobian_RP @ np.linalg.solve(jacobian_RP.T @ jacobian_RP + np.eye(len(problem.sd_P)), jacobian_RP.T)
    free = len(miou_R) - float(np.trace(hat_RR))
    squares = float(((fitted_DR[0] - miou_R) ** 2).sum())
    return float(np.sqrt((_NOISE_WEIGHT * _NOISE_MIOU**2 + squares) / (_NOISE_WEIGHT + free)))


def _misfit(problem: Problem, miou_R: Floats, mean_P: Floats, best_DP: Floats) -> float:
    """Misfit from predictions of mixes that are left out: 80 % of them shall lie within their 80 % intervals."""
    mixes_GK = np.unique(problem.counts_RK, axis=0)
    some_G = np.unique(np.linspace(0, len(mixes_GK) - 1, _MOST_LEFT_OUT).round().astype(np.int64))
    mixes_GK = mixes_GK[some_G]
    out_GR = (mixes_GK[:, None] == problem.counts_RK[None]).all(axis=2)
    count = len(mixes_GK)
    theta_GP = solve(
        problem,
        np.repeat(miou_R[None], count, axis=0),
        np.repeat(mean_P[None], count, axis=0),
        start_DP=np.repeat(best_DP, count, axis=0),
        weight_DR=(~out_GR).astype(np.float64),
    )
    fitted_GR = miou_of(problem.layout, theta_GP, problem.counts_RK)
    jacobian_GRP = jacobian(problem, theta_GP, fitted_GR)
    kept_GRP = jacobian_GRP * ~out_GR[:, :, None]
    precision_GPP = np.swapaxes(kept_GRP, 1, 2) @ kept_GRP + np.eye(len(problem.sd_P))
    slope_GP = np.take_along_axis(jacobian_GRP, out_GR.argmax(axis=1)[:, None, None], axis=1)[:, 0]
    # How far off the prediction may be because the parameters are not known; in units of the noise.
    doubt_G = np.einsum("gp,gp->g", slope_GP, np.linalg.solve(precision_GPP, slope_GP[:, :, None])[:, :, 0])
    rows_G = out_GR.sum(axis=1)
    error_G = np.where(out_GR, fitted_GR - miou_R, 0.0).sum(axis=1) / rows_G
    expected_G = problem.noise**2 * (1 / rows_G + doubt_G)
    unknown_G = unknown_share(np.where(out_GR, np.inf, distance(mixes_GK, problem.counts_RK)))
    low, high = 0.0, 100.0
    for _ in range(30):  # bisection: the larger the misfit, the fewer lie outside
        middle = 0.5 * (low + high)
        inside = error_G**2 <= _INSIDE**2 * (expected_G + middle**2 * unknown_G)
        low, high = (low, middle) if inside.mean() >= _LEVEL else (middle, high)
    return float(np.sqrt((_MISFIT_WEIGHT * _MISFIT_MIOU**2 + count * low**2) / (_MISFIT_WEIGHT + count)))
