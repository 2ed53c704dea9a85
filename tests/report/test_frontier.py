"""Runs are gathered into points only where they differ by nothing but the seed."""

import statistics

import pytest

from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import budgets, gather, nearest, settings


@pytest.fixture
def runs(tmp_path):
    return lambda: read_runs(tmp_path / "runs")[0]


def test_seeds_become_one_point_with_mean_and_deviation(make_run, runs):
    values = [60.0, 61.5, 59.0]
    for seed, miou in enumerate(values):
        make_run(f"s{seed}", seed=seed, miou=miou)
    (point,) = gather(runs())
    assert point.miou == pytest.approx(statistics.mean(values))
    assert point.interval == pytest.approx(
        (point.miou - statistics.stdev(values), point.miou + statistics.stdev(values))
    )
    assert point.spread == "seeds"


def test_one_run_carries_its_bootstrap_interval(make_run, runs):
    make_run("a", miou=60.0)
    (point,) = gather(runs())
    assert point.spread == "bootstrap"
    assert point.interval == (57.5, 62.25)


def test_without_an_interval_none_is_invented(make_run, runs):
    make_run("a", miou_interval=None)
    (point,) = gather(runs())
    assert point.spread == "none"
    assert point.interval is None


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({"seed": 1}, 1),
        ({"seed": 1, "mix": {"point": 893, "full": 100}}, 1),  # per-image costs: the same hours, a few images fewer
        ({"seed": 1, "budget_hours": 6.05}, 1),  # images were asked for: other images, other hours
        ({"seed": 1, "mix": {"point": 500, "full": 100}}, 1),  # its masks were dearer: clicks fill up what is left
        ({"seed": 1, "mix": {"point": 500, "full": 100}, "budget_hours": None}, 2),  # there images were asked for
        ({"seed": 1, "mix": {"point": 900, "full": 97}}, 2),
        ({"seed": 1, "mix": {"point": 900, "full": 40}}, 2),
        ({"seed": 1, "mix": {"point": 900}}, 2),
        ({"seed": 0}, 2),  # the same seed again is not a second opinion
        ({"seed": 1, "budget_hours": 8.0}, 2),
        ({"seed": 1, "objectness": "center"}, 2),
        ({"seed": 1, "annotators": "perfect"}, 2),
        ({"seed": 1, "iterations": 800}, 2),
    ],
)
def test_what_is_a_repeat(make_run, runs, change, points):
    make_run("a")
    make_run("b", **change)
    assert len(gather(runs())) == points


def test_a_point_says_what_its_seeds_bought(make_run, runs):
    make_run("a", mix={"point": 900, "full": 100})
    make_run("b", seed=1, mix={"point": 500, "full": 100})
    assert [point.bought for point in gather(runs())] == ["500 to 900 point + 100 full"]


def test_variants_of_a_strategy_are_series_of_their_own(make_run, runs):
    make_run("a", strategy="point")
    make_run("b", strategy="point", objectness="center", miou=50)
    assert {(point.series, point.variant) for point in gather(runs())} == {
        ("point", 0),
        ("point, objectness center", 1),
    }


@pytest.mark.parametrize("key", ["dataset", "backbone", "recipe", "costs"])
def test_unlike_runs_are_never_compared(make_run, runs, key):
    make_run("a")
    make_run("b", **{key: "another"})
    make_run("c", seed=1)
    groups = settings(runs())
    assert [len(group) for _, group in groups] == [2, 1]
    assert getattr(groups[1][0], key) == "another"


def test_budgets_keep_the_best_point_of_each_strategy(make_run, runs):
    make_run("full-3", strategy="full", hours=2.98, budget_hours=3.0, miou=40)
    make_run("full-6", strategy="full", hours=5.99, miou=50)
    make_run("hybrid-40", mix={"point": 1000, "full": 40}, miou=55)
    make_run("hybrid-100", miou=52)
    make_run("image-6", strategy="image", hours=4.0, miou=30)  # the pool ended: 6 h were offered
    (low, three), (high, six) = budgets(gather(runs()))
    assert (low, high) == (3.0, 6.0)
    assert [(point.series, point.miou) for point in three] == [("full", 40)]
    assert [(point.series, point.miou) for point in six] == [("hybrid", 55), ("full", 50), ("image", 30)]


def test_nearest_takes_equal_hours_first(make_run, runs):
    make_run("best", miou=60)
    make_run("full-12", strategy="full", hours=12, budget_hours=12.0, miou=59)
    make_run("full-6", strategy="full", hours=6, miou=40)
    points = gather(runs())
    best = next(point for point in points if point.miou == 60)
    assert [point.miou for point in nearest(best, points)] == [60, 40]


def test_seeds_that_buy_all_images_are_one_point_whatever_these_cost(make_run, runs):
    for seed, hours in enumerate((4.5, 5.5, 4.8)):
        make_run(f"s{seed}", seed=seed, hours=hours, budget_hours=hours, miou=30.0 + seed)
    (point,) = gather(runs())
    assert point.spread == "seeds"
    assert point.hours == pytest.approx(14.8 / 3)
