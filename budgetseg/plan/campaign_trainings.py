"""What the images of a campaign can be trained as, so that one slice is evidence for many mixes.

Every annotation holds the answers to weaker ones. So besides the mix that is held, each kind can be trained alone, on
its own images and on those of stronger kinds, degraded; and on halves and quarters of them.

Shape suffixes: J trainings, K kinds in the order of ``KINDS``.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import new_acts
from budgetseg.plan.affordable import Counts, nothing
from budgetseg.plan.evidence import Evidence

__all__ = ["joined_evidence", "trainings_of"]

_FEWEST: Final = 2


def trainings_of(held_K: Counts, kinds: Iterable[str], most: int) -> Counts:
    """Return the trainings (J, K) of what is held, at most ``most``; the mix itself comes first.

    Args:
        held_K: Images at each kind, at least one.
        kinds: Those of which a training tells something.
        most: How many, at least 1.
    """
    order = list(KINDS)
    usable = {
        kind: sum(int(held_K[order.index(held)]) for held in order if held == kind or not new_acts(kind, held))
        for kind in kinds
    }
    found = [held_K]
    for part in (1, 2, 4):
        if part > 1:
            found.append(held_K // part)
        for kind, images in usable.items():
            alone_K = nothing()
            alone_K[order.index(kind)] = images // part
            found.append(alone_K)
    told: dict[tuple[int, ...], Counts] = {}
    for counts_K in found:
        if counts_K is held_K or counts_K.sum() >= _FEWEST:
            told.setdefault(tuple(counts_K.tolist()), counts_K)
    trainings_JK: Counts = np.array(list(told.values())[:most], np.int64)
    return trainings_JK


def joined_evidence(
    known: Evidence | None, counts_RK: Counts, miou_R: NDArray[np.float64], name: str
) -> Evidence | None:
    """Return what was measured, with what is known from elsewhere beside it; None where there is neither."""
    if known is None or not len(miou_R):
        return Evidence(name=name, counts_RK=counts_RK, miou_R=miou_R) if len(miou_R) else known
    elsewhere = (replace(known, others=()), *known.others) if len(known.miou_R) else known.others
    return Evidence(
        name=f"{name}, beside {known.name}", counts_RK=counts_RK, miou_R=miou_R, recipe=known.recipe, others=elsewhere
    )
