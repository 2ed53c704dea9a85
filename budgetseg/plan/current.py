"""Annotations that are there already, as a plan or a run is told of them.

Read from ``subset.csv`` of a run or its folder (``image_id,kind,seconds``: which image holds what), from a plan or a
result (their ``mix``), or from a file of one's own: ``{"image": 500, "point": 120}`` counts, and
``{"images": {"2007_000033": "point"}}`` names the images.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.files import read_json
from budgetseg.plan.mix import Mix

__all__ = ["Current", "read_current"]

_FORMS = '{"image": 500, "point": 120}, {"images": {"ID": "point"}}, or a run\'s subset.csv'


@dataclass(frozen=True, kw_only=True)
class Current:
    """What is annotated already."""

    source: str
    """Where this is from."""
    mix: Mix
    """Images that hold each kind."""
    kind_of: Mapping[str, str] = field(default_factory=dict)
    """The kind of each image, by its id; empty where only numbers are known."""


def read_current(path: Path) -> Current:
    """Read what is annotated already.

    Raises:
        InvalidInputError: The file is missing or none of the forms above; the message names row or key.
    """
    if path.is_dir():
        path = path / "subset.csv"
    if path.suffix == ".csv":
        return _named(path, _read_csv(path))
    document = read_json(path)
    if isinstance(document, dict) and isinstance(document.get("images"), dict):
        return _named(path, document["images"])
    counts = document.get("mix", document) if isinstance(document, dict) else document
    if not isinstance(counts, dict):
        raise InvalidInputError(f"{path}: expected {_FORMS}")
    try:
        return Current(source=str(path), mix=Mix.of(counts))
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}; expected {_FORMS}") from error


def _named(path: Path, kind_of: Mapping[str, Any]) -> Current:
    for image_id, kind in kind_of.items():
        if kind not in KINDS:
            raise InvalidInputError(
                f'{path}: {image_id}: unknown annotation kind "{kind}"{did_you_mean(str(kind), KINDS)}'
            )
    return Current(source=str(path), mix=Mix.of(Counter(kind_of.values())), kind_of=dict(kind_of))


def _read_csv(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"image_id", "kind"} <= set(rows.fieldnames or ()):
                raise InvalidInputError(f"{path}: expected the columns image_id and kind, got {rows.fieldnames}")
            kind_of: dict[str, str] = {}
            for row in rows:
                if row.get("background_clicks") not in (None, "", "0"):
                    raise InvalidInputError(
                        f"{path}: row {rows.line_num}: {row['image_id']} holds background clicks, which --current "
                        "cannot take over yet; start from a run without --background-clicks"
                    )
                if row["image_id"] in kind_of:
                    raise InvalidInputError(f"{path}: row {rows.line_num}: {row['image_id']} stands twice; keep one")
                kind_of[row["image_id"]] = row["kind"]
            return kind_of
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"{path}: expected CSV in UTF-8: {error}") from error
