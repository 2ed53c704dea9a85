"""The CSV table behind evidence, cell by cell: a row is a training; what is wrong is said with file, row and column.

Columns named like the kinds hold image counts (an empty cell is 0); ``miou`` is 0 to 100; ``noise`` its standard
deviation where that is known; ``dataset`` and ``recipe`` say where a row was measured; ``iou_cat`` is the IoU of a
class called cat; a row with anything in ``variant`` was measured in another way than the kind's name promises, and is
kept out of the fit.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError

__all__ = ["IOU", "MEANT", "TableRow", "misspelt", "read_mix_table", "read_table"]

MEANT = frozenset({*KINDS, "miou", "noise", "dataset", "recipe", "variant", "seed"})
"""Columns with a meaning, besides those of classes."""
_MOST_IMAGES = 10**9
IOU = "iou_"
"""Columns with the IoU of a class are called this and the class."""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One training."""

    line: int
    """In the file; the header is line 1."""
    counts_K: tuple[int, ...]
    miou: float
    noise: float
    """Not a number where it is not said."""
    dataset: str
    recipe: str
    variant: str
    name: str
    iou: Mapping[str, float] = field(default_factory=dict)
    """IoU of classes, 0 to 100, from columns such as ``iou_cat``; those that the row does not say are left out."""


def read_table(name: str, text: str) -> tuple[tuple[str, ...], list[TableRow]]:
    """Return the columns and the rows of a table of trainings.

    Raises:
        InvalidInputError: Not a table, without ``miou`` or every kind, or with a cell that is no count or no mIoU.
    """
    columns, lines = _cells(name, text)
    _check_columns(name, columns, ("miou",))
    rows = []
    for line, row in lines:
        counts = _counts(name, line, row)
        rows.append(
            TableRow(
                line=line,
                counts_K=counts,
                miou=_number(name, line, "miou", row["miou"], 0.0, 100.0),
                noise=_number(name, line, "noise", row["noise"], 1e-3, 100.0) if row.get("noise") else math.nan,
                dataset=row.get("dataset", ""),
                recipe=row.get("recipe", ""),
                variant=row.get("variant", ""),
                name=row.get("name", ""),
                iou={
                    column.removeprefix(IOU): _number(name, line, column, cell, 0.0, 100.0)
                    for column, cell in row.items()
                    if column.startswith(IOU) and cell
                },
            )
        )
    return columns, rows


def read_mix_table(path: Path, what: str) -> tuple[tuple[str, ...], list[tuple[int, tuple[int, ...]]]]:
    """Return the columns of a file of mixes, and the line and counts (K) of each row, of which there is one at least.

    Args:
        path: The CSV file.
        what: What its rows are, for the message where it cannot be read.

    Raises:
        InvalidInputError: It cannot be read, holds no row, or as :func:`read_table`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InvalidInputError(f"{path}: cannot read these {what} ({why}); expected a CSV file") from error
    name = str(path)
    columns, lines = _cells(name, text)
    _check_columns(name, columns, ())
    rows = [(line, _counts(name, line, row)) for line, row in lines]
    if not rows:
        raise InvalidInputError(f"{name}: no mix; give one a row under the header")
    return columns, rows


def misspelt(columns: tuple[str, ...]) -> Mapping[str, str]:
    """Among ignored columns, those that look like a kind, with the kind that they look like."""
    close = {column: get_close_matches(column.lower(), list(KINDS), n=1) for column in columns}
    return {column: kinds[0] for column, kinds in close.items() if kinds}


def _cells(name: str, text: str) -> tuple[tuple[str, ...], Iterator[tuple[int, dict[str, str]]]]:
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise InvalidInputError(f"{name}: expected a CSV table: {error}") from error
    columns = tuple(cell.strip() for cell in table[0]) if table else ()

    def lines() -> Iterator[tuple[int, dict[str, str]]]:
        for line, cells in enumerate(table[1:], start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise InvalidInputError(
                    f"{name}: row {line}: expected {len(columns)} cells as in the header, got {len(cells)}"
                )
            yield line, dict(zip(columns, (cell.strip() for cell in cells), strict=True))

    return columns, lines()


def _check_columns(name: str, columns: tuple[str, ...], needed: tuple[str, ...]) -> None:
    if not columns:
        what = "".join(f"{column} and " for column in needed)
        raise InvalidInputError(
            f"{name}: empty, no column is named like a kind; expected a header with {what}at least one of "
            f"{', '.join(KINDS)}"
        )
    for missing in (column for column in needed if column not in columns):
        close = get_close_matches(missing, [column.lower() for column in columns], n=1)
        hint = f' ("{columns[[c.lower() for c in columns].index(close[0])]}" is there)' if close else ""
        raise InvalidInputError(f"{name}: row 1: no column {missing}{hint}")
    if not any(kind in columns for kind in KINDS):
        raise InvalidInputError(f"{name}: row 1: no column is named like a kind; expected one of {', '.join(KINDS)}")
    twice = {column for column in columns if column and columns.count(column) > 1}
    if twice:
        raise InvalidInputError(f'{name}: row 1: column "{min(twice)}" is there twice')


def _counts(name: str, line: int, row: Mapping[str, str]) -> tuple[int, ...]:
    counts = tuple(_count(name, line, kind, row.get(kind, "")) for kind in KINDS)
    if not any(counts):
        raise InvalidInputError(f"{name}: row {line}: no images at any kind; give at least one")
    return counts


def _count(name: str, line: int, kind: str, cell: str) -> int:
    if not cell:
        return 0
    if not (cell.isascii() and cell.isdigit()) or int(cell) >= _MOST_IMAGES:
        raise InvalidInputError(f'{name}: row {line}: {kind}: expected a whole number of images >= 0, got "{cell}"')
    return int(cell)


def _number(name: str, line: int, column: str, cell: str, low: float, high: float) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise InvalidInputError(
            f'{name}: row {line}: {column}: expected a number from {low:g} to {high:g}, got "{cell}"'
        )
    return number
