"""Sheets on which a person counts objects: a CSV file with a column ``image`` and one for each class.

A cell holds how many instances of the class are in the image. In a row that was counted an empty cell means none; a row
without any number was not counted yet, and is refused, because taking it for an image of nothing would bias the means.

Shape suffixes: N images, K classes.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.lists import IMAGE_SUFFIXES, read_lines
from budgetseg.data.problem import BrokenFileError
from budgetseg.errors import DataError, InvalidInputError
from budgetseg.files import csv_text

__all__ = ["CountSheet", "draw_images", "empty_sheet", "read_sheet"]

_IMAGE = "image"


@dataclass(frozen=True, kw_only=True, eq=False)
class CountSheet:
    """A sheet that was filled in."""

    classes: tuple[str, ...]
    images: tuple[str, ...]
    instances_NK: NDArray[np.int64]


def _names(source: Path) -> list[str]:
    if source.is_dir():
        names = sorted(
            entry.name
            for entry in source.iterdir()
            if entry.suffix.lower() in IMAGE_SUFFIXES and not entry.name.startswith(".")
        )
        if not names:
            raise DataError(
                f"{source}: expected images ({', '.join(IMAGE_SUFFIXES)}) in this folder; name the one that holds them"
            )
        return names
    lines = [line for _, line in read_lines(source, "name a folder of images, or a list of image names")]
    return list(dict.fromkeys(lines))


def draw_images(source: Path, count: int, rng: np.random.Generator) -> tuple[tuple[str, ...], int]:
    """Draw images to count, each equally likely.

    Args:
        source: A folder of images, or a text file with one name a line.
        count: How many to draw.
        rng: Where chance comes from.

    Returns:
        The names, in the order of the folder or list, and how many there are to draw from.

    Raises:
        DataError: Nothing to draw from.
        InvalidInputError: Fewer than 2 are asked for, or more than there are.
    """
    names = _names(source)
    if not 2 <= count <= len(names):
        raise InvalidInputError(f"--count: expected 2 to {len(names)}, the images of {source}, got {count}")
    return tuple(names[k] for k in sorted(rng.choice(len(names), count, replace=False).tolist())), len(names)


def empty_sheet(images: Sequence[str], classes: Sequence[str]) -> str:
    """Return the text of a sheet to fill in.

    Raises:
        InvalidInputError: No class, a class twice, or one of the name of the first column.
    """
    if not classes:
        raise InvalidInputError("--classes: name the classes to count, such as --classes cat,dog")
    for name in classes:
        if list(classes).count(name) > 1 or name == _IMAGE:
            raise InvalidInputError(f'--classes: "{name}" is a column already; name each class once')
    return csv_text([_IMAGE, *classes], ([image, *([""] * len(classes))] for image in images))


def read_sheet(path: Path) -> CountSheet:
    """Read a sheet that was filled in; cells may be separated by commas or, as some spreadsheets do, semicolons.

    Raises:
        BrokenFileError: The sheet is missing or not of this form; the message names row and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        fix = "make one with budgetseg data stats FOLDER --count 50 --classes a,b -o SHEET"
        raise BrokenFileError(path, f"cannot read this sheet ({error.strerror or error})", fix) from error
    except UnicodeDecodeError as error:
        raise BrokenFileError(path, f"expected text in UTF-8, byte {error.start} is not", "save it as UTF-8") from error
    delimiter = ";" if text.startswith(f"{_IMAGE};") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    classes = _header(path, next(reader, []))
    rows: dict[str, list[int]] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"row {reader.line_num}"
        image = cells[0].strip()
        if len(cells) != len(classes) + 1:
            what = f"{where}: expected {len(classes) + 1} cells, an image and {len(classes)} counts, got {len(cells)}"
            raise BrokenFileError(path, what, "give each class its cell")
        if not image or image in rows:
            what = f"{where}: expected the name of an image that has no row yet, got {image!r}"
            raise BrokenFileError(path, what, "name each image once")
        rows[image] = _counts(path, f"{where} ({image})", classes, cells[1:])
    if not rows:
        raise BrokenFileError(path, "expected rows with an image and its counts, got none", "count some images")
    return CountSheet(classes=classes, images=tuple(rows), instances_NK=np.array([*rows.values()], np.int64))


def _header(path: Path, cells: list[str]) -> tuple[str, ...]:
    first, *classes = (cell.strip() for cell in cells or [""])
    if first != _IMAGE or not classes:
        what = f'row 1: expected "{_IMAGE}" and then a class a column, got {",".join(cells)!r}'
        raise BrokenFileError(path, what, "keep the first row as it was made")
    for name in classes:
        if not name or classes.count(name) > 1:
            raise BrokenFileError(path, f'row 1: expected each class once, got "{name}"', "name each column once")
    return tuple(classes)


def _counts(path: Path, where: str, classes: Sequence[str], cells: Sequence[str]) -> list[int]:
    if not any(cell.strip() for cell in cells):
        fix = "count it, with 0 for an image that holds none, or delete the row"
        raise BrokenFileError(path, f"{where}: expected at least one number, the row is empty", fix)
    counts = []
    for name, cell in zip(classes, cells, strict=True):
        text = cell.strip()
        # Not int(), which takes "1_0"; more than 6 digits are a slip.
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 6):
            what = f"{where}: {name}: expected a whole number of instances, got {text!r}"
            raise BrokenFileError(path, what, "correct the cell")
        counts.append(int(text or 0))
    return counts
