r"""Least squares with priors for many members side by side: Levenberg-Marquardt on one batch of small problems.

Parameters are :math:`\theta = \mu + A z` with :math:`A A^T` the covariance of the prior, so that

.. math:: \lVert W (f(\theta) - y) \rVert^2 + \lVert z \rVert^2

is minus twice the log posterior when :math:`W^T W` is the inverse covariance of the measurements.

Shape suffixes: D members, R rows of evidence, P parameters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Problem", "jacobian", "solve", "solve_nearby"]

Floats = NDArray[np.float64]

_STEPS: Final = 120
_TOLERANCE: Final = 2e-4  # of the loss: far below what the noise moves it
_STUCK: Final = 1e3  # damping at which no step helps: a kink, where two reaches cross
_DIFFERENCE: Final = 1e-5
_NEARBY_STEPS: Final = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """What all members share."""

    miou: Callable[[Floats], Floats]
    """From parameters (D, P) to the mIoU of every row of evidence (D, R)."""
    factor_PP: Floats
    """A, lower triangular."""
    whiten_RR: Floats
    """W."""


def jacobian(problem: Problem, theta_DP: Floats, miou_DR: Floats) -> Floats:
    """Forward differences of the whitened rows by z, (D, R, P)."""
    members, width = theta_DP.shape
    moved_DPP = theta_DP[:, None, :] + _DIFFERENCE * problem.factor_PP.T
    moved_DPR = problem.miou(moved_DPP.reshape(-1, width)).reshape(members, width, -1)
    slope_DPR = (moved_DPR - miou_DR[:, None, :]) / _DIFFERENCE
    whitened_DRP: Floats = (slope_DPR @ problem.whiten_RR.T).transpose(0, 2, 1)
    return whitened_DRP


def solve(problem: Problem, target_DR: Floats, prior_DP: Floats, *, start_DP: Floats) -> Floats:
    """Find the most likely z of each member.

    Args:
        problem: What the members share.
        target_DR: y, mIoU.
        prior_DP: The means of the prior.
        start_DP: The z to start from.

    Returns:
        z_DP; the parameters are ``prior_DP + z_DP @ factor_PP.T``.
    """

    def loss(member: NDArray[np.intp], z_DP: Floats, miou_DR: Floats) -> tuple[Floats, Floats]:
        """Return the whitened residuals of the rows, and the loss."""
        row_DR = (miou_DR - target_DR[member]) @ problem.whiten_RR.T
        return row_DR, (row_DR**2).sum(axis=1) + (z_DP**2).sum(axis=1)

    def theta(member: NDArray[np.intp], z_DP: Floats) -> Floats:
        there_DP: Floats = prior_DP[member] + z_DP @ problem.factor_PP.T
        return there_DP

    z_DP = start_DP.copy()
    active = np.arange(len(z_DP))  # members still on the move
    miou_DR = problem.miou(theta(active, z_DP))
    loss_D = loss(active, z_DP, miou_DR)[1]
    damping_D = np.full(len(z_DP), 1e-2)
    for _ in range(_STEPS):
        here_DP = z_DP[active]
        row_DR, _ = loss(active, here_DP, miou_DR[active])
        jacobian_DRP = jacobian(problem, theta(active, here_DP), miou_DR[active])
        # In units of the prior the normal matrix is I + J'J, so it is never singular.
        normal_DPP = np.swapaxes(jacobian_DRP, 1, 2) @ jacobian_DRP
        normal_DPP += np.eye(z_DP.shape[1]) * (1 + damping_D[active, None, None])
        slope_DP = np.einsum("drp,dr->dp", jacobian_DRP, row_DR) + here_DP
        trial_DP = here_DP - np.linalg.solve(normal_DPP, slope_DP[:, :, None])[:, :, 0]
        trial_DR = problem.miou(theta(active, trial_DP))
        trial_D = loss(active, trial_DP, trial_DR)[1]
        gain_D = loss_D[active] - trial_D
        better_D = gain_D > 0
        settled_D = np.where(better_D, gain_D < _TOLERANCE * (1 + trial_D), damping_D[active] > _STUCK)
        z_DP[active[better_D]] = trial_DP[better_D]
        miou_DR[active[better_D]] = trial_DR[better_D]
        loss_D[active[better_D]] = trial_D[better_D]
        damping_D[active] *= np.where(better_D, 0.2, 5.0)
        active = active[~settled_D]
        if not len(active):
            break
    return z_DP


def solve_nearby(problem: Problem, target_DR: Floats, prior_DP: Floats, *, near_1P: Floats, prior_1P: Floats) -> Floats:
    """Find the z of many members that lie around one solution, with the slopes of that solution alone.

    Each step is a few evaluations where :func:`solve` needs one for every parameter; a step that does not help is
    halved. Where the evidence says little the posterior is the prior, and the first step is exact.

    Args:
        problem: What the members share.
        target_DR: y, mIoU.
        prior_DP: The means of the prior.
        near_1P: z of the solution, around ``prior_1P``.
        prior_1P: Its mean of the prior.
    """
    middle_1P = prior_1P + near_1P @ problem.factor_PP.T
    slope_RP = jacobian(problem, middle_1P, problem.miou(middle_1P))[0]
    inverse_PP = np.linalg.inv(np.eye(slope_RP.shape[1]) + slope_RP.T @ slope_RP)

    def state(z_DP: Floats) -> tuple[Floats, Floats]:
        miou_DR = problem.miou(prior_DP + z_DP @ problem.factor_PP.T)
        row_DR = (miou_DR - target_DR) @ problem.whiten_RR.T
        return row_DR, (row_DR**2).sum(axis=1) + (z_DP**2).sum(axis=1)

    # Where the linear problem has its solution; theta of the middle in terms of each member's own prior.
    z_DP: Floats = np.linalg.solve(problem.factor_PP, (middle_1P - prior_DP).T).T.astype(np.float64)
    row_DR, loss_D = state(z_DP)
    length_D = np.ones(len(z_DP))
    for _ in range(_NEARBY_STEPS):
        step_DP = (row_DR @ slope_RP + z_DP) @ inverse_PP
        trial_DP = z_DP - length_D[:, None] * step_DP
        trial_DR, trial_D = state(trial_DP)
        better_D = trial_D < loss_D
        z_DP = np.where(better_D[:, None], trial_DP, z_DP)
        row_DR = np.where(better_D[:, None], trial_DR, row_DR)
        loss_D = np.where(better_D, trial_D, loss_D)
        length_D = np.where(better_D, np.minimum(1.0, 1.5 * length_D), 0.4 * length_D)
    return z_DP
