"""A campaign's trainings as ordinary run directories: ``step1``, ``step1-2`` ... below one folder.

The mix that is held is bought on top of the step before (``run --current``), so the images stay the same ones; the
other trainings of a step buy their own, in the same order of images. A finished run is not repeated: the same campaign,
called again, goes on where it was stopped.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json
from budgetseg.runs.config import spec_of_settings
from budgetseg.runs.series import Job, carry_out_all
from budgetseg.runs.spec import Execution, RunSpec
from budgetseg.runs.watcher import Silent, Watcher

__all__ = ["RunTrainer"]

Counts = NDArray[np.int64]


def _mix_of(counts_K: Counts) -> dict[str, int]:
    return {kind: int(count) for kind, count in zip(KINDS, counts_K.tolist(), strict=True) if count}


@dataclass(kw_only=True)
class RunTrainer:
    """Trains and measures with ``budgetseg run``; remembers what the step before held."""

    folder: Path
    """Of the campaign; each training is a folder in it."""
    settings: Mapping[str, str]
    """Of every run, by their names in ``--set``: ``run.dataset``, ``run.seed``, ``train.iterations`` ..."""
    device: str = "auto"
    watcher: Watcher = field(default_factory=Silent)
    _held_K: Counts | None = None
    _held_folder: Path | None = None

    def measure(self, step: int, trainings_JK: Counts) -> NDArray[np.float64]:
        """MIoU (J,) of trainings; the first row is the mix that is held, which holds all that was held before.

        Raises:
            InvalidInputError: A setting that is wrong, or more images than the data set has.
            InterruptedRunError: Stopped by a signal; the same call goes on.
            SomeRunsFailedError: A training failed.
        """
        folders = [self.folder / (f"step{step}-{j}" if j else f"step{step}") for j in range(len(trainings_JK))]
        held_K = trainings_JK[0]
        specs = [self._held_spec(held_K), *(self._spec(_mix_of(counts_K)) for counts_K in trainings_JK[1:])]
        jobs = [
            Job(
                name=folder.name,
                spec=partial(_same, spec),
                execution=Execution(folder=folder, device=self.device, command=_command(spec, folder)),
                announcement=f"step {step}, training {place} of {len(folders)}: {_shown(spec)}",
            )
            for place, (folder, spec) in enumerate(zip(folders, specs, strict=True), start=1)
        ]
        carry_out_all(jobs, self.watcher, "trainings")
        self._held_K, self._held_folder = held_K, folders[0]
        return np.array([_miou(folder) for folder in folders])

    def _spec(self, mix: Mapping[str, int], extra: Mapping[str, str] | None = None) -> RunSpec:
        return spec_of_settings({**self.settings, **(extra or {})}, mix)

    def _held_spec(self, held_K: Counts) -> RunSpec:
        if self._held_K is None or self._held_folder is None:
            return self._spec(_mix_of(held_K))
        new = _mix_of(held_K - self._held_K)
        # The strongest first, as in a purchase that starts from nothing.
        moves = ",".join(f"{images} {kind}" for kind, images in list(new.items())[::-1])
        return self._spec(_mix_of(held_K), {"run.current": str(self._held_folder), "run.moves": moves})


def _same(spec: RunSpec) -> RunSpec:
    return spec


def _shown(spec: RunSpec) -> str:
    return ",".join(f"{kind}={images}" for kind, images in (spec.mix or {}).items())


def _command(spec: RunSpec, folder: Path) -> str:
    current = [] if spec.current is None else ["--current", spec.current]
    return shlex.join(["budgetseg", "run", "--mix", _shown(spec), *current, "--out", str(folder)])


def _miou(folder: Path) -> float:
    document = read_json(folder / "result.json")
    try:
        return float(document["miou"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{folder / 'result.json'}: expected the miou of a finished run ({error})") from error
