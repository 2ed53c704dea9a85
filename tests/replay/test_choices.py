"""Candidates, rules of thumb and regret, by brute force on a surface small enough to go through."""

import numpy as np
import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.replay.candidates import Candidates, grid_candidates, nearest, rule_mixes
from budgetseg.replay.choosing import BY_IMPROVEMENT, choices_of_methods, choices_of_rules
from budgetseg.replay.foretold import foretell
from budgetseg.replay.ground import ground_of
from budgetseg.replay.methods import LOG_GP, MEAN, OURS
from budgetseg.replay.paid import after_pilot
from budgetseg.replay.prices import ImagePrices
from budgetseg.replay.regret import ORACLE, PERFECT, RANDOM, Choice, noisy_choice, regrets
from budgetseg.replay.sets import Measured

FULL, POINT, IMAGE = (list(KINDS).index(kind) for kind in ("full", "point", "image"))
PRICES = ImagePrices.parse("full=180,point=9")
MIXES = [(20, 0), (100, 0), (0, 400), (60, 400), (200, 0)]


def counts(*mixes):
    found = np.zeros((len(mixes), len(KINDS)))
    found[:, FULL], found[:, POINT] = np.array(mixes, float).T
    return found


@pytest.fixture
def candidates() -> Candidates:
    mixes_MK = counts(*MIXES)
    return Candidates(
        mixes_MK=mixes_MK,
        hours_M=PRICES.hours(mixes_MK),
        truth_M=np.array([30.0, 50.0, 35.0, 54.0, 58.0]),
        noise_M=np.array([4.0, 3.0, 1.0, 3.0, 2.0]),
    )


def test_hours_are_images_times_seconds() -> None:
    assert PRICES.hours(counts((20, 0), (60, 400))) == pytest.approx([1.0, 4.0])
    unpriced = np.zeros((1, len(KINDS)))
    unpriced[0, IMAGE] = 3
    assert np.isinf(PRICES.hours(unpriced))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ful=155", 'unknown annotation kind "ful"'),
        ("full=0", "more than 0"),
        ("full=x", "more than 0"),
        ("", "nothing"),
    ],
)
def test_bad_prices(text, says) -> None:
    with pytest.raises(InvalidInputError, match=says):
        ImagePrices.parse(text)


def test_regret_by_brute_force(candidates) -> None:
    """Someone who says the wrong thing of one mix, at budgets that afford 3, 4 and 5 of the mixes."""
    says = np.array([30.0, 50.0, 35.0, 40.0, 45.0])
    said = {OURS: foretell(np.array([says, says]), np.ones(5)), MEAN: foretell(np.full((2, 5), 40.0), np.ones(5))}
    budgets = (1.0, 4.0, 5.0, 10.0)
    found = choices_of_methods(candidates, said, 0.0, budgets)
    assert {choice.chooser for choice in found} == {OURS}  # who says the same of all mixes chooses none
    expected = []
    for hours in budgets:
        allowed = [place for place, cost in enumerate([1.0, 5.0, 1.0, 4.0, 10.0]) if cost <= hours]
        chosen = max(allowed, key=lambda place: says[place])
        expected.append(max(candidates.truth_M[allowed]) - candidates.truth_M[chosen])
    assert expected == [0.0, 0.0, 4.0, 8.0]
    (regret,) = regrets(found)
    assert regret.regret == pytest.approx(np.mean(expected))
    assert regret.good == 0.5
    assert regret.by_hours == {1.0: 0.0, 4.0: 0.0, 5.0: 4.0, 10.0: 8.0}


def test_the_process_chooses_by_improvement_too(candidates) -> None:
    """The mean is flat, one mix is far less certain: EI takes that one."""
    sample_SM = np.full((4, 5), 50.0)
    sample_SM[:, 2] += [-20, 20, -20, 20]
    chosen = choices_of_methods(candidates, {LOG_GP: foretell(sample_SM, np.ones(5))}, 50.0, (10.0,))
    by_improvement = next(choice for choice in chosen if choice.chooser == BY_IMPROVEMENT)
    assert by_improvement.miou == 35.0


def test_rules_of_thumb(candidates) -> None:
    rules = rule_mixes(PRICES, ("point", "full"), 10.0, pool=5000)
    assert rules["all full"][FULL] == pytest.approx(200)
    assert rules["all point"][POINT] == pytest.approx(4000)
    assert rules["100 full + points"][[FULL, POINT]] == pytest.approx([100, 2000])
    assert rules["uniform hours"][[FULL, POINT]] == pytest.approx([100, 2000])
    assert rule_mixes(PRICES, ("point", "full"), 10.0, pool=300)["all point"][POINT] == pytest.approx(300)
    assert "all point" not in rule_mixes(PRICES, ("image", "full"), 10.0, pool=300)
    assert nearest(rules["all full"], candidates.mixes_MK) == 4
    found = {each.chooser: each for each in choices_of_rules(candidates, PRICES, ("point", "full"), 5000, (5.5,))}
    assert found["all full"].miou == 50.0
    assert found["all point"].miou == 35.0
    assert found["100 full + points"].miou == 54.0
    assert found[ORACLE].miou == found[ORACLE].best == 54.0
    assert found[RANDOM].miou == pytest.approx((30 + 50 + 35 + 54) / 4)
    assert 54 - 3 < found[PERFECT].miou <= 54


def test_the_perfect_planner_by_the_normal_distribution() -> None:
    """Of two candidates it takes the better one with the probability of the noise."""
    choice = noisy_choice(1.0, np.array([50.0, 52.0]), np.array([3.0, 4.0]), 52.0)
    assert choice.miou == pytest.approx(50 + 2 * 0.6554, abs=0.12)  # Phi(2 / 5)
    assert noisy_choice(1.0, np.array([50.0, 52.0]), np.zeros(2), 52.0).miou == 52.0


def test_after_a_pilot_only_what_is_missing_is_paid() -> None:
    there, hours = after_pilot(counts((20, 0), (100, 0), (0, 400), (60, 390)), 40, PRICES, pool=420)
    assert there[:, FULL].tolist() == [40, 100, 40, 60]
    assert there[:, POINT].tolist() == [0, 0, 380, 360]  # no more than 420 images
    assert hours == pytest.approx([0.0, 60 * 180 / 3600, 380 * 9 / 3600, (20 * 180 + 360 * 9) / 3600])


def test_regret_of_a_choice_is_the_best_minus_what_it_reaches() -> None:
    (found,) = regrets([Choice.of("a", 1.0, 40.0, 50.0), Choice.of("a", 2.0, 50.0, 50.5)])
    assert (found.regret, found.good, found.miou) == (5.25, 0.5, 45.0)


def test_the_grid_holds_every_share_and_what_the_rules_buy(make_up) -> None:
    evidence = make_up(MIXES, lambda full, point: 20 + 5 * np.log1p(full) + 2 * np.log1p(point))
    ground = ground_of(Measured(name="m", evidence=evidence))
    grid = grid_candidates(ground, PRICES, (2.0,))
    mixes = {(int(row[FULL]), int(row[POINT])) for row in grid.mixes_MK}
    assert mixes >= {(40, 0), (20, 400), (6, 400 - 6)} - {(6, 394)}
    assert all(hours <= 2.0 + 1e-9 for hours in grid.hours_M)
    assert (grid.mixes_MK.sum(axis=1) <= ground.pool).all()
    assert grid.truth_M == pytest.approx(ground.truth(grid.mixes_MK))


def test_the_measured_truth_is_the_mean_over_seeds(make_up) -> None:
    evidence = make_up([(20, 0), (20, 0), (80, 100)], lambda full, point: 30 + full / 10 + point / 90, noise=3.0)
    ground = ground_of(Measured(name="m", evidence=evidence), "measured")
    first, second, third = evidence.miou_R
    assert ground.truth(counts((80, 100), (20, 0))) == pytest.approx([third, (first + second) / 2])
    assert 0 < ground.truth(counts((50, 50)))[0] < 100
