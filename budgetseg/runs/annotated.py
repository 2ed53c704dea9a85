"""Runs on annotations that people gave: what was bought is what is there, and training masks are not needed.

Shape suffixes: N images, C classes (background included at 0).
"""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation, Box, Click
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.data.dataset import Dataset
from budgetseg.data.index import Index
from budgetseg.errors import DataError
from budgetseg.runs.prior import prior_seconds
from budgetseg.runs.purchase import Purchase
from budgetseg.runs.spec import RunSpec

__all__ = ["bought", "fitting", "index_annotated", "load_annotated", "mix_of"]


def mix_of(path: Path) -> dict[str, int]:
    """Return how many images of a set hold each kind.

    Raises:
        DataError: The folder is no annotation set, or an empty one.
    """
    counts = Counter(annotation.kind for annotation in AnnotationSet.load(path).annotations.values())
    if not counts:
        raise DataError(f"{path}: holds no annotation to train on")
    return dict(counts)


def load_annotated(path: Path, dataset: Dataset) -> AnnotationSet:
    """Read a set, its classes in the order of a data set's.

    Raises:
        DataError: The set is broken, asks about other classes than the data set has, or holds other images than those
            it trains on.
    """
    loaded = AnnotationSet.load(path)
    if set(loaded.classes) != set(dataset.classes):
        odd = sorted(set(loaded.classes) ^ set(dataset.classes))
        raise DataError(
            f"{path}: annotators were asked about {', '.join(loaded.classes[1:])}, {dataset.name} has "
            f"{', '.join(dataset.classes[1:])} ({odd[0]} is in one alone); choose the same with --classes"
        )
    training = set(dataset.ids("train"))
    for image_id in loaded.annotations:
        if image_id not in training:
            raise DataError(f"{path}: {image_id} is annotated, but is no training image of {dataset.name}")
    index_C = np.array([dataset.classes.index(name) for name in loaded.classes])
    annotations = {image_id: _renumbered(each, index_C) for image_id, each in loaded.annotations.items()}
    return AnnotationSet(annotations=annotations, classes=dataset.classes)


def _renumbered(annotation: Annotation, index_C: NDArray[np.int64]) -> Annotation:
    mask_HW = annotation.mask_HW
    if mask_HW is not None:
        labels = np.arange(256)
        labels[: len(index_C)] = index_C
        mask_HW = labels.astype(np.uint8)[mask_HW]
    return replace(
        annotation,
        present=tuple(sorted(int(index_C[cls]) for cls in annotation.present)),
        clicks=tuple(replace(click, cls=int(index_C[click.cls])) for click in annotation.clicks),
        strokes=tuple(replace(stroke, cls=int(index_C[stroke.cls])) for stroke in annotation.strokes),
        boxes=tuple(replace(box, cls=int(index_C[box.cls])) for box in annotation.boxes),
        mask_HW=mask_HW,
    )


def fitting(annotation: Annotation, height: int, width: int) -> Annotation:
    """Return an annotation that knows the size of its image; one without marks may not.

    Raises:
        DataError: It was given for an image of another size.
    """
    if (annotation.width, annotation.height) == (0, 0):
        return replace(annotation, width=width, height=height)
    if (annotation.width, annotation.height) != (width, height):
        raise DataError(
            f"{annotation.image_id}: annotated at {annotation.width} x {annotation.height} pixels, the image has "
            f"{width} x {height}; annotate the images that are trained on"
        )
    return annotation


def index_annotated(annotated: AnnotationSet) -> Index:
    """Count what annotators marked in each image: an instance for each mark of its class, at least one."""
    rows, classes = list(annotated.annotations.values()), len(annotated.classes)
    instances_NC = np.zeros((len(rows), classes), np.int64)
    present_NC = np.zeros((len(rows), classes), np.int64)
    for row, annotation in enumerate(rows):
        present_NC[row, list(annotation.present)] = 1
        marks: tuple[Click | Box, ...] = (*annotation.clicks, *annotation.boxes)
        marked = Counter(mark.cls for mark in marks)
        for cls in annotation.present:
            instances_NC[row, cls] = max(1, marked[cls])
    return Index(ids=tuple(annotated.annotations), pixels_NC=present_NC, instances_NC=instances_NC)


def bought(spec: RunSpec, dataset: Dataset) -> Purchase | None:
    """What people's time went into; None for a run whose annotations are yet to be bought."""
    if spec.annotations is None:
        return None
    annotations = list(load_annotated(Path(spec.annotations), dataset).annotations.values())
    fixed_seconds = prior_seconds(spec, [annotation.kind for annotation in annotations])
    seconds = tuple(Fraction(str(annotation.seconds)) for annotation in annotations)
    return Purchase(
        image_ids=tuple(annotation.image_id for annotation in annotations),
        kinds=tuple(annotation.kind for annotation in annotations),
        held=(None,) * len(annotations),
        seconds=seconds,
        fixed_seconds=fixed_seconds,
        budget_seconds=sum(seconds, fixed_seconds),
    )
