"""Which rows are fitted and which are to be foretold: few images, or a random half.

Shape suffixes: R rows (trainings).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.evidence import Evidence

__all__ = ["Split", "splits_of"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """One way to take a surface apart."""

    group: str
    """Splits of one group are averaged."""
    fitted_R: NDArray[np.bool_]


def splits_of(evidence: Evidence, *, most_images: Sequence[int], seeds: int) -> tuple[Split, ...]:
    """Return the splits of a surface; those that would fit or foretell nothing are left out.

    Args:
        evidence: The trainings.
        most_images: For each, the rows whose mix has at most so many images in all are fitted.
        seeds: So many random halves.
    """
    images_R = evidence.counts_RK.sum(axis=1)
    rows = len(images_R)
    splits = [Split(group=f"<= {most:,} images", fitted_R=images_R <= most) for most in most_images]
    for seed in range(seeds):
        half_R = np.random.default_rng(seed).permutation(rows) < rows // 2
        splits.append(Split(group="a random half", fitted_R=half_R))
    return tuple(split for split in splits if 0 < split.fitted_R.sum() < rows)
