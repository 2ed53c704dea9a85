"""Exchange rates against closed forms, a formula written out, and what must hold for any curve."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from budgetseg.accuracy.exchange import MaskCount, exchange_rate, masks_reaching, rising_curve

MASKS = np.array([20.0, 40, 80, 160, 320])
scores = st.floats(0, 100, allow_nan=False)


def rng():
    return np.random.default_rng(0)


@given(st.floats(20, 320), st.floats(0.5, 20), st.floats(-20, 40))
def test_a_curve_that_is_linear_in_the_logarithm_gives_the_number_back(masks, slope, level):
    curve = level + slope * np.log(MASKS)
    assert masks_reaching(MASKS, curve, level + slope * np.log(masks)) == pytest.approx(masks, rel=1e-6)


def test_between_two_measured_numbers_the_line_is_in_the_logarithm():
    curve = np.array([30.0, 40, 50, 60, 70])
    assert masks_reaching(MASKS, curve, 45.0) == pytest.approx(40 * 2**0.5)
    assert masks_reaching(MASKS, curve, 62.5) == pytest.approx(160 * 2**0.25)


def test_nothing_is_said_beyond_the_ends():
    curve = np.array([30.0, 40, 50, 60, 70])
    assert masks_reaching(MASKS, curve, 29.99) == -np.inf
    assert masks_reaching(MASKS, curve, 30.0) == 20
    assert masks_reaching(MASKS, curve, 70.0) == pytest.approx(320)
    assert masks_reaching(MASKS, curve, 70.01) == np.inf


def test_a_level_stretch_is_reached_at_its_least_number():
    assert masks_reaching(MASKS, np.array([30.0, 50, 50, 50, 70]), 50.0) == pytest.approx(40)
    assert masks_reaching(MASKS, np.array([50.0, 50, 50, 60, 70]), 50.0) == 20


@given(st.lists(scores, min_size=5, max_size=5), scores, scores)
@example([0.0, 1.0, 0.0, 0.0, 0.0], 0.0, 7.787937220171333e-114)
def test_more_miou_never_takes_fewer_masks(measured, one, other):
    curve = rising_curve(np.array(measured), np.ones(5))
    low, high = sorted((one, other))
    assert masks_reaching(MASKS, curve, low) <= masks_reaching(MASKS, curve, high)


@given(st.lists(st.tuples(scores, st.integers(1, 5)), min_size=1, max_size=7))
def test_the_rising_curve_is_the_min_max_of_weighted_means(measured):
    miou, weight = np.array(measured, np.float64).T
    count = len(miou)

    def mean(low, high):
        return np.average(miou[low : high + 1], weights=weight[low : high + 1])

    expected = [
        max(min(mean(low, high) for high in range(place, count)) for low in range(place + 1)) for place in range(count)
    ]
    assert np.allclose(rising_curve(miou, weight), expected)


def curve_of(spread):
    moves = spread * np.array([-1.0, 0, 1])
    return {int(masks): 10 * np.log(masks) + moves for masks in MASKS}


def test_an_exchange_rate_of_means_with_its_interval():
    kind = 10 * np.log(100) + np.array([-1.0, 0, 1])
    found = exchange_rate(kind, curve_of(1.0), rng())
    assert found.count.masks == pytest.approx(100)
    low, high = found.interval
    assert low.masks < 100 < high.masks
    # The log of the masks moves by (kind's error, plus the interpolated curve's) / slope.
    error = 1 / 3**0.5
    part = (np.log(100) - np.log(80)) / np.log(2)
    log_sd = error * (1 + part**2 + (1 - part) ** 2) ** 0.5 / 10
    assert np.log(high.masks / low.masks) / (2 * 1.96 * log_sd) == pytest.approx(1, abs=0.15)
    assert found == exchange_rate(kind, curve_of(1.0), rng())


def test_spread_of_the_curve_alone_widens_the_interval():
    kind = np.full(3, 10 * np.log(100))
    tight, wide = (exchange_rate(kind, curve_of(spread), rng()).interval for spread in (0.1, 2.0))
    assert wide[0].masks < tight[0].masks < 100 < tight[1].masks < wide[1].masks


def test_intervals_end_where_the_curve_does():
    top = exchange_rate(10 * np.log(320) + np.array([-2.0, 2, 1]), curve_of(1.0), rng())
    assert top.count == MaskCount(masks=320, side="more than")
    assert top.interval[1] == MaskCount(masks=320, side="more than")
    assert top.interval[0].side == "about"
    bottom = exchange_rate(np.array([1.0, 2, 3]), curve_of(1.0), rng())
    assert bottom.count == MaskCount(masks=20, side="fewer than")
    assert bottom.interval == (bottom.count, bottom.count)
    assert str(bottom.count) == "fewer than 20"
    assert str(MaskCount(masks=1756.4)) == "1,756"


def test_one_seed_anywhere_shows_no_spread():
    curve = curve_of(1.0)
    assert exchange_rate(np.array([40.0]), curve, rng()).interval is None
    assert exchange_rate(np.array([40.0, 41]), curve | {640: np.array([70.0])}, rng()).interval is None
    assert exchange_rate(np.array([40.0, 41]), curve, rng()).interval is not None


def test_what_is_not_measured_is_left_out():
    assert exchange_rate(np.array([]), curve_of(1.0), rng()) is None
    assert exchange_rate(np.array([40.0]), {40: np.array([])}, rng()) is None
    with_gap = exchange_rate(np.array([40.0, 40]), curve_of(1.0) | {1000: np.array([])}, rng())
    assert with_gap == exchange_rate(np.array([40.0, 40]), curve_of(1.0), rng())
