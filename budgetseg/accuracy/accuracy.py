"""The accuracy table as one value: what was asked for, the runs, and what they show so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetseg.accuracy.design import Design
from budgetseg.accuracy.equal_hours import Crossing
from budgetseg.accuracy.found import FoundRun, find_runs, missing
from budgetseg.accuracy.hour_rows import HoursRow, crossings, hours_rows
from budgetseg.accuracy.kind_rows import KindRow, kind_rows
from budgetseg.accuracy.mix_rows import MixRow, mix_rows
from budgetseg.accuracy.pool import Pool
from budgetseg.accuracy.trial import Setup

__all__ = ["Accuracy", "accuracy"]

_SEED = 4  # of the bootstrap: the same runs give the same intervals


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """The ``budgetseg.accuracy/1`` value; a table that was not asked for has no rows."""

    tables: tuple[str, ...]
    pool: int
    """Training images."""
    costs: str
    images_per_second: float
    runs: tuple[FoundRun, ...]
    kinds: tuple[KindRow, ...]
    mixes: tuple[MixRow, ...]
    hours: tuple[HoursRow, ...]
    masks_win: Mapping[tuple[str, ...], Crossing]
    """By hybrid."""
    left_out: tuple[str, ...]

    @property
    def missing(self) -> tuple[FoundRun, ...]:
        """Runs that are still to be trained."""
        return missing(self.runs)

    @property
    def compute_hours(self) -> float:
        """What the missing runs are estimated to take."""
        return sum(run.compute_hours for run in self.missing)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": "budgetseg.accuracy/1",
            "tables": list(self.tables),
            "pool": self.pool,
            "costs": self.costs,
            "images_per_second": self.images_per_second,
            "missing": len(self.missing),
            "compute_hours": self.compute_hours,
            "runs": [run.to_dict() for run in self.runs],
            "kinds": [row.to_dict() for row in self.kinds],
            "mixes": [row.to_dict() for row in self.mixes],
            "hours": [row.to_dict() for row in self.hours],
            "masks_win": [{"kinds": list(kinds), **each.to_dict()} for kinds, each in self.masks_win.items()],
            "left_out": list(self.left_out),
        }


def accuracy(tables: Sequence[str], design: Design, setup: Setup, pool: Pool, images_per_second: float) -> Accuracy:
    """Look the runs of a design up, and draw its tables from those that are finished.

    Raises:
        InvalidInputError: As in :func:`find_runs`.
    """
    runs = find_runs(setup, pool, design.trials(), images_per_second)
    miou_of = {run.trial: run.miou for run in runs if run.miou is not None}
    hours = hours_rows(design.hours, miou_of, pool)
    return Accuracy(
        tables=tuple(tables),
        pool=pool.images,
        costs=setup.spec().costs,
        images_per_second=images_per_second,
        runs=runs,
        kinds=kind_rows(design.kinds, miou_of, pool, np.random.default_rng(_SEED)),
        mixes=mix_rows(design.mixes, miou_of),
        hours=hours,
        masks_win=crossings(hours),
        left_out=design.left_out,
    )
