"""Finished runs as evidence: each run directory's ``result.json`` is a training."""

from pathlib import Path
from typing import Any

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import BudgetsegError, InvalidInputError
from budgetseg.files import read_json
from budgetseg.plan.evidence_table import TableRow

__all__ = ["row_of_result", "rows_of_runs"]

_RESULT: str = "result.json"
_SCHEMA = "budgetseg.result/1"


def rows_of_runs(folder: Path) -> list[TableRow]:
    """Read every finished run at or below a folder, in the order of their paths.

    The data set is its name with the classes that were kept; the recipe is preset, backbone and training length, so
    that runs of different trainings are not taken for one.

    Raises:
        InvalidInputError: No finished run is there, or one is broken.
    """
    rows = []
    for place, path in enumerate(sorted(folder.rglob(_RESULT)), start=1):
        document = _document(path)
        if document.get("status") == "completed":
            rows.append(row_of_result(path, place, document))
    if not rows:
        raise InvalidInputError(f"{folder}: no finished run is there; expected run directories with {_RESULT}")
    return rows


def _document(path: Path) -> dict[str, Any]:
    try:
        document = read_json(path)
    except BudgetsegError as error:
        raise InvalidInputError(f"{error}; remove this run or carry it out again") from error
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        raise InvalidInputError(f'{path}: expected a result ("schema": "{_SCHEMA}"); carry this run out again')
    return document


def row_of_result(path: Path, place: int, document: dict[str, Any]) -> TableRow:
    """Return a finished result as the row of a table.

    Args:
        path: Of the ``result.json``; its folder names the row.
        place: Number of the row.
        document: What the file holds.

    Raises:
        InvalidInputError: Something is missing or of the wrong type.
    """
    try:
        classes = [name for name in document["classes"] if name != "background"]
        recipe = f"{document['recipe']} {document['backbone']} {document['iterations']} iterations"
        return TableRow(
            line=place,
            counts_K=tuple(int(document["mix"].get(kind, 0)) for kind in KINDS),
            miou=float(document["miou"]),
            noise=float("nan"),
            dataset=f"{document['dataset']}: {', '.join(classes)}",
            recipe=recipe,
            variant="",
            name=path.parent.name,
            iou={name: float(value) for name, value in document.get("iou", {}).items() if value is not None},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{path}: not a usable result ({error!r}); carry this run out again") from error
