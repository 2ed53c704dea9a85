"""The pilot: its worth against closed forms, worlds in which it must and must not pay, and what it may cost."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import pytest

from budgetseg.costs.book import load_book
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.affordable import best_mix, nothing, spread_of_mixes
from budgetseg.plan.pilot_design import designs, mask_kind, trainings
from budgetseg.plan.pilot_plan import _sentence, design_pilot, pilot_advice
from budgetseg.plan.plan import Prediction
from budgetseg.plan.preposterior import regret_after, regret_now
from budgetseg.plan.prices import Prices, seconds_said
from budgetseg.plan.validation import Validation

FULL, POINT = list(KINDS).index("full"), list(KINDS).index("point")
PRICES = Prices.said(seconds_said("full=200,point=20"), origin="test")
HOUR = Fraction(3600)


@dataclass(frozen=True)
class Worlds:
    """Clicks are worth ``worth_S`` masks each, and nobody knows which of these it is."""

    worth_S: np.ndarray
    noise_miou: float
    kinds: tuple[str, ...] = ("point", "full")
    seen: list[np.ndarray] = field(default_factory=list)

    def samples(self, counts_MK: np.ndarray) -> np.ndarray:
        masks_SM = counts_MK[:, FULL] + self.worth_S[:, None] * counts_MK[:, POINT]
        return 80 * masks_SM / (masks_SM + 400)

    def mean(self, counts_MK: np.ndarray) -> np.ndarray:
        return self.samples(counts_MK).mean(axis=0)

    def noise(self, counts_MK: np.ndarray) -> np.ndarray:
        return np.full(len(counts_MK), self.noise_miou)

    def predict(self, counts_MK: np.ndarray, *, level: float = 0.8) -> list[Prediction]:
        return [Prediction(mean=float(m), low=0.0, high=100.0, level=level) for m in self.mean(counts_MK)]


def worlds(worst: float, best: float, noise: float = 0.5) -> Worlds:
    rng = np.random.default_rng(3)
    return Worlds(np.exp(rng.uniform(np.log(worst), np.log(best), 120)), noise)


def pilot(surface: Worlds, hours: int = 20, **changes):
    given = {"pool": None, "evidence": "test"} | changes
    return design_pilot(surface, PRICES, hours * HOUR, rng=np.random.default_rng(0), **given)


@pytest.mark.parametrize("noise", [1.0, 4.0, 16.0])
def test_the_worth_of_a_measurement_is_the_closed_form_of_two_actions(noise: float) -> None:
    """Raiffa and Schlaifer: of two actions whose difference is normal(0, s), E[max] rises by s* / sqrt(2 pi)."""
    rng = np.random.default_rng(0)
    difference_S = rng.normal(0, 4, 1500)
    mixes_SM = 50 + np.stack([difference_S / 2, -difference_S / 2], axis=1)
    best_S = mixes_SM.max(axis=1)
    now = regret_now(mixes_SM, best_S)
    after = regret_after(mixes_SM, best_S, 50 + difference_S[:, None], np.array([[noise**2]]), rng)
    assert now.regret == pytest.approx(4 / np.sqrt(2 * np.pi), abs=0.15)
    known = 16 / np.sqrt(16 + noise**2)
    assert now.regret - after.regret == pytest.approx(known / np.sqrt(2 * np.pi), abs=0.15)
    assert after.picks_NM.sum(axis=1) == pytest.approx(np.ones(1500))


def test_no_choice_sees_the_truth_that_scores_it() -> None:
    """Samples that have nothing in common teach nothing, though each would fit itself."""
    rng = np.random.default_rng(0)
    mixes_SM, measured_SJ = rng.normal(50, 5, (60, 4)), rng.normal(50, 5, (60, 40))
    best_S = mixes_SM.max(axis=1)
    after = regret_after(mixes_SM, best_S, measured_SJ, np.eye(40), rng)
    assert after.regret > regret_now(mixes_SM, best_S).regret - 0.75


def test_a_pilot_pays_where_nobody_knows_what_a_click_is_worth() -> None:
    designed = pilot(worlds(0.004, 2.5))
    option = designed.advised
    assert option is not None
    assert designed.advice.pilot
    assert option.gain > 1
    assert option.regret < designed.regret_without
    assert option.changes > 0.2
    likely = {name for name, share in option.choices.items() if share > 0.2}
    assert "full" in likely
    assert any("point" in name for name in likely)
    assert "Pilot first" in designed.advice.sentence


@pytest.mark.parametrize("worth", [0.01, 2.0])
def test_no_pilot_where_the_answer_is_known(worth: float) -> None:
    designed = pilot(worlds(worth, worth * 1.1))
    assert designed.advised is None
    assert designed.advice.hours == 0
    assert designed.regret_without == pytest.approx(0, abs=0.05)
    assert "No pilot" in designed.advice.sentence
    assert set(designed.buy_now.to_dict()) == {"full" if worth < 0.1 else "point"}


def test_no_pilot_where_measurements_are_all_noise() -> None:
    assert pilot(worlds(0.004, 2.5, noise=200.0)).advised is None


def test_a_gain_within_its_error_is_no_plain_no() -> None:
    closest = pilot(worlds(0.01, 0.011)).closest
    assert closest is not None
    said = {
        (gain, error): _sentence(None, replace(closest, gain=gain, gain_error=error), 3.0)
        for gain, error in [(0.2, 0.6), (-0.2, 0.6), (0.05, 0.01)]
    }
    assert said[0.2, 0.6].startswith("No pilot that is sure to pay: ")
    assert said[0.2, 0.6].endswith(" (+-0.6).")
    assert all(
        said[other].startswith("No pilot: ") and "+-" not in said[other] for other in [(-0.2, 0.6), (0.05, 0.01)]
    )


def test_hours_of_pilot_and_validation_count_and_its_masks_are_kept() -> None:
    validation = Validation(images=18, seconds=HOUR, charged=True)
    document = pilot(worlds(0.004, 2.5), validation=validation).to_dict()
    first = document["pilot"]
    assert document["hours_left"] == pytest.approx(20 - 1 - first["hours"])
    paid = first["images"] * 200 / 3600 + first["timed"] * 20 / 3600
    assert first["hours"] == pytest.approx(paid)
    assert document["advice"] == "pilot"
    for design in designs(PRICES, 19 * HOUR, 10**6):
        left = spread_of_mixes(PRICES, 19 * HOUR - design.seconds, 10**6, design.held_K)
        assert (left[:, FULL] >= design.masks).all()
        assert max(PRICES.seconds(mix_K) for mix_K in left) + design.timing_seconds <= 19 * HOUR


def test_advice_says_what_the_document_says() -> None:
    surface = worlds(0.004, 2.5)
    advice = pilot_advice(surface, PRICES, 20 * HOUR, None, np.random.default_rng(0))
    designed = pilot(surface)
    assert (advice.pilot, advice.regret_without) == (True, designed.regret_without)
    assert designed.advice.sentence == designed.to_dict()["sentence"]
    again = pilot_advice(surface, PRICES, 20 * HOUR, None, np.random.default_rng(0), buy_now=designed.buy_now)
    assert again == advice
    assert pilot(surface).to_dict() == pilot(surface).to_dict()


def test_validation_that_takes_all_hours_is_refused() -> None:
    with pytest.raises(BudgetTooSmallError, match="do not pay for the measuring"):
        pilot(worlds(0.1, 1), validation=Validation(images=400, seconds=21 * HOUR, charged=True))
    with pytest.raises(BudgetTooSmallError, match="not one image"):
        design_pilot(worlds(0.1, 1), PRICES, Fraction(19), None, np.random.default_rng(0), evidence="test")


def test_hours_for_two_masks_hold_no_pilot() -> None:
    designed = design_pilot(worlds(0.1, 1), PRICES, Fraction(500), None, np.random.default_rng(0), evidence="test")
    assert designed.options == ()
    assert "none fits" in designed.advice.sentence


def test_trainings_are_within_the_masks_and_name_every_kind() -> None:
    prices = Prices.of(load_book("voc2012"), PASCAL_VOC_2012)
    design = designs(prices, 60 * HOUR, 10_582)[-1]
    assert set(design.derived) == set(KINDS) - {"full"}
    assert (design.trainings_JK.sum(axis=1) <= design.masks).all()
    assert (design.trainings_JK.sum(axis=0) > 0).all()
    pure_JK = trainings(9, "full", ("point",), mixes=False)
    assert [row[[POINT, FULL]].tolist() for row in pure_JK] == [[0, 9], [9, 0], [0, 4], [4, 0], [0, 2], [2, 0]]


def test_boxes_give_no_clicks_for_free() -> None:
    assert mask_kind(["point", "full"]) == "full"
    assert mask_kind(["box"]) == "box"
    with pytest.raises(InvalidInputError, match="for free"):
        mask_kind(["point", "box"])


def test_best_mix_keeps_what_is_held_and_the_pool() -> None:
    held_K = nothing()
    held_K[FULL] = 30
    mix_K = best_mix(worlds(1.9, 2.0).mean, PRICES, 2 * HOUR, 200, held_K)
    assert (mix_K[FULL], mix_K[POINT]) == (30, 170)
    assert best_mix(worlds(1, 2).mean, PRICES, 2 * HOUR, 30, held_K).tolist() == held_K.tolist()


@pytest.mark.parametrize("text", ["full", "full=x", "full=1,full=2", "mask=3", "full=-1", ""])
def test_prices_that_are_none(text: str) -> None:
    with pytest.raises(InvalidInputError):
        Prices.said(seconds_said(text), origin="test")
