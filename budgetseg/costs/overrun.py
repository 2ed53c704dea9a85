r"""How far the seconds of a plan may lie from what is planned: the distribution of a weighted sum of task times.

Task i of rate r, done by annotator j, takes

.. math:: t_{ri} = m_r \, U_r \, A_j \, E_{ri}

where U, A and E are log-normal with mean 1, and

m_r  is the expected time: the rate's seconds if they are a mean (or nobody says what they are); if they are a median,
     seconds x exp(s_r^2 / 2), so that a book of medians understates hours;
U_r  is what is not known of the rate itself: the width of its [low, high], read as a central 80 % range, around the
     book's seconds; certain where the book gives no range;
A_j  is an annotator's speed, standard deviation of its logarithm ``speed_log_sd``, shared by all that he does;
E_ri is what is left of the spread s_r of the logarithm of single times, which the annotators' speeds are a part of.

Single tasks average out over thousands; U and A do not. With v = exp(variance of the logarithm) - 1 of each factor,
N annotators who share the tasks of a rate evenly, w_i what a second of task i counts for (an hour's 3600th, or money),
and mu_r = m_r sum_i w_i, the sum has

.. math::
    \mathrm{mean} = \sum_r \mu_r, \qquad
    \mathrm{var} = \frac{v_A}{N} \Big(\sum_r \mu_r\Big)^2
        + \sum_r v_{U_r} \Big(1 + \frac{v_A}{N}\Big) \mu_r^2
        + \sum_r (1 + v_{U_r}) (v_{s_r} - v_A) \, m_r^2 \sum_i w_i^2

exactly, and is taken to be log-normal with these moments. How many tasks the images hold is taken as certain.

What people's real times do is worse than this. Of the paper's 18,605 squiggles the logarithm has the standard deviation
0.642, which stands in for rates of which nobody knows it; but their mean is 1.52 times their median (a log-normal's:
1.23), and their standard deviation 1.78 times their mean (0.71), for people also pause. So the expected hours of a
book of medians are rather a lower bound, and sums of few tasks spread more than is said here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, expm1, log, log1p, sqrt
from statistics import NormalDist
from typing import Any, Final

from budgetseg.costs.rate import Rate

__all__ = ["ENOUGH", "SQUIGGLE_LOG_SD", "Load", "Spread", "expected_seconds", "range_log_sd", "spread", "task_log_sd"]

SQUIGGLE_LOG_SD: Final = 0.642
"""Of the 18,605 squiggle times released with the paper; assumed for rates without ``log_sd``."""
RANGE_LEVEL: Final = 0.8
"""Probability with which a rate lies between its ``low`` and ``high``, as predictions of mIoU are told."""
ENOUGH: Final = (0.8, 0.9, 0.95)
"""Probabilities with which hours or money are said to be enough."""

_NORMAL: Final = NormalDist()


@dataclass(frozen=True, kw_only=True)
class Load:
    """Tasks of one rate that one team does."""

    rate: str
    tasks: Fraction
    weight: Fraction
    """What a second of them counts for: 1/3600 in hours, or money."""
    team: str


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The distribution of a plan's hours or money: a certain part plus a log-normal one."""

    planned: Fraction
    """By the book's rates as they stand."""
    certain: Fraction
    """The part that does not depend on how long tasks take."""
    mean: float
    """Expected, the certain part included."""
    sd: float
    """Standard deviation."""
    limit: Fraction
    """What must not be exceeded: a budget."""

    @property
    def _log_mean_sd(self) -> tuple[float, float]:
        mean = self.mean - float(self.certain)
        variance = log1p((self.sd / mean) ** 2)
        return log(mean) - variance / 2, sqrt(variance)

    def chance_above(self, limit: float) -> float:
        """Return the probability of more than ``limit``."""
        if self.sd == 0:
            return float(self.mean > limit)
        if limit <= self.certain:
            return 1.0
        log_mean, log_sd = self._log_mean_sd
        return _NORMAL.cdf((log_mean - log(limit - float(self.certain))) / log_sd)

    def enough(self, probability: float) -> float:
        """Return what is not exceeded with ``probability``."""
        if self.sd == 0:
            return self.mean
        log_mean, log_sd = self._log_mean_sd
        return float(self.certain) + exp(log_mean + log_sd * _NORMAL.inv_cdf(probability))

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.schedule/1``."""
        return {
            "planned": float(self.planned),
            "expected": self.mean,
            "sd": self.sd,
            "limit": float(self.limit),
            "chance_of_overrun": self.chance_above(float(self.limit)),
            "enough": {f"{probability:g}": self.enough(probability) for probability in ENOUGH},
        }


def task_log_sd(rate: Rate) -> float:
    """Standard deviation of the logarithm of single times; the squiggles' where the book does not say."""
    return SQUIGGLE_LOG_SD if rate.log_sd is None else rate.log_sd


def expected_seconds(rate: Rate) -> float:
    """The mean time of a task: seconds, or seconds x exp(log_sd^2 / 2) where they are a median."""
    return float(rate.seconds) * (exp(task_log_sd(rate) ** 2 / 2) if rate.statistic == "median" else 1.0)


def range_log_sd(rate: Rate) -> float:
    """Standard deviation of the logarithm of a rate that its ``low`` and ``high`` leave open; 0 where it has none."""
    low, high = (rate.seconds if edge is None else edge for edge in (rate.low, rate.high))
    return log(high / low) / (2 * _NORMAL.inv_cdf((1 + RANGE_LEVEL) / 2))


def spread(
    rates: Mapping[str, Rate],
    loads: Sequence[Load],
    *,
    people: Mapping[str, int],
    speed_log_sd: float,
    limit: Fraction | None = None,
    certain: Fraction = Fraction(0),
) -> Spread:
    """Return the distribution of the weighted seconds of all loads.

    Args:
        rates: The cost book's.
        loads: The tasks.
        people: Annotators of each team, who share its tasks evenly.
        speed_log_sd: Standard deviation of the logarithm of annotators' speeds.
        limit: What must not be exceeded; None for what is planned.
        certain: Added without any spread.
    """
    speed = expm1(speed_log_sd**2)
    mean_by_team = dict.fromkeys(people, 0.0)
    mean_by_rate: dict[tuple[str, str], float] = {}
    variance = 0.0
    for load in loads:
        rate, tasks, weight = rates[load.rate], float(load.tasks), float(load.weight)
        seconds, unknown = expected_seconds(rate), expm1(range_log_sd(rate) ** 2)
        mean = seconds * tasks * weight
        mean_by_team[load.team] += mean
        mean_by_rate[load.rate, load.team] = mean_by_rate.get((load.rate, load.team), 0.0) + mean
        alone = max(0.0, expm1(task_log_sd(rate) ** 2) - speed)
        variance += (1 + unknown) * alone * tasks * (seconds * weight) ** 2
    for team, mean in mean_by_team.items():
        variance += speed / people[team] * mean**2
    for name in dict.fromkeys(name for name, _ in mean_by_rate):
        by_team = {team: mean for (rate_name, team), mean in mean_by_rate.items() if rate_name == name}
        shared = sum(mean**2 * speed / people[team] for team, mean in by_team.items())
        variance += expm1(range_log_sd(rates[name]) ** 2) * (sum(by_team.values()) ** 2 + shared)
    planned = certain + sum((load.tasks * load.weight * rates[load.rate].seconds for load in loads), Fraction(0))
    return Spread(
        planned=planned,
        certain=certain,
        mean=float(certain) + sum(mean_by_team.values()),
        sd=sqrt(variance),
        limit=planned if limit is None else limit,
    )
