"""Tables of times: what is read, and every mistake named with file, row and what was expected."""

import contextlib
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.calibrate.acts import acts_of
from budgetseg.calibrate.timings import COLUMNS, COUNTS, read_timings
from budgetseg.costs.book import load_book
from budgetseg.errors import BudgetsegError

HEAD = (
    "level,granularity,seconds,n_classes_asked,n_classes_present,n_first_points,n_extra_points,n_squiggles,n_polygons\n"
)


def read(tmp_path, text, **options):
    path = tmp_path / "t.csv"
    path.write_text(text)
    return read_timings(path, **options)


def test_the_columns_are_the_contracts():
    assert ",".join(COLUMNS) == (
        "tool,tool_version,project,task_id,annotation_id,image_id,level,granularity,annotator,seconds,created_at,"
        "updated_at,skipped,is_update,from_prediction,n_classes_asked,n_classes_present,n_first_points,n_extra_points,"
        "n_squiggles,n_polygons,n_vertices,stroke_px,n_boxes,job"
    )
    assert set(COUNTS) <= set(COLUMNS)


def test_acts_follow_the_book_and_the_question(tmp_path):
    rows = (
        "image,image,20,20,2,0,0,0,0\n"  # every class is answered
        "point,image,22,20,2,2,0,0,0\n"  # a click answers for its class
        "allpoints,image-class,4,1,1,1,3,0,0\n"
        "point,image-class,1,1,0,0,0,0,0\n"
        "squiggle,image,30,20,2,0,0,3,0\n"  # three strokes for two classes are two acts, paid by the class
        "full,image,240,20,2,0,0,0,3\n"
    )
    timings = read(tmp_path, HEAD + rows)
    acts = acts_of(timings, load_book("voc2012"))
    assert acts.rates == ("label_s", "first_click_s", "extra_click_s", "squiggle_s", "polygon_s")
    assert acts.acts_NP.tolist() == [
        [20, 0, 0, 0, 0],
        [18, 2, 0, 0, 0],
        [0, 1, 3, 0, 0],
        [1, 0, 0, 0, 0],
        [18, 0, 0, 2, 0],
        [18, 0, 0, 0, 3],
    ]


def test_marks_that_are_not_counted_leave_a_task_unexplained(tmp_path):
    timings = read(tmp_path, HEAD + "box,image,90,20,2,0,0,0,0\nbox,image,20,20,0,0,0,0,0\n")
    acts = acts_of(timings, load_book("voc2012"))
    assert acts.rates == ("label_s",)
    assert acts.acts_NP.tolist() == [[0], [20]]
    counted = HEAD.strip() + ",n_boxes\nbox,image,90,20,2,0,0,0,0,3\n"
    assert acts_of(read(tmp_path, counted), load_book("voc2012")).rates == ("label_s", "box_s")


def test_a_checklist_is_read_and_ticked_but_one_class_is_a_question(tmp_path):
    book = tmp_path / "list.toml"
    book.write_text('schema = "budgetseg.costbook/1"\nname = "list"\nextends = "voc2012"\nask = "checklist"\n')
    timings = read(tmp_path, HEAD + "image,image,20,20,2,0,0,0,0\nimage,image-class,1,1,1,0,0,0,0\n")
    acts = acts_of(timings, load_book(book))
    assert dict(zip(acts.rates, acts.acts_NP.T.tolist(), strict=True)) == {
        "label_s": [0, 1],
        "scan_s": [20, 0],
        "tick_s": [2, 0],
    }


def test_what_may_be_missing(tmp_path):
    timings = read(tmp_path, "\ufeffseconds,level,n_first_points,mood\n2.5,point,1,fine\n\n3.5,point,1.0,tired\n")
    assert timings.seconds_N.tolist() == [2.5, 3.5]
    assert timings.first_pass_N.all()
    assert set(timings.annotator_N) == {""}
    marked = read(tmp_path, "seconds,level,skipped,is_update\n1,point,True,0\n1,point,no,1\n1,point,,false\n")
    assert marked.first_pass_N.tolist() == [False, False, True]


def test_gzip_and_single_acts(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"image_id,seconds\na,3\nb,5\n"))
    timings = read_timings(path, act="squiggle_s")
    acts = acts_of(timings, load_book("voc2012"))
    assert acts.rates == ("squiggle_s",)
    assert acts.acts_NP.tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("level\npoint\n", 'row 1: expected a column "seconds"'),
        ("seconds\n3\n", "--act"),
        ("seconds,level\n", "expected rows with times"),
        ("seconds,level\n0,point\n", 'row 2: seconds: expected a number more than 0, got "0"'),
        ("seconds,level\n2,point\nnan,point\n", 'row 3: seconds: expected a number more than 0, got "nan"'),
        ("seconds,level\n,point\n", "row 2: seconds"),
        ("seconds,level\n2,pont\n", 'did you mean "point"'),
        ("seconds,level\n2\n", "row 2: expected 2 cells, got 1"),
        ("seconds,level,granularity\n2,point,pixel\n", "granularity: expected image or image-class"),
        ("seconds,level,n_first_points\n2,point,1.5\n", "n_first_points: expected a whole number"),
        ("seconds,level,n_first_points\n2,point,-1\n", "n_first_points: expected a whole number"),
        ("seconds,level,skipped\n2,point,maybe\n", "skipped: expected true or false"),
        ("seconds,level,n_first_point\n2,point,1\n", 'did you mean "n_first_points"'),
        ("seconds,level,level\n2,point,point\n", "each column once"),
        ("seconds,level,n_classes_asked,n_classes_present\n2,point,1,2\n", "n_classes_present: expected at most"),
        ('seconds,level\n2,"point\n', "comma-separated"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, words):
    with pytest.raises(BudgetsegError) as refused:
        read(tmp_path, text)
    message = str(refused.value)
    assert words in message
    assert "t.csv" in message
    assert "\n" not in message


def test_an_act_that_is_none_is_refused(tmp_path):
    for act in ("squigle_s", "objectness_total_s"):
        with pytest.raises(BudgetsegError, match="--act"):
            read(tmp_path, "seconds\n1\n", act=act)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='0123456789.,-\n"eEna point,seconds,level', max_size=80))
def test_no_text_breaks_the_reader(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_text("seconds,level,n_first_points\n" + text, encoding="utf-8", newline="")
    with contextlib.suppress(BudgetsegError):
        timings = read_timings(path)
        assert (timings.seconds_N > 0).all()
        assert np.isfinite(timings.seconds_N).all()
