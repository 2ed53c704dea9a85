"""A run's folder on disk: what lies in it, who may write to it, and how far the run has come.

config.toml   every choice, defaults spelled out      plan.json      the budgetseg.plan/1 value
subset.csv    image_id,kind,seconds                   env.json       versions and device
metrics.jsonl one line a logged iteration             result.json    the budgetseg.result/1 value
confusion.npy pixels, images x truth x prediction     checkpoints/   last.safetensors, best.safetensors
samples/      pictures of truth and prediction        run.lock       held while a process works here
objectness.npz what a detector said of the images, until the run is finished
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from budgetseg.errors import InUseError, InvalidInputError, RunFailedError
from budgetseg.files import read_json, write_json, write_text

__all__ = ["RESULT_SCHEMA", "RunDirectory"]

RESULT_SCHEMA = "budgetseg.result/1"

_STATE = "state.json"


class RunDirectory:
    """One run's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.final_weights = folder / "checkpoints" / "best.safetensors"
        self.samples = folder / "samples"

    def checkpoint(self, number: int) -> Path:
        """The state of a round of training; rounds count from 0."""
        return self.folder / "checkpoints" / (f"round{number}.safetensors" if number else "last.safetensors")

    def drop_rounds(self) -> None:
        """Throw away the states of the rounds after the first, which nobody needs when the run is finished."""
        for path in (self.folder / "checkpoints").glob("round*.safetensors"):
            path.unlink()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; the system lets go of it however the process ends.

        Raises:
            InUseError: Another process works here.
            RunFailedError: The folder cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RunFailedError(
                f"{self.folder}: cannot make this run's folder ({reason}); choose another --out"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise InUseError(
                f"{self.folder}: in use by another process; wait for it or choose another --out"
            ) from error
        try:
            yield
        finally:
            os.close(handle)

    def require_same_run(self, fingerprint: str) -> None:
        """Refuse a folder that holds something else than this run.

        Raises:
            InvalidInputError: Another run's folder, or a folder of other files.
        """
        self.require_run()
        state = self.folder / _STATE
        if state.exists() and read_json(state).get("fingerprint") != fingerprint:
            raise InvalidInputError(
                f"{self.folder}: holds another run; choose another --out, or --force to throw that run away"
            )

    def require_run(self) -> None:
        """Refuse a folder of files that are no run's.

        Raises:
            InvalidInputError: There are such files.
        """
        if (self.folder / _STATE).exists():
            return
        if any(path.name != "run.lock" and not path.name.startswith(".") for path in self.folder.iterdir()):
            raise InvalidInputError(f"{self.folder}: holds files that are no run; choose an empty --out")

    def begin(self, fingerprint: str) -> None:
        """Mark the folder as this run's."""
        write_json(self.folder / _STATE, {"schema": "budgetseg.state/1", "fingerprint": fingerprint})

    def clear(self) -> None:
        """Throw away what a run left; a folder that never was a run's is left alone."""
        if not (self.folder / _STATE).exists():
            return
        for path in self.folder.iterdir():
            if path.name == "run.lock":
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    @property
    def result(self) -> dict[str, Any] | None:
        """The result document, whatever its status; None before there is one."""
        path = self.folder / "result.json"
        return read_json(path) if path.exists() else None

    def write_result(self, result: Mapping[str, Any]) -> None:
        """Write the result, last of all files: where it says completed, everything else is there."""
        write_json(self.folder / "result.json", result)

    def write(self, name: str, content: str) -> None:
        """Write a text file."""
        write_text(self.folder / name, content)

    def write_document(self, name: str, document: Mapping[str, Any]) -> None:
        """Write a JSON file."""
        write_json(self.folder / name, document)

    def keep_metrics_until(self, iteration: int) -> None:
        """Drop logged iterations after ``iteration``: a resumed run logs them again."""
        path = self.folder / "metrics.jsonl"
        if not path.exists():
            return
        kept = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                break  # cut off by a kill in the middle of a line
            if row.get("iteration", 0) <= iteration:
                kept.append(line + "\n")
        write_text(path, "".join(kept))

    def log_metrics(self, row: Mapping[str, Any]) -> None:
        """Append one line to ``metrics.jsonl``."""
        path = self.folder / "metrics.jsonl"
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            raise RunFailedError(
                f"{path}: cannot write here ({error.strerror or error}); the last saved state is kept"
            ) from error
