"""What is found of a surface: its runs, which of them are finished, and their mIoU."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from budgetseg.accuracy.found import TrialRun, find_run
from budgetseg.accuracy.trial import Setup
from budgetseg.data.download import Tell
from budgetseg.errors import InvalidInputError
from budgetseg.runs.opening import open_for
from budgetseg.surfaces.cell import trials_of
from budgetseg.surfaces.design import Surface

__all__ = ["Measured", "look_up", "setup_of"]

_IN_FOLDER: Final = ("run.points", "run.instances")
"""Settings that name files in the folder of photographs."""
_WITH_OPTION: Final = (
    "run.dataset",
    "run.classes",
    "run.limit",
    "run.points",
    "run.instances",
    "run.backbone",
    "train.preset",
    "train.iterations",
    "train.batch",
    "train.crop",
)
"""Settings for which ``budgetseg run`` has an option of its own."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A surface as far as it is measured."""

    surface: Surface
    pool: int
    """Training images."""
    classes: int
    """Object classes."""
    recipe: str
    """The training in a few words: preset, network, iterations, batch and size."""
    setup: Setup
    runs: tuple[TrialRun, ...]

    @property
    def missing(self) -> tuple[TrialRun, ...]:
        """Runs that are still to be trained."""
        return tuple(run for run in self.runs if run.miou is None)

    def to_dict(self) -> dict[str, Any]:
        """As in ``surfaces`` of ``budgetseg.surfaces/1``."""
        return {
            "name": self.surface.name,
            "dataset": self.setup.spec().dataset,
            "source": self.surface.source,
            "recipe": self.recipe,
            "pool": self.pool,
            "classes": self.classes,
            "missing": len(self.missing),
            "runs": [run.to_dict() for run in self.runs],
        }


def setup_of(surface: Surface, runs: Path, photographs: Path | None) -> Setup:
    """What the runs of a surface have in common.

    Args:
        surface: The surface.
        runs: Folder with a folder for each surface.
        photographs: Folder of the photographs.

    Raises:
        InvalidInputError: It needs photographs and there are none, or a setting that the design may not give.
    """
    settings = {"run.dataset": surface.dataset, **surface.settings}
    if surface.needs_photographs:
        if photographs is None:
            raise InvalidInputError(f"{surface.name}: measured on photographs; give their folder as --dataset-root")
        settings["run.dataset"] = str(photographs)
        settings |= {name: str(photographs / settings[name]) for name in _IN_FOLDER if name in settings}
    return Setup(
        folder=runs / surface.name,
        options={name: value for name, value in settings.items() if name in _WITH_OPTION},
        overrides={name: value for name, value in settings.items() if name not in _WITH_OPTION},
    )


def look_up(surface: Surface, setup: Setup, tell: Tell) -> Measured:
    """Open the data set of a surface and look for its runs.

    Raises:
        BudgetsegError: The data set cannot be read, a setting is wrong, a mix too large or a result unreadable.
    """
    shared = setup.spec()
    dataset = open_for(shared, tell)
    pool = len(dataset.ids("train"))
    train = shared.train
    return Measured(
        surface=surface,
        pool=pool,
        classes=len(dataset.classes) - 1,
        recipe=f"{train.preset} {shared.backbone} {train.iterations} x {train.batch} at {train.crop} px",
        setup=setup,
        runs=tuple(find_run(setup, trial) for trial in trials_of(surface.cells, pool)),
    )
