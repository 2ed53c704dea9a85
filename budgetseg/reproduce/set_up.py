"""How a reproduction is set up: what is the same for all its trainings, and the run that each of them becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from budgetseg.reproduce.deviation import Follow, settings_for
from budgetseg.reproduce.experiment import Experiment
from budgetseg.runs.command import run_command
from budgetseg.runs.config import spec_of_settings

if TYPE_CHECKING:
    from budgetseg.runs.spec import RunSpec

__all__ = ["OBJECTNESS_SECONDS", "Setup"]

OBJECTNESS_SECONDS = "2968.2"
"""What the boxes behind the objectness prior took: 291 of 10.2 s (section 5.1)."""

# FCN-32s on VGG16 and its solver are section 5.1; a class that is nowhere counts 0 in the mean of the released code.
_COMMON: Mapping[str, str] = {
    "run.train_set": "paper",
    "run.backbone": "vgg16",
    "run.absent_classes": "zero",
    "train.preset": "paper",
}


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What the trainings of a reproduction have in common."""

    folder: Path
    """Where their run directories lie, one a training."""
    dataset: str = "voc2012"
    follow: Follow = "code"
    objectness: str = "center"
    """Prior of the models with objectness: ``center``, or ``maps:FOLDER``."""
    points: str | None = None
    """The paper's clicks; None simulates them."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Settings, as in ``--set``, that win over everything else."""

    def settings(self, experiment: Experiment) -> dict[str, str]:
        """Every setting of a training that is not a default, by its name in ``--set``."""
        settings = {**_COMMON, "run.dataset": self.dataset, **settings_for(experiment.name, self.follow)}
        settings |= experiment.settings
        if experiment.objectness:
            settings["run.objectness"] = self.objectness
            if "run.images" not in settings:  # Table 3 does not charge it
                settings["run.objectness_seconds"] = OBJECTNESS_SECONDS
        if experiment.real_clicks and self.points is not None:
            settings["run.points"] = self.points
        return settings | dict(self.overrides)

    def spec(self, experiment: Experiment) -> "RunSpec":
        """The run that reproduces a training.

        Raises:
            InvalidInputError: An override with an unknown name or a value out of range.
        """
        return spec_of_settings(self.settings(experiment))

    def run_folder(self, experiment: Experiment) -> Path:
        """Where the run of a training lies; text and code are kept apart."""
        return self.folder / self.follow / experiment.name

    def command(self, experiment: Experiment) -> str:
        """The command line that carries out :meth:`spec`."""
        return run_command(self.settings(experiment), self.run_folder(experiment))
