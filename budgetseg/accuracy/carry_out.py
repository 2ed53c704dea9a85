"""Carrying out the trainings that are missing, one after the other, as ``budgetseg run`` does each."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar, cast

from budgetseg.accuracy.found import FoundRun, missing
from budgetseg.accuracy.trial import Setup
from budgetseg.errors import InvalidInputError
from budgetseg.runs.series import Job, carry_out_all
from budgetseg.runs.spec import Execution
from budgetseg.runs.state import refuse_other_settings
from budgetseg.runs.watcher import Watcher

__all__ = ["carry_out", "part_of"]

Run = TypeVar("Run")


def part_of(runs: Sequence[Run], part: str) -> tuple[Run, ...]:
    """Return every N-th run from the K-th on, so that N processes share the work.

    Counted over all runs, finished or not: the share of a process does not change while others work.

    Args:
        runs: All runs.
        part: ``K/N``.

    Raises:
        InvalidInputError: Not of that form, or not 1 <= K <= N.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", part)
    if not found or int(found[1]) > int(found[2]):
        raise InvalidInputError(f'--part: expected K/N with 1 <= K <= N, got "{part}"')
    return tuple(runs[int(found[1]) - 1 :: int(found[2])])


def carry_out(setup: Setup, runs: Sequence[FoundRun], device: str, compiling: str, watcher: Watcher) -> None:
    """Train and measure the missing runs in order; one that fails does not keep the later ones from running.

    Raises:
        InvalidInputError: A folder holds a run of other settings; nothing is run then.
        InterruptedRunError: Stopped by a signal; the same call goes on.
        SomeRunsFailedError: Some runs failed, after all others were carried out.
    """
    refuse_other_settings(runs)
    todo = missing(runs)
    jobs = [
        Job(
            name=run.trial.name,
            spec=partial(setup.spec, run.trial),
            execution=Execution(folder=run.folder, device=device, compiling=cast(Any, compiling), command=run.command),
            announcement=f"run {number} of {len(todo)}: {run.command}",
        )
        for number, run in enumerate(todo, start=1)
    ]
    carry_out_all(jobs, watcher, "runs")
