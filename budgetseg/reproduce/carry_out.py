"""Carrying out the trainings of a table that are missing, one after the other, as ``budgetseg run`` does each."""

from functools import partial

from budgetseg.reproduce.comparison import Comparison
from budgetseg.runs.series import Job, carry_out_all
from budgetseg.runs.spec import Execution
from budgetseg.runs.state import refuse_other_settings
from budgetseg.runs.watcher import Watcher

__all__ = ["carry_out"]


def carry_out(comparison: Comparison, device: str, watcher: Watcher) -> None:
    """Train and measure the missing rows in order; a row that fails does not keep the later ones from running.

    Raises:
        InvalidInputError: A row's folder holds a run of other settings; nothing is run then.
        InterruptedRunError: Stopped by a signal; the same call goes on.
        SomeRunsFailedError: Some rows failed, after all others were carried out.
    """
    refuse_other_settings(comparison.rows)
    jobs = [
        Job(
            name=row.experiment.name,
            spec=partial(comparison.setup.spec, row.experiment),
            execution=Execution(folder=row.folder, device=device, command=row.command),
            announcement=f"{row.experiment.name}: {row.command}",
        )
        for row in comparison.missing
    ]
    carry_out_all(jobs, watcher, "rows")
