"""Money for annotation, reckoned by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from budgetseg.costs.book import load_book
from budgetseg.costs.labour import KindLabour, Labour, Price
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.report.pay import ASSUMED_WAGE, money_text, pay_of

BOOK = load_book("voc2012")


def book_with(**labour):
    return replace(BOOK, labour=Labour(currency="EUR", **labour))


def test_a_wage_that_nobody_stated_is_assumed_and_says_so():
    pay = pay_of(BOOK, None)
    assert pay.assumed
    assert "assumed" in pay.source
    assert pay.flat == float(ASSUMED_WAGE)
    assert pay.money({"full": 2.0, "objectness": 1.0}, {"full": 30}) == pytest.approx(45)
    assert pay_of(None, None).flat == float(ASSUMED_WAGE)


def test_the_wage_that_is_given_wins_over_the_book():
    pay = pay_of(book_with(wage_per_hour=Fraction(10)), None, Fraction(20))
    assert (pay.flat, pay.currency, pay.assumed) == (20.0, "EUR", False)


def test_control_images_repeated_work_and_pauses_are_paid():
    labour = {"control_share": Fraction(1, 4), "redone_share": Fraction(1, 5), "paid_per_labelling": Fraction(5, 4)}
    pay = pay_of(book_with(wage_per_hour=Fraction(8), **labour), None)
    assert pay.flat == pytest.approx(8 * 1.25 * 1.2 * 1.25)


def test_kinds_have_wages_of_their_own_and_the_others_get_the_highest():
    pay = pay_of(book_with(kinds={"full": KindLabour(wage_per_hour=Fraction(30))}), None)
    assert pay.flat == 30.0  # nobody said what the others get
    pay = pay_of(book_with(wage_per_hour=Fraction(10), kinds={"full": KindLabour(wage_per_hour=Fraction(30))}), None)
    assert pay.flat is None
    assert pay.money({"full": 2.0, "point": 3.0}, {"full": 1, "point": 1}) == pytest.approx(90)


def test_what_is_paid_by_the_piece_does_not_depend_on_hours():
    labour = {"prices": {"box": Price(amount=Fraction(1, 25), per="instance")}, "control_share": Fraction(1, 4)}
    pay = pay_of(book_with(wage_per_hour=Fraction(10), **labour), PASCAL_VOC_2012)
    assert pay.money({"box": 99.0}, {"box": 1000}) == pytest.approx(1000 * 2.8 * 0.04 * 1.25)
    assert not pay.assumed


def test_money_is_said_as_people_say_it():
    assert money_text(1234.5, "EUR") == "1,234 EUR"
    assert money_text(12.345, "EUR") == "12.35 EUR" or money_text(12.345, "EUR") == "12.34 EUR"
