r"""Replay by hours paid: a pilot is bought, then the rest is chosen; what counts is what is reached in the end.

A pilot of h hours buys m masks. Labels, clicks, strokes and the other kinds can be derived from a mask, so m masks give
a training of every mix of at most m images (the same images, each at one kind): these rows are fitted. The masks stay:
a mix c costs only what it needs besides them, and what is reached is the denoised mIoU of

.. math:: c + (m - c_{\mathrm{full}})^+ \text{ full}

less images of other kinds where the pool would not hold them all. Validation masks that the pilot's trainings are
measured on are paid for too, where they are charged. Against it: no pilot, and the mix that the prior likes best; and
the rules of thumb. Everyone's regret is against the best mix that all hours could have bought without a pilot.

Shape suffixes: M mixes, K kinds, R rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.plan.belief import Belief
from budgetseg.replay.candidates import Candidates
from budgetseg.replay.choosing import choices_of_methods, choices_of_rules, picks
from budgetseg.replay.ground import Ground
from budgetseg.replay.methods import METHODS, PRIOR
from budgetseg.replay.prices import ImagePrices
from budgetseg.replay.regret import Choice, Regret, regrets
from budgetseg.replay.sets import some_rows

__all__ = ["NO_PILOT", "PaidResult", "after_pilot", "replay_paid"]

Floats = NDArray[np.float64]

NO_PILOT: Final = "no pilot, the prior's mix"
_FULL: Final = list(KINDS).index("full")


@dataclass(frozen=True, kw_only=True, eq=False)
class PaidResult:
    """One length of the pilot on one surface."""

    surface: str
    pilot_hours: float
    masks: int
    """That the pilot buys."""
    rows: int
    """Measured rows that these masks give; where there are none, methods choose by their priors."""
    regrets: tuple[Regret, ...]

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.replay/1``."""
        return {
            "surface": self.surface,
            "pilot_hours": self.pilot_hours,
            "masks": self.masks,
            "rows_fitted": self.rows,
            "choice": {each.chooser: each.to_dict() for each in self.regrets},
        }


def after_pilot(mixes_MK: Floats, masks: int, prices: ImagePrices, pool: int) -> tuple[Floats, Floats]:
    """Return what is there when each mix is bought on top of the pilot's masks (M, K), and the further hours (M,)."""
    needed_MK = mixes_MK.copy()
    needed_MK[:, _FULL] = np.maximum(mixes_MK[:, _FULL] - masks, 0)
    there_MK = mixes_MK.copy()
    there_MK[:, _FULL] = np.maximum(mixes_MK[:, _FULL], masks)
    for there_K, needed_K in zip(there_MK, needed_MK, strict=True):
        over = there_K.sum() - pool
        for column in np.argsort(-there_K):
            if over <= 0:
                break
            if column != _FULL:
                less = min(over, there_K[column])
                there_K[column] -= less
                needed_K[column] -= less
                over -= less
    return there_MK, prices.hours(needed_MK)


def replay_paid(
    ground: Ground,
    candidates: Candidates,
    beliefs: Mapping[str, Belief],
    prices: ImagePrices,
    *,
    pilots: Sequence[float],
    budgets: Sequence[float],
    validation_masks: int = 0,
) -> tuple[PaidResult, ...]:
    """Replay each pilot at each budget that can pay for it.

    Args:
        ground: The surface.
        candidates: What can be bought.
        beliefs: From evidence that does not hold this surface.
        prices: Of an image; masks need one.
        pilots: Hours of each pilot.
        budgets: Hours in total.
        validation_masks: That a pilot pays for besides.

    Raises:
        InvalidInputError: A mask has no price.
    """
    if "full" not in prices.seconds_of:
        raise InvalidInputError(
            "pilot: its images are masked; give the seconds of a mask: --seconds-per-image full=155"
        )
    kinds = ground.measured.evidence.kinds
    rules = choices_of_rules(candidates, prices, kinds, ground.pool, budgets)
    rules += _without(ground, candidates, beliefs, budgets)
    return tuple(
        _replay(ground, candidates, beliefs, prices, pilot, budgets, validation_masks, rules) for pilot in pilots
    )


def _replay(
    ground: Ground,
    candidates: Candidates,
    beliefs: Mapping[str, Belief],
    prices: ImagePrices,
    pilot: float,
    budgets: Sequence[float],
    validation_masks: int,
    rules: Sequence[Choice],
) -> PaidResult:
    evidence = ground.measured.evidence
    masks = min(int(pilot * 3600 / prices.seconds_of["full"] + 1e-9), ground.pool)
    known_R = evidence.counts_RK.sum(axis=1) <= masks
    small = some_rows(evidence, known_R)
    there_MK, further_M = after_pilot(candidates.mixes_MK, masks, prices, ground.pool)
    truth_M = ground.truth(there_MK)
    said = {method.name: method.fit(small, beliefs)(there_MK) for method in METHODS if method.name != PRIOR}
    best_measured = float(small.miou_R.max()) if len(small.miou_R) else 0.0
    paid = (masks + validation_masks) * prices.seconds_of["full"] / 3600
    choices = []
    played = []
    for hours in budgets:
        allowed_M = further_M <= hours - paid
        if pilot > hours or not allowed_M.any() or not (candidates.hours_M <= hours).any():
            continue
        played.append(hours)
        best = float(candidates.truth_M[candidates.hours_M <= hours].max())
        for chooser, place in picks(said, best_measured, allowed_M):
            choices.append(Choice.of(chooser, hours, float(truth_M[place]), best))
    choices += [choice for choice in rules if choice.hours in played]
    return PaidResult(
        surface=ground.measured.name,
        pilot_hours=pilot,
        masks=masks,
        rows=int(known_R.sum()),
        regrets=regrets(choices, [method.name for method in METHODS]),
    )


def _without(
    ground: Ground, candidates: Candidates, beliefs: Mapping[str, Belief], budgets: Sequence[float]
) -> list[Choice]:
    """What the mix reaches that is best by the beliefs alone, bought with all hours."""
    method = next(method for method in METHODS if method.name == PRIOR)
    said = {PRIOR: method.fit(ground.measured.evidence, beliefs)(candidates.mixes_MK)}
    found = choices_of_methods(candidates, said, 0.0, budgets)
    return [Choice.of(NO_PILOT, choice.hours, choice.miou, choice.best) for choice in found]
