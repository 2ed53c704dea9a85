"""What a segmentation of COCO covers: polygons or run-length masks, and where they are broken.

Shape suffixes: H rows, W columns.
"""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.coco_json import CocoAnnotation, CocoImage
from budgetseg.data.polygons import area_of_polygon, fill_polygon
from budgetseg.data.problem import BrokenFileError
from budgetseg.data.rle import check_runs, fill_runs, runs_of_text

__all__ = ["area_of", "region_of"]


@contextmanager
def _blamed(annotation: CocoAnnotation, image: CocoImage) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        what = f"{annotation.where} ({image.file_name}): segmentation: {error}"
        raise BrokenFileError(image.file, what, "correct or remove the annotation") from error


def region_of(annotation: CocoAnnotation, image: CocoImage) -> NDArray[np.bool_]:
    """Return the pixels of an annotation, of the shape of its image; several polygons are united.

    Raises:
        BrokenFileError: Its segmentation is neither polygons nor runs, or of another size than the image.
    """
    with _blamed(annotation, image):
        if isinstance(annotation.segmentation, dict):
            return fill_runs(_runs(annotation.segmentation, image), image.height, image.width)
        region_HW = np.zeros((image.height, image.width), np.bool_)
        for polygon in _polygons(annotation.segmentation):
            region_HW |= fill_polygon(polygon, image.height, image.width)
        return region_HW


def area_of(annotation: CocoAnnotation, image: CocoImage) -> float:
    """Return the area of an annotation in pixels without drawing it: of its runs, or of its polygons by their corners.

    Raises:
        BrokenFileError: As `region_of`.
    """
    with _blamed(annotation, image):
        if isinstance(annotation.segmentation, dict):
            return float(sum(_runs(annotation.segmentation, image)[1::2]))
        return sum(area_of_polygon(polygon) for polygon in _polygons(annotation.segmentation))


def _runs(segmentation: dict[str, Any], image: CocoImage) -> list[int]:
    size, counts = segmentation.get("size"), segmentation.get("counts")
    if size != [image.height, image.width]:
        raise ValueError(f"expected runs of size [{image.height}, {image.width}], got {size!r}")
    if not isinstance(counts, list | str):
        raise ValueError(f"expected counts as a list or text, got {counts!r}")
    runs = runs_of_text(counts) if isinstance(counts, str) else counts
    check_runs(runs, image.height, image.width)
    return runs


def _polygons(segmentation: Any) -> "Iterator[array[float]]":
    if not isinstance(segmentation, list) or not segmentation:
        raise ValueError(f"expected polygons or runs, got {segmentation!r}")
    for polygon in segmentation:
        if not isinstance(polygon, array):
            raise ValueError(f"expected numbers x, y, x, y, ..., got {polygon!r}")
        if len(polygon) < 6 or len(polygon) % 2:
            raise ValueError(f"expected at least 3 corners x, y, got {len(polygon)} numbers")
        if not np.isfinite(polygon).all():
            raise ValueError("expected finite numbers")
        yield polygon
