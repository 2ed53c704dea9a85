"""Planning on top of what is annotated already, and paying for the masks that measure."""

import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs import InvalidInputError, load_book, seconds_per_image, shipped_books
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.current import read_current
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import Move
from budgetseg.plan.plan import Plan, read_plan
from budgetseg.plan.surface import Surface
from budgetseg.plan.validation import Validation, charged_images, value_validation

BOOK = load_book("voc2012")
PAPER = read_evidence("paper")


@cache
def papers_surface() -> Surface:
    return fit_surface(PAPER)


def plan_of(hours: int, current: dict[str, int], pool: int = 10_582, **choices: object) -> Plan:
    given = {"book": BOOK, "workload": PASCAL_VOC_2012, "evidence": PAPER, "surface": papers_surface()} | choices
    return choose_plan(budget_seconds=Fraction(hours * 3600), pool=pool, current=Mix.of(current), **given)  # type: ignore[arg-type]


def seconds_of(moves: tuple[Move, ...]) -> Fraction:
    return sum((m.images * seconds_per_image(BOOK, m.kind, PASCAL_VOC_2012, held=m.held) for m in moves), Fraction(0))


def after(current: dict[str, int], moves: tuple[Move, ...]) -> dict[str, int]:
    counts = dict(current)
    for move in moves:
        counts[move.kind] = counts.get(move.kind, 0) + move.images
        if move.held:
            counts[move.held] -= move.images
    assert min(counts.values()) >= 0
    return {kind: count for kind, count in counts.items() if count}


@given(
    hours=st.integers(1, 100),
    held=st.dictionaries(st.sampled_from(["image", "point", "squiggle", "full"]), st.integers(1, 900), max_size=2),
    room=st.integers(0, 2000),
)
@settings(max_examples=8, deadline=None)
def test_a_plan_on_top_keeps_hours_pool_and_what_is_held(hours: int, held: dict[str, int], room: int) -> None:
    pool = max(sum(held.values()) + room, 1)
    plan = plan_of(hours, held, pool, explain=False)
    ways = [(plan.mix, plan.hours, plan.moves), *((o.mix, o.hours, o.moves) for o in plan.alternatives)]
    for mix, hours_paid, moves in ways:
        if not held:
            assert moves == ()
            continue
        assert mix.to_dict() == after(held, moves)
        assert hours_paid == pytest.approx(float(seconds_of(moves) / 3600))
        assert seconds_of(moves) <= hours * 3600
        assert mix.images <= pool
    for other in plan.alternatives:
        if other.predicted_miou and plan.predicted_miou:
            assert plan.predicted_miou.mean >= other.predicted_miou.mean - 1e-9


def test_upgrades_are_bought_where_they_are_cheaper_than_new_images() -> None:
    """All images are taken, so hours can only deepen what is there."""
    plan = plan_of(20, {"image": 1000}, pool=1000)
    assert plan.moves
    assert all(move.held == "image" for move in plan.moves)
    point = next(other for other in plan.alternatives if other.name == "point")
    # 1.5 x 2.4 s each, the classes being known: all 1,000 in one hour.
    assert [str(move) for move in point.moves] == ["1,000 image -> point"]
    assert point.hours == pytest.approx(1.0)


def test_the_document_of_a_plan_on_top_is_read_back(tmp_path: Path) -> None:
    plan = plan_of(
        30, {"image": 500, "full": 20}, validation=Validation(images=50, seconds=Fraction(3600), charged=True)
    )
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan.to_dict()), encoding="utf-8")
    again = read_plan(path)
    assert again.to_dict() == plan.to_dict()
    assert again.current == Mix.of({"image": 500, "full": 20})
    assert read_current(path).mix == plan.mix


def test_what_planning_on_top_refuses() -> None:
    with pytest.raises(InvalidInputError, match="500 images are annotated already, the pool holds 400"):
        plan_of(10, {"image": 500}, pool=400)
    with pytest.raises(InvalidInputError, match="leave out --accounting paper"):
        plan_of(10, {"image": 500}, accounting="paper")


def test_validation_masks_are_paid_first() -> None:
    free, paid = (
        plan_of(60, {}),
        plan_of(60, {}, validation=value_validation(BOOK, PASCAL_VOC_2012, available=1449, charged=200)),
    )
    assert paid.validation is not None
    # 200 x 239.7 s = 13.3 h, so what is left buys what 46.7 h buy.
    left = 60 - 200 * 239.7 / 3600
    assert paid.mix.images < free.mix.images
    assert paid.hours <= 60
    full = next(other for other in paid.alternatives if other.name == "full")
    assert full.mix["full"] == int(left * 3600 / 239.7)
    with pytest.raises(BudgetTooSmallError, match=r"13 h buy nothing.*paid once; give at least 13\.32"):
        plan_of(13, {}, validation=paid.validation)


def test_what_free_validation_masks_would_cost() -> None:
    """The paper's 1,449 masks: 96.5 h."""
    validation = value_validation(BOOK, PASCAL_VOC_2012, available=1449, charged=None)
    assert validation is not None
    assert str(validation) == "1,449 validation masks count as free; they would cost 96.5 h"
    assert validation.charged_seconds == 0
    assert Validation.from_dict(validation.to_dict()).to_dict() == validation.to_dict()
    assert value_validation(BOOK, PASCAL_VOC_2012, available=None, charged=None) is None
    with pytest.raises(InvalidInputError, match="--validation 2000: the data set holds 1449"):
        value_validation(BOOK, PASCAL_VOC_2012, available=1449, charged=2000)


@pytest.mark.parametrize("text", ["0", "-3", "some", "1.5", ""])
def test_validation_is_free_or_a_number(text: str) -> None:
    with pytest.raises(InvalidInputError, match='--validation: expected "free" or a number of images >= 1'):
        charged_images(text)


@pytest.mark.parametrize("name", shipped_books())
def test_every_shipped_book_gives_an_explained_plan(name: str) -> None:
    book = load_book(name)
    plan = plan_of(60, {}, book=book)
    assert 0 < plan.hours <= 60
    assert plan.predicted_miou is not None
    assert {kind for kind, _ in plan.mix} <= set(book.kinds)
    assert {*plan.unavailable} == {*(set(book.unavailable) | ({"coarse", "assisted"} - set(PAPER.kinds)))}
    assert [other.name for other in plan.alternatives if other.name in book.kinds] == list(book.kinds)


@pytest.mark.parametrize(
    ("name", "text", "mix"),
    [
        ("have.json", '{"image": 5, "point": 2}', {"image": 5, "point": 2}),
        ("plan.json", '{"schema": "budgetseg.plan/1", "mix": {"full": 3}}', {"full": 3}),
        ("named.json", '{"images": {"a": "point", "b": "point", "c": "full"}}', {"point": 2, "full": 1}),
        ("subset.csv", "image_id,kind,seconds\na,image,20\nb,full,79\n", {"image": 1, "full": 1}),
    ],
)
def test_what_is_there_already_is_read(tmp_path: Path, name: str, text: str, mix: dict[str, int]) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_current(tmp_path / name).mix == Mix.of(mix)
    if name == "subset.csv":
        assert read_current(tmp_path).kind_of == {"a": "image", "b": "full"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("have.json", "[1]", "expected {"),
        ("have.json", '{"images": {"a": "points"}}', 'a: unknown annotation kind "points" (did you mean "point"?)'),
        ("have.json", '{"pint": 5}', 'unknown annotation kind "pint"'),
        ("have.json", '{"point": -5}', "expected a whole number of images >= 0"),
        ("have.csv", "id,kind\na,point\n", "expected the columns image_id and kind"),
        ("have.csv", "image_id,kind\na,point\na,full\n", "row 3: a stands twice"),
        ("have.csv", "image_id,kind\na\n", "a: unknown annotation kind"),
    ],
)
def test_what_is_not_readable_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError) as raised:
        read_current(tmp_path / name)
    assert message in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / name))
    with pytest.raises(InvalidInputError, match="missing"):
        read_current(tmp_path / "missing.csv")
