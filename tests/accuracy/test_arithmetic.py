"""Shares, worths, mixes and leads, each against its definition written out or an independent computation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from budgetseg.accuracy.equal_hours import crossing, lead_over
from budgetseg.accuracy.exchange import Exchange, MaskCount
from budgetseg.accuracy.mixes import judge_mix
from budgetseg.accuracy.share import share_of_full
from budgetseg.accuracy.spread import common_seeds, summary, t_interval
from budgetseg.accuracy.worth import worth_of

# -- spread


def test_a_t_interval_is_scipys_and_one_seed_has_none():
    values = np.array([3.0, 5.5, 4.0])
    found, expected = t_interval(values), stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert t_interval(values[:1]) is None
    assert (summary(values[:1]).sd, summary(values[:1]).standard_error) == (None, None)
    assert summary(values).standard_error == pytest.approx(stats.sem(values))


def test_seeds_that_both_have_are_paired_in_order():
    left, right = common_seeds([{2: 20.0, 0: 1.0, 4: 5.0}, {0: 10.0, 2: 30.0, 1: 7.0}])
    assert (left.tolist(), right.tolist()) == ([1.0, 20.0], [10.0, 30.0])
    assert [len(each) for each in common_seeds([{0: 1.0}, {}])] == [0, 0]


# -- shares


def test_a_share_is_a_ratio_of_means_with_the_error_of_the_delta_method():
    kind, full = np.array([30.0, 34.0, 32.0]), np.array([50.0, 60.0, 64.0])
    ratio = 96 / 174
    found = share_of_full(kind, full)
    assert found.value == pytest.approx(ratio)
    covariance = np.cov(kind, full)
    variance = covariance[0, 0] - 2 * ratio * covariance[0, 1] + ratio**2 * covariance[1, 1]
    assert found.standard_error == pytest.approx((variance / 3) ** 0.5 / full.mean())


def test_the_error_of_a_share_is_what_chance_makes_it():
    rng = np.random.default_rng(1)
    full = 60 + rng.normal(0, 1, (20_000, 5))
    kind = 0.6 * full + rng.normal(0, 1, full.shape)
    found = [share_of_full(*pair) for pair in zip(kind[:2000], full[:2000], strict=True)]
    spread = np.std(kind.mean(axis=1) / full.mean(axis=1))
    assert np.mean([each.standard_error**2 for each in found]) ** 0.5 == pytest.approx(spread, rel=0.05)


def test_a_share_of_one_seed_has_no_error_and_of_none_no_value():
    assert share_of_full(np.array([30.0]), np.array([60.0])).standard_error is None
    assert share_of_full(np.array([]), np.array([])) is None
    assert share_of_full(np.array([30.0]), np.array([0.0])) is None


# -- worth


def worth(masks, side="about", interval=None, seconds=10_000.0):
    return worth_of(Exchange(count=MaskCount(masks=masks, side=side), interval=interval), seconds, 200.0)


def test_break_even_is_seconds_over_masks():
    found = worth(100, interval=(MaskCount(masks=50), MaskCount(masks=150, side="more than")))
    assert found.break_even_seconds.value == 100
    assert found.relative.value == 0.5
    assert found.times.value == 2.0
    assert [(each.value, each.side) for each in found.times_interval] == [(1.0, "about"), (3.0, "more than")]


@pytest.mark.parametrize(("side", "opposite"), [("more than", "fewer than"), ("fewer than", "more than")])
def test_bounds_turn_round_with_the_division(side, opposite):
    found = worth(100, side)
    assert (found.break_even_seconds.side, found.relative.side, found.times.side) == (opposite, opposite, side)


def test_no_exchange_rate_no_worth():
    assert worth_of(None, 1.0, 1.0) is None
    assert worth(100, seconds=0.0) is None


# -- mixes


def test_a_mix_hurts_beyond_one_standard_error_of_the_paired_difference():
    part = np.array([50.0, 40.0, 60.0])
    for shift, verdict in ((-1.1, "hurts"), (-0.9, "does not hurt"), (2.0, "does not hurt")):
        differences = shift + 3**0.5 * np.array([-1.0, 0.0, 1.0])  # standard error 1
        found = judge_mix(part + differences, {"full": part, "point": part - 20})
        assert found.verdict == verdict
        assert found.best == "full"
        assert found.difference.standard_error == pytest.approx(1.0)
        assert found.difference.mean == pytest.approx(shift)


def test_exactly_one_standard_error_below_does_not_hurt():
    found = judge_mix(np.array([0.0, 2.0]) - 2.0, {"full": np.array([0.0, 0.0])})
    assert (found.difference.mean, found.difference.standard_error) == (-1.0, 1.0)
    assert found.verdict == "does not hurt"


def test_the_best_part_is_the_one_with_the_best_mean_and_ties_go_to_the_first():
    mix, parts = np.array([10.0, 12]), {"point": np.array([9.0, 9]), "full": np.array([0.0, 19])}
    assert judge_mix(mix, parts).best == "full"
    assert judge_mix(mix, {"full": np.array([9.0, 9]), "point": np.array([9.0, 9])}).best == "full"


def test_one_seed_is_no_verdict():
    assert judge_mix(np.array([10.0]), {"full": np.array([50.0])}).verdict == "one seed: no spread"
    assert judge_mix(np.array([]), {"full": np.array([])}) is None


# -- equal hours


def test_a_lead_is_paired_and_over_the_best_rival():
    hybrid, full, point = np.array([50.0, 40, 60]), np.array([46.0, 35, 57]), np.array([45.0, 45, 45])
    found = lead_over(hybrid, {"point": point, "full": full})
    expected = stats.ttest_rel(hybrid, full).confidence_interval(0.95)
    assert (found.rival, found.difference.mean) == ("full", pytest.approx(4.0))
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(expected))
    assert lead_over(hybrid[:1], {"full": full[:1]}).interval is None
    assert lead_over(np.array([]), {"full": np.array([])}) is None


def test_a_crossing_of_a_lead_that_is_linear_in_the_logarithm_is_exact():
    hours = [2.0, 3.0, 5.0, 8.0, 12.0]
    lead = 5 * (np.log(7.0) - np.log(hours))
    found = crossing(hours, lead.tolist())
    assert (found.when, found.hours) == ("within", pytest.approx(7.0))
    assert str(found) == "from 7.0 h"


def test_masks_must_stay_ahead_to_win():
    hours = [1.0, 4.0, 16.0, 64.0]
    assert crossing(hours, [1.0, -1.0, 1.0, -1.0]).hours == pytest.approx(32.0)
    assert crossing(hours, [1.0, -1.0, -1.0, 0.0]).when == "not within"
    assert crossing(hours, [5.0, 5.0, 5.0, 5.0]).hours is None
    before = crossing(hours, [-1.0, -1.0, -1.0, -1.0])
    assert (before.when, before.hours) == ("before", 1.0)
    assert crossing(hours, [1.0, 0.0, -1.0, -1.0]).hours == pytest.approx(4.0)
    assert crossing([], []).when == "not within"
    assert crossing([8.0], [-0.5]).hours == 8.0


@given(st.lists(st.floats(-10, 10, allow_nan=False).filter(lambda lead: abs(lead) > 1e-6), min_size=1, max_size=6))
def test_a_crossing_lies_between_the_last_lead_and_the_first_loss(leads):
    hours = [2.0**place for place in range(len(leads))]
    found = crossing(hours, leads)
    if found.when != "within":
        assert leads[-1] > 0 or all(lead < 0 for lead in leads)
        return
    before = [hour for hour, lead in zip(hours, leads, strict=True) if hour <= found.hours * (1 - 1e-12)]
    assert leads[len(before) - 1] > 0 or found.hours == pytest.approx(hours[len(before) - 1], rel=1e-6)
    assert all(lead < 0 for lead in leads[len(before) :])
