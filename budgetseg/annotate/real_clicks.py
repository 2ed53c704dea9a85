"""Clicks that real people made, as an input.

The file is JSON, ``{image id: [{"cls", "rank", "x", "y"}, ...]}``: ``cls`` is the class's index in the masks on disk,
``rank`` is 1 for the first instance of its class, x and y are pixels from the top left. Clicks on the background have a
file of their own, of the same form, where ``cls`` is 0 and nothing need have a rank.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from budgetseg.annotate.annotation import Annotation, Click
from budgetseg.data.dataset import BACKGROUND, Dataset
from budgetseg.errors import DataError
from budgetseg.files import read_json

__all__ = ["RealClicks", "clamp", "read_background_clicks", "read_clicks"]


def clamp(coordinate: float, size: int) -> int:
    """The pixel of a coordinate; one on or past the border belongs to the first or last pixel."""
    return min(max(math.floor(coordinate), 0), size - 1)


@dataclass(frozen=True, kw_only=True)
class RawClick:
    """One click as it stands in the file."""

    cls: int
    """Class in the data set that asks, not in the file."""
    rank: int
    x: float
    y: float


@dataclass(frozen=True, kw_only=True, eq=False)
class RealClicks:
    """Real clicks by image; an image without any was looked at and nothing was clicked."""

    path: Path
    clicks: Mapping[str, tuple[RawClick, ...]]

    def annotation(self, image_id: str, kind: str, height: int, width: int) -> Annotation:
        """The clicks of one image, clamped to it: all of them for ``allpoints``, those of rank 1 for ``point``."""
        clicks = tuple(
            Click(cls=raw.cls, x=clamp(raw.x, width), y=clamp(raw.y, height), rank=raw.rank)
            for raw in self.clicks.get(image_id, ())
            if kind == "allpoints" or raw.rank == 1
        )
        present = tuple(sorted({click.cls for click in clicks} - {BACKGROUND}))
        return Annotation(image_id=image_id, kind=kind, width=width, height=height, present=present, clicks=clicks)

    def background(self, image_id: str, height: int, width: int) -> tuple[Click, ...]:
        """The clicks of one image on the background, clamped to it, in the order of the file."""
        return tuple(
            Click(cls=BACKGROUND, x=clamp(raw.x, width), y=clamp(raw.y, height))
            for raw in self.clicks.get(image_id, ())
            if raw.cls == BACKGROUND
        )


def read_clicks(path: Path, dataset: Dataset) -> RealClicks:
    """Read real clicks for the images of a data set.

    Clicks on classes that the data set does not ask for are left out.

    Raises:
        InvalidInputError: The file is missing or not JSON.
        DataError: It is not of the form above, or holds none of the data set's images; names the image and the key.
    """
    return _read(path, dataset, _CLICK)


def read_background_clicks(path: Path, dataset: Dataset) -> RealClicks:
    """Read real clicks on the background for the images of a data set.

    Raises:
        InvalidInputError: The file is missing or not JSON.
        DataError: As for :func:`read_clicks`, or a click on a class that is not the background.
    """
    found = _read(path, dataset, tuple(key for key in _CLICK if key[0] != "rank"))
    source = dataset.source_classes[BACKGROUND]
    for image_id, clicks in found.clicks.items():
        for number, click in enumerate(clicks, start=1):
            if click.cls != BACKGROUND:
                raise DataError(
                    f"{path}: {image_id}: click {number}: expected cls {source}, the background, "
                    f"got {dataset.source_classes[click.cls]}; clicks on objects are --points"
                )
    return found


def _read(path: Path, dataset: Dataset, keys: tuple["_Key", ...]) -> RealClicks:
    document = read_json(path)
    if not isinstance(document, dict):
        raise DataError(f"{path}: expected one object with a list of clicks for each image id")
    index_of = {source: index for index, source in enumerate(dataset.source_classes)}
    wanted = set(dataset.ids("train")) | set(dataset.ids("val"))
    if not wanted & document.keys():
        raise DataError(f"{path}: holds clicks for none of the {len(wanted)} images of {dataset.name}; check the ids")
    clicks: dict[str, tuple[RawClick, ...]] = {}
    for image_id, rows in document.items():
        if image_id not in wanted:
            continue
        if not isinstance(rows, list):
            raise DataError(f"{path}: {image_id}: expected a list of clicks, got {rows!r}")
        raw = [_raw_click(row, f"{path}: {image_id}: click {number}", keys) for number, row in enumerate(rows, start=1)]
        clicks[image_id] = tuple(
            RawClick(cls=index_of[source], rank=rank, x=x, y=y) for source, rank, x, y in raw if source in index_of
        )
    return RealClicks(path=path, clicks=clicks)


_Key = tuple[str, tuple[type[int] | type[float], ...]]
_CLICK: Final[tuple[_Key, ...]] = (("cls", (int,)), ("rank", (int,)), ("x", (int, float)), ("y", (int, float)))


def _raw_click(row: Any, where: str, keys: tuple[_Key, ...]) -> tuple[int, int, float, float]:
    if not isinstance(row, dict):
        raise DataError(f"{where}: expected an object with cls, rank, x and y, got {row!r}")
    for key, kinds in keys:
        if key not in row:
            raise DataError(f"{where}: {key} is missing")
        value = row[key]
        if isinstance(value, bool) or not isinstance(value, kinds) or not math.isfinite(value):
            raise DataError(f"{where}: expected a number for {key}, got {value!r}")
    rank = row["rank"] if keys == _CLICK else 1
    if rank < 1 or row["cls"] < 0:
        raise DataError(f"{where}: expected rank from 1 and cls from 0, got rank {rank} and cls {row['cls']}")
    return row["cls"], rank, float(row["x"]), float(row["y"])
