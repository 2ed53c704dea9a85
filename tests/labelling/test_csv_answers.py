"""Answers in a plain table."""

import pytest

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.csv_answers import read_csv_answers
from budgetseg.labelling.csv_tasks import ANSWER_COLUMNS
from budgetseg.labelling.ingest import ingest

HEAD = ",".join(ANSWER_COLUMNS)


def line(shape="point", cls="dog", points="3,4", task="t1", image="a", level="point", seconds="5"):
    return f'{task},{image},200,100,{level},,001,p1,ann,{seconds},,{shape},{cls},"{points}"'


def read(written, *lines, **options):
    return ingest(read_csv_answers(written("\n".join([HEAD, *lines]) + "\n", "a.csv")), **options)


def test_lines_of_a_task_make_one_answer(written):
    found = read(written, line(), line(points="9,9", cls="cat"), line("", "", "", task="t2", image="b"))
    first, second = found.annotations.annotations.values()
    assert [(c.cls, c.x, c.y) for c in first.clicks] == [(2, 3, 4), (1, 9, 9)]
    assert (second.present, second.clicks) == ((), ())
    assert [row["seconds"] for row in found.timings] == [5.0, 5.0]
    assert not found.rejects


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (line(points="300,4"), "inside the 200 x 100 pixels"),
        (line(points="3;4"), "points as x,y"),
        (line(shape="blob"), "shape: expected class, point"),
        (line(cls=""), "class: expected a name"),
        (line(shape=""), "no shape"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(written, bad, why):
    found = read(written, line(cls="cat"), bad)
    (reject,) = found.rejects
    assert reject.row.endswith("line 3")
    assert why in reject.reason
    assert len(found.annotations.annotations["a"].clicks) == 1


def test_lines_must_agree_and_have_all_fields(written):
    found = read(written, line(), line(seconds="6"), "t9,b")
    assert {each.row: each.reason.split(":")[0] for each in found.rejects} == {
        "line 4": "expected as many fields as the head has",
        "line 2": "seconds",
    }


def test_another_table_is_refused(written):
    with pytest.raises(InvalidInputError, match="lacks the column task_id"):
        list(read_csv_answers(written("a,b\n1,2\n", "a.csv")))
