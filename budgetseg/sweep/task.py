"""The contract between a sweep and its engines: ``carry_out(task)`` is one run, and its folder holds all that matters.

It can be called again at any time and anywhere: a finished run is left alone, a stopped one goes on, and one that
another process works on is said to be busy.
"""

import contextlib
import errno
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import chdir
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from budgetseg.errors import BudgetsegError, InterruptedRunError, InUseError
from budgetseg.sweep.attempts import note_attempt
from budgetseg.sweep.failure import record_failure

if TYPE_CHECKING:
    from budgetseg.plan.plan import Plan
    from budgetseg.runs.opening import OpenOnce
    from budgetseg.runs.spec import RunSpec

__all__ = ["Outcome", "Task", "carry_out", "failed"]

Status = Literal["completed", "failed", "busy", "interrupted", "lost"]
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One run, as an engine hands it to a process; plain values alone, so that it travels as JSON."""

    spec: Mapping[str, Any]
    """``RunSpec.to_dict``."""
    folder: str
    """The run directory, seen alike by all machines that carry runs out."""
    directory: str
    """Working directory, which relative paths in the spec start from."""
    command: str
    device: str = "auto"
    compiling: str = "none"
    checkpoint_seconds: float = 60.0
    measure_every: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "spec": dict(self.spec)}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run, or an attempt at it, ended."""

    status: Status
    """``busy``: another process works there. ``lost``: its own process ended without a word."""
    reason: str = ""
    miou: float | None = None
    """0 to 100."""
    no_room: bool = False
    """Whether it failed because the disk takes no more."""
    unforeseen: bool = False
    """Whether it failed in a way that may leave its process broken, such as out of memory."""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def carry_out(task: Task) -> Outcome:
    """Carry a run out, or go on with it; whatever stops it is an outcome, recorded in its folder."""
    from budgetseg.runs.config import spec_of_document
    from budgetseg.runs.run import run  # torch comes with it
    from budgetseg.runs.spec import Execution

    folder = Path(task.folder)
    # Where it is not there, as on another machine, paths that start from it are missed with a message of their own.
    with chdir(task.directory) if Path(task.directory).is_dir() else contextlib.nullcontext():
        spec = spec_of_document(task.spec)
        execution = Execution(
            folder=folder,
            device=task.device,
            compiling=task.compiling,  # type: ignore[arg-type]  # Execution says what is wrong with another word
            checkpoint_seconds=task.checkpoint_seconds,
            measure_every=task.measure_every,
            command=task.command,
        )
        try:
            with _noting(folder) as watcher:
                result = run(spec, execution, watcher, _opener())
        except InUseError as error:
            return Outcome(status="busy", reason=str(error))
        except InterruptedRunError as error:
            return Outcome(status="interrupted", reason=str(error))
        except Exception as error:
            return failed(folder, spec, task.command, error)
    return Outcome(status="completed", miou=float(result["miou"]))


@cache
def _opener() -> "OpenOnce":
    """One a process: runs on one data set in a row open it once."""
    from budgetseg.runs.opening import OpenOnce

    return OpenOnce()


class _Noting:
    """Notes an attempt once it has begun to work, which is when the folder is locked and its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.began = folder, 0.0

    def notice(self, text: str) -> None:
        """Say nothing: a sweep tells of results."""

    def planned(self, plan: "Plan") -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, of: int, loss: float | None) -> None:  # noqa: ARG002 - a watcher's
        """Note the first step."""
        if not self.began:
            self.began = time.time()
            note_attempt(self.folder, {"began": self.began, **_who()})


@contextlib.contextmanager
def _noting(folder: Path) -> Iterator[_Noting]:
    watcher = _Noting(folder)
    yield watcher
    if watcher.began:
        note_attempt(folder, {"finished": time.time(), **_who()})


def _who() -> dict[str, Any]:
    return {"host": socket.gethostname(), "pid": os.getpid()}


def failed(folder: Path, spec: "RunSpec", command: str, error: Exception) -> Outcome:
    """Record in a run's folder why it failed, and return that as an outcome."""
    foreseen = isinstance(error, BudgetsegError)
    reason = str(error) if foreseen else f"{type(error).__name__}: {_first_line(error)}"
    no_room = any(number in _NO_ROOM for number in _numbers(error))
    try:
        record_failure(folder, spec, command, reason)
    except BudgetsegError as second:
        reason = f"{reason} (and this could not be recorded: {second})"
    return Outcome(status="failed", reason=reason, no_room=no_room, unforeseen=not foreseen)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]


def _numbers(error: BaseException | None) -> Iterator[int]:
    """The system's numbers of an error and of those that led to it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno is not None:
            yield error.errno
        error = error.__cause__ or error.__context__
