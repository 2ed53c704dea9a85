"""Several people's answers for one image, as one annotation."""

from collections.abc import Sequence
from dataclasses import replace

from budgetseg.annotate.annotation import Annotation

__all__ = ["union"]


def union(answers: Sequence[Annotation]) -> Annotation:
    """Everything that anyone said, as in the paper's "3 annotators" (section 5.3).

    A class is present when anyone says so. A box that several people give alike is kept once. Of masks, the first
    person's is kept: exact ones are alike, and inexact ones have no union.
    """
    first = answers[0]
    boxes = list(dict.fromkeys(replace(box, annotator=0) for answer in answers for box in answer.boxes))
    return replace(
        first,
        present=tuple(sorted({cls for answer in answers for cls in answer.present})),
        clicks=tuple(click for answer in answers for click in answer.clicks),
        strokes=tuple(stroke for answer in answers for stroke in answer.strokes),
        boxes=tuple(boxes),
    )
