"""Measured times of annotation tasks: the table ``timings.csv``, one annotation a row.

The columns that matter here are ``level`` (the kind of annotation), ``seconds`` (of the whole task), the counts of what
was done in them (``n_classes_asked``, ``n_classes_present``, ``n_first_points``, ``n_extra_points``, ``n_squiggles``,
``n_polygons``, ``n_boxes``), ``granularity`` (``image``, or ``image-class`` where each task asks about one class),
``annotator``, and three marks of rows whose seconds are no first pass: ``skipped``, ``is_update``, ``from_prediction``.
Rows with the same ``job`` were timed together, and their seconds are even shares of what the job took. All but
``seconds`` may be missing: a count is then 0, a mark is false, and everything was done by one annotator.

Shape suffix: N rows.
"""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS, RATES
from budgetseg.errors import DataError, InvalidInputError, did_you_mean

__all__ = ["COLUMNS", "COUNTS", "MARKS", "Timings", "read_timings"]

Bools = NDArray[np.bool_]

COUNTS: Final = (
    "n_classes_asked",
    "n_classes_present",
    "n_first_points",
    "n_extra_points",
    "n_squiggles",
    "n_polygons",
    "n_boxes",
)
"""Columns of whole numbers: what was asked and done in the seconds of a row."""
MARKS: Final = ("skipped", "is_update", "from_prediction")
"""Columns of yes or no: a task that was skipped, a later change of an answer, a correction of what a model proposed."""
COLUMNS: Final = (
    *("tool", "tool_version", "project", "task_id", "annotation_id", "image_id", "level", "granularity", "annotator"),
    *("seconds", "created_at", "updated_at", *MARKS, *COUNTS[:-1]),
    *("n_vertices", "stroke_px", "n_boxes", "job"),
)
"""Of the table as it is written. Boxes and jobs came last, so that columns stay in their places for older readers."""

_GRANULARITIES: Final = ("image", "image-class")
_YES: Final = ("1", "true", "yes")
_NO: Final = ("", "0", "false", "no")
_MOST_SECONDS: Final = 10**7
_MOST: Final = 10**6
_MOST_BYTES: Final = 2**30


@dataclass(frozen=True, kw_only=True, eq=False)
class Timings:
    """Tasks with their times."""

    origin: str
    """The file."""
    seconds_N: NDArray[np.float64]
    """More than 0."""
    level_N: NDArray[np.str_]
    """A kind of annotation; empty where the file is of a single act."""
    by_class_N: Bools
    """Whether the task asks about one class, whatever way of asking the cost book has for whole images."""
    annotator_N: NDArray[np.str_]
    job_N: NDArray[np.str_]
    """What the row was timed together with; empty where it was timed by itself."""
    counts: Mapping[str, NDArray[np.float64]]
    """(N,) each, by the names of ``COUNTS``."""
    marks: Mapping[str, Bools]
    """(N,) each, by the names of ``MARKS``."""
    act: str | None = None
    """The rate of which every row is one act; None where the counts say what was done."""

    def __len__(self) -> int:
        return len(self.seconds_N)

    @property
    def first_pass_N(self) -> Bools:
        """The rows without any mark: the times of ordinary work."""
        marked_N: Bools = np.any([self.marks[name] for name in MARKS], axis=0)
        return ~marked_N

    def chosen(self, rows_N: Bools) -> "Timings":
        """Only some of the rows."""
        return replace(
            self,
            seconds_N=self.seconds_N[rows_N],
            level_N=self.level_N[rows_N],
            by_class_N=self.by_class_N[rows_N],
            annotator_N=self.annotator_N[rows_N],
            job_N=self.job_N[rows_N],
            counts={name: column_N[rows_N] for name, column_N in self.counts.items()},
            marks={name: column_N[rows_N] for name, column_N in self.marks.items()},
        )


def read_timings(path: Path, *, act: str | None = None) -> Timings:
    """Read a table of times, plain or gzipped.

    Args:
        path: The file.
        act: A rate of cost books: every row is one such act, and only ``seconds`` and ``annotator`` are read of it.

    Raises:
        DataError: The file cannot be read, or a row is wrong; the message names file, row and what was expected.
        InvalidInputError: There is no such rate.
    """
    if act is not None and (act not in RATES or RATES[act].pers == ("fixed",)):
        raise InvalidInputError(
            f'--act: expected what one task was, a rate of cost books, got "{act}"{did_you_mean(act, RATES)}'
        )
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        place_of = _places(path, header, needs_level=act is None)
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise DataError(f"{path}: row {reader.line_num}: expected {len(header)} cells, got {len(cells)}")
                named = {name: cells[place].strip() for name, place in place_of.items()}
                rows.append(_row(named, f"{path}: row {reader.line_num}", act))
    except csv.Error as error:
        raise DataError(f"{path}: row {reader.line_num}: expected comma-separated values, {error}") from error
    if not rows:
        raise DataError(f"{path}: expected rows with times, got none; annotate some images first")
    return _table(path, rows, act)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{path}: cannot read this table of times ({reason}); budgetseg ingest writes one") from error
    if len(content) > _MOST_BYTES:
        raise DataError(f"{path}: expected a table of at most 1 GiB, got more; split it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: expected a table in UTF-8, byte {error.start} is not; save it as UTF-8") from error


def _places(path: Path, header: Sequence[str], *, needs_level: bool) -> dict[str, int]:
    """Return where the columns stand; others are left alone, unless they look like a count that was misspelt."""
    for name in header:
        if header.count(name) > 1:
            raise DataError(f'{path}: row 1: expected each column once, got "{name}" twice; remove one')
        hint = did_you_mean(name, [other for other in COLUMNS if other not in header])
        if name not in COLUMNS and hint and name.startswith("n_"):
            raise DataError(f'{path}: row 1: unknown column "{name}"{hint}; counts are {", ".join(COUNTS)}')
    for name in ("seconds", "level") if needs_level else ("seconds",):
        if name not in header:
            other = "; or say with --act what each row is one of" if name == "level" else ""
            raise DataError(f'{path}: row 1: expected a column "{name}", got {",".join(header)[:120]!r}{other}')
    return {name: place for place, name in enumerate(header) if name in COLUMNS}


def _row(cells: Mapping[str, str], where: str, act: str | None) -> dict[str, float | str | bool]:
    row: dict[str, float | str | bool] = {
        "seconds": _seconds(cells["seconds"], where),
        "annotator": cells.get("annotator", ""),
        "job": "" if act is not None else cells.get("job", ""),
        **{name: _mark(cells.get(name, ""), name, where) for name in MARKS},
        **dict.fromkeys(COUNTS, 0.0),
        "level": "",
        "by_class": False,
    }
    if act is not None:
        return row
    level, granularity = cells["level"], cells.get("granularity", "") or "image"
    if level not in KINDS:
        raise DataError(
            f'{where}: level: expected one of {", ".join(KINDS)}, got "{level}"{did_you_mean(level, KINDS)}'
        )
    if granularity not in _GRANULARITIES:
        raise DataError(f'{where}: granularity: expected {" or ".join(_GRANULARITIES)}, got "{granularity}"')
    row |= {name: _count(cells.get(name, ""), name, where) for name in COUNTS}
    row |= {"level": level, "by_class": granularity == "image-class"}
    asked, present = row["n_classes_asked"], row["n_classes_present"]
    if asked and present > asked:  # type: ignore[operator]  # both are numbers
        raise DataError(f"{where}: n_classes_present: expected at most n_classes_asked, {asked:g}, got {present:g}")
    return row


def _seconds(text: str, where: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = float("nan")
    if not 0 < seconds <= _MOST_SECONDS:
        raise DataError(f'{where}: seconds: expected a number more than 0, got "{text}"; correct it or delete the row')
    return seconds


def _count(text: str, name: str, where: str) -> float:
    whole = text.removesuffix(".0")  # as some spreadsheets write whole numbers
    if whole and not (whole.isascii() and whole.isdecimal() and len(whole) < 8 and int(whole) <= _MOST):
        raise DataError(f'{where}: {name}: expected a whole number, got "{text}"')
    return float(whole or 0)


def _mark(text: str, name: str, where: str) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise DataError(f'{where}: {name}: expected true or false, got "{text}"')
    return text.lower() in _YES


def _table(path: Path, rows: Sequence[Mapping[str, float | str | bool]], act: str | None) -> Timings:
    return Timings(
        origin=str(path),
        seconds_N=np.array([row["seconds"] for row in rows], np.float64),
        level_N=np.array([row["level"] for row in rows], np.str_),
        by_class_N=np.array([row["by_class"] for row in rows], np.bool_),
        annotator_N=np.array([row["annotator"] for row in rows], np.str_),
        job_N=np.array([row["job"] for row in rows], np.str_),
        counts={name: np.array([row[name] for row in rows], np.float64) for name in COUNTS},
        marks={name: np.array([row[name] for row in rows], np.bool_) for name in MARKS},
        act=act,
    )
