"""Carrying a sweep out: runs go to the engine, what is lost goes again, what fails is recorded, and the rest goes on.

All that must last is in the run directories, so the process that conducts can be killed at any moment: the same command
goes on. Of two that conduct the same runs, each leaves to the other what it works on.
"""

import tempfile
import time
from collections import Counter, deque
from pathlib import Path
from typing import Final

from budgetseg.errors import BudgetsegError, RunFailedError, SomeRunsFailedError
from budgetseg.runs.samples import images_on_the_way
from budgetseg.runs.signals import StopRequest
from budgetseg.runs.state import refuse_other_settings
from budgetseg.sweep.engines.engine import Engine
from budgetseg.sweep.failure import record_failure
from budgetseg.sweep.progress import Best, Progress, SweepWatcher
from budgetseg.sweep.sweep import Sweep, SweepRun
from budgetseg.sweep.task import Outcome, Task

__all__ = ["Failure", "conduct", "require_writable"]

_WAIT_SECONDS: Final = 0.5
_AGAIN_SECONDS: Final = 2.0
"""After which a run that another process works on is looked at again."""
_GRACE_SECONDS: Final = 120.0
"""For runs to save their state when the sweep is stopped."""

Failure = tuple[SweepRun, str]


def require_writable(folder: Path) -> None:
    """Refuse a folder that takes no runs, before any is begun.

    Raises:
        RunFailedError: It cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RunFailedError(
            f"{folder}: cannot write here ({error.strerror or error}); choose another --runs"
        ) from error


def conduct(
    sweep: Sweep,
    engine: Engine,
    watcher: SweepWatcher,
    stop: StopRequest,
    *,
    retries: int,
    device: str = "auto",
    compiling: str = "none",
    checkpoint_seconds: float = 60.0,
    measure_every: int = 0,
) -> None:
    """Finish the runs of a sweep.

    Args:
        sweep: The runs, as found.
        engine: Carries them out; entered already.
        watcher: Told how it goes.
        stop: Asked to stop: runs save their state.
        retries: How often a run is begun again whose process ended without a word.
        device: As of ``budgetseg run``.
        compiling: The same.
        checkpoint_seconds: The same.
        measure_every: The same.

    Raises:
        InvalidInputError: A folder holds a run of other settings, or looks are too frequent; nothing is run then.
        InterruptedRunError: Stopped; the same call goes on.
        RunFailedError: The disk takes no more; what is there stays, and the same call goes on.
        SomeRunsFailedError: Some runs failed, after all others were carried out.
    """
    refuse_other_settings(sweep.runs)
    for run in sweep.missing if measure_every else ():
        images_on_the_way(measure_every, run.spec.train.batch, 1)
    tasks = {
        str(run.folder.absolute()): (
            run,
            Task(
                spec=run.spec.to_dict(),
                folder=str(run.folder.absolute()),
                directory=str(Path.cwd()),
                command=run.command,
                device=device,
                compiling=compiling,
                checkpoint_seconds=checkpoint_seconds,
                measure_every=measure_every,
            ),
        )
        for run in sweep.missing
    }
    conductor = _Conductor(sweep, tasks, engine, watcher, retries)
    while not conductor.over:
        if stop.made:
            conductor.wind_up()
            stop.raise_if_made(f"sweeping; {conductor.done} runs are finished, the same command goes on")
        conductor.step()
        watcher.moved(conductor.progress())
    if conductor.failures:
        names = ", ".join(run.name for run, _ in conductor.failures)
        raise SomeRunsFailedError(
            f"{len(conductor.failures)} of {len(sweep.runs)} runs failed: {names}; their folders say why, and the "
            "same command tries them again"
        )


class _Conductor:
    """A sweep under way."""

    def __init__(
        self,
        sweep: Sweep,
        tasks: dict[str, tuple[SweepRun, Task]],
        engine: Engine,
        watcher: SweepWatcher,
        retries: int,
    ) -> None:
        self.sweep, self.engine, self.watcher, self.retries = sweep, engine, watcher, retries
        self.run_of = {folder: run for folder, (run, _) in tasks.items()}
        self.waiting = deque(task for _, task in tasks.values())
        self.elsewhere: dict[str, tuple[float, Task]] = {}
        """Runs of other processes by folder, and when to look at them again."""
        self.flying: dict[str, float] = {}
        self.lost: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.done = len(sweep.runs) - len(tasks)
        self.took: list[float] = []
        finished = [run for run in sweep.runs if run.miou is not None]
        self.best = max((_best(run, run.miou or 0.0) for run in finished), key=lambda b: b.miou, default=None)

    @property
    def over(self) -> bool:
        return not (self.waiting or self.elsewhere or self.flying)

    def step(self) -> None:
        now = time.monotonic()
        for folder, (when, task) in list(self.elsewhere.items()):
            if when <= now:
                del self.elsewhere[folder]
                self.waiting.append(task)
        batch = []
        while self.waiting and len(self.flying) < self.engine.slots():
            batch.append(self.waiting.popleft())
            self.flying[batch[-1].folder] = now
        self.engine.begin(batch)
        for task, outcome in self.engine.ended(_WAIT_SECONDS):
            self._take(task, outcome)

    def _take(self, task: Task, outcome: Outcome) -> None:
        took = time.monotonic() - self.flying.pop(task.folder)
        run = self.run_of[task.folder]
        if outcome.status == "completed":
            self.done += 1
            self.took.append(took)
            found = _best(run, outcome.miou or 0.0)
            self.best = found if self.best is None else max(self.best, found, key=lambda best: best.miou)
            self.watcher.ended(run, outcome, took, self.progress())
        elif outcome.status == "busy":
            self.elsewhere[task.folder] = (time.monotonic() + _AGAIN_SECONDS, task)
        elif outcome.no_room:
            self.wind_up()
            raise RunFailedError(
                f"{outcome.reason}; the sweep stops here: {self.done} finished runs are kept, and the same command "
                "goes on when there is room"
            )
        elif outcome.status == "failed" or self.lost[task.folder] >= self.retries:
            self._fail(task, run, outcome, took)
        else:  # lost, or stopped by someone else than us
            self.lost[task.folder] += 1
            self.watcher.notice(f"{run.name}: {outcome.reason}; begun again ({self.lost[task.folder]})")
            self.waiting.appendleft(task)

    def _fail(self, task: Task, run: SweepRun, outcome: Outcome, took: float) -> None:
        reason = outcome.reason
        if self.lost[task.folder]:
            reason += f" ({self.lost[task.folder] + 1} times)"
        try:
            record_failure(Path(task.folder), run.spec, task.command, reason)
        except BudgetsegError as error:
            self.watcher.notice(f"{run.name}: its failure could not be recorded: {error}")
        self.failures.append((run, reason))
        self.watcher.ended(run, Outcome(status="failed", reason=reason), took, self.progress())

    def wind_up(self) -> None:
        """Have the runs under way save their state, and wait for them."""
        self.engine.stop()
        until = time.monotonic() + _GRACE_SECONDS
        while self.flying and time.monotonic() < until:
            for task, outcome in self.engine.ended(_WAIT_SECONDS):
                del self.flying[task.folder]
                self.done += outcome.status == "completed"

    def progress(self) -> Progress:
        """How it stands now."""
        running = min(len(self.flying), self.engine.slots())
        left = len(self.waiting) + len(self.flying)
        each = sum(self.took) / len(self.took) if self.took else None
        if each is None and left:
            each = self.sweep.compute_seconds / max(1, len(self.sweep.missing))
        under_way = sum(min(time.monotonic() - since, each or 0.0) for since in self.flying.values())
        seconds = None if each is None else (each * left - under_way) / max(1, min(self.engine.slots(), left))
        return Progress(
            total=len(self.sweep.runs),
            done=self.done,
            running=running,
            elsewhere=len(self.elsewhere),
            failed=len(self.failures),
            seconds_left=seconds if left else 0.0,
            best=self.best,
        )


def _best(run: SweepRun, miou: float) -> Best:
    return Best(name=run.name, miou=miou, hours=run.hours)
