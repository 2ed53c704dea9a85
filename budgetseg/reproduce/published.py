"""What the paper and its scripts print: Tables 1 and 3 and Figure 5 from the shipped evidence, Table 2 by class.

No figure is held twice: mIoU and hours are read from ``budgetseg/plan/published.csv``, which predictions rest on too.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError

__all__ = ["PublishedRow", "class_iou", "class_names", "published", "published_on_test"]


@dataclass(frozen=True, kw_only=True)
class PublishedRow:
    """One published training; mIoU is 0 to 100."""

    name: str
    images: int
    """Of all kinds together."""
    miou: float
    hours: float | None
    """Annotators' hours; None where none are told."""
    printed_hours: float | None
    """What the paper prints instead, where its own costs give other hours."""
    dataset: str
    note: str
    source: str


@cache
def _rows() -> tuple[PublishedRow, ...]:
    text = files("budgetseg.plan").joinpath("published.csv").read_text(encoding="utf-8")
    return tuple(
        PublishedRow(
            name=row["name"],
            images=sum(int(row.get(kind) or 0) for kind in KINDS),
            miou=float(row["miou"]),
            hours=float(row["hours"]) if row["hours"] else None,
            printed_hours=float(row["printed_hours"]) if row["printed_hours"] else None,
            dataset=row["dataset"],
            note=row["note"],
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def published(name: str, images: int, number: int = 0) -> PublishedRow:
    """Return the published training of a name and a number of images.

    Args:
        name: As in the column ``name``.
        images: Of all kinds together.
        number: Which one, from 0, where the table holds several (three draws of random annotators).

    Raises:
        InvalidInputError: There is none.
    """
    found = [row for row in _rows() if row.name == name and row.images == images]
    if number >= len(found):
        raise InvalidInputError(f'published: no row "{name}" of {images:,} images')
    return found[number]


def published_on_test() -> tuple[PublishedRow, ...]:
    """Figure 5: every published result on VOC 2012's test set, by hours; the last ones tell no hours."""
    rows = [row for row in _rows() if row.dataset == "VOC 2012 test"]
    return tuple(sorted(rows, key=lambda row: (row.hours is None, row.hours or 0.0, row.miou)))


@cache
def _table2() -> tuple[Mapping[str, str], ...]:
    text = files("budgetseg.reproduce").joinpath("table2.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def class_names() -> tuple[str, ...]:
    """The 21 classes of Table 2 in its order, which is VOC's."""
    return tuple(_table2()[0])[3:]


def class_iou(row: str) -> Mapping[str, int] | None:
    """Table 2: IoU by class of the row of this name, whole numbers as printed; None where it holds no such row."""
    found = next((each for each in _table2() if each["row"] == row), None)
    return None if found is None else {name: int(found[name]) for name in class_names()}
