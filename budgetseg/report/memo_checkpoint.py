r"""The next checkpoint: what to train before all is bought, and which result would change the plan.

A quarter of the hours buys a quarter of the plan, and as many hours of its strongest rival; both are trained. Let y be
what they give. By :mod:`budgetseg.plan.conditioning` the expected mIoU of what the whole budget buys is then
:math:`\bar f + G (y - \bar y)`, linear in y. The rival takes over at the gap between the two trainings where that of
its whole purchase reaches the plan's, both being off by equal amounts from what was expected.

Shape suffixes: S surfaces, K kinds; 2: the plan, the rival.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from budgetseg.plan.conditioning import Conditioning, noise_covariance
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan
from budgetseg.plan.surface import counts_of
from budgetseg.report.memo_doubt import purchases
from budgetseg.report.planner import Planner

__all__ = ["Checkpoint", "checkpoint_of"]

SHARE: Final = Fraction(1, 4)
"""Of the hours, at which the plan is looked at again."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Two trainings, and what they must show."""

    hours: float
    mix: Mix
    """A quarter of the plan."""
    rival: Mix
    """As many hours of what may be better; annotated besides."""
    rival_whole: Mix
    """What all hours buy of it."""
    expected: tuple[float, float]
    """mIoU of the two trainings."""
    gap: float | None
    """The plan's mIoU less the rival's, below which the rival is the better purchase; None where no gap says that."""
    chance: float
    """That the gap comes out below."""

    def to_dict(self) -> dict[str, Any]:
        """As ``checkpoint`` in ``budgetseg.memo/1``."""
        return {
            "hours": self.hours,
            "mix": self.mix.to_dict(),
            "rival": self.rival.to_dict(),
            "rival_whole": self.rival_whole.to_dict(),
            "expected": list(self.expected),
            "gap": self.gap,
            "chance": self.chance,
        }


def _part(mix: Mix) -> Mix:
    return Mix.of({kind: max(1, int(images * SHARE)) for kind, images in mix})


def _rival(planner: Planner, plan: Plan) -> Mix | None:
    """Of what is made of other kinds, the purchase that is most often better; of equals the higher expected one."""
    own = {kind for kind, _ in plan.mix}
    others = [mix for mix in purchases(planner, plan) if {kind for kind, _ in mix} != own]
    if not others:
        return None
    counts_MK = counts_of([plan.mix.to_dict(), *(mix.to_dict() for mix in others)])
    samples_SM, mean_M = planner.surface.samples(counts_MK), planner.surface.mean(counts_MK)
    often_M = (samples_SM[:, 1:] > samples_SM[:, :1]).mean(axis=0)
    return others[max(range(len(others)), key=lambda place: (often_M[place], mean_M[1 + place]))]


def checkpoint_of(planner: Planner, plan: Plan) -> Checkpoint | None:
    """Find what to train at a quarter of the hours, and the result that would change the plan."""
    from scipy.special import ndtr

    rival = _rival(planner, plan)
    if rival is None:
        return None
    parts = (_part(plan.mix), _part(rival))
    part_2K, whole_2K = (counts_of([mix.to_dict() for mix in pair]) for pair in (parts, (plan.mix, rival)))
    surface = planner.surface
    measured_S2, whole_S2 = surface.samples(part_2K), surface.samples(whole_2K)
    noise_22 = noise_covariance(part_2K.astype(np.int64), surface.noise(part_2K))
    update = Conditioning.of(whole_S2, measured_S2, noise_22)
    expected_2 = measured_S2.mean(axis=0)
    ahead = float(whole_S2[:, 0].mean() - whole_S2[:, 1].mean())
    shift_2 = np.array([0.5, -0.5])  # of the two trainings, for each mIoU that the gap widens
    moved_2 = update.predict((expected_2 + shift_2)[None])[0] - update.predict(expected_2[None])[0]
    slope = float(moved_2[0] - moved_2[1])
    gap, chance = None, 0.0
    middle = float(expected_2[0] - expected_2[1])
    if slope > 1e-6 and ahead >= 0:
        gap = middle - ahead / slope
        spread = np.sqrt(
            float((measured_S2[:, 0] - measured_S2[:, 1]).var(ddof=1))
            + noise_22[0, 0]
            + noise_22[1, 1]
            - 2 * noise_22[0, 1]
        )
        chance = float(ndtr((gap - middle) / spread))
    return Checkpoint(
        hours=plan.hours * float(SHARE),
        mix=parts[0],
        rival=parts[1],
        rival_whole=rival,
        expected=(float(expected_2[0]), float(expected_2[1])),
        gap=gap,
        chance=chance,
    )
