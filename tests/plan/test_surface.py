"""The surface: rises with every image, stays within 0 to 100, and equals its integral worked out by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.surface import Layout, Surface, counts_of, distance, miou_of, unknown_share

CORNERS = (
    np.log([10.0, 100.0, 1000.0]),
    np.log([50.0, 60.0]),
    np.array([]),
    np.log([3000.0, 6000.0, 10000.0]),
    np.log([500.0]),
)
WEAK = ("image", "allpoints", "squiggle", "coarse", "assisted")  # not all, and not neighbours in KINDS
SPOKEN = [list(KINDS).index(kind) for kind in (*WEAK, "full")]
LAYOUT = Layout(weak=WEAK, corners=CORNERS)
FLAT = Layout(weak=("image", "point", "allpoints", "squiggle", "box"), corners=(np.array([]),) * 5)
NUMBERS = st.floats(-4, 4)
COUNTS = st.lists(st.integers(0, 20_000), min_size=len(KINDS), max_size=len(KINDS))


def parameters(draw: list[float]) -> np.ndarray:
    theta_P = np.array(draw)
    theta_P[3] = 6 + theta_P[3]  # log N0 around 400 images
    theta_P[4] = 4 + theta_P[4] / 2
    return theta_P[None]


THETA = st.lists(NUMBERS, min_size=LAYOUT.parameters, max_size=LAYOUT.parameters).map(parameters)


def brute_force(theta_P: np.ndarray, counts_K: list[int]) -> float:
    """The equation of surface.py read off word by word, the integral by the midpoint rule."""

    def logistic(x: float) -> float:
        return 1 / (1 + np.exp(-x))

    low = 100 * logistic(theta_P[0])
    high = low + (100 - low) * logistic(theta_P[1])
    b, half, m = np.exp(theta_P[2]), np.exp(theta_P[3]), np.exp(theta_P[4])
    counts_K = [counts_K[column] for column in SPOKEN]
    images = sum(counts_K)
    if images == 0:
        return low
    recognition = images**b / (images**b + half**b)
    reach, slope = [], 15
    for kind in range(5):
        logit = theta_P[5 + kind]
        for start, end in zip(CORNERS[kind][:-1], CORNERS[kind][1:], strict=True):
            logit += np.exp(theta_P[slope]) * (min(max(np.log(images), start), end) - start)
            slope += 1
        reach.append(logistic(logit))
    reach.append(1.0)
    worth = [*np.exp(theta_P[10:15]), 1.0]
    steps = 20_000
    u = (np.arange(steps) + 0.5) / steps
    masks = sum(np.where(reach[kind] >= u, worth[kind] * counts_K[kind], 0.0) for kind in range(6))
    return float(low + (high - low) * recognition * (masks / (masks + m)).mean())


@given(theta_1P=THETA, counts_K=COUNTS)
@settings(max_examples=60, deadline=None)
def test_equals_the_equation_worked_out_by_brute_force(theta_1P: np.ndarray, counts_K: list[int]) -> None:
    miou = miou_of(LAYOUT, theta_1P, np.array([counts_K], float))[0, 0]
    assert miou == pytest.approx(brute_force(theta_1P[0], counts_K), abs=0.02)


@given(theta_1P=THETA, counts_K=COUNTS, more_K=COUNTS)
@settings(max_examples=300, deadline=None)
def test_more_images_never_lower_the_prediction(theta_1P: np.ndarray, counts_K: list[int], more_K: list[int]) -> None:
    few_K, many_K = np.array(counts_K, float), np.array(counts_K, float) + np.array(more_K)
    few, many = miou_of(LAYOUT, theta_1P, np.array([few_K, many_K]))[0]
    assert many >= few - 1e-9
    assert 0 <= few <= many + 1e-9 <= 100 + 1e-6


@given(theta_1P=THETA, images=st.integers(1, 20_000), share=st.floats(0, 1))
@settings(deadline=None)
def test_two_kinds_that_teach_the_same_gain_nothing_from_being_mixed(
    theta_1P: np.ndarray, images: int, share: float
) -> None:
    theta_1P = theta_1P[:, : FLAT.parameters]
    theta_1P[0, 6], theta_1P[0, 11] = theta_1P[0, 5], theta_1P[0, 10]  # point reaches and is worth as much as image
    some = round(share * images)
    alone, mixed = miou_of(FLAT, theta_1P, counts_of([{"image": images}, {"image": some, "point": images - some}]))[0]
    assert mixed == pytest.approx(alone)


def test_masks_without_end_reach_the_top_and_no_image_gives_the_floor() -> None:
    theta_1P = np.zeros((1, LAYOUT.parameters))
    nothing, everything = miou_of(LAYOUT, theta_1P, counts_of([{}, {"full": 10**12}]))[0]
    assert nothing == pytest.approx(50)  # L = 100 logistic(0)
    assert everything == pytest.approx(75, abs=1e-3)  # U half way from L to 100


def test_intervals_hold_what_they_promise_and_widen_away_from_evidence() -> None:
    layout = FLAT
    rng = np.random.default_rng(0)
    theta_DP = np.zeros((40, layout.parameters))
    theta_DP[:, 0] = rng.normal(0, 0.1, 40)
    surface = Surface(
        layout=layout,
        parameters_DP=theta_DP,
        evidence_RK=counts_of([{"point": 1000}]),
        noise_miou=2.0,
        misfit_miou=6.0,
        kinds=tuple(KINDS),
    )
    near, far = surface.predict(counts_of([{"point": 1000}, {"point": 1000, "full": 1000}]))
    # Each member with noise drawn afresh: the exact mixture that the interval is of.
    draws = miou_of(layout, theta_DP, counts_of([{"point": 1000}])) + rng.normal(0, 2.0, (40, 20_000))
    assert np.mean((near.low <= draws) & (draws <= near.high)) == pytest.approx(0.8, abs=0.01)
    assert far.high - far.low > 2 * (near.high - near.low)
    assert near.low < near.mean < near.high
    wide, narrow = (surface.predict(counts_of([{"point": 1000}]), level=level)[0] for level in (0.95, 0.5))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_distance_counts_factors_and_forgives_a_few_images() -> None:
    mixes_MK = counts_of([{"point": 3000}, {"point": 3000, "full": 3}, {"point": 3000 * 3}])
    same, few, factor = distance(mixes_MK, mixes_MK[:1])[:, 0]
    assert same == 0
    assert few < 0.1
    assert factor == pytest.approx(np.log(3), abs=0.01)
    assert unknown_share(np.array([[0.0, 9.0], [9.0, 8.0], [np.inf, np.inf]])) == pytest.approx([0, 1, 1], abs=1e-6)
