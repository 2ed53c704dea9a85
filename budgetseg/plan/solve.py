"""Least squares with priors for many members side by side: Levenberg-Marquardt on one batch of small problems.

Shape suffixes: D members, R rows of evidence, P parameters.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.surface import Layout, miou_of

__all__ = ["Problem", "jacobian", "solve"]

Floats = NDArray[np.float64]

_STEPS: Final = 40
_TOLERANCE: Final = 1e-3  # of the loss: far below what the noise moves it
_STUCK: Final = 1e3  # damping at which no step helps: a kink, where two reaches cross
_DIFFERENCE: Final = 1e-5


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """What all members share."""

    layout: Layout
    counts_RK: Floats
    sd_P: Floats
    """Standard deviations of the priors."""
    noise: float
    """Standard deviation of a measurement, mIoU."""


def jacobian(problem: Problem, theta_DP: Floats, miou_DR: Floats) -> Floats:
    """Forward differences of the residuals, (D, R, P), in units of the noise by parameters in units of their priors."""
    members, width = theta_DP.shape
    moved_DPP = theta_DP[:, None, :] + _DIFFERENCE * np.eye(width)
    moved_DPR = miou_of(problem.layout, moved_DPP.reshape(-1, width), problem.counts_RK).reshape(members, width, -1)
    slope_DRP = ((moved_DPR - miou_DR[:, None, :]) / _DIFFERENCE).transpose(0, 2, 1)
    scaled_DRP: Floats = slope_DRP * (problem.sd_P / problem.noise)
    return scaled_DRP


def solve(
    problem: Problem,
    target_DR: Floats,
    prior_DP: Floats,
    *,
    start_DP: Floats,
    weight_DR: Floats | None = None,
) -> Floats:
    """Find the most likely parameters of each member.

    Args:
        problem: What the members share.
        target_DR: The measurements, mIoU.
        prior_DP: Means of the priors.
        start_DP: Where to start.
        weight_DR: 0 leaves a row out, 1 takes it; all 1 by default.

    Returns:
        Parameters (D, P).
    """
    weight_DR = np.ones_like(target_DR) if weight_DR is None else weight_DR

    def residuals(member: NDArray[np.intp], theta_DP: Floats, miou_DR: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the residuals of rows and priors, and the loss."""
        row_DR = weight_DR[member] * (miou_DR - target_DR[member]) / problem.noise
        prior_residual_DP = (theta_DP - prior_DP[member]) / problem.sd_P
        return row_DR, prior_residual_DP, (row_DR**2).sum(axis=1) + (prior_residual_DP**2).sum(axis=1)

    theta_DP = start_DP.copy()
    active = np.arange(len(theta_DP))  # members still on the move
    miou_DR = miou_of(problem.layout, theta_DP, problem.counts_RK)
    loss_D = residuals(active, theta_DP, miou_DR)[2]
    damping_D = np.full(len(theta_DP), 1e-2)
    for _ in range(_STEPS):
        here_DP = theta_DP[active]
        row_DR, prior_residual_DP, _ = residuals(active, here_DP, miou_DR[active])
        jacobian_DRP = jacobian(problem, here_DP, miou_DR[active]) * weight_DR[active, :, None]
        # In units of the prior the normal matrix is I + J'J, so it is never singular.
        normal_DPP = np.swapaxes(jacobian_DRP, 1, 2) @ jacobian_DRP
        normal_DPP += np.eye(len(problem.sd_P)) * (1 + damping_D[active, None, None])
        slope_DP = np.einsum("drp,dr->dp", jacobian_DRP, row_DR) + prior_residual_DP
        trial_DP = here_DP - np.linalg.solve(normal_DPP, slope_DP[:, :, None])[:, :, 0] * problem.sd_P
        trial_DR = miou_of(problem.layout, trial_DP, problem.counts_RK)
        trial_D = residuals(active, trial_DP, trial_DR)[2]
        gain_D = loss_D[active] - trial_D
        better_D = gain_D > 0
        settled_D = np.where(better_D, gain_D < _TOLERANCE * (1 + trial_D), damping_D[active] > _STUCK)
        theta_DP[active[better_D]] = trial_DP[better_D]
        miou_DR[active[better_D]] = trial_DR[better_D]
        loss_D[active[better_D]] = trial_D[better_D]
        damping_D[active] *= np.where(better_D, 0.2, 5.0)
        active = active[~settled_D]
        if not len(active):
            break
    return theta_DP
