"""Grades of annotators on control images, and which batches must be done again.

An answer about a control image is right where the classes said to be there are those that are, and every mark fits: a
click falls in the tight box of an instance of its class; where every instance is asked for there are at least as many
clicks as instances (both as in section 4.1 of the paper); at least half of a stroke's pixels lie in such boxes; each
instance has a box, and each class a mask, whose extent overlaps the true one by an IoU of one half.

A person's confidence is the share of control images that were right, with one right and one wrong one added, so that
few of them prove nothing: (right + 1) / (controls + 2); without any it is 1, since nothing speaks against the person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.labelling.controls import Control, Controls
from budgetseg.labelling.reading import Read

__all__ = ["BatchGrade", "Grade", "Quality", "grade", "is_right", "trusted"]

_Box = tuple[int, int, int, int]

OVERLAP: Final = 0.5
"""IoU from which two extents are the same object's, as in PASCAL VOC's detection task."""


@dataclass(frozen=True, kw_only=True)
class Grade:
    """One annotator on all control images."""

    annotator: str
    controls: int
    right: int

    @property
    def confidence(self) -> float:
        """How far the annotator's clicks are to be trusted, above 0; 1 where there are no controls."""
        return (self.right + 1) / (self.controls + 2) if self.controls else 1.0

    def to_dict(self) -> dict[str, Any]:
        """As in ``quality.json``."""
        return {**asdict(self), "confidence": self.confidence}


@dataclass(frozen=True, kw_only=True)
class BatchGrade:
    """One annotator on the control images of one batch."""

    batch: str
    annotator: str
    controls: int
    right: int
    needed: int

    @property
    def passed(self) -> bool:
        """Whether enough were right."""
        return self.right >= self.needed

    def to_dict(self) -> dict[str, Any]:
        """As in ``quality.json``."""
        return {**asdict(self), "passed": self.passed}


@dataclass(frozen=True, kw_only=True)
class Quality:
    """The grades of a campaign."""

    annotators: tuple[Grade, ...] = ()
    batches: tuple[BatchGrade, ...] = ()

    def confidence(self, annotator: str) -> float:
        """Of an annotator; 1 where no control image says anything."""
        return next((grade.confidence for grade in self.annotators if grade.annotator == annotator), 1.0)

    @property
    def failed(self) -> dict[tuple[str, str], BatchGrade]:
        """Batches that must be done again, by batch and annotator."""
        return {(grade.batch, grade.annotator): grade for grade in self.batches if not grade.passed}

    def to_dict(self) -> dict[str, Any]:
        """As in ``quality.json``."""
        return {
            "schema": "budgetseg.quality/1",
            "annotators": [grade.to_dict() for grade in self.annotators],
            "batches": [grade.to_dict() for grade in self.batches],
        }


def grade(answers: Iterable[tuple[str, str, bool]], controls: Controls) -> Quality:
    """Grade answers about control images.

    Args:
        answers: Batch, annotator, and whether the answer is right; a skipped one is not, or whoever skips what is hard
            would pass unproven.
        controls: Say how many must be right.
    """
    of_batch: dict[tuple[str, str], list[bool]] = {}
    of_person: dict[str, list[bool]] = {}
    for batch, annotator, right in answers:
        of_batch.setdefault((batch, annotator), []).append(right)
        of_person.setdefault(annotator, []).append(right)
    return Quality(
        annotators=tuple(
            Grade(annotator=annotator, controls=len(rights), right=sum(rights))
            for annotator, rights in sorted(of_person.items())
        ),
        batches=tuple(
            BatchGrade(
                batch=batch,
                annotator=annotator,
                controls=len(rights),
                right=sum(rights),
                needed=controls.needed(len(rights)),
            )
            for (batch, annotator), rights in sorted(of_batch.items())
        ),
    )


def is_right(read: Read, control: Control, classes: Sequence[str]) -> bool:
    """Tell whether an answer about a control image is right.

    Args:
        read: The answer.
        control: What is there.
        classes: Names by index.
    """
    truth = {cls: control.boxes_of(classes[cls]) for cls in read.asked}
    annotation = read.annotation
    if set(annotation.present) != {cls for cls, boxes in truth.items() if boxes}:
        return False
    return all(_fits(annotation, cls, boxes) for cls, boxes in truth.items() if boxes)


def trusted(read: Read, confidence: float) -> Read:
    """The same answer, it and its clicks weighted by their person's confidence."""
    clicks = tuple(replace(click, confidence=confidence) for click in read.annotation.clicks)
    return replace(read, annotation=replace(read.annotation, clicks=clicks), confidence=confidence)


def _fits(annotation: Annotation, cls: int, boxes: list[_Box]) -> bool:
    kind = annotation.kind
    if kind in ("point", "allpoints"):
        clicks = [click for click in annotation.clicks if click.cls == cls]
        needed = len(boxes) if kind == "allpoints" else 1
        return len(clicks) >= needed and all(_in_any(click.x, click.y, boxes) for click in clicks)
    if kind == "squiggle":
        strokes = [stroke for stroke in annotation.strokes if stroke.cls == cls]
        pixels = [xy for each in strokes for xy in stroke_pixels(each, annotation.height, annotation.width).tolist()]
        return bool(pixels) and sum(_in_any(x, y, boxes) for x, y in pixels) >= len(pixels) / 2
    if kind == "box":
        drawn = [(box.x_min, box.y_min, box.x_max, box.y_max) for box in annotation.boxes if box.cls == cls]
        return all(any(_iou(box, one) >= OVERLAP for one in drawn) for box in boxes)
    if annotation.mask_HW is not None:
        rows, columns = np.nonzero(annotation.mask_HW == cls)
        if not len(rows):
            return False
        extent = (int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
        return _iou(extent, _around(boxes)) >= OVERLAP
    return True


def _in_any(x: int, y: int, boxes: Iterable[_Box]) -> bool:
    return any(x_min <= x <= x_max and y_min <= y <= y_max for x_min, y_min, x_max, y_max in boxes)


def _around(boxes: Sequence[_Box]) -> _Box:
    x_min, y_min, x_max, y_max = zip(*boxes, strict=True)
    return min(x_min), min(y_min), max(x_max), max(y_max)


def _area(box: _Box) -> int:
    return max(0, box[2] - box[0] + 1) * max(0, box[3] - box[1] + 1)


def _iou(a: _Box, b: _Box) -> float:
    shared = _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    return shared / (_area(a) + _area(b) - shared)
