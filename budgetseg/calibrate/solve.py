r"""Rates from the times of tasks that hold several acts each, for many weightings of the tasks at once.

With x_np acts of rate p in task n, r_p > 0 the rates and a_np = x_np r_p / f_n the share of rate p in the fitted time

.. math:: f_n = \sum_p x_{np} r_p,

the rates are those that make smallest, over their logarithms,

.. math::
    \sum_n w_n \ell(t_n, f_n) + \sum_p \frac{(\log r_p - \log r^0_p)^2}{2 \tau_p^2}

where r0 is the prior and tau how far it may be off. Two losses:

median
    soft-L1 of log t - log f, scaled to the spread s of the logarithms: s^-2 c^2 (sqrt(1 + (log(t/f) / c)^2) - 1) with
    c = 1.345 s. What is right for the middle of the times; a task that was left open pulls no more than one a little
    too long.
mean
    the quasi-likelihood of times whose standard deviation grows with their mean, (log f + t / f) / v. Its rates are
    expected seconds: of tasks of a single act, the plain mean of their times.

Both are solved by the same scoring steps, of which the loss says only the residual and its weight.

Shape suffixes: B weightings, N tasks, P rates, Q pairs of rates.
"""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Loss", "fitted", "information", "solve"]

Floats = NDArray[np.float64]
Loss = Literal["median", "mean"]

_CORNER: Final = 1.345
_STEPS: Final = 60
_LONGEST: Final = 1.0
"""Of a step, in the logarithm of a rate."""
_CLOSE: Final = 1e-6
_MOST_CELLS: Final = 2**18
"""B x N x P that are worked out at once: what a processor's cache holds."""


def fitted(acts_NP: Floats, log_rates_P: Floats) -> Floats:
    """Seconds (N,) that the rates give to the tasks."""
    seconds_N: Floats = acts_NP @ np.exp(log_rates_P)
    return seconds_N


def solve(
    seconds_N: Floats,
    acts_NP: Floats,
    weight_BN: Floats,
    prior_BP: Floats,
    prior_sd_P: Floats,
    *,
    loss: Loss,
    spread: float,
    start_P: Floats,
) -> Floats:
    """Return the logarithms of the rates, shape (B, P).

    Args:
        seconds_N: Times of the tasks.
        acts_NP: Acts in them; each task holds at least one.
        weight_BN: How often each task counts, one weighting a row.
        prior_BP: Logarithms of the prior's rates.
        prior_sd_P: How far, in the logarithm, they may be off.
        loss: What the rates are right for.
        spread: Standard deviation of the logarithms of the times around what is fitted.
        start_P: Logarithms of rates to begin with.
    """
    rows = max(1, _MOST_CELLS // max(1, acts_NP.size))
    parts = [
        _solve(
            seconds_N, acts_NP, weight_BN[at : at + rows], prior_BP[at : at + rows], prior_sd_P, loss, spread, start_P
        )
        for at in range(0, len(weight_BN), rows)
    ]
    return np.concatenate(parts)


def information(seconds_N: Floats, acts_NP: Floats, log_rates_P: Floats, *, loss: Loss, spread: float) -> Floats:
    """What the tasks say about the logarithms of the rates: the (P, P) matrix that grows with their number."""
    once_BN = np.ones((1, len(seconds_N)))
    matrix_BPP, _ = _scored(seconds_N, acts_NP, _pairs(acts_NP), once_BN, log_rates_P[None], loss, spread)
    matrix_PP: Floats = matrix_BPP[0]
    return matrix_PP


def _pairs(acts_NP: Floats) -> Floats:
    """Products of the acts of every two rates, shape (N, P x P)."""
    return (acts_NP[:, :, None] * acts_NP[:, None, :]).reshape(len(acts_NP), -1)


def _scored(
    seconds_N: Floats,
    acts_NP: Floats,
    pair_NQ: Floats,
    weight_BN: Floats,
    log_BP: Floats,
    loss: Loss,
    spread: float,
) -> tuple[Floats, Floats]:
    """Information (B, P, P) and slope (B, P) of the tasks at some rates.

    The rates are taken out of the sums over tasks of shares, which leaves products of two matrices: no array is larger
    than (B, N).
    """
    rate_BP = np.exp(log_BP)
    fitted_BN = rate_BP @ acts_NP.T
    ratio_BN = seconds_N / fitted_BN
    if loss == "mean":
        residual_BN = ratio_BN - 1
        pull_BN = weight_BN / (np.expm1(spread**2) * fitted_BN)
    else:
        residual_BN = np.log(ratio_BN)
        pull_BN = weight_BN / (spread**2 * np.sqrt(1 + (residual_BN / (_CORNER * spread)) ** 2) * fitted_BN)
    slope_BP = rate_BP * ((pull_BN * residual_BN) @ acts_NP)
    square_BPP = ((pull_BN / fitted_BN) @ pair_NQ).reshape(len(log_BP), *2 * (acts_NP.shape[1],))
    return square_BPP * rate_BP[:, :, None] * rate_BP[:, None, :], slope_BP


def _solve(
    seconds_N: Floats,
    acts_NP: Floats,
    weight_BN: Floats,
    prior_BP: Floats,
    prior_sd_P: Floats,
    loss: Loss,
    spread: float,
    start_P: Floats,
) -> Floats:
    log_BP, pair_NQ = np.tile(start_P, (len(weight_BN), 1)), _pairs(acts_NP)
    for _ in range(_STEPS):
        matrix_BPP, slope_BP = _scored(seconds_N, acts_NP, pair_NQ, weight_BN, log_BP, loss, spread)
        slope_BP -= (log_BP - prior_BP) / prior_sd_P**2
        step_BP = np.linalg.solve(matrix_BPP + np.diag(prior_sd_P**-2), slope_BP[:, :, None])[:, :, 0]
        # Shortened as a whole, so that its direction stays one that goes down.
        step_BP *= np.minimum(1, _LONGEST / np.maximum(np.abs(step_BP).max(axis=1, keepdims=True), 1e-300))
        log_BP += step_BP
        if np.abs(step_BP).max() < _CLOSE:
            break
    return log_BP
