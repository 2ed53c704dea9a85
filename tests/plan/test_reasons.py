"""Why a plan is what it is, checked on made-up surfaces of which the answer is known."""

from fractions import Fraction

import numpy as np
import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.exchange import masks_for
from budgetseg.plan.plan import Plan
from budgetseg.plan.prices import Prices
from budgetseg.plan.reasons import Reasons

PAPER = read_evidence("paper")


def plan_of(surface: object, seconds: int = 3600, pool: int = 100_000, point: int = 1, full: int = 10) -> Plan:
    return choose_plan(
        budget_seconds=Fraction(seconds),
        prices=Prices.said({"point": Fraction(point), "full": Fraction(full)}),
        pool=pool,
        evidence=PAPER,
        surface=surface,  # type: ignore[arg-type]
    )


def reasons_of(plan: Plan) -> Reasons:
    assert plan.reasons is not None
    return plan.reasons


def worth(point_M: np.ndarray, full_M: np.ndarray) -> np.ndarray:
    """Twenty-one points are worth a mask, whatever their number."""
    effective_M = point_M / 21 + full_M
    return 80 * effective_M / (effective_M + 200)


def test_the_next_hour(made_up: type) -> None:
    plan = plan_of(made_up(worth), point=30)
    assert plan.mix.to_dict() == {"full": 360}
    first, second = reasons_of(plan).next_hour
    assert (first.kind, first.images) == ("full", 360)
    assert first.gain_miou == pytest.approx(80 * 720 / 920 - 80 * 360 / 560)
    assert (second.kind, second.images) == ("point", 120)
    assert second.gain_miou == pytest.approx(worth(np.array(120), np.array(360)) - 80 * 360 / 560)
    assert reasons_of(plan_of(made_up(worth), pool=300)).next_hour == ()  # no image is left to buy


def test_exchange_rates_and_break_even_prices(made_up: type) -> None:
    reasons = reasons_of(plan_of(made_up(worth), point=1, full=12))
    (rate,) = reasons.exchange
    assert (rate.kind, rate.images, rate.side) == ("point", 3600, "about")
    assert rate.masks == pytest.approx(3600 / 21, rel=0.01)  # read off a curve of some points
    (price,) = reasons.break_even
    assert price.price == pytest.approx(21, rel=0.01)
    assert price.yours == 12
    assert not price.wins
    assert reasons_of(plan_of(made_up(worth), point=1, full=22)).break_even[0].wins


def test_exchange_rates_beyond_what_was_looked_at(made_up: type) -> None:
    strong = made_up(lambda point_M, full_M: 50 * (point_M > 0) + np.minimum(full_M, 100) / 10)
    assert reasons_of(plan_of(strong)).exchange[0].side == "more than"
    assert reasons_of(plan_of(strong)).break_even[0].side == "below"
    weak = made_up(lambda point_M, full_M: 10.0 * (full_M > 0) + 0 * point_M)
    assert reasons_of(plan_of(weak)).exchange[0].side == "fewer than"
    assert reasons_of(plan_of(weak)).break_even[0].side == "above"


def test_the_interval_of_an_exchange_rate(made_up: type) -> None:
    scales = tuple(np.linspace(0.5, 1.5, 21))
    (rate,) = reasons_of(plan_of(made_up(worth, scales=scales))).exchange
    assert rate.low == pytest.approx(0.6 * 3600 / 21, rel=0.02)
    assert rate.high == pytest.approx(1.4 * 3600 / 21, rel=0.02)
    assert rate.low < rate.masks < rate.high


def test_masks_for() -> None:
    masks_N = np.array([1.0, 10.0, 100.0])
    curve_SN = np.array([[10.0, 20.0, 30.0], [10.0, 20.0, 20.0], [10.0, 5.0, 30.0], [10.0, 20.0, 30.0]])
    found_S = masks_for(masks_N, curve_SN, np.array([25.0, 21.0, 17.5, 9.0]))
    assert found_S == pytest.approx([10 * 10**0.5, np.inf, 10 * 10**0.5, 0])


def test_how_likely_another_mix_is_better(made_up: type) -> None:
    # On three of ten surfaces points are worth four times as much as a mask of the same price, else nothing.
    surface = made_up(
        lambda point_M, full_M: 80 * (point_M / 10 + full_M) / (point_M / 10 + full_M + 200),
        scales=(4.0,) * 3 + (0.0,) * 7,
    )
    reasons = reasons_of(plan_of(surface))
    chance_of = {one.name: one.chance for one in reasons.rivals}
    assert chance_of["point"] == pytest.approx(0.3)
    assert sum(one.chance for one in reasons.best_kinds) == pytest.approx(1)
    best = {one.kinds: one.chance for one in reasons.best_kinds}
    assert best["point",] == pytest.approx(0.3)
    assert best["full",] == pytest.approx(0.7)
    assert reasons.best_kinds[0].chance == max(best.values())


def test_which_assumption_flips_the_choice(made_up: type) -> None:
    # A mask costs 18 points and is worth 21: masks. At twice the price, or points at half of theirs, points.
    plan = plan_of(made_up(worth), point=1, full=18)
    assert set(plan.mix.to_dict()) == {"full"}
    flips = {(one.assumption, one.factor): one for one in reasons_of(plan).flips}
    assert {key for key, one in flips.items() if one.flips} == {("cost of full", 2.0), ("cost of point", 0.5)}
    assert set(flips["cost of full", 2.0].mix.to_dict()) == {"point"}
    gain = worth(np.array(3600), np.array(0)) - worth(np.array(0), np.array(100))
    assert flips["cost of full", 2.0].gain_miou == pytest.approx(float(gain), abs=0.05)
    assert not {"wages", "noise"} & {one.assumption for one in reasons_of(plan).flips}


def test_a_third_kind_may_flip_the_choice(made_up: type) -> None:
    """240 labels are worth much, fewer nothing: at half price they join clicks and masks, and no pair equals that."""

    class Three(made_up):  # type: ignore[misc]
        def samples(self, counts_MK: np.ndarray) -> np.ndarray:
            image_M, point_M, full_M = (counts_MK[:, list(KINDS).index(kind)] for kind in ("image", "point", "full"))
            labels_M = ((image_M - 180) / 60).clip(0, 1)
            return 30 * (point_M / (point_M + 300) + full_M / (full_M + 30) + labels_M)[None]

    prices = Prices.said({"image": Fraction(14), "point": Fraction(1), "full": Fraction(10)})
    plan = choose_plan(
        budget_seconds=Fraction(3600),
        prices=prices,
        pool=100_000,
        evidence=PAPER,
        surface=Three(None, kinds=("image", "point", "full")),
    )
    assert set(plan.mix.to_dict()) == {"point", "full"}
    flip = next(one for one in reasons_of(plan).flips if (one.assumption, one.factor) == ("cost of image", 0.5))
    assert flip.flips
    assert set(flip.mix.to_dict()) == {"image", "point", "full"}
    assert flip.gain_miou > 15  # labels and masks alone would gain 5
