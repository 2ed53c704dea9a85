"""The forms: the ladder equals its integral by brute force, all rise and stay within bounds, dilution is as printed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.forms.form import STRONG
from budgetseg.plan.surface import counts_of

KNOWN = ("image", "point", "squiggle", "full")
COUNTS = st.lists(st.integers(0, 20_000), min_size=len(KINDS), max_size=len(KINDS))
SHARED = 4  # floor, ceiling, dilution, lightness


def curve(form: str, kinds: tuple[str, ...] = KNOWN) -> Curve:
    return Curve(form=FORMS[form], kinds=kinds)


def drawn(known: Curve, z: list[float], **fixed: float) -> np.ndarray:
    """Parameters z standard deviations from their means, some of them fixed."""
    theta_P = np.array([p.mean + p.sd * deviation for p, deviation in zip(known.parameters, z, strict=False)])
    for name, value in fixed.items():
        theta_P[[p.name for p in known.parameters].index(name)] = value
    return theta_P[None]


Z = st.lists(st.floats(-2, 2), min_size=30, max_size=30)


def logistic(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def value(known: Curve, theta_1P: np.ndarray, name: str) -> float:
    return float(theta_1P[0, [p.name for p in known.parameters].index(name)])


@given(z=Z, counts_K=COUNTS)
@settings(max_examples=40, deadline=None)
def test_the_ladder_equals_its_integral_worked_out_by_brute_force(z: list[float], counts_K: list[int]) -> None:
    known = curve("ladder")
    theta_1P = drawn(known, z, dilution=-50.0)
    counts = {kind: n for kind, n in zip(KINDS, counts_K, strict=True) if kind in KNOWN}
    images = sum(counts.values())
    low = 100 * logistic(value(known, theta_1P, "floor"))
    high = low + (100 - low) * logistic(value(known, theta_1P, "ceiling"))
    expected = low
    if images:
        b, half = np.exp(value(known, theta_1P, "steepness")), np.exp(value(known, theta_1P, "half_images"))
        reach, worth = {"full": 1.0}, {"full": 1.0}
        for kind in KNOWN[:-1]:
            slope = np.exp(value(known, theta_1P, f"slope:{kind}"))
            reach[kind] = logistic(value(known, theta_1P, f"reach:{kind}") + slope * np.log(images / 500))
            worth[kind] = np.exp(value(known, theta_1P, f"worth:{kind}"))
        u = (np.arange(20_000) + 0.5) / 20_000
        masks = sum(np.where(reach[kind] >= u, worth[kind] * counts[kind], 0.0) for kind in KNOWN)
        m = np.exp(value(known, theta_1P, "half_masks"))
        expected = low + (high - low) / (1 + (half / images) ** b) * (masks / (masks + m)).mean()
    assert known.miou(theta_1P, np.array([counts_K], float))[0, 0] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("form", FORMS)
@given(z=Z, counts_K=COUNTS, more_K=COUNTS)
@settings(max_examples=60, deadline=None)
def test_without_dilution_more_images_never_lower_the_prediction(
    form: str, z: list[float], counts_K: list[int], more_K: list[int]
) -> None:
    known = curve(form)
    theta_1P = drawn(known, z, dilution=-60.0)
    few_K, many_K = np.array(counts_K, float), np.array(counts_K, float) + np.array(more_K)
    few, many = known.miou(theta_1P, np.array([few_K, many_K]))[0]
    assert 0 <= few <= many + 1e-9 <= 100 + 1e-6


@pytest.mark.parametrize("form", FORMS)
def test_full_dilution_is_the_mean_of_the_kinds_alone(form: str) -> None:
    known = curve(form)
    theta_1P = drawn(known, [0.0] * 30, dilution=60.0, lightness=np.log(0.5))
    mixed, points, masks = known.miou(
        theta_1P, counts_of([{"point": 300, "full": 100}, {"point": 400}, {"full": 400}])
    )[0]
    share = 0.5 * 300 / (0.5 * 300 + 100)
    assert mixed == pytest.approx(share * points + (1 - share) * masks)
    assert points < mixed < masks  # masks are drowned: adding clicks hurts


@pytest.mark.parametrize("form", FORMS)
def test_a_kind_alone_is_not_diluted(form: str) -> None:
    known = curve(form)
    counts_MK = counts_of([{"point": 700}, {"full": 30}])
    thin, thick = (known.miou(drawn(known, [0.3] * 30, dilution=d), counts_MK) for d in (-60.0, 60.0))
    assert thin == pytest.approx(thick)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_learned_from_no_image(form: str) -> None:
    known = curve(form)
    theta_1P = drawn(known, [0.0] * 30)
    assert known.miou(theta_1P, counts_of([{}]))[0, 0] == pytest.approx(100 * logistic(theta_1P[0, 0]), abs=0.05)


def test_two_kinds_that_teach_the_same_gain_nothing_from_being_mixed() -> None:
    known = curve("ladder", ("image", "point"))
    theta_1P = drawn(known, [0.0] * 30)
    names = [p.name for p in known.parameters]
    for what in ("reach", "slope", "worth"):
        theta_1P[0, names.index(f"{what}:point")] = theta_1P[0, names.index(f"{what}:image")]
    alone, mixed = known.miou(theta_1P, counts_of([{"image": 900}, {"image": 300, "point": 600}]))[0]
    assert mixed == pytest.approx(alone)


def test_additive_terms_by_hand() -> None:
    known = curve("power", ("point", "full"))
    theta_1P = drawn(known, [0.0] * 30, dilution=-60.0, floor=-60.0, ceiling=60.0)
    amounts = np.exp([value(known, theta_1P, "amount:point"), value(known, theta_1P, "amount:full")])
    power = logistic(value(known, theta_1P, "exponent:full"))
    terms = [(1 + n / 30) ** power - 1 for n in (150, 60, 300)]
    expected = 100 * (amounts[0] * terms[0] + amounts[1] * terms[1]) / terms[2]
    assert known.miou(theta_1P, counts_of([{"point": 150, "full": 60}]))[0, 0] == pytest.approx(expected)
    assert set(STRONG) == {"box", "coarse", "assisted", "full"}


def test_counts_of_other_kinds_count_for_nothing() -> None:
    known = curve("effective", ("point", "full"))
    theta_1P = drawn(known, [0.0] * 30)
    without, besides = known.miou(theta_1P, counts_of([{"point": 50}, {"point": 50, "box": 900}]))[0]
    assert without == pytest.approx(besides)
