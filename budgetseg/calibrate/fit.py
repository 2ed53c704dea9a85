"""The rates that timed tasks give: what half the acts take, which no idle hour pulls, then what they take in mean.

The first fit says what each task should have taken. A task five spreads beyond (a factor of 4.5 where times spread by
0.3 in the logarithm, 12 by 0.5) was left open, not worked on: it is set aside, and the means are those of the others.

Shape suffixes: B draws, N tasks, P rates.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.acts import Acts
from budgetseg.calibrate.prior import Prior
from budgetseg.calibrate.resample import central, stretch_of, weights
from budgetseg.calibrate.solve import Loss, fitted, information, solve

__all__ = ["Fit", "fit_rates"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_IDLE_SPREADS: Final = 5.0
_USUAL_SPREAD: Final = 0.5
_USUAL_TASKS: Final = 5
"""A spread seen in few tasks is averaged with the usual one, as if that had been seen in so many."""
_LEAST_SPREAD: Final = 0.05
_ROUNDS: Final = 4
_MAD: Final = 1.4826  # of a normal distribution, its standard deviation by its median absolute deviation


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """Of the rates of some acts, in seconds."""

    mean_P: Floats
    mean_low_P: Floats
    mean_high_P: Floats
    median_P: Floats
    median_low_P: Floats
    median_high_P: Floats
    prior_weight_P: Floats
    """0 to 1: how much of the logarithm of a rate is the prior's."""
    information_PP: Floats
    """What the tasks say about the logarithms of the rates."""
    spread: float
    """Standard deviation of the logarithms of the times around what is fitted, by their median deviation."""
    idle_N: Bools
    """Tasks that were left open."""
    expected_N: Floats
    """Seconds that the rates give to each task."""


def fit_rates(
    seconds_N: Floats,
    acts: Acts,
    annotator_N: NDArray[np.str_],
    prior: Prior,
    rng: np.random.Generator,
    *,
    draws: int,
    find_idle: bool = True,
) -> Fit:
    """Fit the rates and their intervals.

    Args:
        seconds_N: Times of the tasks.
        acts: What was done in them, at least one act in each.
        annotator_N: Who did it.
        prior: What was known before.
        rng: Draws annotators, tasks and priors for the intervals.
        draws: How many of them.
        find_idle: Whether tasks that took far too long are set aside.
    """
    acts_NP = acts.acts_NP
    log_P, spread = _middle(seconds_N, acts_NP, prior)
    idle_N = np.log(seconds_N / fitted(acts_NP, log_P)) > _IDLE_SPREADS * spread
    idle_N &= find_idle
    worked_N = ~idle_N
    log_P, spread = _middle(seconds_N[worked_N], acts_NP[worked_N], prior)

    some_N, some_NP = seconds_N[worked_N], acts_NP[worked_N]
    weight_BN = weights(annotator_N[worked_N], draws, rng)
    offset_BP = rng.standard_normal((draws, len(prior.sd_P))) * prior.sd_P
    stretch = stretch_of(len(np.unique(annotator_N[worked_N])))

    once_N = np.ones(len(some_N))

    def estimate(loss: Loss, prior_P: Floats, start_P: Floats) -> tuple[Floats, Floats]:
        """The rates, and those of the draws."""
        best_BP = solve(
            some_N, some_NP, once_N[None], prior_P[None], prior.sd_P, loss=loss, spread=spread, start_P=start_P
        )
        drawn_BP = solve(
            some_N, some_NP, weight_BN, prior_P + offset_BP, prior.sd_P, loss=loss, spread=spread, start_P=best_BP[0]
        )
        return best_BP[0], drawn_BP

    middle_P, middle_BP = estimate("median", prior.median_P, log_P)
    mean_P, mean_BP = estimate("mean", prior.mean_P, middle_P)
    mean_low_P, mean_high_P = central(mean_BP, mean_P, stretch)
    information_PP = information(some_N, some_NP, mean_P, loss="mean", spread=spread)
    precision_PP = np.diag(prior.sd_P**-2)
    prior_weight_P = np.diag(np.linalg.solve(information_PP + precision_PP, precision_PP)).clip(0, 1)
    # Drawn as the rates are: a plain median is not as well known as the fit beneath it.
    own_P = 1 - prior_weight_P
    plain_BP = [_plain(some_N, some_NP, each_P, each_N) for each_P, each_N in zip(middle_BP, weight_BN, strict=True)]
    median_P = middle_P + own_P * np.log(_plain(some_N, some_NP, middle_P, once_N))
    median_low_P, median_high_P = central(middle_BP + own_P * np.log(plain_BP), median_P, stretch)
    return Fit(
        mean_P=np.exp(mean_P),
        mean_low_P=mean_low_P,
        mean_high_P=mean_high_P,
        median_P=np.exp(median_P),
        median_low_P=median_low_P,
        median_high_P=median_high_P,
        prior_weight_P=prior_weight_P,
        information_PP=information_PP,
        spread=spread,
        idle_N=idle_N,
        expected_N=fitted(acts_NP, mean_P),
    )


def _middle(seconds_N: Floats, acts_NP: Floats, prior: Prior) -> tuple[Floats, float]:
    """Fit the middle of the times, and their spread around it, by turns."""
    log_P, spread = prior.median_P, _USUAL_SPREAD
    once_BN = np.ones((1, len(seconds_N)))
    for _ in range(_ROUNDS):
        log_P = solve(
            seconds_N,
            acts_NP,
            once_BN,
            prior.median_P[None],
            prior.sd_P,
            loss="median",
            spread=spread,
            start_P=log_P,
        )[0]
        residual_N = np.log(seconds_N / fitted(acts_NP, log_P))
        seen = _MAD * float(np.median(np.abs(residual_N - np.median(residual_N))))
        tasks = len(seconds_N)
        variance = (tasks * seen**2 + _USUAL_TASKS * _USUAL_SPREAD**2) / (tasks + _USUAL_TASKS)
        spread = max(_LEAST_SPREAD, float(np.sqrt(variance)))
    return log_P, spread


def _plain(seconds_N: Floats, acts_NP: Floats, log_P: Floats, weight_N: Floats) -> Floats:
    """Median of the times over what is fitted, a task counting by its weight and its share of each act; (P,).

    With it the rate of an act that was timed alone is the plain median of its times.
    """
    ratio_N = seconds_N / fitted(acts_NP, log_P)
    order_N = np.argsort(ratio_N)
    share_NP = (acts_NP * np.exp(log_P) * (weight_N / fitted(acts_NP, log_P))[:, None])[order_N]
    upto_NP = np.cumsum(share_NP, axis=0)
    total_P = upto_NP[-1]
    below_P = (upto_NP < total_P / 2 - 1e-9 * total_P).sum(axis=0)
    above_P = (upto_NP <= total_P / 2 + 1e-9 * total_P).sum(axis=0).clip(max=len(ratio_N) - 1)
    sorted_N = ratio_N[order_N]
    median_P = (sorted_N[below_P.clip(max=len(ratio_N) - 1)] + sorted_N[above_P]) / 2
    return np.where(total_P > 0, median_P, 1.0)  # people who were not drawn may be all who did such an act
