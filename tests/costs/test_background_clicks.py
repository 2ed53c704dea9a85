"""Clicks on the background: 0.9 s each by the paper's book, on images of clicks or strokes."""

from fractions import Fraction

import pytest

from budgetseg.costs import KINDS, PASCAL_VOC_2012, load_book
from budgetseg.costs.accounting import mix_seconds
from budgetseg.costs.per_image import seconds_of_images, seconds_per_image
from budgetseg.costs.scheduling import make_schedule, tasks_per_image
from budgetseg.errors import InvalidInputError

# 20 classes asked, 1.5 present, 2.8 instances: 18.5 s of "no", and what section 4 charges for the marks.
PAPER = {"point": "22.1", "allpoints": "23.27", "squiggle": "34.85", "image": "20", "full": "239.7"}
TAKING = ("point", "allpoints", "squiggle")


@pytest.mark.parametrize("clicks", [0, 1, 3])
@pytest.mark.parametrize("kind", PAPER)
def test_each_costs_a_further_click_where_something_is_marked(kind, clicks):
    book = load_book("voc2012", background_clicks=clicks)
    extra = Fraction("0.9") * clicks if kind in TAKING else 0
    assert seconds_per_image(book, kind, PASCAL_VOC_2012) == Fraction(PAPER[kind]) + extra


def test_the_kinds_that_take_them():
    assert tuple(kind.name for kind in KINDS.values() if kind.takes_background) == TAKING


def test_every_annotator_gives_and_is_paid_for_them():
    one, three = load_book("voc2012"), load_book("voc2012", background_clicks=2)
    for annotators, clicks in ((1, 2), (3, 6)):
        seconds = [seconds_per_image(book, "point", PASCAL_VOC_2012, annotators=annotators) for book in (one, three)]
        assert seconds[1] - seconds[0] == Fraction("0.9") * clicks


def test_mixes_and_real_images_are_charged_alike():
    book = load_book("voc2012", background_clicks=2)
    seconds_N = seconds_of_images(book, "squiggle", classes_asked=20, classes_present_N=[1, 2], instances_N=[1, 4])
    assert seconds_N == [19 + Fraction("10.9") + Fraction("1.8"), 18 + Fraction("21.8") + Fraction("1.8")]
    plain = mix_seconds(load_book("voc2012"), {"full": 10, "point": 7}, PASCAL_VOC_2012)
    assert mix_seconds(book, {"full": 10, "point": 7}, PASCAL_VOC_2012) == plain + 7 * Fraction("1.8")


def test_a_schedule_has_them_as_tasks():
    book = load_book("voc2012", background_clicks=2)
    tasks = tasks_per_image(book, "allpoints", PASCAL_VOC_2012)
    clicks = [count for name, count in tasks if name == "extra_click_s"]
    assert clicks == [Fraction("1.3"), 2]
    made = make_schedule(book, {"allpoints": 100}, PASCAL_VOC_2012, {"anyone": 1})
    assert float(made.hours.planned) == pytest.approx(100 * (23.27 + 1.8) / 3600)


def test_bad_numbers_and_books_without_the_rate(tmp_path):
    with pytest.raises(InvalidInputError, match=r"--background-clicks: expected a whole number >= 0, got -1"):
        load_book("voc2012", background_clicks=-1)
    own = tmp_path / "own.toml"
    own.write_text('schema = "budgetseg.costbook/1"\n[rates]\nlabel_s = 1\nfirst_click_s = 2\n')
    assert "point" in load_book(own).kinds
    with pytest.raises(InvalidInputError, match=r"no rate to charge them at; add \[rates.extra_click_s\]"):
        load_book(own, background_clicks=1)
