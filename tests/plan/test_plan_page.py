"""The value behind the page of a plan: other budgets, other prices, and where the hours go."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from budgetseg.costs.book import load_book
from budgetseg.costs.labour import Labour, Price
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.plan.budget_axis import amounts, axis_of, bounds_at
from budgetseg.plan.budget_sweep import BEST, ONCE, VALIDATION, Terms, sweep
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.doubt import doubts
from budgetseg.plan.evidence import MODERN, read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.mix import Mix
from budgetseg.plan.page import Said, plan_page
from budgetseg.plan.prices import Prices
from budgetseg.plan.purse import Bounds
from budgetseg.plan.sensitivity import at_price, price_changes
from budgetseg.plan.surface import counts_of
from budgetseg.plan.validation import Validation

SECONDS = {"point": Fraction(10), "full": Fraction(100)}


def formula(point, full):
    return 20 + 5 * np.log1p(point) + 4 * np.log1p(full)


@pytest.fixture(scope="module")
def evidence():
    return read_evidence(MODERN)


def chooser(evidence, surface, **more):
    def choose(terms, /, *, explain=True):
        return choose_plan(
            pool=2000,
            evidence=evidence,
            surface=surface,
            bounds=terms.bounds,
            prices=terms.prices,
            labour=terms.labour,
            explain=explain,
            **more,
        )

    return choose


def terms_of(hours, **changes):
    terms = Terms(
        bounds=Bounds(seconds=Fraction(hours) * 3600), prices=Prices.said(SECONDS, fixed_seconds=Fraction(30)),
        labour=Labour(),
    )  # fmt: skip
    return replace(terms, **changes)


def test_what_is_given_is_among_the_amounts_and_they_reach_from_little_to_three_times():
    axis = axis_of(Bounds(seconds=Fraction(60 * 3600)), 59.9, None)
    found = amounts(axis)
    assert found == tuple(sorted(set(found)))
    assert 60.0 in found
    assert (found[0], found[-1]) == (3.75, 180.0)


def test_hours_vary_where_they_are_limited_else_money_else_days():
    both = Bounds(seconds=Fraction(3600), money=Fraction(100))
    assert axis_of(both, 1.0, "EUR").limit == "hours"
    assert bounds_at(both, axis_of(both, 1.0, "EUR"), 2.0) == replace(both, seconds=Fraction(7200))
    money = Bounds(money=Fraction(100))
    assert (axis_of(money, 1.0, "EUR").unit, axis_of(money, 1.0, "EUR").given) == ("EUR", 100.0)
    days = Bounds(days=4, people={"anyone": 2})
    axis = axis_of(days, 1.0, None)
    assert set(amounts(axis)) == {1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0, 12.0}
    assert bounds_at(days, axis, 7.0).days == 7
    nothing = axis_of(Bounds(), 7.5, None)
    assert (nothing.limit, nothing.given) == ("hours", 7.5)


def test_every_step_is_what_the_choice_at_its_budget_gives(evidence, made_up):
    surface = made_up(formula)
    choose = chooser(evidence, surface)
    terms = terms_of(10)
    chosen = choose(terms)
    steps = sweep(choose, chosen, terms, axis_of(terms.bounds, chosen.hours, None))
    for step in (steps[0], steps[4], steps[-1]):
        plan = choose_plan(
            pool=2000, evidence=evidence, surface=surface, prices=terms.prices, labour=terms.labour,
            budget_seconds=Fraction(str(step.budget)) * 3600,
        )  # fmt: skip
        assert step.best.name == BEST
        assert (step.best.mix, step.best.predicted_miou) == (plan.mix, plan.predicted_miou)
        assert [one.name for one in step.choices[1:]] == [one.name for one in plan.alternatives]
        for choice in step.choices:
            assert sum(choice.hours_by_kind.values()) == pytest.approx(choice.hours)
            assert choice.hours_by_kind[ONCE] == pytest.approx(30 / 3600)
    means = [step.best.predicted_miou.mean for step in steps]
    assert means == sorted(means)


def test_budgets_that_buy_nothing_are_left_out(evidence, made_up):
    choose, terms = chooser(evidence, made_up(formula)), terms_of(Fraction(1, 60))
    chosen = choose(terms)
    steps = sweep(choose, chosen, terms, axis_of(terms.bounds, chosen.hours, None))
    assert steps[0].budget * 3600 >= 40  # what is paid once, and a click
    assert min(amounts(axis_of(terms.bounds, 0.0, None))) < steps[0].budget


def test_validation_that_is_charged_is_among_the_hours(evidence, made_up):
    masks = Validation(images=36, seconds=Fraction(3600), charged=True)
    choose, terms = chooser(evidence, made_up(formula), validation=masks), terms_of(10)
    chosen = choose(terms)
    best = sweep(choose, chosen, terms, axis_of(terms.bounds, chosen.hours, None))[-1].best
    assert best.hours_by_kind[VALIDATION] == 1
    assert sum(best.hours_by_kind.values()) == pytest.approx(best.hours)


def test_upgrades_are_charged_as_what_they_ask_anew(evidence, made_up):
    prices = Prices.of(load_book("voc2012"), PASCAL_VOC_2012)
    held = Mix.of({"point": 300})
    choose = chooser(evidence, made_up(formula), current=held, workload=PASCAL_VOC_2012)
    terms = terms_of(5, prices=prices)
    chosen = choose(terms)
    steps = sweep(choose, chosen, terms, axis_of(terms.bounds, chosen.hours, None))
    for step in steps:
        assert sum(step.best.hours_by_kind.values()) == pytest.approx(step.best.hours)


def test_a_changed_price_is_charged_everywhere():
    terms = terms_of(10, labour=Labour(prices={"full": Price(amount=Fraction(3), per="image")}))
    dearer = at_price(terms, "full", Fraction(2))
    assert dearer.prices.seconds_of == {"point": 10, "full": 200}
    assert dearer.prices.seconds_of_mix({"point": 3, "full": 2}) == 30 + 30 + 400
    assert dearer.labour.prices["full"].amount == 6
    assert terms.prices.seconds_of_mix({"point": 3, "full": 2}) == 30 + 30 + 200
    upgrade = dearer.prices.offers(Mix.of({"point": 5}), ("full",))[1]
    assert (upgrade.held, upgrade.seconds) == ("point", 200)


def test_price_changes_are_the_best_mixes_at_those_prices(evidence, made_up):
    surface = made_up(lambda point, full: 20 + 5 * np.log1p(full) + 0.01 * np.log1p(point))
    choose, terms = chooser(evidence, surface), terms_of(10)
    chosen = choose(terms)
    found = {(one.kind, one.factor): one for one in price_changes(choose, chosen, terms)}
    assert set(found) == {("point", 0.5), ("point", 2.0), ("full", 0.5), ("full", 2.0)}
    for (kind, factor), one in found.items():  # also where it is not sought anew
        seconds_of = {**SECONDS, kind: SECONDS[kind] * Fraction(factor)}
        plan = choose(replace(terms, prices=Prices.said(seconds_of, fixed_seconds=Fraction(30))))
        assert one.predicted_miou.mean == pytest.approx(plan.predicted_miou.mean, abs=0.1)
        assert one.other_kinds == ({k for k, _ in one.mix} != {k for k, _ in chosen.mix})
    assert found["full", 0.5].predicted_miou.mean > chosen.predicted_miou.mean > found["full", 2.0].predicted_miou.mean


def test_a_page_of_shipped_evidence(evidence):
    surface = fit_surface(evidence)
    book = load_book("voc2012")
    choose, terms = chooser(evidence, surface), terms_of(2)
    chosen = choose(terms)
    page = plan_page(
        choose, chosen, terms, surface=surface, evidence=evidence, book=book, said=Said(), command="budgetseg plan"
    )
    assert page.steps[page.given].best.mix == chosen.mix
    assert page.to_dict()["given"] == page.given
    doubt = doubts(surface, page.steps[page.given].choices)[0]
    variance = surface.samples(counts_of([chosen.mix.to_dict()])).var() + doubt.training**2
    assert doubt.training**2 + doubt.evidence**2 + doubt.transfer**2 == pytest.approx(variance)
    assert sum(one.trainings for one in page.evidence) == sum(len(one.miou_R) for one in evidence.others)
    assert not any(one.here for one in page.evidence)
    assert {one.name for one in page.rates} <= set(book.rates)
