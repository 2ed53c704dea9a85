"""Seconds as somebody has said them, in the place of a cost book."""

from fractions import Fraction

import pytest

from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan
from budgetseg.plan.prices import Prices, seconds_said

PAPER = read_evidence("paper")


def plan_of(said: str, hours: int, pool: int = 500, fixed: int = 0, **choices: object) -> Plan:
    prices = Prices.said(seconds_said(said), fixed_seconds=Fraction(fixed))
    return choose_plan(
        budget_seconds=Fraction(hours * 3600),
        prices=prices,
        pool=pool,
        evidence=PAPER,
        explain=False,
        **choices,  # type: ignore[arg-type]
    )


def test_reads_exact_seconds() -> None:
    assert seconds_said(" full=155, point=7.6,image=0 ") == {
        "full": Fraction(155),
        "point": Fraction("7.6"),
        "image": Fraction(0),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'got ""'),
        ("full", 'full=155,point=7.6, got "full"'),
        ("full=", "kind=seconds"),
        ("=3", "kind=seconds"),
        ("full=155,", 'got ""'),
        ("full=long", "full: expected a number"),
        ("full=nan", "full: expected a number"),
        ("full=-1", "from 0 to"),
        ("full=1e12", "from 0 to"),
        ("masks=3", 'unknown annotation kind "masks"'),
        ("full=1,full=2", "full stands twice"),
    ],
)
def test_bad_seconds(text: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^--seconds-per-image") as caught:
        seconds_said(text)
    assert words in str(caught.value)


def test_nothing_else_is_charged_and_nothing_else_can_be_bought() -> None:
    plan = plan_of("full=155,point=7.6", 5)
    assert set(plan.mix.to_dict()) <= {"full", "point"}
    assert plan.hours * 3600 == pytest.approx(155 * plan.mix["full"] + 7.6 * plan.mix["point"])
    assert plan.hours <= 5
    assert {other.name for other in plan.alternatives} <= {"full", "point", "paper-hybrid", "simpler"}
    assert "--seconds-per-image" in plan.unavailable["squiggle"]
    assert plan.workload is None
    paid = plan_of("full=155,point=7.6", 5, fixed=3600)
    assert paid.hours * 3600 == pytest.approx(3600 + 155 * paid.mix["full"] + 7.6 * paid.mix["point"])
    assert 4.9 < paid.hours <= 5


def test_what_is_free_is_bought_as_far_as_it_helps() -> None:
    plan = plan_of("full=155,point=0", 5)
    assert plan.mix.images == 500  # what is not masked is clicked for nothing
    assert 0 < plan.mix["full"] <= 5 * 3600 // 155
    everything = plan_of("full=0,point=0", 0)
    assert everything.mix.images == 500
    assert everything.hours == 0


def test_a_kind_without_evidence_is_not_chosen() -> None:
    with pytest.raises(InvalidInputError, match=r"--seconds-per-image has costs for coarse; a kind needs both"):
        plan_of("coarse=3", 5)


def test_too_little_for_one_image() -> None:
    with pytest.raises(BudgetTooSmallError, match=r"0 h buy nothing: .* full, takes 155\.0 s; give at least 0\.0431 h"):
        plan_of("full=155", 0)


def test_asking_more_of_an_image_costs_what_a_new_one_costs() -> None:
    held = Mix.of({"point": 400})
    plan = plan_of("full=155,point=10", 2, pool=400, current=held)
    assert plan.mix.images == 400
    assert all(move.seconds == 155 * move.images for move in plan.moves)


def test_fixed_seconds_below_zero() -> None:
    with pytest.raises(InvalidInputError, match="fixed seconds"):
        Prices.said({"full": Fraction(1)}, fixed_seconds=Fraction(-1))
