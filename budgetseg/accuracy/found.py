"""What the run folders hold: which trainings are finished, and their mIoU."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from budgetseg.accuracy.design import Cell
from budgetseg.accuracy.pool import Pool
from budgetseg.accuracy.trial import Setup, Trial
from budgetseg.errors import InvalidInputError
from budgetseg.runs.state import State, state_of

__all__ = ["IMAGES_PER_SECOND", "FoundRun", "TrialRun", "find_run", "find_runs", "missing", "scores"]

IMAGES_PER_SECOND = 1640.0
"""Training images a second of EfficientNet-Lite0 at 224 px, five processes in all on one NVIDIA H100."""


@dataclass(frozen=True, kw_only=True)
class TrialRun:
    """A training and what is found of it."""

    trial: Trial
    folder: Path
    command: str
    state: State
    miou: float | None
    """0 to 100; None before the run is finished."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``runs`` of ``budgetseg.surfaces/1``."""
        return {
            "name": self.trial.name,
            "mix": self.trial.mix.to_dict(),
            "seed": self.trial.seed,
            "state": self.state,
            "miou": self.miou,
            "folder": str(self.folder),
            "command": self.command,
        }


@dataclass(frozen=True, kw_only=True)
class FoundRun(TrialRun):
    """The same with what it costs."""

    hours: float
    """Annotators' hours of what it buys."""
    compute_hours: float
    """Estimated, of the training alone."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``runs`` of ``budgetseg.accuracy/1``."""
        costs = {"skip": self.trial.skip, "hours": self.hours, "compute_hours": self.compute_hours}
        return super().to_dict() | costs


def find_run(setup: Setup, trial: Trial) -> TrialRun:
    """Look a training up in its folder.

    Raises:
        InvalidInputError: A setting that is wrong, or an unreadable result.
    """
    folder = setup.run_folder(trial)
    state, miou = state_of(folder, setup.spec(trial).fingerprint)
    return TrialRun(trial=trial, folder=folder, command=setup.command(trial), state=state, miou=miou)


def find_runs(
    setup: Setup, pool: Pool, trials: Sequence[Trial], images_per_second: float = IMAGES_PER_SECOND
) -> tuple[FoundRun, ...]:
    """Look every training up in its folder.

    Raises:
        InvalidInputError: A speed that is not above 0, a setting that is wrong, or an unreadable result.
    """
    if not images_per_second > 0:
        raise InvalidInputError(f"--images-per-second: expected a number > 0, got {images_per_second:g}")
    train = setup.spec().train  # all trainings share it
    compute_hours = train.iterations * train.batch / images_per_second / 3600
    return tuple(
        FoundRun(**vars(find_run(setup, trial)), hours=float(pool.seconds(trial) / 3600), compute_hours=compute_hours)
        for trial in trials
    )


def missing(runs: Sequence[FoundRun]) -> tuple[FoundRun, ...]:
    """Those that are still to be trained."""
    return tuple(run for run in runs if run.state in ("to run", "stopped"))


def scores(cell: Cell, miou_of: Mapping[Trial, float]) -> dict[int, float]:
    """MIoU of the finished trainings of a cell, by seed."""
    return {trial.seed: miou_of[trial] for trial in cell.trials if trial in miou_of}
