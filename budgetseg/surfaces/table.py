"""Measured surfaces as evidence: the CSV table that a plan's predictions can rest on (``budgetseg.plan.evidence``)."""

from collections.abc import Sequence

from budgetseg.costs.kinds import KINDS
from budgetseg.files import csv_text
from budgetseg.surfaces.measured import Measured

__all__ = ["complete", "evidence_csv"]


def complete(surfaces: Sequence[Measured]) -> tuple[Measured, ...]:
    """Those of which every run is finished."""
    return tuple(surface for surface in surfaces if surface.runs and not surface.missing)


def evidence_csv(surfaces: Sequence[Measured]) -> str:
    """Return the finished runs as rows: dataset, recipe, seed, a column a kind that any of them used, miou, source.

    mIoU is 0 to 100, to two decimals: two trainings of one cell differ by whole points.
    """
    used = {kind for surface in surfaces for run in surface.runs for kind, _ in run.trial.mix}
    kinds = [kind for kind in KINDS if kind in used]
    rows = [
        [
            surface.surface.name,
            surface.recipe,
            run.trial.seed,
            *(run.trial.mix[kind] for kind in kinds),
            f"{run.miou:.2f}",
            surface.surface.source,
        ]
        for surface in surfaces
        for run in surface.runs
        if run.miou is not None
    ]
    return csv_text(["dataset", "recipe", "seed", *kinds, "miou", "source"], rows)
