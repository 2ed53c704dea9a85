"""How right a set of annotations is, measured against the masks of its data set.

Shape suffixes: H rows, W columns; P pixels, 2 is (x, y).
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation, Box, Click
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.boundary import band_width, boundary_iou
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.data.dataset import BACKGROUND, VOID, Dataset
from budgetseg.errors import DataError

__all__ = ["Observed", "observe"]


@dataclass(frozen=True, kw_only=True)
class Observed:
    """The annotations of one kind beside the truth; shares are from 0 to 1, None where there is nothing to count."""

    images: int
    classes_missed: float | None
    """Share of the present classes that were not said to be present."""
    classes_invented: float | None
    """Share of the classes said to be present that are not."""
    instances_missed: float | None
    """``allpoints`` and ``box``: share of the visible instances without a mark. An instance is not matched with its
    mark, which may have slipped: marks are counted, class by class."""
    pixels: int
    """Clicks, or pixels of strokes."""
    wrong: float | None
    """Share of these on another class."""
    void: float | None
    """Share of these on void."""
    background_clicks: int
    """Clicks meant for the background, which are not among those pixels."""
    background_wrong: float | None
    """Share of these on an object."""
    background_void: float | None
    """Share of these on void."""
    boundary_iou: float | None
    """Mean boundary IoU of the masks' classes, as drawn, with the truth; void has no say. A class of an image that only
    one side has counts 0."""


def observe(annotations: AnnotationSet, dataset: Dataset) -> dict[str, Observed]:
    """Compare with the masks, kind by kind.

    Raises:
        DataError: The set is of another data set: other classes, an unknown image, or another size.
    """
    if annotations.classes != dataset.classes:
        raise DataError(
            f"{dataset.name}: expected the classes of the annotations ({', '.join(annotations.classes)}), "
            f"got {', '.join(dataset.classes)}"
        )
    known = {*dataset.ids("train"), *dataset.ids("val")}
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    edges: dict[str, list[float]] = defaultdict(list)
    for annotation in annotations.annotations.values():
        if annotation.image_id not in known:
            raise DataError(f"{dataset.name}: has no image {annotation.image_id}, which is annotated")
        picture = Picture.of(dataset, annotation.image_id)
        if (picture.height, picture.width) != (annotation.height, annotation.width):
            raise DataError(
                f"{dataset.name}: {annotation.image_id}: expected {annotation.width} x {annotation.height} pixels as "
                f"annotated, got {picture.width} x {picture.height}"
            )
        tallies[annotation.kind] += _tally(annotation, picture)
        if annotation.mask_HW is not None:
            edges[annotation.kind] += _edges(annotation.mask_HW, picture.mask_HW)
    return {kind: _observed(tally, edges[kind]) for kind, tally in tallies.items()}


def _tally(annotation: Annotation, picture: Picture) -> Counter[str]:
    tally = Counter(images=1)
    truth, said = set(picture.present), set(annotation.present)
    tally.update(present=len(truth), missed=len(truth - said), said=len(said), invented=len(said - truth))
    if annotation.kind in ("allpoints", "box"):
        marks: tuple[Click | Box, ...] = (*annotation.clicks, *annotation.boxes)
        people = len({mark.annotator for mark in marks}) or 1
        given = Counter(mark.cls for mark in marks if mark.cls != BACKGROUND)
        there = Counter(thing.cls for thing in picture.things)
        tally["instances"] += people * there.total()
        tally["unmarked"] += sum(max(0, people * count - given[cls]) for cls, count in there.items())
    for click in annotation.clicks:
        meant = "background " if click.cls == BACKGROUND else ""
        _score(tally, int(picture.mask_HW[click.y, click.x]), click.cls, 1, meant)
    for stroke in annotation.strokes:
        xy_P2 = stroke_pixels(stroke, picture.height, picture.width)
        for seen, pixels in Counter(picture.mask_HW[xy_P2[:, 1], xy_P2[:, 0]].tolist()).items():
            _score(tally, seen, stroke.cls, pixels)
    return tally


def _edges(drawn_HW: NDArray[np.uint8], truth_HW: NDArray[np.uint8]) -> list[float]:
    """Boundary IoU of each object class that either mask holds."""
    width = band_width(*truth_HW.shape)
    drawn_HW = np.where(truth_HW == VOID, np.uint8(VOID), drawn_HW)
    classes = np.union1d(drawn_HW, truth_HW)
    return [
        boundary_iou(drawn_HW == cls, truth_HW == cls, width)
        for cls in classes.tolist()
        if cls not in (BACKGROUND, VOID)
    ]


def _score(tally: Counter[str], seen: int, meant: int, pixels: int, whose: str = "") -> None:
    tally[f"{whose}pixels"] += pixels
    if seen == VOID:
        tally[f"{whose}void"] += pixels
    elif seen != meant:
        tally[f"{whose}wrong"] += pixels


def _observed(tally: Counter[str], edges: list[float]) -> Observed:
    def share(part: str, whole: str) -> float | None:
        return tally[part] / tally[whole] if tally[whole] else None

    return Observed(
        images=tally["images"],
        classes_missed=share("missed", "present"),
        classes_invented=share("invented", "said"),
        instances_missed=share("unmarked", "instances"),
        pixels=tally["pixels"],
        wrong=share("wrong", "pixels"),
        void=share("void", "pixels"),
        background_clicks=tally["background pixels"],
        background_wrong=share("background wrong", "background pixels"),
        background_void=share("background void", "background pixels"),
        boundary_iou=sum(edges) / len(edges) if edges else None,
    )
