"""A surface in one line: what each kind alone reaches at its largest, and the best mix."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from budgetseg.plan.mix import Mix
from budgetseg.surfaces.measured import Measured

__all__ = ["Reached", "Summary", "summary"]


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What one mix reaches."""

    mix: Mix
    miou: float
    """0 to 100, mean over the seeds that are finished."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"mix": self.mix.to_dict(), "miou": self.miou}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The finished runs of a surface."""

    alone: Mapping[str, Reached]
    """By kind, the training on the most images of it and nothing else."""
    best_mix: Reached | None
    """Of two kinds or more; None where none is finished."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``surfaces`` of ``budgetseg.surfaces/1``."""
        return {
            "alone": {kind: reached.to_dict() for kind, reached in self.alone.items()},
            "best_mix": None if self.best_mix is None else self.best_mix.to_dict(),
        }


def summary(surface: Measured) -> Summary:
    """Sum the finished runs of a surface up."""
    mious: dict[Mix, list[float]] = defaultdict(list)
    for run in surface.runs:
        if run.miou is not None:
            mious[run.trial.mix].append(run.miou)
    cells = [Reached(mix=mix, miou=fmean(values)) for mix, values in mious.items()]
    alone: dict[str, Reached] = {}
    for cell in sorted((cell for cell in cells if len(cell.mix.counts) == 1), key=lambda cell: cell.mix.images):
        ((kind, _),) = cell.mix
        alone[kind] = cell
    mixed = [cell for cell in cells if len(cell.mix.counts) > 1]
    return Summary(alone=alone, best_mix=max(mixed, key=lambda cell: cell.miou, default=None))
