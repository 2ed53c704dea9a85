"""The kinds and their costs as the project words them, and that a kind is added in one place."""

import ast
import sys
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest

import budgetseg.costs
from budgetseg.costs import (
    KINDS,
    PASCAL_VOC_2012,
    Kind,
    Workload,
    afford,
    load_book,
    seconds_of_images,
    seconds_per_image,
)
from budgetseg.costs.kinds import PERS, RATES, Quantity

BOOK = load_book("voc2012")


def test_names_and_their_order() -> None:
    assert list(KINDS) == ["image", "point", "allpoints", "squiggle", "box", "coarse", "assisted", "full"]
    assert all(name == kind.name for name, kind in KINDS.items())


@pytest.mark.parametrize("workload", [PASCAL_VOC_2012, Workload.of(6, "1.17", "1.9"), Workload.of(81, 3, 7)], ids=str)
def test_each_kind_charges_what_the_issue_says(workload: Workload) -> None:
    asked, present, instances = workload.classes_asked, workload.classes_present, workload.instances
    label, click, extra = Fraction(1), Fraction("2.4"), Fraction("0.9")
    absent = (asked - present) * label
    assert {kind: seconds_per_image(BOOK, kind, workload) for kind in KINDS} == {
        "image": asked * label,
        "point": absent + present * click,
        "allpoints": absent + present * click + (instances - present) * extra,
        "squiggle": absent + present * Fraction("10.9"),
        "box": absent + instances * 26,
        "coarse": absent + instances * Fraction("25.28"),
        "assisted": absent + instances * 14,
        "full": absent + instances * 79,
    }


def test_a_new_kind_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Kind(name="two", title="a click and a box", rates=("first_click_s", "box_s"))
    monkeypatch.setitem(KINDS, "two", two)
    seconds = Fraction("18.5") + Fraction("1.5") * Fraction("2.4") + Fraction("2.8") * 26
    assert "two" in BOOK.kinds
    assert seconds_per_image(BOOK, "two", PASCAL_VOC_2012) == seconds
    assert afford(BOOK, "two", PASCAL_VOC_2012, 7 * seconds).images == 7
    assert seconds_of_images(BOOK, "two", classes_asked=20, classes_present_N=[1], instances_N=[2]) == [
        Fraction("19") + Fraction("2.4") + 52
    ]


def test_every_rate_may_be_per_something_that_exists() -> None:
    assert all(per in PERS for rule in RATES.values() for per in rule.pers)
    assert {rate for kind in KINDS.values() for rate in kind.rates} <= set(RATES)
    # The quantities of one image, by hand.
    voc = {per: PASCAL_VOC_2012.quantity(per) for per in get_args(Quantity)}
    assert set(PERS) == {*voc, "group", "fixed"}
    assert {per: float(quantity) for per, quantity in voc.items()} == {
        "class asked": 20.0,
        "absent class": 18.5,
        "present class": 1.5,
        "extra instance": 1.3,
        "instance": 2.8,
        "image": 1.0,
    }


def test_costs_import_nothing_but_costs_and_the_standard_library() -> None:
    sources = list(Path(budgetseg.costs.__file__).parent.glob("*.py"))
    assert len(sources) > 5
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                room = name.startswith("budgetseg.costs")
                assert room or name.partition(".")[0] in sys.stdlib_module_names, f"{source.name}: {name}"
