"""A calibration: a table of times in, rates with their intervals and warnings out.

Shape suffixes: N tasks, J what was timed (a task, or a job of several), P rates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from budgetseg.calibrate.acts import Acts, acts_of
from budgetseg.calibrate.doubts import warnings_of
from budgetseg.calibrate.fit import Fit, fit_rates
from budgetseg.calibrate.hours import TimeSpent, time_spent
from budgetseg.calibrate.jobs import Timed, timed
from budgetseg.calibrate.prior import prior_of
from budgetseg.calibrate.resample import LEVEL
from budgetseg.calibrate.timings import Timings
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import RATES
from budgetseg.errors import DataError, InvalidInputError

__all__ = ["DRAWS", "SCHEMA", "Calibration", "MeasuredRate", "calibrate"]

SCHEMA: Final = "budgetseg.calibration/1"
DRAWS: Final = 400

_PURE_TASKS: Final = 30
"""Tasks of a single act from which on their spread is said."""
_LEAST_PEOPLE: Final = 3
_LEAST_TASKS_EACH: Final = 5


@dataclass(frozen=True, kw_only=True)
class MeasuredRate:
    """One rate as the tasks give it, in seconds."""

    mean: float
    low: float
    """Of the mean, with ``high`` a central 80 % interval."""
    high: float
    median: float
    median_low: float
    median_high: float
    prior: float | None
    """As it stands in the prior's book; None where that lacks it."""
    prior_weight: float
    """0 to 1: how much of the rate is the prior's."""
    tasks: int
    """That hold such an act, idle ones among them."""
    acts: float
    log_sd: float | None
    """Standard deviation of the logarithm of the times of one such act; None where too few were timed alone."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``rates`` of ``budgetseg.calibration/1``."""
        return {key: getattr(self, key) for key in self.__dataclass_fields__}


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The ``budgetseg.calibration/1`` value."""

    timings: str
    """The table."""
    prior: CostBook
    rates: Mapping[str, MeasuredRate]
    """Those of which an act was timed, in the order of cost books."""
    time: TimeSpent
    rows: int
    tasks: int
    """Rows that the rates are fitted to."""
    measurements: int
    """Times that were measured; fewer than tasks where some were timed together."""
    idle_tasks: int
    """Of these, shortened to the cap or found left open."""
    annotators: int
    speed_log_sd: float | None
    """Standard deviation of the logarithm of the annotators' speeds; None where they are too few to say."""
    warnings: tuple[str, ...]

    @property
    def not_timed(self) -> tuple[str, ...]:
        """The prior's rates that stay as they are."""
        return tuple(name for name in self.prior.rates if name not in self.rates)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "timings": self.timings,
            "prior": self.prior.origin,
            "rates": {name: rate.to_dict() for name, rate in self.rates.items()},
            "level": LEVEL,
            "not_timed": list(self.not_timed),
            "time": self.time.to_dict(),
            "rows": self.rows,
            "tasks": self.tasks,
            "measurements": self.measurements,
            "idle_tasks": self.idle_tasks,
            "annotators": self.annotators,
            "speed_log_sd": self.speed_log_sd,
            "warnings": list(self.warnings),
        }


def calibrate(
    timings: Timings,
    prior: CostBook,
    rng: np.random.Generator,
    *,
    idle_cap: float | Literal["auto", "none"] = "auto",
    draws: int = DRAWS,
) -> Calibration:
    """Measure the rates of a cost book.

    Args:
        timings: The table; only first passes are fitted, the time of the other rows is counted.
        prior: Says what the rates are per, how classes are asked, and what to believe where tasks are few.
        rng: For the intervals.
        idle_cap: Seconds beyond which nobody works on a task. ``auto`` finds the tasks that took far too long for what
            was done in them, which is done below a cap as well; ``none`` takes every second for labelling.
        draws: For the intervals.

    Raises:
        DataError: No row is left to fit.
        InvalidInputError: A cap that is none.
    """
    cap = np.inf if isinstance(idle_cap, str) else float(idle_cap)
    if not cap > 0:
        raise InvalidInputError(f"--idle-cap: expected seconds more than 0, auto or none, got {idle_cap}")
    acts = acts_of(timings, prior)
    used_N = timings.first_pass_N & (acts.acts_NP > 0).any(axis=1)
    if not used_N.any():
        raise DataError(
            f"{timings.origin}: expected first passes with something asked or marked in them, got none in "
            f"{len(timings)} rows; fill in the counts, such as n_classes_asked and n_first_points"
        )
    some = timings.chosen(used_N)
    acts = _held(Acts(rates=acts.rates, acts_NP=acts.acts_NP[used_N]))
    whole = timed(some, np.minimum(some.seconds_N, cap), acts.acts_NP)
    seconds_J, timed_acts = whole.seconds_J, Acts(rates=acts.rates, acts_NP=whole.acts_JP)
    fit = fit_rates(
        seconds_J,
        timed_acts,
        whole.annotator_J,
        prior_of(prior, timed_acts, seconds_J),
        rng,
        draws=draws,
        find_idle=idle_cap != "none",
    )
    labelled_J = np.where(fit.idle_N, np.minimum(fit.expected_N, seconds_J), seconds_J)
    people = len(np.unique(some.annotator_N))
    tasks_P = [int((column_N > 0).sum()) for column_N in acts.acts_NP.T]
    warnings = list(warnings_of(acts.rates, fit.information_PP, fit.prior_weight_P, tasks_P, prior.name))
    if people == 1:
        who = "one annotator" if some.annotator_N[0] else "no annotator is named"
        warnings.append(f"{who}: the intervals say how well these times are known, and nothing of other people's")
    return Calibration(
        timings=timings.origin,
        prior=prior,
        rates=_rates(acts, fit, whole, prior, tasks_P),
        time=time_spent(timings, used_N, labelled_J),
        rows=len(timings),
        tasks=len(some),
        measurements=len(seconds_J),
        idle_tasks=int((fit.idle_N[whole.of_row_N] | (some.seconds_N > cap)).sum()),
        annotators=people,
        speed_log_sd=_speed_log_sd(np.log(seconds_J / fit.expected_N)[~fit.idle_N], whole.annotator_J[~fit.idle_N]),
        warnings=tuple(warnings),
    )


def _held(acts: Acts) -> Acts:
    """Only the rates of which these tasks hold an act."""
    held = [place for place, column_N in enumerate(acts.acts_NP.T) if column_N.any()]
    return Acts(rates=tuple(acts.rates[place] for place in held), acts_NP=acts.acts_NP[:, held])


def _rates(acts: Acts, fit: Fit, whole: Timed, prior: CostBook, tasks_P: list[int]) -> dict[str, MeasuredRate]:
    rates = {}
    for place, name in enumerate(acts.rates):
        assert name in RATES
        alone_J = (whole.acts_JP[:, place] == 1) & (whole.acts_JP.sum(axis=1) == 1) & ~fit.idle_N
        rates[name] = MeasuredRate(
            mean=float(fit.mean_P[place]),
            low=float(fit.mean_low_P[place]),
            high=float(fit.mean_high_P[place]),
            median=float(fit.median_P[place]),
            median_low=float(fit.median_low_P[place]),
            median_high=float(fit.median_high_P[place]),
            prior=float(prior.rates[name].seconds) if name in prior.rates else None,
            prior_weight=float(fit.prior_weight_P[place]),
            tasks=tasks_P[place],
            acts=float(acts.acts_NP[:, place].sum()),
            log_sd=float(np.log(whole.seconds_J[alone_J]).std()) if alone_J.sum() >= _PURE_TASKS else None,
        )
    return rates


def _speed_log_sd(residual_N: NDArray[np.float64], annotator_N: NDArray[np.str_]) -> float | None:
    """How the annotators' mean residuals spread beyond what the spread of single tasks explains."""
    by_person = [residual_N[annotator_N == name] for name in np.unique(annotator_N)]
    by_person = [each for each in by_person if len(each) >= _LEAST_TASKS_EACH]
    if len(by_person) < _LEAST_PEOPLE:
        return None
    between = float(np.var([each.mean() for each in by_person], ddof=1))
    within = float(np.mean([each.var(ddof=1) / len(each) for each in by_person]))
    return float(np.sqrt(max(0.0, between - within)))
