"""Auditing real clicks whose file says what the mask shows under them.

The file is a table (CSV, may be gzipped) with the columns ``image_id``, ``cls`` (the class that was asked), ``rank``
(1 for the first instance of its class) and ``mask_cls`` (the class under the click, 255 for void).
"""

from dataclasses import dataclass
from pathlib import Path

from budgetseg.data.dataset import VOID
from budgetseg.errors import DataError

__all__ = ["ClickAudit", "audit_clicks"]

COLUMNS = ("image_id", "cls", "rank", "mask_cls")


@dataclass(frozen=True, kw_only=True)
class ClickAudit:
    """What the clicks of a file amount to; the shares are of the clicks named, from 0 to 1."""

    images: int
    clicks: int
    first_clicks: int
    first_wrong: float
    """First clicks on another class; the paper prints 7.2 % (section 4.1)."""
    first_void: float
    """First clicks on void; the paper prints 0.8 %."""
    all_wrong: float
    """All clicks on another class; the paper prints 14.8 %."""
    all_void: float
    """All clicks on void. The paper prints 1.6 %; its released clicks and masks give 1.84 %."""
    later_wrong: float | None
    """Clicks on further instances that lie on another class; None without such clicks."""


def audit_clicks(path: Path) -> ClickAudit:
    """Recompute the error rates of a file of real clicks.

    Raises:
        DataError: The file is missing, is no such table, or holds no clicks; names the file and the column.
    """
    import pandas as pd  # slow to import

    try:
        table = pd.read_csv(path)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: cannot read this table ({error})") from error
    for column in COLUMNS:
        if column not in table.columns:
            raise DataError(f"{path}: column {column} is missing; expected {', '.join(COLUMNS)}")
        if column != "image_id" and not pd.api.types.is_integer_dtype(table[column]):
            raise DataError(f"{path}: column {column}: expected whole numbers in every row")
    first = table["rank"] == 1
    if not first.any():
        raise DataError(f"{path}: holds no click of rank 1")
    void = table["mask_cls"] == VOID
    wrong = (table["mask_cls"] != table["cls"]) & ~void
    return ClickAudit(
        images=int(table["image_id"].nunique()),
        clicks=len(table),
        first_clicks=int(first.sum()),
        first_wrong=float(wrong[first].mean()),
        first_void=float(void[first].mean()),
        all_wrong=float(wrong.mean()),
        all_void=float(void.mean()),
        later_wrong=float(wrong[~first].mean()) if not first.all() else None,
    )
