"""What the best mix is best at: the mean, nine of ten trainings, a target, the worst class."""

from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest

from budgetseg.errors import InvalidInputError
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.objective import Objective, objective_of
from budgetseg.plan.one_training import chance_to_reach, normal_cdf, quantile
from budgetseg.plan.plan import Plan
from budgetseg.plan.prices import Prices

PAPER = read_evidence("paper")
PRICES = Prices.said({"point": Fraction(1), "full": Fraction(10)})


def plan_of(seconds: int | None, surface: object, objective: Objective, **choices: object) -> Plan:
    return choose_plan(
        budget_seconds=None if seconds is None else Fraction(seconds),
        prices=PRICES,
        pool=400,
        evidence=PAPER,
        surface=surface,  # type: ignore[arg-type]
        objective=objective,
        **choices,  # type: ignore[arg-type]
    )


def test_normal_distribution_function() -> None:
    x = np.linspace(-6, 6, 101)
    assert normal_cdf(x) == pytest.approx([NormalDist().cdf(each) for each in x], abs=2e-7)


@pytest.mark.parametrize("surfaces", [1, 3, 200])
def test_one_training_is_a_mixture_of_normals(surfaces: int) -> None:
    rng = np.random.default_rng(0)
    samples_SM, noise_M = rng.normal(50, 4, (surfaces, 3)), np.array([0.1, 2.0, 6.0])
    low_M = quantile(samples_SM, noise_M, 0.1)
    drawn_DM = samples_SM[rng.integers(0, surfaces, 200_000)] + noise_M * rng.standard_normal((200_000, 3))
    assert low_M == pytest.approx(np.quantile(drawn_DM, 0.1, axis=0), abs=0.1)
    assert chance_to_reach(samples_SM, noise_M, 51.0) == pytest.approx((drawn_DM >= 51).mean(axis=0), abs=0.005)


def test_p10_leaves_what_nobody_knows(made_up: type) -> None:
    # Points may be worth much or nothing; masks are known. The mean says points, nine of ten trainings say masks.
    surface = made_up(lambda point_M, full_M: point_M / 10 + full_M / 2, scales=(0.0, 2.0))
    assert plan_of(200, surface, Objective()).mix.to_dict() == {"point": 200}
    cautious = plan_of(200, surface, Objective(goal="p10"))
    assert cautious.mix["full"] == 20
    assert cautious.reasons is not None
    assert {flip.assumption for flip in cautious.reasons.flips} == {"cost of point", "cost of full", "noise"}


def test_the_fewest_hours_that_reach_a_target(made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: 20 + point_M / 20 + full_M / 4, noise=2.0)
    wanted = Objective(goal="target", target_miou=30, confidence=0.9)
    plan = plan_of(1000, surface, wanted)
    # 30 + 1.2816 x 2 = 32.563 in the mean: 12.563 = n / 20, so 252 points or, dearer, 51 masks.
    assert plan.mix.to_dict() == {"point": 252}
    assert plan.hours * 3600 == pytest.approx(252)
    assert plan.target is not None
    assert plan.target.reached
    assert plan.target.chance == pytest.approx(0.9, abs=0.005)
    assert plan.target.chance >= 0.9
    assert plan_of(None, surface, wanted).mix == plan.mix  # without a limit, as many hours as it takes


def test_a_target_that_nothing_reaches(made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: 20 + point_M / 20 + full_M / 4, noise=2.0)
    plan = plan_of(100, surface, Objective(goal="target", target_miou=90, confidence=0.9))
    assert plan.target is not None
    assert not plan.target.reached
    assert plan.target.chance < 0.9
    assert plan.mix.to_dict() == {"point": 100}  # which comes closest


def test_the_worst_class(made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: point_M / 10 + full_M / 2)
    classes = {
        "cat": made_up(lambda point_M, full_M: 40 + point_M / 5 + full_M / 5),
        "dog": made_up(lambda point_M, full_M: full_M + 0 * point_M),
    }
    worst = Objective(goal="worst-class")
    plan = plan_of(200, surface, worst, class_surfaces=classes)
    assert plan.mix.to_dict() == {"full": 20}
    with pytest.raises(InvalidInputError, match=r"paper holds no IoU of single classes; .* iou_CLASS"):
        plan_of(200, surface, worst)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("best", None, None), 'unknown "best"'),
        (("targte", 50, None), 'did you mean "target"'),
        (("target", None, None), "--target 60"),
        (("target", 0.0, None), "above 0"),
        (("target", 100.0, None), "below 100"),
        (("target", float("nan"), None), "--target"),
        (("target", 50.0, 1.0), "--confidence"),
        (("mean", 50.0, None), "--target: belongs to --objective target"),
        (("p10", None, 0.9), "--confidence: belongs to --objective target"),
    ],
)
def test_bad_goals(options: tuple[str, float | None, float | None], words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        objective_of(*options)
    assert words in str(caught.value)
