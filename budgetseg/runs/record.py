"""One run in a few values, as lists of many runs show it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from budgetseg.errors import InUseError, RunFailedError
from budgetseg.runs.directory import RESULT_SCHEMA, RunDirectory

__all__ = ["RunRecord", "record_of", "unfinished"]


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """A run as its folder told when it was looked at."""

    path: str
    """Below the folder of runs; empty where that is the run itself."""
    folder: Path
    status: str
    """completed, failed, interrupted, stopped (begun, and no word since), running, or unreadable."""
    strategy: str | None
    mix: Mapping[str, int]
    budget_hours: float | None
    hours: float | None
    """Annotators' hours spent."""
    seed: int | None
    miou: float | None
    """0 to 100."""
    dataset: str | None
    backbone: str | None
    recipe: str | None
    iterations: int | None
    seconds: float | None
    """Of computing."""
    reason: str | None
    """Why there is no result."""

    @property
    def name(self) -> str:
        """For people: the path, or the folder's own name."""
        return self.path or self.folder.resolve().name

    @staticmethod
    def of(root: Path, row: Mapping[str, Any]) -> "RunRecord":
        """Make one of a row of the index; whether it runs at this moment is looked up."""
        folder = root / row["path"]
        status = row["status"]
        if status != "completed" and _is_running(folder):
            status = "running"
        return RunRecord(**{**row, "folder": folder, "mix": json.loads(row["mix"]), "status": status})

    def to_dict(self) -> dict[str, Any]:
        """As in ``runs`` of ``budgetseg.runs/1``."""
        return {
            "name": self.name,
            "status": self.status,
            "strategy": self.strategy,
            "mix": dict(self.mix),
            "budget_hours": self.budget_hours,
            "hours": self.hours,
            "seed": self.seed,
            "miou": self.miou,
            "dataset": self.dataset,
            "backbone": self.backbone,
            "recipe": self.recipe,
            "iterations": self.iterations,
            "seconds": self.seconds,
            "reason": self.reason,
            "folder": str(self.folder),
        }


def unfinished() -> dict[str, Any]:
    """Values of a run that has begun and left no word."""
    empty = dict.fromkeys(
        ("strategy", "budget_hours", "hours", "seed", "miou", "dataset", "backbone", "recipe", "iterations", "seconds")
    )
    return {**empty, "status": "stopped", "mix": "{}", "reason": None, "document": "{}"}


def record_of(folder: Path) -> dict[str, Any]:
    """Read a result as a row of the index; one that is no result is a run that says so."""
    try:
        text = (folder / "result.json").read_text(encoding="utf-8")
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("schema") != RESULT_SCHEMA:
            raise ValueError(f'expected "schema": "{RESULT_SCHEMA}"')
        return _row(document)
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        return unfinished() | {"status": "unreadable", "reason": f"result.json: {error}"}


def _row(document: Mapping[str, Any]) -> dict[str, Any]:
    completed = document["status"] == "completed"
    hours = document.get("hours") or {}
    seconds = [document.get(f"seconds_{part}") or 0.0 for part in ("train", "measure")]
    return {
        "status": str(document["status"]),
        "strategy": document.get("strategy"),
        "mix": json.dumps(document.get("mix") or {}),
        "budget_hours": hours.get("planned"),
        "hours": hours.get("actual"),
        "seed": document.get("seed"),
        "miou": float(document["miou"]) if completed else None,
        "dataset": document.get("dataset"),
        "backbone": document.get("backbone"),
        "recipe": document.get("recipe"),
        "iterations": document.get("iterations"),
        "seconds": float(sum(seconds)) or None,
        "reason": document.get("reason"),
        "document": json.dumps(document),
    }


def _is_running(folder: Path) -> bool:
    if not (folder / "run.lock").exists():
        return False
    try:
        with RunDirectory(folder).locked():
            return False
    except InUseError:
        return True
    except RunFailedError:
        return False  # not ours to lock
