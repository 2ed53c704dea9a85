"""Carrying out the trainings of a table that are missing, one after the other, as ``budgetseg run`` does each."""

from budgetseg.errors import BudgetsegError, InterruptedRunError, InvalidInputError, SomeRunsFailedError
from budgetseg.reproduce.comparison import Comparison
from budgetseg.runs.spec import Execution
from budgetseg.runs.watcher import Watcher

__all__ = ["carry_out"]


def carry_out(comparison: Comparison, device: str, watcher: Watcher) -> None:
    """Train and measure the missing rows in order; a row that fails does not keep the later ones from running.

    Raises:
        InvalidInputError: A row's folder holds a run of other settings; nothing is run then.
        InterruptedRunError: Stopped by a signal; the same call goes on.
        SomeRunsFailedError: Some rows failed, after all others were carried out.
    """
    from budgetseg.runs.run import run  # torch comes with it

    for row in comparison.rows:
        if row.state == "other settings":
            raise InvalidInputError(
                f"{row.folder}: holds {row.experiment.name} trained with other settings; choose another --runs"
            )
    failed: list[str] = []
    for row in comparison.missing:
        watcher.notice(f"{row.experiment.name}: {row.command}")
        execution = Execution(folder=row.folder, device=device, command=row.command)
        try:
            run(comparison.setup.spec(row.experiment), execution, watcher)
        except InterruptedRunError:
            raise
        except BudgetsegError as error:
            watcher.notice(f"{row.experiment.name}: failed: {error}")
            failed.append(row.experiment.name)
    if failed:
        raise SomeRunsFailedError(f"{len(failed)} of {len(comparison.missing)} rows failed: {', '.join(failed)}")
