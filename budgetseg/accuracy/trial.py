"""One training behind the accuracy table, and the run that it becomes.

All trainings of a seed buy in one random order. A mix takes the head of it, the strongest kind first; a part of the mix
alone skips what the stronger parts took, so it trains on the very images that it has in the mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from budgetseg.errors import InvalidInputError
from budgetseg.plan.mix import Mix
from budgetseg.runs.command import run_command
from budgetseg.runs.config import spec_of_settings

if TYPE_CHECKING:
    from budgetseg.runs.spec import RunSpec

__all__ = ["Setup", "Trial", "strongest_first"]

_OURS: Final = ("strategy", "full_images", "hours", "images", "mix", "moves", "current", "skip", "validation", "seed")
"""Settings of a run that the table sets itself."""


def strongest_first(mix: Mix) -> list[tuple[str, int]]:
    """Kinds and images of a mix, in the order in which a run buys them."""
    return list(mix)[::-1]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What one training buys."""

    mix: Mix
    skip: int = 0
    """Images at the head of the order that others of the mix have taken."""
    seed: int = 0

    @property
    def name(self) -> str:
        """Of its folder: ``full-40+point-640-s0``, ``point-640-after40-s0``."""
        bought = "+".join(f"{kind}-{images}" for kind, images in strongest_first(self.mix))
        return f"{bought}{f'-after{self.skip}' if self.skip else ''}-s{self.seed}"

    def settings(self) -> dict[str, str]:
        """Its own settings, but the mix, by their names in ``--set``."""
        settings = {}
        if len(self.mix.counts) == 1:
            ((kind, images),) = self.mix
            settings = {"run.strategy": kind, "run.images": str(images)}
        return settings | ({"run.skip": str(self.skip)} if self.skip else {}) | {"run.seed": str(self.seed)}


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What all trainings have in common."""

    folder: Path
    """Where their run directories lie."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Settings with options of their own, by their names in ``--set``."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Any other settings; they win over the options."""

    def __post_init__(self) -> None:
        for name in self.overrides:
            if name.removeprefix("run.") in _OURS and name.startswith("run."):
                raise InvalidInputError(f"--set {name}: the accuracy table sets this itself; leave it out")

    def spec(self, trial: Trial | None = None) -> "RunSpec":
        """The run of a training; without one, what all of them share.

        Raises:
            InvalidInputError: An option with an unknown name or a value out of range.
        """
        own = {} if trial is None else trial.settings()
        mixed = trial is not None and len(trial.mix.counts) > 1
        mix = trial.mix.to_dict() if trial is not None and mixed else None
        return spec_of_settings({**self.options, **self.overrides, **own}, mix)

    def run_folder(self, trial: Trial) -> Path:
        """Where the run of a training lies."""
        return self.folder / trial.name

    def command(self, trial: Trial) -> str:
        """The command line that carries out :meth:`spec`."""
        mixed = len(trial.mix.counts) > 1
        mix = ",".join(f"{kind}={images}" for kind, images in strongest_first(trial.mix)) if mixed else None
        return run_command({**trial.settings(), **self.options, **self.overrides}, self.run_folder(trial), mix)
