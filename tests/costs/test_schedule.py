"""Schedules: by hand, on the calendar, and identities that hold for every mix."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs import (
    PASCAL_VOC_2012,
    InvalidInputError,
    KindLabour,
    Labour,
    Price,
    load_book,
    make_schedule,
    mix_seconds,
    seconds_per_image,
)
from budgetseg.costs.asking import ASKINGS
from budgetseg.costs.scheduling import tasks_per_image
from budgetseg.costs.working_days import last_working_day

VOC = load_book("voc2012")
PAID = Labour(
    currency="EUR",
    wage_per_hour=Fraction(12),
    paid_per_labelling=Fraction(5, 4),
    hours_per_day=Fraction(6),
    ramp_up_hours=Fraction(4),
    control_share=Fraction(1, 4),
    redone_share=Fraction(1, 20),
    kinds={"full": KindLabour(who="expert", wage_per_hour=Fraction(30))},
    prices={"box": Price(amount=Fraction("0.04"), per="instance")},
)


def paid(**changes: object) -> object:
    return replace(VOC, labour=replace(PAID, **changes))


def test_a_schedule_reckoned_by_hand() -> None:
    # 900 masks of 239.7 s are 59.925 h; 1,000 points of 22.1 s are 6.1389 h.
    made = make_schedule(
        paid(), {"full": 900, "point": 1000}, PASCAL_VOC_2012, {"expert": 2, "crowd": 1}, start=date(2027, 1, 11)
    )
    full, point = made.kinds
    assert (full.team, point.team) == ("expert", "crowd")
    assert float(full.labelling_hours) == pytest.approx(59.925)
    assert float(full.control_hours) == pytest.approx(59.925 / 4)
    assert float(full.redone_hours) == pytest.approx(59.925 * 1.25 / 20)
    assert float(full.paid_hours) == pytest.approx((59.925 * 1.25 * 1.05 + 8) * 1.25)  # 108.315
    assert float(full.money) == pytest.approx(108.31445 * 30, abs=0.01)
    assert float(point.money) == pytest.approx((6.138889 * 1.25 * 1.05 + 4) * 1.25 * 12, abs=0.001)
    experts, crowd = made.teams
    # 108.3 h / 2 / 6 h = 9.03 days: Monday 11th to Friday 22nd of January.
    assert (experts.working_days, experts.last_day) == (10, date(2027, 1, 22))
    # 15.07 h / 6 h
    assert (crowd.working_days, crowd.last_day) == (3, date(2027, 1, 13))
    assert (made.working_days, made.last_day) == (10, date(2027, 1, 22))


def test_control_images_as_the_paper_plants_them() -> None:
    """10 of 50 images of a task are control images: 40 real images cost as much as 50."""
    book = replace(VOC, labour=Labour(control_share=Fraction(1, 4)))
    made = make_schedule(book, {"point": 40}, PASCAL_VOC_2012, {"anyone": 1})
    assert made.total("paid_hours") * 3600 == 50 * seconds_per_image(VOC, "point", PASCAL_VOC_2012)


def test_a_price_is_paid_by_the_piece_instead_of_a_wage() -> None:
    made = make_schedule(paid(), {"box": 100}, PASCAL_VOC_2012, {"crowd": 1})
    (box,) = made.kinds
    assert box.paid_by == "piece"
    assert box.money == Fraction("2.8") * 100 * Fraction("0.04") * Fraction(125, 100) * Fraction(105, 100)
    # How long they take changes the days, not the money.
    assert made.money_spread is not None
    assert (made.money_spread.sd, made.money_spread.mean) == (0, float(box.money))
    assert made.money_spread.chance_above(float(box.money)) == 0
    assert made.hours.sd > 0


def test_no_wage_no_money() -> None:
    made = make_schedule(VOC, {"full": 3, "point": 4}, PASCAL_VOC_2012, {"anyone": 1})
    assert (made.money, made.money_spread, made.unpriced) == (None, None, ("full", "point"))
    some = replace(VOC, labour=replace(PAID, wage_per_hour=None))
    assert make_schedule(some, {"full": 3, "point": 4}, PASCAL_VOC_2012, {"anyone": 1}).unpriced == ("point",)


def test_who_does_what() -> None:
    def teams(people: dict[str, int]) -> list[str]:
        return [work.team for work in make_schedule(paid(), {"point": 1, "full": 1}, PASCAL_VOC_2012, people).kinds]

    assert teams({"anyone": 3}) == ["anyone", "anyone"]
    assert teams({"expert": 1, "crowd": 4}) == ["crowd", "expert"]
    assert teams({"expert": 1}) == ["expert", "expert"]
    with pytest.raises(InvalidInputError, match=r"full needs an expert \(\[labour\.kinds\.full\]\.who\); give some"):
        teams({"crowd": 4})


def test_the_last_day_counted_day_by_day() -> None:
    for first in range(7):
        start = date(2027, 1, 11) + timedelta(days=first)
        day, worked = start - timedelta(days=1), 0
        for days in range(1, 30):
            while worked < days:
                day += timedelta(days=1)
                worked += day.strftime("%a") not in {"Sat", "Sun"}
            assert last_working_day(start, days) == day
    with pytest.raises(InvalidInputError, match="end after the year 9999"):
        last_working_day(date(2027, 1, 11), 10**9)


@pytest.mark.parametrize("ask", ASKINGS)
def test_tasks_times_rates_are_an_images_seconds(ask: str) -> None:
    book = replace(VOC, ask=ask)
    for kind in book.kinds:
        tasks = tasks_per_image(book, kind, PASCAL_VOC_2012)
        seconds = sum(number * book.rates[rate].seconds for rate, number in tasks)
        assert seconds == seconds_per_image(book, kind, PASCAL_VOC_2012)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.sampled_from(VOC.kinds), st.integers(1, 5000), min_size=1), st.integers(1, 50))
def test_every_mix(images: dict[str, int], people: int) -> None:
    made = make_schedule(paid(), images, PASCAL_VOC_2012, {"anyone": people}, start=date(2027, 1, 11))
    assert made.total("labelling_hours") * 3600 == mix_seconds(VOC, images, PASCAL_VOC_2012)
    assert made.hours.planned == made.total("labelling_hours")
    assert made.total("ramp_up_hours") == people * PAID.ramp_up_hours
    assert made.money == sum(work.money for work in made.kinds if work.money is not None)
    parts = ("labelling_hours", "control_hours", "redone_hours", "ramp_up_hours")
    assert made.total("paid_hours") == PAID.paid_per_labelling * sum(made.total(part) for part in parts)
    (team,) = made.teams
    # One day less would not do, and these days do.
    assert (team.working_days - 1) * people * PAID.hours_per_day < made.total("paid_hours")
    assert team.working_days * people * PAID.hours_per_day >= made.total("paid_hours")


@pytest.mark.parametrize(
    ("images", "people", "message"),
    [
        ({"full": 0}, {"anyone": 1}, "images: expected at least one image"),
        ({"full": 2, "point": -1}, {"anyone": 1}, "images: expected at least one image"),
        ({"fulll": 1}, {"anyone": 1}, 'unknown annotation kind "fulll"'),
        ({"full": 1}, {"anyone": 0}, "annotators: anyone: expected a number from 1 to 1,000,000, got 0"),
        (
            {"full": 1},
            {"anyone": 1, "crowd": 1},
            "annotators: expected a number, or expert=1,crowd=4, got anyone, crowd",
        ),
        ({"full": 1}, {"experts": 1}, "annotators: expected a number, or expert=1,crowd=4, got experts"),
        ({"full": 1}, {}, "got none"),
    ],
)
def test_bad_input(images: dict[str, int], people: dict[str, int], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        make_schedule(VOC, images, PASCAL_VOC_2012, people)
