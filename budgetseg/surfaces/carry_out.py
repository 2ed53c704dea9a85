"""Carrying out the missing runs of surfaces, one surface after the other, as ``budgetseg run`` does each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from budgetseg.accuracy.carry_out import part_of
from budgetseg.errors import SomeRunsFailedError
from budgetseg.runs.series import Job, carry_out_all
from budgetseg.runs.spec import Execution
from budgetseg.runs.state import refuse_other_settings, state_of
from budgetseg.runs.watcher import Watcher
from budgetseg.surfaces.measured import Measured

__all__ = ["carry_out"]


def carry_out(
    surfaces: Sequence[Measured],
    part: str,
    device: str,
    watcher: Watcher,
    on_surface: Callable[[tuple[Measured, ...]], None],
) -> tuple[Measured, ...]:
    """Train and measure what is missing; a run that fails does not keep the later ones from running.

    Args:
        surfaces: What is asked for, as found.
        part: ``K/N``: every N-th run of each surface from the K-th on.
        device: As of ``budgetseg run``.
        watcher: Told of each run.
        on_surface: Given all surfaces as found when one of them has had its runs.

    Returns:
        The surfaces as found afterwards.

    Raises:
        InvalidInputError: A folder holds a run of other settings, nothing is run then; or no such part.
        InterruptedRunError: Stopped by a signal; the same call goes on.
        SomeRunsFailedError: Some runs failed, after all others were carried out.
    """
    refuse_other_settings(run for surface in surfaces for run in surface.runs)
    found, failures = list(surfaces), []
    for place, surface in enumerate(surfaces):
        mine = [run for run in part_of(surface.runs, part) if run.miou is None]
        jobs = [
            Job(
                name=f"{surface.surface.name}/{run.trial.name}",
                spec=partial(surface.setup.spec, run.trial),
                execution=Execution(folder=run.folder, device=device, command=run.command),
                announcement=f"{surface.surface.name}, run {number} of {len(mine)}: {run.command}",
            )
            for number, run in enumerate(mine, start=1)
        ]
        try:
            carry_out_all(jobs, watcher, f"runs of {surface.surface.name}")
        except SomeRunsFailedError as failure:
            failures.append(str(failure))
        found[place] = _afresh(surface)
        on_surface(tuple(found))
    if failures:
        raise SomeRunsFailedError("; ".join(failures))
    return tuple(found)


def _afresh(surface: Measured) -> Measured:
    """Look its folders up again; the data set has not changed."""
    runs = []
    for run in surface.runs:
        state, miou = state_of(run.folder, surface.setup.spec(run.trial).fingerprint)
        runs.append(replace(run, state=state, miou=miou))
    return replace(surface, runs=tuple(runs))
