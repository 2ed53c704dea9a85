"""The plan: never over budget, never worse than its alternatives, and clear words where there is none."""

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from budgetseg.costs.accounting import mix_seconds
from budgetseg.costs.book import CostBook, load_book
from budgetseg.costs.hours import seconds_of_hours
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import PASCAL_VOC_2012, Workload
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import Evidence, read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.plan import Plan, read_plan
from budgetseg.plan.surface import Surface, counts_of

BOOK = load_book("voc2012")
PAPER = read_evidence("paper")
PURE = Evidence(
    name="mine.csv", counts_RK=counts_of([{"full": 200}, {"full": 900}]).astype(np.int64), miou_R=np.array([50.0, 60.0])
)


@cache
def papers_surface() -> Surface:
    return fit_surface(PAPER)


def plan_of(hours: float | str, **changes: object) -> Plan:
    """A plan without its reasons, which take longer than the choice and have their own tests."""
    given = {"book": BOOK, "workload": PASCAL_VOC_2012, "pool": 10_582, "evidence": PAPER, "explain": False} | changes
    if given["evidence"] is PAPER:
        given["surface"] = papers_surface()
    return choose_plan(budget_seconds=seconds_of_hours(hours), **given)  # type: ignore[arg-type]


def seconds(plan: Plan, images: dict[str, int], book: CostBook = BOOK, fixed: Fraction = Fraction(0)) -> Fraction:
    return mix_seconds(book, images, PASCAL_VOC_2012, fixed_seconds=fixed)


@pytest.mark.parametrize("hours", ["0.01", "1", "7", "12", "60", "150", "705", "5000"])
def test_within_budget_and_pool_and_at_least_as_good_as_each_alternative(hours: str) -> None:
    plan = plan_of(hours)
    assert plan.predicted_miou is not None
    for mix, hours_paid in [(plan.mix, plan.hours), *((o.mix, o.hours) for o in plan.alternatives)]:
        paid = seconds(plan, mix.to_dict())
        assert paid <= seconds_of_hours(hours)
        assert hours_paid == pytest.approx(float(paid / 3600))
        assert 0 < mix.images <= 10_582
    for other in plan.alternatives:
        known = {kind for kind, _ in other.mix} <= set(PAPER.kinds)
        assert (other.predicted_miou is not None) == known
        if other.predicted_miou is not None:
            assert plan.predicted_miou.mean >= other.predicted_miou.mean - 1e-9


def test_sixty_hours() -> None:
    plan = plan_of(60)
    names = [other.name for other in plan.alternatives]
    assert names[: len(KINDS) + 1] == [*KINDS, "paper-hybrid"]
    hybrid = plan.alternatives[len(KINDS)]
    assert hybrid.mix.to_dict() == {"point": 8_689, "full": 100}
    assert plan.mix["full"] >= 100  # a little of both, as the paper found
    assert plan.mix["point"] > plan.mix["full"]
    assert plan.predicted_miou is not None
    for simpler in plan.alternatives[len(KINDS) + 1 :]:  # one kind less, and hardly worse
        assert simpler.name == "simpler"
        assert len(simpler.mix.counts) < len(plan.mix.counts)
        assert simpler.predicted_miou is not None
        assert simpler.predicted_miou.mean > plan.predicted_miou.mean - 0.5
    assert plan.holds_for is not None
    assert "22.1" in plan.holds_for
    assert "52.2" in plan.holds_for


def test_hours_for_every_mask_buy_masks() -> None:
    assert plan_of(705).mix["full"] >= 10_000


def test_what_is_paid_once_is_paid() -> None:
    fixed = Fraction("2968.2")
    plan = plan_of(60, fixed_seconds=fixed)
    assert seconds(plan, plan.mix.to_dict(), fixed=fixed) <= seconds_of_hours(60)
    assert seconds(plan, plan.mix.to_dict(), fixed=fixed) > seconds_of_hours(60) - 300
    points = next(other for other in plan.alternatives if other.name == "point")
    assert points.mix.images == 9_639  # floor((216,000 - 2,968.2) / 22.1)


def test_paper_accounting_does_not_go_over_budget_either() -> None:
    plan = plan_of("211640s", accounting="paper")
    full = next(other for other in plan.alternatives if other.name == "full")
    assert full.mix.images == 882
    paid = mix_seconds(BOOK, plan.mix.to_dict(), PASCAL_VOC_2012, accounting="paper")
    assert paid <= 211_640


@pytest.mark.parametrize(("budget", "fixed"), [("0.005", 0), ("0.5", 2000), ("19.9s", 0)])
def test_a_budget_for_nothing_says_how_much_would_do(budget: str, fixed: int) -> None:
    with pytest.raises(BudgetTooSmallError) as caught:
        plan_of(budget, fixed_seconds=Fraction(fixed))
    enough = str(caught.value).rsplit("at least ", 1)[1].removesuffix(" h")
    assert plan_of(enough, fixed_seconds=Fraction(fixed)).mix.to_dict() == {"image": 1}


def test_a_budget_of_nothing_at_all() -> None:
    with pytest.raises(BudgetTooSmallError, match=r"0 h buy nothing.*at least 0\.0056 h"):
        choose_plan(budget_seconds=Fraction(0), book=BOOK, workload=PASCAL_VOC_2012, pool=10_582, evidence=PAPER)


def test_kinds_without_evidence_are_neither_chosen_nor_predicted() -> None:
    plan = plan_of(60, evidence=PURE)
    assert set(plan.mix.to_dict()) == {"full"}
    predicted = {other.name: other.predicted_miou for other in plan.alternatives}
    assert predicted["full"] is not None
    assert predicted["point"] is None
    assert predicted["paper-hybrid"] is None
    assert "mine.csv" in plan.unavailable["point"]
    assert "full" not in plan.unavailable


def test_kinds_without_a_rate_are_not_offered() -> None:
    book = replace(BOOK, rates={name: rate for name, rate in BOOK.rates.items() if name != "first_click_s"})
    plan = plan_of(60, book=book)
    assert {"point", "allpoints"}.isdisjoint(other.name for other in plan.alternatives)
    assert "paper-hybrid" not in [other.name for other in plan.alternatives]
    assert "first_click_s" in plan.unavailable["point"]
    assert plan.mix["point"] == 0


def test_no_kind_with_both_cost_and_evidence_is_refused() -> None:
    book = replace(BOOK, rates={"label_s": BOOK.rates["label_s"]})
    with pytest.raises(InvalidInputError, match=r"mine\.csv.*full.*image.*both"):
        plan_of(60, book=book, evidence=PURE)


@pytest.mark.parametrize("pool", [0, -5])
def test_a_pool_of_nothing_is_refused(pool: int) -> None:
    with pytest.raises(InvalidInputError, match="pool"):
        plan_of(60, pool=pool)


def test_a_pool_of_one_image_gets_its_mask() -> None:
    plan = plan_of(60, pool=1)
    assert plan.mix.images == 1
    assert all(other.mix.images == 1 for other in plan.alternatives)


def test_images_of_other_workloads() -> None:
    plan = plan_of(5, workload=Workload.of(6, Fraction(2055, 1756), Fraction(2897, 1756)), pool=1756)
    assert plan.mix.images <= 1756
    assert plan.hours <= 5


def test_document_and_back(tmp_path: Path) -> None:
    plan = plan_of(20, dataset="images of mine", explain=True)
    document = plan.to_dict()
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document, allow_nan=False), encoding="utf-8")
    assert read_plan(path) == plan
    assert list(document)[:6] == ["schema", "budget_hours", "mix", "hours", "predicted_miou", "alternatives"]
    assert document["schema"] == "budgetseg.plan/1"
    assert set(document["alternatives"][0]) == {"name", "mix", "hours", "predicted_miou"}
    assert {"mean", "low", "high"} <= set(document["predicted_miou"])
