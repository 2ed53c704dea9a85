"""The distribution of a plan's hours: its closed form against simulated people, and against real times."""

import csv
import gzip
from fractions import Fraction
from math import exp
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs import Rate
from budgetseg.costs.overrun import Load, Spread, expected_seconds, spread

HOUR = Fraction(1, 3600)
Z80 = 1.2815515655446004  # of a standard normal, the central 80 %


def rate(seconds: float, **more: object) -> Rate:
    values = {"per": "instance", "statistic": "mean", "source": "test", "verified": True, "log_sd": 0.642}
    return Rate(seconds=Fraction(str(seconds)), **{**values, **more})


def load(name: str, tasks: int, team: str = "crowd", weight: Fraction = HOUR) -> Load:
    return Load(rate=name, tasks=Fraction(tasks), weight=weight, team=team)


def simulate(rates, loads, people, speed_log_sd, generator, draws=4000):
    """Draw the hours of every task of every annotator; return the sums (draws,)."""

    def factor(log_sd, size):
        return generator.lognormal(-(log_sd**2) / 2, log_sd, size)

    speeds = {team: factor(speed_log_sd, (draws, number)) for team, number in people.items()}
    unknown = {}
    for name, one in rates.items():
        low, high = (float(one.seconds if edge is None else edge) for edge in (one.low, one.high))
        unknown[name] = factor(np.log(high / low) / (2 * Z80), draws)
    total = np.zeros(draws)
    for one in loads:
        kind, number = rates[one.rate], people[one.team]
        mean = float(kind.seconds) * (exp(kind.log_sd**2 / 2) if kind.statistic == "median" else 1)
        own = np.sqrt(max(0.0, kind.log_sd**2 - speed_log_sd**2))
        each = int(one.tasks) // number
        assert each * number == one.tasks
        for annotator in range(number):
            tasks = factor(own, (draws, each)).sum(axis=1)
            total += mean * float(one.weight) * unknown[one.rate] * speeds[one.team][:, annotator] * tasks
    return total


CASES = {
    "one rate": ({"a": rate(10)}, [load("a", 60)], {"crowd": 1}, 0.0),
    "a median": ({"a": rate(10, statistic="median", log_sd=0.9)}, [load("a", 60)], {"crowd": 1}, 0.0),
    "speeds": ({"a": rate(10), "b": rate(30)}, [load("a", 80), load("b", 40)], {"crowd": 4}, 0.5),
    "ranges": (
        {"a": rate(10, low=Fraction(7), high=Fraction(14)), "b": rate(30, high=Fraction(60))},
        [load("a", 80), load("b", 40)],
        {"crowd": 1},
        0.0,
    ),
    "a rate of two teams": (
        {"a": rate(10, low=Fraction(5), high=Fraction(20))},
        [load("a", 60), load("a", 60, "expert")],
        {"crowd": 6, "expert": 6},
        0.1,
    ),
    "two teams and two weights": (
        {"a": rate(10, low=Fraction(7), high=Fraction(14)), "b": rate(30, high=Fraction(40), statistic="median")},
        [load("a", 60), load("a", 40, "expert", 5 * HOUR), load("b", 40, "expert", 5 * HOUR)],
        {"crowd": 3, "expert": 2},
        0.3,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_closed_form_is_what_simulated_people_do(case: str) -> None:
    rates, loads, people, speed_log_sd = CASES[case]
    drawn = simulate(rates, loads, people, speed_log_sd, np.random.default_rng(3))
    limit = float(np.quantile(drawn, 0.7))
    made = spread(rates, loads, people=people, speed_log_sd=speed_log_sd, limit=Fraction(limit))
    assert made.mean == pytest.approx(drawn.mean(), abs=4 * drawn.std() / len(drawn) ** 0.5)
    assert made.sd == pytest.approx(drawn.std(), rel=0.08)
    assert made.chance_above(limit) == pytest.approx(0.3, abs=0.03)
    for probability in (0.8, 0.9, 0.95):
        assert (drawn <= made.enough(probability)).mean() == pytest.approx(probability, abs=0.02)


def test_medians_understate_hours() -> None:
    made = spread({"a": rate(10, statistic="median")}, [load("a", 10_000)], people={"crowd": 1}, speed_log_sd=0)
    assert made.mean == pytest.approx(float(made.planned) * exp(0.642**2 / 2))
    assert made.chance_above(float(made.planned)) > 0.99
    # Where nobody knows the spread, the squiggles' is taken; where nobody knows the statistic, it is a mean.
    assert expected_seconds(rate(10, statistic="median", log_sd=None)) == pytest.approx(12.29, abs=0.01)
    assert expected_seconds(rate(10, statistic=None)) == 10


def test_single_tasks_average_out_and_people_do_not() -> None:
    def relative_sd(tasks: int, people: int, speed_log_sd: float) -> float:
        made = spread({"a": rate(10)}, [load("a", tasks)], people={"crowd": people}, speed_log_sd=speed_log_sd)
        return made.sd / made.mean

    assert relative_sd(10_000, 1, 0) == pytest.approx(relative_sd(100, 1, 0) / 10)
    assert relative_sd(10**8, 1, 0.3) == pytest.approx(np.sqrt(np.expm1(0.09)), rel=1e-3)
    # The annotators are a part of the spread of single times: with one task each, they are all that is seen of it.
    assert relative_sd(50, 50, 0.5) == pytest.approx(relative_sd(50, 50, 0), rel=1e-9)
    assert relative_sd(10**8, 9, 0.3) == pytest.approx(relative_sd(10**8, 1, 0.3) / 3, rel=1e-3)


@settings(deadline=None, max_examples=60)
@given(
    st.floats(0.01, 2), st.integers(1, 10_000), st.integers(1, 20), st.floats(0, 1), st.integers(0, 50), st.floats(1, 3)
)
def test_every_spread(log_sd: float, tasks: int, people: int, speed: float, certain: int, width: float) -> None:
    rates = {"a": rate(10, log_sd=log_sd, high=Fraction(10 * width))}
    loads = [load("a", tasks)]
    made = spread(rates, loads, people={"crowd": people}, speed_log_sd=speed, certain=Fraction(certain))
    assert certain < made.enough(0.8) < made.enough(0.9) < made.enough(0.95)
    for probability in (0.05, 0.5, 0.9):
        assert made.chance_above(made.enough(probability)) == pytest.approx(1 - probability, abs=1e-6)
    assert made.chance_above(certain) == 1
    assert made.mean == pytest.approx(float(made.planned))


def test_no_spread_is_certain() -> None:
    made = Spread(planned=Fraction(5), certain=Fraction(5), mean=5.0, sd=0.0, limit=Fraction(5))
    assert (made.chance_above(5), made.chance_above(4.9), made.enough(0.9)) == (0, 1, 5)


def test_sums_of_real_squiggle_times(shared: Path) -> None:
    """The mean holds; the tail of real times is longer than a log-normal's, which the module's legend owns to."""
    path = shared / "data/whats-the-point/squiggle_seconds.csv.gz"
    if not path.exists():
        pytest.skip(f"needs the released squiggle times, {path}")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        seconds_N = np.array([float(row["seconds"]) for row in csv.DictReader(file)])
    assert len(seconds_N) == 18_605
    assert np.log(seconds_N).std() == pytest.approx(0.642, abs=0.001)
    assert seconds_N.mean() / np.median(seconds_N) == pytest.approx(1.52, abs=0.01)
    assert seconds_N.std() / seconds_N.mean() == pytest.approx(1.78, abs=0.01)
    generator = np.random.default_rng(0)
    for tasks, short in ((1_000, (0.02, 0.07)), (10_000, (0.005, 0.025))):
        drawn = generator.choice(seconds_N, (1000, tasks)).sum(axis=1) / 3600
        made = spread({"a": rate(10.8675)}, [load("a", tasks)], people={"crowd": 1}, speed_log_sd=0)
        assert made.mean == pytest.approx(drawn.mean(), rel=0.01)
        assert short[0] < np.quantile(drawn, 0.9) / made.enough(0.9) - 1 < short[1]
    # Without the longest 2 % of the times, pauses for the most part, the closed form is right.
    kept_N = np.sort(seconds_N)[: int(0.98 * len(seconds_N))]
    drawn = generator.choice(kept_N, (1000, 1000)).sum(axis=1) / 3600
    made = spread({"a": rate(round(kept_N.mean(), 4))}, [load("a", 1000)], people={"crowd": 1}, speed_log_sd=0)
    assert np.quantile(drawn, 0.9) == pytest.approx(made.enough(0.9), rel=0.01)
    assert drawn.std() == pytest.approx(made.sd, rel=0.15)
