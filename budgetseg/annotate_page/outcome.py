"""What a session leaves: annotations that a run trains on, times that a calibration reads, grades on control images."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from budgetseg import __version__
from budgetseg.annotate.annotation import Annotation, Click, Stroke
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.annotate_page.answers import PageAnswer
from budgetseg.annotate_page.questions import KindAsked, Question
from budgetseg.calibrate.timings import COLUMNS
from budgetseg.files import write_text

__all__ = [
    "PEN_PIXELS",
    "TIMINGS",
    "Grade",
    "annotations_of",
    "grade_of",
    "hidden_name",
    "timings_text",
    "write_outcome",
]

TIMINGS: Final = "timings.csv"
PEN_PIXELS: Final = 3
"""Width of a stroke."""


@dataclass(frozen=True, kw_only=True)
class Grade:
    """One person on the control images."""

    controls: int
    right: int

    @property
    def confidence(self) -> float:
        """How far the clicks are to be trusted, (right + 1) / (controls + 2); 1 where there are no controls."""
        return (self.right + 1) / (self.controls + 2) if self.controls else 1.0


def hidden_name(annotator: str) -> str:
    """A stand-in for a name, always the same one: times are for measuring acts, not people."""
    return hashlib.sha256(f"budgetseg annotator {annotator}".encode()).hexdigest()[:12]


def grade_of(kind: KindAsked, answers: Sequence[PageAnswer], questions: Sequence[Question]) -> Grade:
    """Grade the answers about control images, the last one to each question."""
    last = {answer.number: answer for answer in answers if answer.control and not answer.skipped}
    right = [_is_right(kind, answer, questions[answer.number]) for answer in last.values()]
    return Grade(controls=len(right), right=sum(right))


def _is_right(kind: KindAsked, answer: PageAnswer, question: Question) -> bool:
    """Section 4.1 of the paper: a click falls into the tight box of an instance, and all instances get one."""
    boxes = [box for cls, box in question.photo.boxes or () if cls == answer.cls]
    if answer.present != bool(boxes):
        return False

    def inside(points: Sequence[tuple[int, int]]) -> bool:
        hits = sum(any(a <= x <= c and b <= y <= d for a, b, c, d in boxes) for x, y in points)
        return 2 * hits >= len(points)  # of a stroke, half; a click has one point

    enough = kind != "allpoints" or len(answer.marks) >= len(boxes)
    return enough and all(inside(points) for points in answer.marks)


def annotations_of(
    kind: KindAsked,
    classes: Sequence[str],
    answers: Sequence[PageAnswer],
    questions: Sequence[Question],
    confidence: float,
) -> AnnotationSet:
    """Return the annotations of the images of which every class has an answer; skipped ones have none."""
    last = {answer.number: answer for answer in answers}
    of_image: dict[str, list[PageAnswer]] = {}
    photos = {}
    for question in questions:
        answer = last.get(question.number)
        if not question.control:
            photos[question.photo.image_id] = question.photo
            if answer is not None and not answer.skipped:
                of_image.setdefault(question.photo.image_id, []).append(answer)
    found = {}
    for image_id in photos:
        given = of_image.get(image_id, [])
        if len(given) == len(classes):
            found[image_id] = _annotation(
                kind, classes, given, photos[image_id].width, photos[image_id].height, confidence
            )
    return AnnotationSet(annotations=found, classes=("background", *classes))


def _annotation(
    kind: KindAsked, classes: Sequence[str], given: Sequence[PageAnswer], width: int, height: int, confidence: float
) -> Annotation:
    clicks, strokes, present = [], [], []
    for answer in sorted(given, key=lambda each: classes.index(each.cls)):
        cls = 1 + classes.index(answer.cls)
        if answer.present:
            present.append(cls)
        for rank, points in enumerate(answer.marks, start=1):
            if kind == "squiggle":
                strokes.append(Stroke(cls=cls, points=points, width=PEN_PIXELS))
            else:
                clicks.append(Click(cls=cls, x=points[0][0], y=points[0][1], rank=rank, confidence=confidence))
    return Annotation(
        image_id=given[0].image_id,
        kind=kind,
        width=width,
        height=height,
        present=tuple(present),
        clicks=tuple(clicks),
        strokes=tuple(strokes),
        seconds=sum(answer.seconds for answer in given),
    )


def timings_text(kind: KindAsked, annotator: str, answers: Sequence[PageAnswer], questions: Sequence[Question]) -> str:
    """Return ``timings.csv``: a row for each answer, those about control images too."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line, answer in enumerate(answers, start=1):
        writer.writerow(_row(kind, annotator, line, answer, questions[answer.number]))
    return text.getvalue()


def _row(kind: KindAsked, annotator: str, line: int, answer: PageAnswer, question: Question) -> dict[str, Any]:
    clicks = len(answer.marks) if kind in ("point", "allpoints") else 0
    strokes = [Stroke(cls=0, points=points, width=PEN_PIXELS) for points in answer.marks] if kind == "squiggle" else []
    photo = question.photo
    return {
        "tool": "budgetseg",
        "tool_version": __version__,
        "project": "",
        "task_id": answer.number,
        "annotation_id": line,
        "image_id": answer.image_id,
        "level": kind,
        "granularity": "image-class",
        "annotator": hidden_name(annotator),
        "seconds": answer.seconds,
        "created_at": answer.at,
        "updated_at": answer.at,
        "skipped": int(answer.skipped),
        "is_update": int(answer.is_update),
        "from_prediction": 0,
        "n_classes_asked": 1,
        "n_classes_present": int(answer.present),
        "n_first_points": min(clicks, 1),
        "n_extra_points": max(clicks - 1, 0),
        "n_squiggles": len(strokes),
        "n_polygons": 0,
        "n_vertices": 0,
        "stroke_px": sum(len(stroke_pixels(stroke, photo.height, photo.width)) for stroke in strokes),
    }


def write_outcome(folder: Path, annotated: AnnotationSet, timings: str) -> None:
    """Write annotations and times beside the log, each file whole."""
    with TemporaryDirectory(prefix=".set-", dir=folder) as temporary:
        annotated.save(Path(temporary) / "set")
        for name in ("annotations.jsonl", "set.json"):
            (Path(temporary) / "set" / name).replace(folder / name)
    write_text(folder / TIMINGS, timings)
