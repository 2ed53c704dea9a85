"""Measured surfaces: tables of trainings taken apart by data set and recipe, put together, and cut to some rows.

Shape suffixes: R rows (trainings), K kinds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.evidence import Evidence, read_evidence

__all__ = ["Measured", "combined", "read_measured", "related", "some_rows"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """The trainings of one data set with one recipe."""

    name: str
    """Short, for tables: the data set, or the file's stem."""
    evidence: Evidence

    @property
    def rows(self) -> int:
        """Trainings."""
        return len(self.evidence.miou_R)


def read_measured(path: Path) -> tuple[Measured, ...]:
    """Read a table of trainings of any number of data sets and recipes, in the order of their first rows.

    Raises:
        InvalidInputError: As :func:`budgetseg.plan.evidence.read_evidence`.
    """
    evidence = read_evidence(path)
    each = (evidence,) if len(evidence.miou_R) else evidence.others
    return tuple(_told_apart([Measured(name=one.dataset or path.stem, evidence=one) for one in each]))


def _told_apart(sets: Sequence[Measured]) -> list[Measured]:
    """Where a data set was measured with several recipes, the recipe joins its name."""
    names = [each.name for each in sets]
    return [
        replace(each, name=f"{each.name} ({each.evidence.recipe})") if names.count(each.name) > 1 else each
        for each in sets
    ]


def related(a: Measured, b: Measured) -> bool:
    """Whether one may not be used to foretell the other: the same data set, or a training that both hold."""
    if a.evidence.dataset is not None and a.evidence.dataset == b.evidence.dataset:
        return True
    return not _trainings(a.evidence).isdisjoint(_trainings(b.evidence))


def _trainings(evidence: Evidence) -> set[tuple[float, ...]]:
    return {(*images, miou) for images, miou in zip(evidence.counts_RK.tolist(), evidence.miou_R.tolist(), strict=True)}


def some_rows(evidence: Evidence, keep_R: NDArray[np.bool_] | NDArray[np.intp]) -> Evidence:
    """Some trainings of a surface; may be none."""
    return replace(
        evidence,
        counts_RK=evidence.counts_RK[keep_R],
        miou_R=evidence.miou_R[keep_R],
        noise_R=evidence.noise_R[keep_R],
    )


def combined(evidence: Sequence[Evidence]) -> Evidence:
    """All trainings as if they were of one data set; at least one table."""
    return replace(
        evidence[0],
        name=" + ".join(each.name for each in evidence),
        counts_RK=np.concatenate([each.counts_RK for each in evidence]),
        miou_R=np.concatenate([each.miou_R for each in evidence]),
        noise_R=np.concatenate([each.noise_R for each in evidence]),
    )
