"""Limits that hold together: hours, money, and people's time until a date; checked against the schedule of the mix."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from budgetseg.costs.book import load_book
from budgetseg.costs.labour import KindLabour, Labour, Price
from budgetseg.costs.scheduling import make_schedule
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.plan import Plan
from budgetseg.plan.purse import Bounds

PAPER = read_evidence("paper")
LABOUR = Labour(
    currency="EUR",
    wage_per_hour=Fraction(12),
    paid_per_labelling=Fraction("1.25"),
    ramp_up_hours=Fraction(1),
    control_share=Fraction("0.25"),
    redone_share=Fraction("0.05"),
    kinds={"full": KindLabour(who="expert", wage_per_hour=Fraction(30))},
    prices={"box": Price(amount=Fraction("0.04"), per="instance")},
)
BOOK = replace(load_book("voc2012"), labour=LABOUR)


def plan_of(surface: object, labour: Labour = LABOUR, **bounds: object) -> Plan:
    return choose_plan(
        bounds=Bounds(**bounds),  # type: ignore[arg-type]
        book=replace(BOOK, labour=labour),
        workload=PASCAL_VOC_2012,
        pool=10_582,
        evidence=PAPER,
        surface=surface,  # type: ignore[arg-type]
    )


@pytest.fixture
def surface(made_up: type) -> object:
    return made_up(lambda point_M, full_M: 60 * (point_M + 9 * full_M) / (point_M + 9 * full_M + 900) + full_M / 900)


def test_each_limit_is_kept_and_the_tightest_binds(surface: object) -> None:
    people = {"crowd": 2, "expert": 1}
    hours, money, days = Fraction(60), Fraction(900), 4
    for name, bounds in {
        "hours": {"seconds": hours * 3600, "money": Fraction(9000), "days": 30},
        "money": {"seconds": hours * 3600, "money": money, "days": 30},
        "time": {"seconds": hours * 3600, "money": Fraction(9000), "days": days},
    }.items():
        plan = plan_of(surface, people=people, **bounds)
        schedule = make_schedule(BOOK, plan.mix.to_dict(), PASCAL_VOC_2012, people)
        assert plan.hours <= hours
        assert schedule.money is not None
        assert schedule.money <= bounds["money"]
        assert schedule.working_days <= bounds["days"]
        (binding,) = [one for one in plan.limits if one.binds]
        assert binding.name.startswith(name)
        assert binding.used > 0.97 * binding.limit
        assert binding.relaxed.gain_miou > 0
        used = {one.name: one for one in plan.limits}
        assert {"time of experts", "time of the crowd"} <= used.keys()
        assert used["money"].used == pytest.approx(float(schedule.money), rel=0.05)  # the ramp-up of idle experts
        assert used["money"].unit == "EUR"


def test_what_ten_percent_more_brings(surface: object) -> None:
    plan, more = (plan_of(surface, seconds=Fraction(hours) * 3600) for hours in (60, 66))
    assert plan.predicted_miou is not None
    assert more.predicted_miou is not None
    (binding,) = [one for one in plan.limits if one.binds]
    assert (binding.name, binding.limit, binding.relaxed.limit) == ("hours", 60, 66)
    assert binding.relaxed.gain_miou == pytest.approx(more.predicted_miou.mean - plan.predicted_miou.mean, abs=0.05)
    assert binding.relaxed.mix.images > plan.mix.images


def test_money_alone(surface: object) -> None:
    plan = plan_of(surface, money=Fraction(500))
    schedule = make_schedule(BOOK, plan.mix.to_dict(), PASCAL_VOC_2012, {"anyone": 1})
    assert schedule.money is not None
    assert 450 < schedule.money <= 500
    assert plan.budget_hours == plan.hours


def test_no_limit_binds_where_more_brings_nothing(made_up: type) -> None:
    surface = made_up(lambda point_M, full_M: 50 - abs(point_M - 100) / 10 - abs(full_M - 50) / 10)
    plan = plan_of(surface, seconds=Fraction(600 * 3600))
    assert plan.mix.to_dict() == {"point": 100, "full": 50}
    assert not any(one.binds for one in plan.limits)


def test_refusals(surface: object) -> None:
    with pytest.raises(InvalidInputError, match=r"--dollars: nobody has said what point pays"):
        plan_of(surface, replace(LABOUR, wage_per_hour=None), money=Fraction(100))
    with pytest.raises(InvalidInputError, match="full needs an expert"):
        plan_of(surface, days=5, by=date(2027, 1, 1), people={"crowd": 2})
    with pytest.raises(InvalidInputError, match="--annotators"):
        plan_of(surface, days=5, people={"boss": 2})
    with pytest.raises(InvalidInputError, match="--annotators"):
        plan_of(surface, days=5, people={"anyone": 0})
    with pytest.raises(InvalidInputError, match="at least one of --hours, --dollars and --by"):
        plan_of(surface)
    with pytest.raises(InvalidInputError, match="--dollars: expected at least 0"):
        plan_of(surface, money=Fraction(-1))
    with pytest.raises(BudgetTooSmallError, match=r"15 EUR buy nothing: .* give at least [0-9.]+ EUR"):
        plan_of(surface, money=Fraction(15))


def test_limits_that_only_together_are_too_little(surface: object) -> None:
    # 100 s are enough for clicks, which cost too much, and 2 EUR for a mask, which takes too long.
    labour = replace(LABOUR, ramp_up_hours=Fraction(0), kinds={"point": KindLabour(wage_per_hour=Fraction(3000))})
    with pytest.raises(BudgetTooSmallError, match=r"no image keeps all of them"):
        plan_of(surface, labour, seconds=Fraction(100), money=Fraction(2))
