"""Evidence: finished trainings, each with the images it was given at each kind and the mIoU it reached.

A prediction holds for one data set and one recipe. The trainings of others are kept beside, for what they say of curves
in general (`budgetseg.plan.pooling`).

Shape suffixes: R trainings, K kinds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.plan.evidence_table import IOU, MEANT, TableRow, read_table
from budgetseg.plan.run_evidence import rows_of_runs

__all__ = ["MODERN", "PAPER", "Evidence", "ExcludedRow", "evidence_of", "read_evidence"]

PAPER: Final = "paper"
"""Evidence in the package: what the paper and its released scripts print."""
MODERN: Final = "modern"
"""Evidence in the package: trainings with networks and recipes of today, on many data sets."""

_SHIPPED: Final = {PAPER: ("published.csv",), MODERN: ("modern.csv", "own_surfaces.csv")}
# Columns that explain a row and that no prediction needs.
_REMARKS: Final = frozenset({"name", "note", "source"})
# What the shipped tables hold besides, for readers and for the report.
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
    """What a prediction rests on: the trainings of one data set and recipe, and those of others."""

    name: str
    """``paper``, ``modern``, or the file."""
    counts_RK: NDArray[np.int64]
    """Images at each kind, columns in the order of ``KINDS``."""
    miou_R: NDArray[np.float64]
    """0 to 100."""
    noise_R: NDArray[np.float64] = field(default_factory=lambda: np.array([]))
    """Standard deviation of each training where the evidence says it, else not a number."""
    class_iou: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    """IoU of classes (R), 0 to 100, of those that every training says."""
    dataset: str | None = None
    recipe: str | None = None
    others: tuple["Evidence", ...] = ()
    """Of other data sets or recipes."""
    excluded: tuple[ExcludedRow, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    """Columns whose meaning is not known."""

    def __post_init__(self) -> None:
        if len(self.noise_R) != len(self.miou_R):
            object.__setattr__(self, "noise_R", np.full(len(self.miou_R), np.nan))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that at least one training was given, here or elsewhere, so that something is known of them."""
        here = {kind for column, kind in enumerate(KINDS) if self.counts_RK[:, column].any()}
        known = here.union(*(other.kinds for other in self.others))
        return tuple(kind for kind in KINDS if kind in known)


def read_evidence(name_or_path: str | Path, *, dataset: str | None = None, recipe: str | None = None) -> Evidence:
    """Read evidence in the package, a CSV file of one's own, or a folder of finished runs.

    Args:
        name_or_path: ``modern``, ``paper``, a CSV file (see `budgetseg.plan.evidence_table`), or a folder of runs.
        dataset: The data set that predictions are for, where the evidence holds several.
        recipe: The recipe, likewise.

    Returns:
        The evidence. Of several data sets or recipes, with none chosen, all are ``others``: predictions are for a new
        data set.

    Raises:
        InvalidInputError: Nothing is there, it is no such table, holds no row to fit, or not the chosen trainings.
    """
    name = str(name_or_path)
    if name in _SHIPPED:
        tables = [files("budgetseg.plan").joinpath(file) for file in _SHIPPED[name]]
        texts = [table.read_text(encoding="utf-8") for table in tables]
        return _evidence(name, texts, _REMARKS | _SHIPPED_REMARKS, dataset, recipe)
    path = Path(name_or_path)
    if path.is_dir():
        return evidence_of(name, rows_of_runs(path), dataset=dataset, recipe=recipe)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InvalidInputError(
            f'{path}: cannot read this evidence ({why}); expected a CSV file, a folder of runs, "{MODERN}" or "{PAPER}"'
        ) from error
    return _evidence(name, [text], _REMARKS, dataset, recipe)


def _evidence(
    name: str, texts: Sequence[str], remarks: frozenset[str], dataset: str | None, recipe: str | None
) -> Evidence:
    rows: list[TableRow] = []
    ignored: list[str] = []
    for text in texts:
        columns, some = read_table(name, text)
        rows += some
        ignored += [column for column in columns if not _known(column, remarks) and column not in ignored]
    return replace(evidence_of(name, rows, dataset=dataset, recipe=recipe), ignored_columns=tuple(ignored))


def evidence_of(
    name: str, rows: Sequence[TableRow], *, dataset: str | None = None, recipe: str | None = None
) -> Evidence:
    """Sort trainings by data set and recipe; see :func:`read_evidence`."""
    excluded = tuple(
        ExcludedRow(row=row.line, name=row.name, miou=row.miou, reason=row.variant) for row in rows if row.variant
    )
    sets: dict[tuple[str, str], list[TableRow]] = {}
    for row in rows:
        if not row.variant:
            sets.setdefault((row.dataset, row.recipe), []).append(row)
    if not sets:
        raise InvalidInputError(f"{name}: no row to fit; give at least one training")
    each = {origin: _one(name, *origin, some) for origin, some in sets.items()}
    asked = [
        origin
        for origin in each
        if (dataset is None or origin[0] == dataset) and (recipe is None or origin[1] == recipe)
    ]
    if (dataset is not None or recipe is not None) and len(asked) != 1:
        known = "; ".join(f"{data or 'no name'}, {how or 'no name'}" for data, how in each)
        wanted = ", ".join(repr(word) for word in (dataset, recipe) if word is not None)
        raise InvalidInputError(
            f"{name}: {wanted}: expected one data set and recipe, found {len(asked)}; there are: {known}"
        )
    if len(each) == 1 or (dataset is not None or recipe is not None):
        (chosen,) = asked
        others = tuple(one for origin, one in each.items() if origin != chosen)
        return replace(each[chosen], others=others, excluded=excluded)
    recipes = {how for _, how in each}
    return Evidence(
        name=name,
        counts_RK=np.zeros((0, len(KINDS)), np.int64),
        miou_R=np.zeros(0),
        recipe=recipes.pop() or None if len(recipes) == 1 else None,
        others=tuple(each.values()),
        excluded=excluded,
    )


def _known(column: str, remarks: frozenset[str]) -> bool:
    return column in MEANT | remarks or column.startswith(IOU)


def _one(name: str, dataset: str, recipe: str, rows: Sequence[TableRow]) -> Evidence:
    return Evidence(
        name=name,
        counts_RK=np.array([row.counts_K for row in rows], np.int64),
        miou_R=np.array([row.miou for row in rows], np.float64),
        noise_R=np.array([row.noise for row in rows], np.float64),
        class_iou={
            of: np.array([row.iou[of] for row in rows], np.float64)
            for of in rows[0].iou
            if all(of in row.iou for row in rows)
        },
        dataset=dataset or None,
        recipe=recipe or None,
    )
