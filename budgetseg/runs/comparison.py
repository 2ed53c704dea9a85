"""Runs beside each other: in which settings they differ, and what each reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from budgetseg.errors import BudgetsegError, InvalidInputError, did_you_mean
from budgetseg.files import read_json
from budgetseg.runs.config import read_config
from budgetseg.runs.record import RunRecord

__all__ = ["RunDetail", "chosen", "detail_of", "differing"]


@dataclass(frozen=True, kw_only=True)
class RunDetail:
    """A run with its settings and its result."""

    record: RunRecord
    settings: dict[str, Any]
    """By their names in ``--set``; empty where the folder holds no configuration."""
    result: dict[str, Any]
    """The ``budgetseg.result/1`` document; empty where there is none."""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**self.record.to_dict(), "settings": self.settings, "result": self.result}


def chosen(records: Sequence[RunRecord], name: str) -> RunRecord:
    """Return the run of a name; a part of the name is enough where it fits one alone.

    Raises:
        InvalidInputError: None, or several fit.
    """
    wanted = name.rstrip("/")
    for record in records:
        if wanted in (record.name, str(record.folder)):
            return record
    fitting = [record for record in records if wanted and wanted in record.name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        some = ", ".join(record.name for record in fitting[:3])
        raise InvalidInputError(f'"{name}" fits {len(fitting)} runs: {some} ...; give more of the name')
    raise InvalidInputError(f'no run is called "{name}"{did_you_mean(name, [record.name for record in records])}')


def detail_of(record: RunRecord) -> RunDetail:
    """Read a run's settings and result."""
    try:
        tables = read_config(record.folder / "config.toml")
    except InvalidInputError:
        tables = {}
    settings = {f"{table}.{name}": value for table, values in tables.items() for name, value in values.items()}
    try:
        result = read_json(record.folder / "result.json")
    except BudgetsegError:
        result = {}
    return RunDetail(record=record, settings=settings, result=result if isinstance(result, dict) else {})


def differing(details: Sequence[RunDetail]) -> dict[str, list[Any]]:
    """Settings that are not the same in all runs, each with its value in every one; None where it is not set."""
    names = dict.fromkeys(name for detail in details for name in detail.settings)
    values = {name: [detail.settings.get(name) for detail in details] for name in names}
    return {name: each for name, each in values.items() if any(value != each[0] for value in each)}
