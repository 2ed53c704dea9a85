r"""Trainings that contradict each other: far further apart than seeds and draws of images are.

Two trainings of one mix, or of n and of m >= n full masks alone, contradict each other where the one of fewer images
measured more by

.. math:: d > 5 \sqrt{\sigma_n^2 + \sigma_m^2},

with the noise that the evidence says, else with 3.7 mIoU, the most that seeds were seen to differ by. More masks alone
do not hurt by so much. More of a weak kind may, and mixes may: measured ones fell by 16 mIoU, so they are not held
against each other.

Shape suffixes: R trainings.
"""

from typing import Final

import numpy as np

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.forms.form import COLUMN
from budgetseg.plan.mix import Mix

__all__ = ["contradiction"]

_TIMES: Final = 5.0
_SEEDS_MIOU: Final = 3.7
_MOST_TRAININGS: Final = 2_000
"""Of more, the pairs would take longer than the fit."""


def contradiction(evidence: Evidence) -> str | None:
    """Say which two trainings of the evidence contradict each other most; None where none do."""
    counts_RK, miou_R = evidence.counts_RK, evidence.miou_R
    if not 2 <= len(miou_R) <= _MOST_TRAININGS:
        return None
    sd_R = np.where(np.isnan(evidence.noise_R), _SEEDS_MIOU, evidence.noise_R)
    masks_R = counts_RK[:, COLUMN["full"]] == counts_RK.sum(axis=1)
    _, group_R = np.unique(np.where(masks_R[:, None], 0, counts_RK), axis=0, return_inverse=True)
    group_R, images_R = group_R.reshape(-1), counts_RK.sum(axis=1)
    comparable_RR = (group_R[:, None] == group_R) & (images_R[:, None] <= images_R)
    excess_RR = (miou_R[:, None] - miou_R) / np.sqrt(sd_R[:, None] ** 2 + sd_R**2).clip(1e-9)
    excess_RR = np.where(comparable_RR, excess_RR, -np.inf)
    more, less = divmod(int(excess_RR.argmax()), len(miou_R))
    if excess_RR[more, less] <= _TIMES:
        return None
    mixes = [Mix.of(dict(zip(KINDS, counts_RK[row].tolist(), strict=True))) for row in (more, less)]
    expected = float(np.hypot(sd_R[more], sd_R[less]))
    return (
        f"{evidence.name}: trainings contradict each other: {mixes[0]} measured {miou_R[more]:.1f} and {mixes[1]} "
        f"{miou_R[less]:.1f}, where chance moves them apart by some {expected:.0f}; check these rows, the intervals "
        "are wider for it"
    )
