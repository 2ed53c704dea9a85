"""What the doubt in a prediction is made of, and how much of it is borrowed from other data sets and recipes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from budgetseg.plan.budget_sweep import Choice
from budgetseg.plan.market import counts_of_mix
from budgetseg.plan.surface import Surface

__all__ = ["Doubt", "doubts"]


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Standard deviations in mIoU whose squares add up to that of the prediction."""

    name: str
    """Of the choice."""
    training: float
    """Seed and draw of images."""
    evidence: float
    """What the trainings on these images leave open."""
    transfer: float
    """What other data sets and recipes leave open."""
    borrowed: float
    """Share, 0 to 1, of what was open before any training on these images that still is."""


def doubts(surface: Surface, choices: Sequence[Choice]) -> tuple[Doubt, ...]:
    """Take the doubt in each prediction apart; choices of which nothing is predicted are left out."""
    known = [choice for choice in choices if choice.predicted_miou is not None]
    if not known:
        return ()
    counts_MK = np.array([counts_of_mix(choice.mix) for choice in known], np.float64)
    parts, borrowed_M = surface.parts(counts_MK), surface.borrowed(counts_MK)
    return tuple(
        Doubt(
            name=choice.name,
            training=float(parts["training"][row]),
            evidence=float(parts["evidence"][row]),
            transfer=float(parts["transfer"][row]),
            borrowed=float(borrowed_M[row]),
        )
        for row, choice in enumerate(known)
    )
