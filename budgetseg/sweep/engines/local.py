"""Runs on this machine: a few processes that each carry out one run after the other, sharing cores or GPUs."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import IO, Final, Self

from budgetseg.sweep.task import Outcome, Task

__all__ = ["LocalEngine"]

_GRACE_SECONDS: Final = 60.0
"""Time for a run to save its state when it is asked to stop."""


class _Worker:
    """One process, and the run that it works on."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.task: Task | None = None
        self.stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.buffer = b""
        # A session of its own: Ctrl-C at the terminal reaches the sweep, which asks its processes to stop.
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            env=environment,
            start_new_session=True,
        )

    def begin(self, task: Task) -> None:
        self.task = task
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(task.to_dict()).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died; its stdout says so next

    def read(self) -> Outcome | None:
        """Return the outcome that is there to be read, or ``lost`` where the process has ended; None: not yet whole."""
        assert self.process.stdout is not None
        chunk = os.read(self.process.stdout.fileno(), 1 << 16)
        if not chunk:
            return Outcome(status="lost", reason=self._why_it_ended())
        self.buffer += chunk
        if not self.buffer.endswith(b"\n"):
            return None
        line, self.buffer = self.buffer, b""
        return Outcome(**json.loads(line))

    def _why_it_ended(self) -> str:
        code = self.process.wait()
        if code == -signal.SIGKILL:
            return "killed by SIGKILL, as a machine does that runs out of memory"
        if code < 0:
            return f"ended by {signal.Signals(-code).name}"
        self.stderr.seek(0)
        last = self.stderr.read().decode(errors="replace").strip().splitlines()[-1:]
        return f"ended with code {code}" + "".join(f": {line}" for line in last)

    def close(self) -> None:
        """Let it end; it has nothing to do, or saves what it does."""
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.stderr.close()


class LocalEngine:
    """Processes on this machine; one that dies takes its run with it, and is replaced."""

    def __init__(self, environments: Sequence[dict[str, str]], command: Sequence[str] | None = None) -> None:
        """Share the machine.

        Args:
            environments: What each process that runs side by side is told of the cores and GPUs that are its own.
            command: What a process is, which follows ``budgetseg.sweep.engines.worker``; None: that itself.
        """
        self._environments = [{**os.environ, **own} for own in environments]
        self._workers: list[_Worker | None] = [None] * len(environments)
        self._command = command or (sys.executable, "-m", "budgetseg.sweep.engines.worker")
        self._selector = selectors.DefaultSelector()

    def slots(self) -> int:
        """One a process."""
        return len(self._workers)

    def begin(self, tasks: Sequence[Task]) -> None:
        """Give each run to an idle process, which is started where there is none."""
        for task in tasks:
            place = next(place for place, worker in enumerate(self._workers) if worker is None or worker.task is None)
            worker = self._workers[place]
            if worker is None:
                worker = self._workers[place] = _Worker(self._command, self._environments[place])
                self._selector.register(worker.process.stdout, selectors.EVENT_READ, place)  # type: ignore[arg-type]
            worker.begin(task)

    def ended(self, seconds: float) -> list[tuple[Task, Outcome]]:
        """Read what the processes say; one that died or may be broken is replaced when there is something to do."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return []
        found = []
        for key, _ in self._selector.select(seconds):
            worker = self._workers[key.data]
            assert worker is not None
            outcome = worker.read()
            if outcome is None:
                continue
            task, worker.task = worker.task, None
            if task is not None:
                found.append((task, outcome))
            if outcome.status in ("lost", "interrupted") or outcome.unforeseen:
                self._drop(key.data)
        return found

    def _drop(self, place: int) -> None:
        worker = self._workers[place]
        assert worker is not None
        self._selector.unregister(worker.process.stdout)  # type: ignore[arg-type]
        worker.close()
        self._workers[place] = None

    def stop(self) -> None:
        """Ask those that work to save and end."""
        for worker in self._workers:
            if worker is not None and worker.task is not None and worker.process.poll() is None:
                worker.process.send_signal(signal.SIGTERM)

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, *_ended: object) -> None:
        """End all processes: those that work save their state first."""
        for worker in self._workers:
            if worker is not None:
                assert worker.process.stdin is not None
                with contextlib.suppress(BrokenPipeError):
                    worker.process.stdin.close()  # all at once, so that they save side by side
        for place, worker in enumerate(self._workers):
            if worker is not None:
                self._drop(place)
        self._selector.close()
