"""Evidence: a table of finished trainings, each with the images it was given at each kind and the mIoU it reached.

A CSV file, one row a training. Columns named like the kinds hold image counts (an empty cell is 0); ``miou`` is 0 to
100; ``dataset`` and ``recipe`` say where a row was measured, and a file without them counts as one of each; a row with
anything in ``variant`` was measured in another way than the kind's name promises, and is kept out of the fit.

Shape suffixes: R rows of the table, K kinds.
"""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError

__all__ = ["PAPER", "Evidence", "ExcludedRow", "read_evidence"]

PAPER: Final = "paper"
"""Name of the evidence in the package: what the paper and its released scripts print."""

# Columns that explain a row and that no prediction needs.
_REMARKS: Final = frozenset({"name", "note", "source", "seed"})
# What the shipped table holds besides, for readers and for the report.
_SHIPPED_REMARKS: Final = frozenset({"objectness", "hours", "printed_hours"})


@dataclass(frozen=True, kw_only=True)
class ExcludedRow:
    """A row that is not fitted."""

    row: int
    """Line in the file; the header is line 1."""
    name: str
    miou: float
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """Trainings that a prediction may rest on: one data set, one recipe."""

    name: str
    """``paper``, or the file."""
    counts_RK: NDArray[np.int64]
    """Images at each kind, columns in the order of ``KINDS``."""
    miou_R: NDArray[np.float64]
    """0 to 100."""
    noise_R: NDArray[np.float64] = field(default_factory=lambda: np.array([]))
    """Standard deviation of each training where the evidence says it, else not a number."""
    dataset: str | None = None
    recipe: str | None = None
    excluded: tuple[ExcludedRow, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    """Columns whose meaning is not known."""

    def __post_init__(self) -> None:
        if len(self.noise_R) != len(self.miou_R):
            object.__setattr__(self, "noise_R", np.full(len(self.miou_R), np.nan))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that at least one training was given, so that something is known of them."""
        return tuple(kind for column, kind in enumerate(KINDS) if self.counts_RK[:, column].any())


def read_evidence(name_or_path: str | Path) -> Evidence:
    """Read ``paper``, the evidence in the package, or a CSV file of one's own.

    Raises:
        InvalidInputError: The file is missing or not a table, lacks ``miou`` or every kind, holds a value that is no
            count or no mIoU, no row to fit, or the trainings of more than one data set or recipe.
    """
    if name_or_path == PAPER:
        text = files("budgetseg.plan").joinpath("published.csv").read_text(encoding="utf-8")
        return _parse(PAPER, text, remarks=_REMARKS | _SHIPPED_REMARKS)
    path = Path(name_or_path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InvalidInputError(
            f'{path}: cannot read this evidence ({why}); expected a CSV file, or "{PAPER}" for the published results'
        ) from error
    return _parse(str(path), text, remarks=_REMARKS)


def _parse(name: str, text: str, *, remarks: frozenset[str]) -> Evidence:
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise InvalidInputError(f"{name}: expected a CSV table: {error}") from error
    columns = [cell.strip() for cell in table[0]] if table else []
    _check_columns(name, columns)
    counts, mious, excluded = [], [], []
    origins: dict[tuple[str | None, str | None], int] = {}
    for line, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            raise InvalidInputError(
                f"{name}: row {line}: expected {len(columns)} cells as in the header, got {len(cells)}"
            )
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        images = [_count(name, line, kind, row.get(kind, "")) for kind in KINDS]
        miou = _miou(name, line, row["miou"])
        if not any(images):
            raise InvalidInputError(f"{name}: row {line}: no images at any kind; give the images that were trained on")
        if row.get("variant"):
            excluded.append(ExcludedRow(row=line, name=row.get("name", ""), miou=miou, reason=row["variant"]))
            continue
        counts.append(images)
        mious.append(miou)
        origins.setdefault((row.get("dataset") or None, row.get("recipe") or None), line)
    if not counts:
        raise InvalidInputError(f"{name}: no row to fit; give at least one training")
    if len(origins) > 1:
        (_, first), (_, second) = list(origins.items())[:2]
        raise InvalidInputError(
            f"{name}: rows {first} and {second} are of different data sets or recipes; "
            "a prediction holds for one of each, so keep the rows of one"
        )
    (dataset, recipe), _ = origins.popitem()
    known = {*KINDS, "miou", "dataset", "recipe", "variant", *remarks}
    return Evidence(
        name=name,
        counts_RK=np.array(counts, np.int64),
        miou_R=np.array(mious, np.float64),
        dataset=dataset,
        recipe=recipe,
        excluded=tuple(excluded),
        ignored_columns=tuple(column for column in columns if column not in known),
    )


def _check_columns(name: str, columns: list[str]) -> None:
    if not columns:
        raise InvalidInputError(f"{name}: empty; expected a header with miou and at least one of {', '.join(KINDS)}")
    if "miou" not in columns:
        close = get_close_matches("miou", [column.lower() for column in columns], n=1)
        hint = f' ("{columns[[c.lower() for c in columns].index(close[0])]}" is there)' if close else ""
        raise InvalidInputError(f"{name}: row 1: no column miou{hint}")
    if not any(kind in columns for kind in KINDS):
        raise InvalidInputError(f"{name}: row 1: no column is named like a kind; expected one of {', '.join(KINDS)}")
    twice = {column for column in columns if column and columns.count(column) > 1}
    if twice:
        raise InvalidInputError(f'{name}: row 1: column "{min(twice)}" is there twice')


def _count(name: str, line: int, kind: str, cell: str) -> int:
    try:
        count = int(cell) if cell else 0
    except ValueError:
        count = -1
    if not 0 <= count < 10**9:
        raise InvalidInputError(f'{name}: row {line}: {kind}: expected a whole number of images >= 0, got "{cell}"')
    return count


def _miou(name: str, line: int, cell: str) -> float:
    try:
        miou = float(cell)
    except ValueError:
        miou = math.nan
    if not 0 <= miou <= 100:
        raise InvalidInputError(f'{name}: row {line}: miou: expected a number from 0 to 100, got "{cell}"')
    return miou


def misspelt(columns: tuple[str, ...]) -> Mapping[str, str]:
    """Among ignored columns, those that look like a kind, with the kind that they look like."""
    close = {column: get_close_matches(column.lower(), list(KINDS), n=1) for column in columns}
    return {column: kinds[0] for column, kinds in close.items() if kinds}
