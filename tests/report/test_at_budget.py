"""What a strategy gives at any budget: what was measured, or the line between two measurements."""

import math

import pytest

from budgetseg.report.at_budget import amounts, reading, steps
from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import gather


@pytest.fixture
def points(make_run, tmp_path):
    for hours, miou in ((2.0, 30.0), (8.0, 50.0)):
        for seed in range(2):
            mix = {"full": int(15 * hours)}
            make_run(
                f"full-{hours}-{seed}", strategy="full", hours=hours, budget_hours=hours, miou=miou + 2 * seed,
                seed=seed, mix=mix,
            )  # fmt: skip
    make_run("image", strategy="image", hours=3.0, budget_hours=8.0, miou=20.0)  # all 1,000 images
    finished, _ = read_runs(tmp_path / "runs")
    return gather(finished)


def held(points, series):
    return [point for point in points if point.series == series]


def test_what_was_measured_is_read_as_it_is(points):
    one = reading(held(points, "full"), 2.0)
    assert (one.basis, one.miou, one.hours, one.bought) == ("measured", 31.0, 2.0, "30 images")
    assert one.high - one.low == pytest.approx(2 * math.sqrt(2))
    assert one.iou == pytest.approx({"background": 21.0, "cat": 31.0, "dog": 41.0, "sheep": 31.0})
    assert one.worst(("background", "cat", "dog", "sheep")) == ("cat", pytest.approx(31.0))


def test_between_two_budgets_the_line_is_straight_in_the_logarithm_of_the_hours(points):
    one = reading(held(points, "full"), 4.0)  # half-way from 2 to 8
    assert one.basis == "read between"
    assert one.miou == pytest.approx((31 + 51) / 2)
    assert one.iou["dog"] == pytest.approx((41 + 61) / 2)
    assert one.bought == "between 30 images and 120 images"
    near = reading(held(points, "full"), 2.2)
    assert near.miou == pytest.approx(31 + 20 * math.log(2.2 / 2) / math.log(4))


def test_nothing_is_read_below_the_smallest_run_and_nothing_is_lost_above_the_largest(points):
    assert reading(held(points, "full"), 1.0) is None
    above = reading(held(points, "full"), 20.0)
    assert (above.basis, above.miou, above.hours) == ("largest run", 51.0, 8.0)
    ended = reading(held(points, "image"), 8.0)
    assert (ended.basis, ended.miou, ended.hours) == ("all images", 20.0, 3.0)
    assert (ended.low, ended.high) == (17.5, 22.25)
    assert ended.deviation["cat"] is None  # one seed


def test_the_budgets_rise_hold_the_measured_ones_and_the_one_asked_for(points):
    looked_at = amounts(points, 5.0)
    assert list(looked_at) == sorted(set(looked_at))
    assert {2.0, 5.0, 8.0} <= set(looked_at)
    assert looked_at[0] == 2.0
    assert looked_at[-1] == 8.0
    assert len(looked_at) > 8
    assert amounts(points, 2.04)[0] == 2.0  # within 5 % is the same budget
    assert 2.04 not in amounts(points, 2.04)


def test_a_step_holds_the_strategies_that_were_run_so_small_best_first(points):
    small, large = steps(points, (2.0, 8.0))
    assert [one.series for one in small.readings] == ["full"]
    assert [one.series for one in large.readings] == ["full", "image"]
    document = large.to_dict(("background", "cat", "dog", "sheep"))
    assert document["readings"][1]["worst"] == ("cat", 20.0)
    assert document["readings"][1]["iou"] == [10.0, 20.0, 30.0, 20.0]
