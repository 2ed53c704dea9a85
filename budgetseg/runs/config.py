"""From settings to a run and back: ``config.toml`` holds a run's every choice, defaults spelled out.

Tables: ``[run]`` the fields of :class:`RunSpec`, ``[mix]`` images per kind of a plan, ``[train]`` the fields of
:class:`Recipe`, whose ``preset`` supplies what is not given.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from budgetseg.data.scene_names import is_scenes
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.learn.detector.file import load_detector
from budgetseg.learn.objectness import detector_file
from budgetseg.learn.recipe import preset, with_settings
from budgetseg.plan.mix import Mix
from budgetseg.runs.spec import RunSpec
from budgetseg.runs.strategy import strategy
from budgetseg.settings import read_fields, read_toml, write_toml

__all__ = [
    "config_text",
    "overrides_of",
    "read_config",
    "spec_of",
    "spec_of_document",
    "spec_of_settings",
    "split_assignment",
]

_TABLES = ("run", "mix", "train")


def read_config(path: Path) -> dict[str, dict[str, Any]]:
    """Read the tables of a configuration file.

    Raises:
        InvalidInputError: Not TOML, an unknown table, or a value outside the tables.
    """
    document = read_toml(path)
    for name, table in document.items():
        if name not in _TABLES:
            raise InvalidInputError(f'{path}: unknown table "{name}"{did_you_mean(name, _TABLES)}')
        if not isinstance(table, dict):
            raise InvalidInputError(f"{path}: {name}: expected a table [{name}]")
    return document


def split_assignment(text: str) -> tuple[str, str, str]:
    """Split ``train.lr=1e-3`` into table, name and value.

    Raises:
        InvalidInputError: Not of that form.
    """
    name, equals, value = text.partition("=")
    table, dot, field = name.strip().partition(".")
    if not equals or not dot or table not in ("run", "train"):
        raise InvalidInputError(f'--set {text}: expected "train.NAME=VALUE" or "run.NAME=VALUE"')
    return table, field, value.strip()


def overrides_of(texts: Sequence[str]) -> dict[str, str]:
    """Read ``train.lr=1e-4`` and the like, later ones winning.

    Raises:
        InvalidInputError: Not of that form.
    """
    settings = {}
    for text in texts:
        table, key, value = split_assignment(text)
        settings[f"{table}.{key}"] = value
    return settings


def spec_of_settings(settings: Mapping[str, str], mix: Mapping[str, int] | None = None) -> RunSpec:
    """Make a run from settings by their names in ``--set``, such as ``train.lr``.

    Raises:
        InvalidInputError: An unknown name, or a value of the wrong type or range.
    """
    tables: dict[str, dict[str, Any]] = {"run": {}, "train": {}}
    for name, value in settings.items():
        table, key, text = split_assignment(f"{name}={value}")
        tables[table][key] = text
    return spec_of(tables["run"], tables["train"], mix)


def spec_of(run: Mapping[str, Any], train: Mapping[str, Any], mix: Mapping[str, int] | None = None) -> RunSpec:
    """Make a run from settings.

    Args:
        run: Fields of :class:`RunSpec`. A detector costs what its boxes took, unless seconds are given.
        train: Fields of :class:`Recipe`; the rest comes from ``train["preset"]`` (default ``modern``).
        mix: Images per kind, where a plan says what to buy.

    Raises:
        InvalidInputError: An unknown name, kind or strategy, or a value of the wrong type or range.
        DataError: A detector that is missing or broken.
    """
    values = read_fields(RunSpec, run, "run")
    if mix is not None:
        values |= {"mix": Mix.of(mix).to_dict(), "strategy": "plan"}
    elif "strategy" in values:
        strategy(values["strategy"])
    dataset = values.setdefault("dataset", "scenes")
    backbone = values.setdefault("backbone", "tiny" if is_scenes(dataset) else "efficientnet_lite0")
    detector = detector_file(str(values.get("objectness", "")))
    if detector is not None and "objectness_seconds" not in values:
        values["objectness_seconds"] = str(load_detector(detector).provenance.seconds)
    recipe = with_settings(preset(str(train.get("preset", "modern")), backbone), train)
    return RunSpec(**values, train=recipe)


def spec_of_document(document: Mapping[str, Any]) -> RunSpec:
    """Make the run again that gave this :meth:`RunSpec.to_dict`.

    Raises:
        InvalidInputError: Another document.
    """
    run = {name: value for name, value in document.items() if name not in ("train", "mix")}
    return spec_of(run, document["train"], document["mix"])


def config_text(spec: RunSpec) -> str:
    """Return the configuration file that gives this run again."""
    document = spec.to_dict()
    train, mix = document.pop("train"), document.pop("mix")
    if mix is not None:
        del document["strategy"]
    tables = {"run": document, **({"mix": mix} if mix is not None else {}), "train": train}
    return "# Every choice of this run; repeat it with: budgetseg run --config config.toml\n" + write_toml(tables)
