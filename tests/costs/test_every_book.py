"""Every shipped book and every kind: rules that no set of rates may break."""

from fractions import Fraction
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetseg.costs import (
    KINDS,
    Workload,
    load_book,
    seconds_of_images,
    seconds_per_image,
    shipped_books,
    upgrade_table,
)
from budgetseg.costs.asking import ASKINGS
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import RATES
from budgetseg.costs.workload import PASCAL_VOC_2012

BOOKS = {name: load_book(name) for name in shipped_books()}


def with_asking(book: CostBook, ask: str) -> CostBook:
    from dataclasses import replace

    return replace(book, ask=ask)


books = st.builds(with_asking, st.sampled_from(list(BOOKS.values())), st.sampled_from(ASKINGS)).filter(
    lambda book: book.kinds
)


@st.composite
def images(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    """Classes asked, and the present classes and instances of some images."""
    asked = draw(st.integers(1, 40))
    present_N = draw(st.lists(st.integers(0, asked), min_size=1, max_size=8))
    instances_N = [present + draw(st.integers(0, 9)) if present else 0 for present in present_N]
    return asked, present_N, instances_N


@given(book=books, data=images())
def test_the_mean_image_costs_the_mean_of_the_images(book: CostBook, data: tuple[int, list[int], list[int]]) -> None:
    asked, present_N, instances_N = data
    workload = Workload.mean(classes_asked=asked, classes_present_N=present_N, instances_N=instances_N)
    for kind in book.kinds:
        seconds_N = seconds_of_images(
            book, kind, classes_asked=asked, classes_present_N=present_N, instances_N=instances_N
        )
        assert mean(seconds_N) == seconds_per_image(book, kind, workload)


@given(
    book=books,
    asked=st.integers(1, 200),
    present=st.fractions(0, 1),
    extra=st.fractions(0, 20),
    more=st.fractions(0, 20),
)
def test_more_classes_and_more_instances_never_cost_less(
    book: CostBook, asked: int, present: Fraction, extra: Fraction, more: Fraction
) -> None:
    here = Workload.of(asked, present * asked, present * asked + extra)
    classes = Workload.of(asked + 1, present * asked, present * asked + extra)
    instances = Workload.of(asked, present * asked, present * asked + extra + more)
    for kind in book.kinds:
        seconds = seconds_per_image(book, kind, here)
        assert seconds_per_image(book, kind, classes) >= seconds
        assert seconds_per_image(book, kind, instances) >= seconds


@given(book=books, data=images(), revisit=st.booleans())
def test_an_upgrade_is_never_dearer_than_buying_anew_and_opening_the_image(
    book: CostBook, data: tuple[int, list[int], list[int]], revisit: bool
) -> None:
    from dataclasses import replace

    asked, present_N, instances_N = data
    workload = Workload.of(asked, present_N[0], instances_N[0])
    opening = Fraction(0)
    if revisit:
        rate = replace(next(iter(book.rates.values())), per="image", seconds=Fraction(5))
        book, opening = replace(book, rates={**book.rates, "revisit_s": rate}), Fraction(5)
    for row in upgrade_table(book, workload).values():
        for kind, seconds in row.items():
            assert 0 <= seconds <= seconds_per_image(book, kind, workload) + opening


def test_every_pair_of_kinds_on_voc() -> None:
    """Seconds by hand: clicks 1.5 x 2.4 and 1.3 x 0.9, strokes 1.5 x 10.9, and 2.8 times 26, 25.28, 14 and 79."""
    first, extra, stroke = Fraction("3.6"), Fraction("1.17"), Fraction("16.35")
    box, coarse, assisted, full = Fraction("72.8"), Fraction("70.784"), Fraction("39.2"), Fraction("221.2")
    none = Fraction(0)
    kinds = ("image", "point", "allpoints", "squiggle", "box", "coarse", "assisted", "full")
    by_hand = {
        "image": (none, first, first + extra, stroke, box, coarse, assisted, full),
        "point": (none, none, extra, stroke, box, coarse, assisted, full),
        "allpoints": (none, none, none, stroke, box, coarse, assisted, full),
        "squiggle": (none, none, extra, none, box, coarse, assisted, full),
        "box": (none, first, first + extra, stroke, none, coarse, assisted, full),
        "coarse": (none, none, none, none, box, none, assisted, full),
        "assisted": (none, none, none, none, none, none, none, full),
        "full": (none,) * 8,
    }
    assert tuple(KINDS) == kinds
    assert upgrade_table(BOOKS["voc2012"], PASCAL_VOC_2012) == {
        held: dict(zip(kinds, row, strict=True)) for held, row in by_hand.items()
    }


def test_opening_an_image_again_is_paid_once_where_something_is_asked(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = "budgetseg.costbook/1"\nextends = "voc2012"\n[rates.revisit_s]\nseconds = 4\n', encoding="utf-8"
    )
    seconds = upgrade_table(load_book(path), PASCAL_VOC_2012)
    assert seconds["image"]["point"] == Fraction("7.6")
    assert seconds["image"]["allpoints"] == Fraction("8.77")
    assert seconds["point"]["image"] == 0
    assert seconds_per_image(load_book(path), "point", PASCAL_VOC_2012) == Fraction("22.1")


@pytest.mark.parametrize(
    ("ask", "image", "point", "full"),
    [
        ("each", "20", "22.1", "239.7"),
        # 20 names of 0.25 s and 1.5 ticks of 1 s, before clicks and masks.
        ("checklist", "6.5", "10.1", "227.7"),
        # 4 groups, then 4 other classes of each of 1.5 groups; with image the present one as well.
        ("groups", "11.5", "13.6", "231.2"),
        ("known", None, "3.6", "221.2"),
    ],
)
def test_ways_of_asking_on_voc(ask: str, image: str | None, point: str, full: str) -> None:
    book = with_asking(BOOKS["voc2012"], ask)
    for kind, seconds in (("image", image), ("point", point), ("full", full)):
        if seconds is None:
            assert kind not in book.kinds
        else:
            assert seconds_per_image(book, kind, PASCAL_VOC_2012) == Fraction(seconds)


def test_at_150_classes_nearly_all_of_a_click_is_no(tmp_path) -> None:
    """98 % of a point's time are answers about absent classes."""
    workload = Workload.of(150, "1.5", "2.8")
    seconds = seconds_per_image(BOOKS["voc2012"], "point", workload)
    assert (150 - Fraction("1.5")) / seconds == pytest.approx(0.976, abs=0.005)


@pytest.mark.parametrize("annotators", [2, 3])
def test_who_comes_second_is_told_which_classes_are_absent(annotators: int) -> None:
    for ask, once in (("each", Fraction("18.5")), ("checklist", Fraction(5)), ("groups", Fraction(10))):
        book = with_asking(BOOKS["voc2012"], ask)
        own = seconds_per_image(book, "point", PASCAL_VOC_2012) - once
        many = seconds_per_image(book, "point", PASCAL_VOC_2012, annotators=annotators)
        assert many == once + annotators * own


def test_every_rate_says_what_it_is() -> None:
    for book in BOOKS.values():
        for name, rate in book.rates.items():
            assert len(rate.source) > 10, (book.name, name)
            assert rate.verified or name in book.unverified
    assert "assumption" in BOOKS["voc2012"].rates["scan_s"].source
    assert {given for rule in RATES.values() for given in rule.gives} <= set(RATES)


def test_a_book_extends_another(tmp_path) -> None:
    (tmp_path / "base.toml").write_text('schema = "budgetseg.costbook/1"\nask = "known"\n[rates]\npolygon_s = 60\n')
    (tmp_path / "mine.toml").write_text('schema = "budgetseg.costbook/1"\nextends = "base.toml"\n[rates]\nbox_s = 5\n')
    book = load_book(tmp_path / "mine.toml")
    assert book.kinds == ("box", "full")
    assert (book.ask, book.name, book.origin) == ("known", "mine", str(tmp_path / "mine.toml"))
    assert book.rates["polygon_s"].source == str(tmp_path / "base.toml")
