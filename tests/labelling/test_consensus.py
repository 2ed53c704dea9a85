"""What several people's answers come to."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetseg.annotate.annotation import Annotation, Box, Click
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import Answer
from budgetseg.labelling.assemble import as_several, assemble
from budgetseg.labelling.consensus import consensus
from budgetseg.labelling.quality import trusted
from budgetseg.labelling.reading import Read

CLASSES = ("background", "cat", "dog")


def said(kind, *present, **marks):
    return Annotation(image_id="a", kind=kind, width=4, height=3, present=present, seconds=2.0, **marks)


def test_a_class_is_there_where_half_of_the_confidence_says_so():
    answers = [said("image", 1), said("image", 1, 2), said("image")]
    assert consensus(answers, [1, 1, 1]).present == (1,)
    assert consensus(answers, [0.2, 0.9, 0.3]).present == (1, 2)
    assert consensus(answers, [0.2, 0.2, 0.9]).present == ()
    assert consensus(answers[1:], [0.7, 0.7]).present == (1, 2)
    assert consensus(answers, [1, 1, 1]).seconds == 6


def test_clicks_are_everybody_s_on_the_classes_that_are_there():
    answers = [said("point", cls, clicks=(Click(cls=cls, x=at, y=0),)) for at, cls in enumerate((1, 1, 2))]
    assert [(click.cls, click.x) for click in consensus(answers, [0.5, 0.8, 0.9]).clicks] == [(1, 0), (1, 1)]


def test_boxes_are_those_of_the_most_trusted_who_drew_any():
    def box(cls, x):
        return Box(cls=cls, x_min=x, y_min=0, x_max=3, y_max=2)

    answers = [said("box", 1, boxes=(box(1, 0), box(1, 1))), said("box", 1, 2, boxes=(box(1, 2), box(2, 0)))]
    assert consensus(answers, [0.5, 0.8]).boxes == (box(1, 2), box(2, 0))
    assert consensus([*answers, said("box", 1)], [0.9, 0.8, 0.1]).boxes == (box(1, 0), box(1, 1))


@given(
    st.lists(st.lists(st.sampled_from([0, 1, 2, 255]), min_size=12, max_size=12), min_size=2, max_size=5),
    st.lists(st.sampled_from([0.25, 0.5, 0.75, 1.0]), min_size=5, max_size=5),
)
def test_pixels_go_to_the_label_with_most_confidence(labels, weights):
    """Against a count by hand, pixel by pixel."""
    weights = weights[: len(labels)]
    masks = [np.array(each, np.uint8).reshape(3, 4) for each in labels]
    got = consensus([said("full", mask_HW=mask_HW) for mask_HW in masks], weights)
    ranked = sorted(zip(weights, masks, strict=True), key=lambda each: -each[0])
    for y, x in np.ndindex(3, 4):
        votes = Counter()
        for weight, mask_HW in ranked:
            votes[int(mask_HW[y, x])] += weight
        best = [cls for cls, weight in votes.items() if weight == max(votes.values())]
        trusted_one = int(ranked[0][1][y, x])
        assert int(got.mask_HW[y, x]) in best
        assert trusted_one not in best or int(got.mask_HW[y, x]) == trusted_one
    assert got.present == tuple(cls for cls in (1, 2) if (got.mask_HW == cls).any())


def test_graded_confidence_decides_and_the_count_is_told():
    def read(person, confidence, *present):
        answer = Answer(tool="x", task_id="1", image_id="a", annotator=person, created_at=f"2026-01-0{person}")
        return trusted(Read(answer=answer, annotation=said("image", *present), asked=(1, 2)), confidence)

    reads = [read("1", 0.9, 1), read("2", 0.2, 2), read("3", 0.2, 2)]
    got = assemble(reads, CLASSES)
    assert (got.annotations["a"].present, got.shared, got.rejects) == ((1,), 1, ())
    assert assemble(reads, CLASSES, "latest").annotations["a"].present == (2,)
    assert assemble(reads[:1], CLASSES).shared == 0
    with pytest.raises(InvalidInputError, match="consensus, latest, union"):
        as_several("all")
