"""Runs one after the other, where one that fails does not keep the later ones from running."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from budgetseg.errors import BudgetsegError, InterruptedRunError, SomeRunsFailedError
from budgetseg.runs.spec import Execution, RunSpec
from budgetseg.runs.watcher import Watcher

__all__ = ["Job", "carry_out_all"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of a series."""

    name: str
    spec: Callable[[], RunSpec]
    """What it is, made when its turn comes: a bad value fails this run alone."""
    execution: Execution
    announcement: str
    """What is said when its turn comes."""


def carry_out_all(jobs: Sequence[Job], watcher: Watcher, what: str) -> None:
    """Train and measure in order; the data set of runs in a row is opened, checked and counted once.

    Args:
        jobs: The runs.
        watcher: Told of each.
        what: What the runs are called in the message about failures.

    Raises:
        InterruptedRunError: Stopped by a signal; the same call goes on.
        SomeRunsFailedError: Some runs failed, after all others were carried out.
    """
    from budgetseg.runs.opening import OpenOnce
    from budgetseg.runs.run import run  # torch comes with it

    opener = OpenOnce()
    failed: list[str] = []
    for job in jobs:
        watcher.notice(job.announcement)
        try:
            run(job.spec(), job.execution, watcher, opener)
        except InterruptedRunError:
            raise
        except BudgetsegError as error:
            watcher.notice(f"{job.name}: failed: {error}")
            failed.append(job.name)
    if failed:
        raise SomeRunsFailedError(f"{len(failed)} of {len(jobs)} {what} failed: {', '.join(failed)}")
