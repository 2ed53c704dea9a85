"""What a session leaves: annotations that a run trains on, times that a calibration reads, grades on control images.

An answer of the page becomes one of `budgetseg.labelling`, so that it is read, graded and timed as any tool's.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from budgetseg import __version__
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate_page.answers import PageAnswer
from budgetseg.annotate_page.questions import KindAsked, Question
from budgetseg.calibrate.timings import COLUMNS
from budgetseg.files import write_text
from budgetseg.labelling.answer import Answer, Mark, Shape
from budgetseg.labelling.assemble import assemble
from budgetseg.labelling.controls import Control
from budgetseg.labelling.quality import Grade, is_right, trusted
from budgetseg.labelling.reading import read_answer
from budgetseg.labelling.timings import hidden_name, safe_csv, timing_row

__all__ = ["TIMINGS", "annotations_of", "grade_of", "timings_text", "write_outcome"]

TIMINGS: Final = "timings.csv"


def grade_of(kind: KindAsked, annotator: str, answers: Sequence[PageAnswer], questions: Sequence[Question]) -> Grade:
    """Grade the answers about control images, the last one to each question; a skipped one is not right."""
    last = {answer.number: answer for answer in answers if answer.control}
    right = [_is_right(kind, answer, questions[answer.number]) for answer in last.values()]
    return Grade(annotator=annotator, controls=len(right), right=sum(right))


def _is_right(kind: KindAsked, answer: PageAnswer, question: Question) -> bool:
    if answer.skipped:
        return False
    photo = question.photo
    truth = Control(image_id=photo.image_id, width=photo.width, height=photo.height, boxes=photo.boxes or ())
    read, _ = read_answer(_answer(kind, answer, question), kind, {answer.cls: 1})
    return is_right(read, truth, ("background", answer.cls))


def annotations_of(
    kind: KindAsked,
    classes: Sequence[str],
    answers: Sequence[PageAnswer],
    questions: Sequence[Question],
    confidence: float,
) -> AnnotationSet:
    """Return the annotations of the images of which every class has an answer; skipped ones have none."""
    last = {answer.number: answer for answer in answers}
    index_of = {name: index for index, name in enumerate(classes, start=1)}
    reads = [
        read_answer(_answer(kind, answer, questions[answer.number]), kind, index_of)[0]
        for answer in last.values()
        if not answer.control and not answer.skipped
    ]
    names = ("background", *classes)
    assembled = assemble([trusted(read, confidence) for read in reads], names)
    return AnnotationSet(annotations=assembled.annotations, classes=names)


def timings_text(kind: KindAsked, annotator: str, answers: Sequence[PageAnswer], questions: Sequence[Question]) -> str:
    """Return ``timings.csv``: a row for each answer, those about control images too."""
    rows = (
        timing_row(_answer(kind, answer, questions[answer.number], line), kind, 1, hidden_name(annotator))
        for line, answer in enumerate(answers, start=1)
    )
    return safe_csv(COLUMNS, rows)


def _answer(kind: KindAsked, answer: PageAnswer, question: Question, line: int = 0) -> Answer:
    """The same answer as one of a tool, its marks in the middle of their pixels; ``line`` is its place in the log."""
    shape: Shape = "stroke" if kind == "squiggle" else "point"
    marks = [Mark(shape=shape, cls=answer.cls, xy_P2=np.array(points) + 0.5) for points in answer.marks]
    if answer.present and not marks:
        marks = [Mark(shape="class", cls=answer.cls)]
    return Answer(
        tool="budgetseg",
        tool_version=__version__,
        task_id=str(answer.number),
        annotation_id=str(line),
        image_id=answer.image_id,
        kind=kind,
        target_class=answer.cls,
        seconds=answer.seconds,
        created_at=answer.at,
        updated_at=answer.at,
        skipped=answer.skipped,
        is_update=answer.is_update,
        width=question.photo.width,
        height=question.photo.height,
        marks=tuple(marks),
    )


def write_outcome(folder: Path, annotated: AnnotationSet, timings: str) -> None:
    """Write annotations and times beside the log, each file whole."""
    with TemporaryDirectory(prefix=".set-", dir=folder) as temporary:
        annotated.save(Path(temporary) / "set")
        for name in ("annotations.jsonl", "set.json"):
            (Path(temporary) / "set" / name).replace(folder / name)
    write_text(folder / TIMINGS, timings)
