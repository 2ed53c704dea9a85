"""Annotation files of COCO: one JSON document with ``images``, ``annotations`` and ``categories``.

Read are of an image ``id``, ``file_name``, ``height`` and ``width``, of a category ``id`` and ``name``, and of an
annotation ``image_id``, ``category_id``, ``iscrowd`` (0 where absent) and ``segmentation``: polygons
``[[x, y, x, y, ...], ...]`` or runs ``{"size": [height, width], "counts": [...] or "text"}``.
"""

import contextlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from budgetseg.data.dataset import VOID
from budgetseg.data.lists import image_id_of
from budgetseg.data.problem import BrokenFileError
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json

__all__ = ["CocoAnnotation", "CocoFile", "CocoImage", "read_coco"]

_PARTS = ("images", "annotations", "categories")


class CocoAnnotation(NamedTuple):
    """One object, or a crowd of them."""

    where: str
    """For messages: ``annotations[3]``, counted from 0 as JSON paths are."""
    class_index: int
    crowd: bool
    segmentation: Any
    """As it stands in the file; looked at when it is drawn."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CocoImage:
    """One image and what is annotated in it."""

    file: Path
    """The annotation file."""
    file_name: str
    height: int
    width: int
    annotations: list[CocoAnnotation]


@dataclass(frozen=True, kw_only=True, eq=False)
class CocoFile:
    """One annotation file."""

    path: Path
    classes: tuple[str, ...]
    """``background``, then the categories in the order of their ids."""
    images: Mapping[str, CocoImage]
    """By the name of the image file without folder and suffix, in the order of the annotation file."""


def _compact(entry: dict[str, Any]) -> dict[str, Any]:
    """Keep coordinates as 8 bytes each, not 32: those of COCO's training images would fill two gigabytes."""
    polygons = entry.get("segmentation")
    if isinstance(polygons, list):
        with contextlib.suppress(TypeError, OverflowError):  # told where it is drawn
            entry["segmentation"] = [array("d", polygon) for polygon in polygons]
    return entry


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _entries(path: Path, document: Any, part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for k, entry in enumerate(document[part]):
        if not isinstance(entry, dict):
            raise BrokenFileError(path, f"{part}[{k}]: expected an object, got {entry!r}", "write it as COCO does")
        yield f"{part}[{k}]", entry


def _categories(path: Path, document: Any) -> dict[int, str]:
    found: dict[int, str] = {}
    for where, entry in _entries(path, document, "categories"):
        number, name = entry.get("id"), entry.get("name")
        if isinstance(number, bool) or not isinstance(number, int) or not isinstance(name, str) or not name:
            raise BrokenFileError(path, f"{where}: expected an id and a name, got {entry!r}", "add what is missing")
        if number in found or name in found.values() or name == "background":
            what = f'{where}: expected an id and a name of its own, got {number} and "{name}"'
            raise BrokenFileError(path, what, "number and name each category once; the background is none")
        found[number] = name
    if not 1 <= len(found) < VOID:
        what = f"categories: expected 1 to {VOID - 1}, got {len(found)}"
        raise BrokenFileError(path, what, "keep the categories that you plan with")
    return found


def _images(path: Path, document: Any) -> tuple[dict[str, CocoImage], dict[Any, CocoImage]]:
    by_name: dict[str, CocoImage] = {}
    by_number: dict[Any, CocoImage] = {}
    for where, entry in _entries(path, document, "images"):
        number, name = entry.get("id"), entry.get("file_name")
        height, width = entry.get("height"), entry.get("width")
        if not (isinstance(number, int | str) and isinstance(name, str) and _whole(height) and _whole(width)):
            what = f"{where}: expected id, file_name, height and width in pixels, got {entry!r}"
            raise BrokenFileError(path, what, "add what is missing")
        image_id = image_id_of(name)
        if not image_id or image_id in by_name or number in by_number:
            what = f'{where}: expected an id and a file name of its own, got {number!r} and "{name}"'
            raise BrokenFileError(path, what, "list each image once, and give no two the same name")
        image = CocoImage(file=path, file_name=name, height=height, width=width, annotations=[])
        by_name[image_id] = by_number[number] = image
    return by_name, by_number


def read_coco(path: Path) -> CocoFile:
    """Read an annotation file. Segmentations are looked at when they are drawn; all else is checked here.

    Raises:
        BrokenFileError: The file is missing or not of this form, or an annotation names an unknown image or category;
            the message names the entry.
    """
    try:
        document = read_json(path, object_hook=_compact)
    except InvalidInputError as error:
        what = str(error).removeprefix(f"{path}: ")
        raise BrokenFileError(path, what, "put an annotation file of COCO's form there") from error
    if not isinstance(document, dict) or not all(isinstance(document.get(part), list) for part in _PARTS):
        raise BrokenFileError(path, f"expected lists of {', '.join(_PARTS)}", "write it as COCO does")
    categories = _categories(path, document)
    index_of = {number: k for k, number in enumerate(sorted(categories), start=1)}
    images, image_of = _images(path, document)
    for where, entry in _entries(path, document, "annotations"):
        for key, known in (("image_id", image_of), ("category_id", index_of)):
            value = entry.get(key)
            if not isinstance(value, int | str) or value not in known:
                what = f"{where}: {key}: expected the id of one of the {key.removesuffix('_id')} entries, got {value!r}"
                raise BrokenFileError(path, what, "add what it names, or remove the annotation")
        if entry.get("iscrowd", 0) not in (0, 1):
            what = f"{where}: iscrowd: expected 0 or 1, got {entry['iscrowd']!r}"
            raise BrokenFileError(path, what, "correct the annotation")
        annotation = CocoAnnotation(
            where, index_of[entry["category_id"]], bool(entry.get("iscrowd")), entry.get("segmentation")
        )
        image_of[entry["image_id"]].annotations.append(annotation)
    classes = ("background", *(categories[number] for number in sorted(categories)))
    return CocoFile(path=path, classes=classes, images=images)
