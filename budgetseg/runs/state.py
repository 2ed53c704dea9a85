"""How far a run has come, as its folder says: for commands that look many runs up before they carry any out."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Protocol

from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json

__all__ = ["State", "refuse_other_settings", "state_of"]

State = Literal["to run", "stopped", "other settings", "finished"]
"""Nothing there; begun, or failed; a run of other settings; measured."""


class _LookedUp(Protocol):
    @property
    def folder(self) -> Path: ...

    @property
    def state(self) -> str: ...


def state_of(folder: Path, fingerprint: str) -> tuple[State, float | None]:
    """Look a run up in its folder: how far it has come, and its mIoU (0 to 100) where it is finished.

    Args:
        folder: The run directory, which need not exist.
        fingerprint: Of the run that is looked for.

    Raises:
        InvalidInputError: An unreadable result.
    """
    mark, result = folder / "state.json", folder / "result.json"
    if mark.is_file() and read_json(mark).get("fingerprint") != fingerprint:
        return "other settings", None
    if not result.is_file():
        return ("stopped" if mark.is_file() else "to run"), None
    document = read_json(result)
    try:
        if document["status"] != "completed":
            return "stopped", None
        return "finished", float(document["miou"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{result}: expected the miou of a finished run ({error})") from error


def refuse_other_settings(runs: Iterable[_LookedUp]) -> None:
    """Carry nothing out where a folder holds a run of other settings.

    Raises:
        InvalidInputError: One does.
    """
    for run in runs:
        if run.state == "other settings":
            raise InvalidInputError(f"{run.folder}: holds a run of other settings; choose another --runs")
