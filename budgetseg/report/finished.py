"""Run directories as the report sees them: the finished ones read, every other one named with the reason."""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from budgetseg.costs.workload import Workload
from budgetseg.errors import DataError, InvalidInputError
from budgetseg.files import read_json
from budgetseg.plan.validation import Validation

__all__ = ["FinishedRun", "SkippedRun", "read_runs", "result_files"]

RESULT_SCHEMA = "budgetseg.result/1"
MARKS = ("result.json", "plan.json", "config.toml", "subset.csv", "metrics.jsonl")
"""A folder that holds one of these is a run directory."""
DEPTH = 2
"""Levels below the given folder at which run directories are looked for."""


@dataclass(frozen=True, kw_only=True)
class SkippedRun:
    """A run directory that holds no usable result, and why."""

    name: str
    reason: str

    def to_dict(self) -> dict[str, str]:
        """As in ``skipped`` of ``budgetseg.report/1``."""
        return {"name": self.name, "reason": self.reason}


@dataclass(frozen=True, kw_only=True)
class FinishedRun:
    """One run that ended with a result; mIoU and IoU are 0 to 100."""

    name: str
    """Path below the folder of runs."""
    path: Path
    strategy: str
    objectness: str
    backbone: str
    recipe: str
    dataset: str
    classes: tuple[str, ...]
    seed: int
    annotators: str
    mix: Mapping[str, int]
    """Images bought at each kind."""
    budget_hours: float | None
    """Hours that were offered, from plan.json; None where images were asked for instead."""
    hours: float
    """Hours that the annotations cost."""
    planned_hours: float
    workload: Workload | None
    """The mean image of the data set, from plan.json; None where it does not say."""
    hours_by_kind: Mapping[str, float]
    """Hours by annotation kind, and those of ``objectness`` and ``validation`` where they were charged."""
    pool: int
    validation_images: int
    validation: Validation | None
    """The masks that measured, with what they cost or would cost; None for a run that does not say."""
    costs: str
    """Name of the cost book."""
    miou: float
    miou_interval: tuple[float, float, float] | None
    """low, high, level of the bootstrap over validation images."""
    iou: Mapping[str, float | None]
    """By class; None where the class is in no validation image and was never predicted."""
    iterations: int
    images_on_the_way: int | None
    """Validation images on which mIoU was looked at during training; None where it was not."""
    seconds_train: float
    device: str
    command: str
    environment: Mapping[str, Any]
    """Versions and machine, from env.json."""
    config: Mapping[str, Any]
    """Every setting, from config.toml."""


def _number(value: Any, what: str, low: float = 0.0, high: float = math.inf) -> float:
    number = float(value)
    if isinstance(value, str | bool) or not low <= number <= high:
        raise ValueError(f"{what}: expected a number from {low:g} to {high:g}, got {value!r}")
    return number


def _numbers(document: Mapping[str, Any], what: str) -> dict[str, float]:
    return {str(key): _number(value, f"{what}.{key}") for key, value in document.items()}


def _interval(document: Any) -> tuple[float, float, float] | None:
    if document is None:
        return None
    low, high = (_number(document[side], f"miou_interval.{side}", 0, 100) for side in ("low", "high"))
    if low > high:
        raise ValueError(f"miou_interval: low {low:g} is above high {high:g}")
    return low, high, _number(document.get("level", 0.95), "miou_interval.level", 0, 1)


def _hours_by_kind(document: Mapping[str, Any]) -> dict[str, float]:
    objectness = _number(document.get("objectness_hours", 0.0), "objectness_hours")
    hours = _numbers(document["hours_by_kind"], "hours_by_kind") | ({"objectness": objectness} if objectness else {})
    validation = _validation(document)
    if validation is not None and validation.charged_seconds:
        hours["validation"] = float(validation.charged_seconds / 3600)
    return hours


def _validation(document: Mapping[str, Any]) -> Validation | None:
    return None if document.get("validation") is None else Validation.from_dict(document["validation"])


def _plan(path: Path) -> Mapping[str, Any]:
    """What plan.json says, which is a help here, not a need."""
    document = read_json(path) if path.is_file() else {}
    return document if isinstance(document, dict) else {}


def _budget(plan: Mapping[str, Any]) -> float | None:
    """The hours offered, if the run was bought by hours."""
    value = plan.get("budget_hours")
    return None if value is None else _number(value, "plan.json: budget_hours")


def _workload(plan: Mapping[str, Any]) -> Workload | None:
    said = plan.get("workload")
    return None if said is None else Workload.of(*(said[field.name] for field in fields(Workload)))


def _images_on_the_way(document: Mapping[str, Any]) -> int | None:
    said = document.get("on_the_way")
    return None if said is None else int(_number(said["images"], "on_the_way.images"))


def _toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{path.name}: not readable as TOML: {error}") from error


def _finished(name: str, path: Path, document: Mapping[str, Any]) -> FinishedRun:
    environment = read_json(path / "env.json") if (path / "env.json").is_file() else {}
    hours, plan = document["hours"], _plan(path / "plan.json")
    return FinishedRun(
        name=name,
        path=path,
        strategy=str(document["strategy"]),
        objectness=str(document.get("objectness", "none")),
        backbone=str(document["backbone"]),
        recipe=str(document["recipe"]),
        dataset=str(document["dataset"]),
        classes=tuple(str(name) for name in document["classes"]),
        seed=int(document["seed"]),
        annotators=str(document.get("annotators", "human")),
        mix={kind: int(images) for kind, images in _numbers(document["mix"], "mix").items()},
        budget_hours=_budget(plan),
        hours=_number(hours["actual"], "hours.actual"),
        planned_hours=_number(hours["planned"], "hours.planned"),
        workload=_workload(plan),
        hours_by_kind=_hours_by_kind(document),
        pool=int(document["pool"]),
        validation_images=int(document["validation_images"]),
        validation=_validation(document),
        costs=str(document["costs"]),
        miou=_number(document["miou"], "miou", 0, 100),
        miou_interval=_interval(document.get("miou_interval")),
        iou={
            str(name): None if value is None else _number(value, f"iou.{name}", 0, 100)
            for name, value in document["iou"].items()
        },
        iterations=int(document["iterations"]),
        images_on_the_way=_images_on_the_way(document),
        seconds_train=_number(document["seconds_train"], "seconds_train"),
        device=str(document["device"]),
        command=str(document["command"]),
        environment=environment if isinstance(environment, dict) else {},
        config=_toml(path / "config.toml"),
    )


def _read(name: str, path: Path) -> FinishedRun | SkippedRun:
    if not (path / "result.json").is_file():
        return SkippedRun(name=name, reason="not finished: no result.json yet; go on with budgetseg run --resume")
    try:
        document = read_json(path / "result.json")
        if not isinstance(document, dict) or document.get("schema") != RESULT_SCHEMA:
            return SkippedRun(name=name, reason=f'result.json: expected "schema": "{RESULT_SCHEMA}"')
        status = document.get("status")
        if status != "completed":
            return SkippedRun(name=name, reason=f"{status}: {document.get('reason') or 'no reason recorded'}")
        if document.get("measured_on_training_images"):
            return SkippedRun(name=name, reason="measured on images that it was trained on (train set trainval)")
        return _finished(name, path, document)
    except KeyError as error:
        return SkippedRun(name=name, reason=f"result.json lacks the key {error}")
    except InvalidInputError as error:
        return SkippedRun(name=name, reason=str(error).removeprefix(f"{path}/"))
    except (AttributeError, TypeError, ValueError) as error:
        return SkippedRun(name=name, reason=f"result.json is not usable: {error}")


def _folders(folder: Path, depth: int) -> Iterator[Path | SkippedRun]:
    """Run directories at or below a folder, in the order of their names; runs are not looked for inside runs."""
    try:
        if any((folder / mark).exists() for mark in MARKS):
            yield folder
            return
        below = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        yield SkippedRun(name=folder.name, reason=f"cannot be read ({error.strerror or error})")
        return
    if depth:
        for path in below:
            yield from _folders(path, depth - 1)


def result_files(root: Path) -> Iterator[Path]:
    """The place of the result of every run directory in a folder, whether it is there yet or not."""
    for found in _folders(root, DEPTH):
        if isinstance(found, Path):
            yield found / "result.json"


def read_runs(root: Path) -> tuple[tuple[FinishedRun, ...], tuple[SkippedRun, ...]]:
    """Read a run directory, or every one in a folder and up to two levels below it.

    Returns:
        The finished runs and the others, each sorted by name.

    Raises:
        DataError: The folder is missing, or holds no finished run; the message says what to do.
    """
    make = f"make one with: budgetseg run --strategy hybrid --full-images 100 --out {root}/hybrid"
    if not root.is_dir():
        raise DataError(f"{root}: expected a folder of runs, got {'a file' if root.exists() else 'nothing'}; {make}")
    finished: list[FinishedRun] = []
    skipped: list[SkippedRun] = []
    for found in _folders(root, DEPTH):
        if isinstance(found, SkippedRun):
            skipped.append(found)
            continue
        name = found.resolve().name if found == root else found.relative_to(root).as_posix()
        run = _read(name, found)
        if isinstance(run, FinishedRun):
            finished.append(run)
        else:
            skipped.append(run)
    if not finished:
        why = "; ".join(f"{run.name}: {run.reason}" for run in skipped[:3])
        held = f"{len(skipped)} that did not finish ({why})" if skipped else "no run"
        raise DataError(f"{root}: expected at least one finished run, found {held}; {make}")
    return tuple(finished), tuple(skipped)
