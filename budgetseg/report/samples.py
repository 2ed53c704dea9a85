"""Images with their truth and predictions, ready to stand in a page: re-encoded, small, in fixed class colours.

Which are shown is a rule, not a choice: the images that most of the compared runs kept, in the order they kept them.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from budgetseg.data.colours import class_palette
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json
from budgetseg.report.finished import FinishedRun
from budgetseg.report.frontier import Point

__all__ = ["Grid", "Row", "sample_grid"]

MOST_PREDICTIONS = 24
MOST_ROWS = 6
MOST_PIXELS = 256
"""Longest side of an image in the page."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One validation image: what it is, what is true, and what each series made of it (None: not kept)."""

    image_id: str
    image: bytes = field(repr=False)
    """JPEG."""
    truth: bytes = field(repr=False)
    """PNG, as are the predictions."""
    predictions: tuple[bytes | None, ...] = field(repr=False)
    classes: tuple[str, ...]
    """Classes of objects in the truth."""
    colours: frozenset[int]
    """Every class index in the truth and the predictions."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Rows of images; the columns after image and truth are the runs, one a series."""

    series: tuple[str, ...]
    runs: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    """Samples that could not be shown, and why."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``samples`` of ``budgetseg.report/1``: what is shown, without the pixels."""
        return {
            "series": list(self.series),
            "runs": list(self.runs),
            "images": [{"image_id": row.image_id, "classes": list(row.classes)} for row in self.rows],
            "problems": list(self.problems),
        }


def _entries(run: FinishedRun) -> dict[str, dict[str, Path]]:
    """The samples that a run kept: files by image id, in the run's order."""
    folder = run.path / "samples"
    if not (folder / "samples.json").is_file():
        return {}
    entries: dict[str, dict[str, Path]] = {}
    for entry in read_json(folder / "samples.json"):
        files = {part: folder / Path(entry[part]).name for part in ("image", "truth", "prediction")}
        entries[str(entry["image_id"])] = files
    return entries


def _picture(path: Path) -> bytes:
    """A photograph as a small JPEG."""
    from PIL import Image

    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((MOST_PIXELS, MOST_PIXELS))
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=82)
    return buffer.getvalue()


def _mask(path: Path) -> tuple[bytes, set[int]]:
    """A mask of class indices as a small palette PNG, and the indices in it."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as opened:
        if opened.mode not in {"P", "L"}:
            raise ValueError(f"expected a PNG of class indices, got mode {opened.mode}")
        mask = Image.fromarray(np.asarray(opened), mode=None)
    mask.thumbnail((MOST_PIXELS, MOST_PIXELS), Image.Resampling.NEAREST)
    found = set(np.unique(np.asarray(mask)).tolist())
    mask.putpalette(class_palette())
    buffer = io.BytesIO()
    mask.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue(), found


def sample_grid(points: Sequence[Point]) -> Grid:
    """Build the grid for some points, one a series: of each, the run with the lowest seed that kept samples."""
    problems: list[str] = []
    columns: list[tuple[Point, FinishedRun, dict[str, dict[str, Path]]]] = []
    for point in points:
        for run in point.runs:
            try:
                entries = _entries(run)
            except (InvalidInputError, AttributeError, KeyError, TypeError) as error:
                problems.append(f"{run.name}: samples/samples.json is not usable: {error}")
                continue
            if entries:
                columns.append((point, run, entries))
                break
    columns = columns[:MOST_PREDICTIONS]
    ids = list(dict.fromkeys(image_id for _, _, entries in columns for image_id in entries))
    ids.sort(key=lambda image_id: -sum(image_id in entries for _, _, entries in columns))  # stable: keeps their order
    most = min(MOST_ROWS, MOST_PREDICTIONS // max(1, len(columns)))
    rows: list[Row] = []
    for image_id in ids:
        if len(rows) == most:
            break
        try:
            rows.append(_row(image_id, [(run, entries) for _, run, entries in columns]))
        except (OSError, ValueError) as error:
            problems.append(f"{image_id}: not shown: {error}")
    return Grid(
        series=tuple(point.series for point, _, _ in columns),
        runs=tuple(run.name for _, run, _ in columns),
        rows=tuple(rows),
        problems=tuple(problems),
    )


def _row(image_id: str, columns: Sequence[tuple[FinishedRun, dict[str, dict[str, Path]]]]) -> Row:
    first_run, first = next((run, entries[image_id]) for run, entries in columns if image_id in entries)
    truth, colours = _mask(first["truth"])
    objects = tuple(name for index, name in enumerate(first_run.classes) if index in colours and index > 0)
    predictions: list[bytes | None] = []
    for _, entries in columns:
        if image_id not in entries:
            predictions.append(None)
            continue
        prediction, predicted = _mask(entries[image_id]["prediction"])
        predictions.append(prediction)
        colours |= predicted
    return Row(
        image_id=image_id,
        image=_picture(first["image"]),
        truth=truth,
        predictions=tuple(predictions),
        classes=objects,
        colours=frozenset(colours),
    )
