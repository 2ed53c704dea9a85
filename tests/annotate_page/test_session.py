"""Order, controls, what is kept and what is left: without a server."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate_page.answers import FILE
from budgetseg.annotate_page.photos import known_photos, photos_of
from budgetseg.annotate_page.questions import questions_of
from budgetseg.annotate_page.summary import summary_of
from budgetseg.calibrate.timings import COLUMNS, read_timings
from budgetseg.costs.book import load_book
from budgetseg.data.open import open_dataset
from budgetseg.errors import BudgetsegError
from budgetseg.labelling.timings import hidden_name


def named(photo, name, *boxes):
    """The same picture under another name, its instances known."""
    return replace(photo, image_id=name, boxes=boxes)


def said(session, number, *pixels, seconds=1.0, **more):
    marks = [[list(pixel)] for pixel in pixels]
    answer = {"number": number, "present": bool(marks), "marks": marks, "actions": [0.5] * len(marks)}
    return session.answer({**answer, "seconds": seconds, **more})


def test_every_class_of_every_image_is_asked_in_blocks_with_controls(pictures):
    (photo, *_) = photos_of(str(pictures), None)
    photos = [named(photo, f"i{k}") for k in range(100)]
    controls = [named(photo, f"k{k}", *([("cat", (0, 0, 9, 9))] if k < 15 else [])) for k in range(40)]
    questions = questions_of(photos, controls, ("cat", "dog"), seed=3)
    assert [question.number for question in questions] == list(range(len(questions)))
    real = [(question.photo.image_id, question.cls) for question in questions if not question.control]
    assert sorted(real) == sorted((photo.image_id, cls) for photo in photos for cls in ("cat", "dog"))
    # The paper's tasks: 50 images of one class, of which 10 are controls.
    first = questions[:50]
    assert len({question.cls for question in first}) == 1
    planted = [question for question in first if question.control]
    assert len({question.photo.image_id for question in planted}) == 10
    assert sum(bool(question.photo.boxes) for question in planted) == (5 if first[0].cls == "cat" else 0)
    assert questions_of(photos, controls, ("cat", "dog"), seed=3)[7].photo is questions[7].photo
    # The number of an image does not tell controls from others.
    places = {question.place: question.control for question in questions}
    assert any(places[place] for place in sorted(places)[:70])


def test_an_answer_is_on_the_disk_at_once_and_a_torn_line_is_removed(begin):
    session = begin()
    said(session, 0, (1, 2))
    said(session, 1)
    log = session.folder / FILE
    assert [json.loads(line)["number"] for line in log.read_text().splitlines()] == [0, 1]
    with log.open("ab") as file:
        file.write(b'{"number": 2, "image_id": "c')  # the machine went down here
    again = begin()
    assert again.answers == session.answers
    assert again.next_question().number == 2
    said(again, 2)
    assert [json.loads(line)["number"] for line in log.read_text().splitlines()] == [0, 1, 2]


def test_a_log_that_is_not_of_this_session_is_refused(begin):
    session = begin()
    said(session, 0, (1, 2))
    log = session.folder / FILE
    for line, words in (
        (b"{}\n", "line 1"),
        (log.read_bytes().replace(b'"cat"', b'"cow"').replace(b'"dog"', b'"cow"'), "not asked"),
    ):
        log.write_bytes(line)
        with pytest.raises(BudgetsegError, match=words):
            begin()


def test_another_session_and_other_files_are_left_alone(begin, tmp_path):
    begin()
    for change, words in (
        ({"kind": "image"}, "kind"),
        ({"classes": ("cat",)}, "classes"),
        ({"annotator": "you"}, "annotator"),
        ({"limit": 1}, "images"),
    ):
        with pytest.raises(BudgetsegError, match=f"other {words}"):
            begin(**{"kind": "point", **change})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(BudgetsegError, match="other files"):
        begin(folder="mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_only_complete_images_are_annotated_and_the_last_answer_counts(begin):
    session = begin("allpoints")
    of = {(question.photo.image_id, question.cls): question.number for question in session.questions}
    said(session, of["a", "cat"], (1, 2), (3, 4), seconds=3.0)
    said(session, of["a", "dog"], (5, 6), seconds=2.0)
    said(session, of["a", "dog"], seconds=1.0)
    said(session, of["b", "cat"], seconds=1.0)
    said(session, of["b", "dog"], seconds=1.0, skipped=True)
    assert session.write() == 1
    annotated = AnnotationSet.load(session.folder)
    assert annotated.classes == ("background", "cat", "dog")
    (image,) = annotated.annotations.values()
    assert (image.image_id, image.kind, image.present, image.seconds) == ("a", "allpoints", (1,), 4.0)
    assert [(click.cls, click.x, click.y, click.rank) for click in image.clicks] == [(1, 1, 2, 1), (1, 3, 4, 2)]
    assert (image.width, image.height) == (61, 47)
    rows = list(csv.DictReader(session.timings.read_text().splitlines()))
    assert list(rows[0]) == list(COLUMNS)
    assert [row["is_update"] for row in rows] == ["0", "0", "1", "0", "0"]
    assert [row["skipped"] for row in rows] == ["0", "0", "0", "0", "1"]
    assert (rows[0]["n_first_points"], rows[0]["n_extra_points"]) == ("1", "1")
    assert {row["annotator"] for row in rows} == {hidden_name("me")}
    assert read_timings(session.timings).first_pass_N.tolist() == [True, True, False, True, False]


def test_one_s_own_images_may_have_any_name(begin, pictures):
    """What `ingest` refuses in other people's files, names too long for a mask's file, is no trouble here."""
    name = "улитка на листе " * 7
    (pictures / "a.png").rename(pictures / f"{name}.png")
    session = begin("point", classes=("cat",))
    for question in session.questions:
        said(session, question.number, (1, 2))
    assert session.write() == 3
    assert name in AnnotationSet.load(session.folder).annotations


@pytest.mark.parametrize(
    ("kind", "marks", "right"),
    [
        ("point", [[[10, 5]]], True),
        ("point", [[[20, 15]]], True),
        ("point", [[[21, 15]]], False),
        ("point", [], False),
        ("allpoints", [[[10, 5]]], False),
        ("allpoints", [[[10, 5]], [[30, 30]]], True),
        ("squiggle", [[[12, 10], [27, 10]]], True),  # of its pixels half count, as in labelling
        ("squiggle", [[[12, 10], [32, 10]]], False),
        ("squiggle", [[[10, 5], [20, 15], [40, 40], [50, 1]]], False),  # half of its corners are not half of it
        ("image", [], True),
    ],
)
def test_control_images_grade_as_in_the_paper(begin, pictures, kind, marks, right):
    photo = photos_of(str(pictures), 1)[0]
    control = named(photo, "k", ("cat", (10, 5, 20, 15)), ("cat", (30, 30, 35, 35)), ("dog", (0, 0, 60, 46)))
    session = begin(kind, classes=("cat",), controls=(control,))
    number = next(question.number for question in session.questions if question.control)
    said(session, number, present=bool(marks) or kind == "image", marks=marks)
    grade = session.grade()
    assert (grade.controls, grade.right) == (1, int(right))
    assert grade.confidence == pytest.approx((1 + right) / 3)
    session.write()
    assert AnnotationSet.load(session.folder).annotations == {}
    assert len(read_timings(session.timings)) == 1


def test_a_control_image_that_was_skipped_is_not_right(begin, pictures):
    """As `ingest` counts it, or whoever skips what is hard would pass unproven."""
    control = named(photos_of(str(pictures), 1)[0], "k", ("cat", (10, 5, 20, 15)))
    session = begin("point", classes=("cat",), controls=(control,))
    number = next(question.number for question in session.questions if question.control)
    said(session, number, seconds=1.0, skipped=True)
    assert (session.grade().controls, session.grade().right) == (1, 0)


def test_data_sets_bring_their_own_known_answers():
    scenes = open_dataset("scenes:train=3,val=4,size=0.5")
    controls = known_photos("scenes:train=3,val=4,size=0.5", ("snail", "leaf"))
    assert [photo.image_id for photo in controls] == list(scenes.ids("val"))
    for photo in controls:
        mask_HW = scenes.mask(photo.image_id)
        shown = {scenes.classes[c] for c in np.unique(mask_HW) if c not in (0, 255)} & {"snail", "leaf"}
        assert {name for name, _ in photo.boxes} == shown
        for name, (x_min, y_min, x_max, y_max) in photo.boxes:
            inside_HW = mask_HW[y_min : y_max + 1, x_min : x_max + 1] == scenes.classes.index(name)
            assert inside_HW.any(axis=0)[[0, -1]].all()
            assert inside_HW.any(axis=1)[[0, -1]].all()
    with pytest.raises(BudgetsegError, match="knows none of the classes"):
        known_photos("scenes", ("unicorn",))


def test_the_rates_at_the_end_are_those_of_the_times(begin):
    session = begin("point")
    for question in session.questions:
        said(
            session,
            question.number,
            *([(1, 1)] if question.cls == "cat" else []),
            seconds=3.0 if question.cls == "cat" else 1.5,
        )
    document = summary_of(session, load_book("voc2012"))
    assert document["answered"] == document["questions"] == 6
    assert document["images_complete"] == 3
    rates = {rate["name"]: rate for rate in document["rates"]}
    assert rates["label_s"]["acts"] == rates["first_click_s"]["acts"] == 3
    assert 1.0 < rates["label_s"]["mean"] <= 1.5
    assert 2.4 < rates["first_click_s"]["mean"] <= 3.0
    empty = begin("image", folder="empty")
    assert summary_of(empty, load_book("voc2012"))["rates"] == []
