"""Instance lists: boxes of the objects in each image, as ``{image: [{"cls": 8, "bbox": [xmin, ymin, xmax, ymax]}]}``.

``cls`` is the class index in the masks as they are on disk, before ``--classes``; coordinates are pixels from the top
left corner of the image as it is on disk.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from budgetseg.data.problem import BrokenFileError
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json

__all__ = ["Box", "read_boxes"]

_FORM = 'expected {"image": [{"cls": 8, "bbox": [xmin, ymin, xmax, ymax]}]}'


class Box(NamedTuple):
    """One object: its class and its sides in pixels (pixel column x spans x to x + 1)."""

    class_index: int
    xmin: float
    ymin: float
    xmax: float
    ymax: float


def _box(entry: Any, classes: int, where: str, path: Path) -> Box:
    if not isinstance(entry, dict) or not {"cls", "bbox"} <= entry.keys():
        raise BrokenFileError(path, f"{where}: {_FORM}, got {entry!r}", "write each instance in that form")
    class_index, sides = entry["cls"], entry["bbox"]
    if isinstance(class_index, bool) or not isinstance(class_index, int) or not 1 <= class_index < classes:
        what = f"{where}: cls: expected a class index from 1 to {classes - 1}, got {class_index!r}"
        raise BrokenFileError(path, what, "use the indices of the masks")
    numbers = isinstance(sides, list) and len(sides) == 4
    numbers = numbers and all(
        isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in sides
    )
    if not numbers or not (sides[0] < sides[2] and sides[1] < sides[3]):
        what = f"{where}: bbox: expected [xmin, ymin, xmax, ymax] with xmin < xmax and ymin < ymax, got {sides!r}"
        raise BrokenFileError(path, what, "correct the box")
    return Box(class_index, *(float(side) for side in sides))


def read_boxes(path: Path, classes: int) -> Mapping[str, tuple[Box, ...]]:
    """Read an instance list.

    Args:
        path: The JSON file.
        classes: Number of classes in the masks on disk, background included.

    Returns:
        For each image of the list its boxes, in the order of the file.

    Raises:
        BrokenFileError: The file is missing or not of this form; the message names image, entry and key.
    """
    try:
        document = read_json(path)
    except InvalidInputError as error:
        raise BrokenFileError(path, str(error).removeprefix(f"{path}: "), _FORM) from error
    if not isinstance(document, dict) or not all(isinstance(entries, list) for entries in document.values()):
        raise BrokenFileError(path, _FORM, "write the instance list in that form")
    return {
        image_id: tuple(_box(entry, classes, f"{image_id}[{k}]", path) for k, entry in enumerate(entries))
        for image_id, entries in document.items()
    }
