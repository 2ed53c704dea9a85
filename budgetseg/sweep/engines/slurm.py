"""Runs as jobs of SLURM, through submitit; where there is no SLURM, submitit runs them here.

The folder of the runs must be seen by all nodes under one path. A job that SLURM takes back is queued again by
submitit and goes on from its saved state.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from budgetseg.errors import InvalidInputError
from budgetseg.settings import comma_list
from budgetseg.sweep.engines.optional import package_of
from budgetseg.sweep.task import Outcome, Task, carry_out

__all__ = ["SlurmEngine", "parameters_of"]

_GRACE_SECONDS: Final = 60.0


class _Job:
    """What submitit calls; ``checkpoint`` says what is queued when SLURM takes the job back."""

    def __call__(self, task: Task) -> Outcome:
        return carry_out(task)

    def checkpoint(self, task: Task) -> Any:
        return package_of("slurm", "submitit").helpers.DelayedSubmission(self, task)


def parameters_of(text: str) -> dict[str, str | int]:
    """Read ``timeout_min=600,slurm_partition=gpu``, parameters of submitit.

    Raises:
        InvalidInputError: Not of that form.
    """
    parameters: dict[str, str | int] = {}
    for item in comma_list(text):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not (name and equals and value):
            raise InvalidInputError(f'--slurm: expected NAME=VALUE,NAME=VALUE, got "{item}"')
        parameters[name] = int(value) if value.isascii() and value.isdigit() else value
    return parameters


class SlurmEngine:
    """Submits a job a run."""

    def __init__(
        self,
        folder: Path,
        *,
        jobs: int,
        cpus_per_run: float,
        gpus_per_run: float | None,
        parameters: Mapping[str, str | int],
    ) -> None:
        """Say how jobs are submitted.

        Args:
            folder: Where submitit keeps scripts and logs.
            jobs: The most jobs that are queued or run at once.
            cpus_per_run: Rounded up to whole ones.
            gpus_per_run: Rounded up to whole ones; None: none.
            parameters: Of submitit, such as ``timeout_min``; they win.

        Raises:
            InvalidInputError: A parameter that submitit does not know.
        """
        submitit = package_of("slurm", "submitit")
        self._jobs, self._flying = jobs, list[tuple[Any, Task]]()
        self._executor = submitit.AutoExecutor(folder=folder)
        self.cluster: str = self._executor.cluster
        """``slurm``, or ``local`` where there is none."""
        given = {
            "name": "budgetseg",
            "timeout_min": 24 * 60,
            "cpus_per_task": max(1, -int(-cpus_per_run // 1)),
            "gpus_per_node": -int(-(gpus_per_run or 0) // 1),
        }
        try:
            self._executor.update_parameters(**(given | dict(parameters)))
        except (NameError, TypeError, ValueError) as error:
            raise InvalidInputError(f"--slurm: {' '.join(str(error).split())}") from error

    def __enter__(self) -> Self:
        """Nothing is submitted yet."""
        return self

    def slots(self) -> int:
        """As many as were asked for."""
        return self._jobs

    def begin(self, tasks: Sequence[Task]) -> None:
        """Submit them as one array."""
        if tasks:
            jobs = self._executor.map_array(_Job(), tasks)
            self._flying += list(zip(jobs, tasks, strict=True))

    def ended(self, seconds: float) -> list[tuple[Task, Outcome]]:
        """Ask submitit, now and once more when the time is over."""
        ready = [(job, task) for job, task in self._flying if job.done()]
        if not ready:
            time.sleep(seconds)
            ready = [(job, task) for job, task in self._flying if job.done()]
        self._flying = [pair for pair in self._flying if pair not in ready]
        return [(task, self._outcome(job)) for job, task in ready]

    @staticmethod
    def _outcome(job: Any) -> Outcome:
        try:
            outcome = job.result()
        except Exception as error:
            # A job that died, whatever submitit's name for it; its log says more.
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            return Outcome(status="lost", reason=f"{first} ({job.paths.stderr})")
        assert isinstance(outcome, Outcome)
        return outcome

    def stop(self) -> None:
        """Cancel them: SLURM's signal lets them save their state."""
        for job, _ in self._flying:
            job.cancel()

    def __exit__(self, *_ended: object) -> None:
        """Cancel what is left, and wait a little for it."""
        self.stop()
        until = time.monotonic() + _GRACE_SECONDS
        while time.monotonic() < until and not all(job.done() for job, _ in self._flying):
            time.sleep(0.2)
