"""How often a run was begun: a line in its folder when an attempt begins to work, and one when it has finished.

The file is hidden, so that a folder that holds nothing else is no run's, and it is no part of the result.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from budgetseg.errors import RunFailedError

__all__ = ["Attempts", "note_attempt", "read_attempts"]

_FILE: Final = ".attempts.jsonl"


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Of one run."""

    begun: int
    finished: int
    after_finish: int
    """Begun when the run was finished already: must not happen."""
    hosts: tuple[str, ...]


def note_attempt(folder: Path, row: Mapping[str, Any]) -> None:
    """Add a line.

    Raises:
        RunFailedError: The folder cannot be written to.
    """
    path = folder / _FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    except OSError as error:
        raise RunFailedError(f"{path}: cannot write here ({error.strerror or error})") from error


def read_attempts(folder: Path) -> Attempts:
    """Count what was noted; a line that a kill cut off counts as nothing."""
    path = folder / _FILE
    begun = finished = after = 0
    hosts: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        finished += "finished" in row
        if "began" in row:
            begun += 1
            after += finished > 0
            hosts.append(row["host"])
    return Attempts(begun=begun, finished=finished, after_finish=after, hosts=tuple(hosts))
