"""How much worse than the best a choice is expected to be, made now, or after measurements that are not there yet.

Each sample of a surface is in turn taken for the truth. It is left out of the ensemble with which the planner of that
world reasons, so that he cannot know it: his measurements are its mIoU plus noise, he updates what he expects of every
mix, and buys the best that the rest of the hours pays for. The regret is what the best mix of all the hours would reach
in that world, less what his choice reaches. No choice sees the truth that scores it, with measurements or without.

(Preposterior analysis: Raiffa and Schlaifer, Applied Statistical Decision Theory, 1961.)

Shape suffixes: S samples, M mixes, J measured mixes, N imagined sets of measurements.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.affordable import TIE_MIOU
from budgetseg.plan.conditioning import Conditioning, effective_samples

__all__ = ["Prospect", "regret_after", "regret_now"]

Floats = NDArray[np.float64]

_FOLDS: Final = 20
_DRAWS: Final = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Prospect:
    """What a way of choosing comes to, in every world."""

    regret_S: Floats
    """Expected mIoU below the best mix of all the hours, truth by truth."""
    picks_NM: NDArray[np.float64]
    """How often each mix was chosen, by world; rows sum to 1."""
    changes: float
    """Probability that measurements move the choice by more than a tie; 0 without measurements."""
    remaining: float
    """Samples that are still as likely as not after the measurements, in effect; all of them without."""

    @property
    def regret(self) -> float:
        """Over all worlds."""
        return float(self.regret_S.mean())


def _folds(samples: int) -> list[NDArray[np.intp]]:
    """The samples in parts, each to be left out in turn; neighbours go to different parts."""
    folds = min(_FOLDS, samples)
    return [np.arange(fold, samples, folds) for fold in range(folds)]


def regret_now(mixes_SM: Floats, best_S: Floats) -> Prospect:
    """Choose the mix of the highest expected mIoU without further measurements.

    Args:
        mixes_SM: What can be bought, a row a possible truth; at least 2.
        best_S: The best mix of all the hours in each.
    """
    regret_S, picks_SM = np.zeros(len(mixes_SM)), np.zeros_like(mixes_SM)
    for left_out in _folds(len(mixes_SM)):
        pick = int(np.delete(mixes_SM, left_out, axis=0).mean(axis=0).argmax())
        regret_S[left_out] = best_S[left_out] - mixes_SM[left_out, pick]
        picks_SM[left_out, pick] = 1
    return Prospect(regret_S=regret_S, picks_NM=picks_SM, changes=0.0, remaining=float(len(mixes_SM)))


def regret_after(
    mixes_SM: Floats, best_S: Floats, measured_SJ: Floats, noise_JJ: Floats, rng: np.random.Generator
) -> Prospect:
    """Measure first, then choose the mix of the highest expected mIoU.

    Args:
        mixes_SM: What the hours that are left can buy, a row a possible truth; at least 2.
        best_S: The best mix of all the hours in each.
        measured_SJ: Expected mIoU of the measured mixes.
        noise_JJ: Covariance of the measurements around it.
        rng: Draws the noise of imagined measurements.
    """
    samples, measured = measured_SJ.shape
    noise_SDJ = rng.standard_normal((samples, _DRAWS, measured)) @ np.linalg.cholesky(noise_JJ).T
    regret_S, picks_SM, changed, remaining = np.zeros(samples), np.zeros_like(mixes_SM), 0.0, 0.0
    for left_out in _folds(samples):
        update = Conditioning.of(
            np.delete(mixes_SM, left_out, axis=0), np.delete(measured_SJ, left_out, axis=0), noise_JJ
        )
        imagined_NJ = (measured_SJ[left_out, None] + noise_SDJ[left_out]).reshape(-1, measured)
        expected_NM = update.predict(imagined_NJ)
        pick_N = expected_NM.argmax(axis=1)
        unmoved = int(update.mean_M.argmax())
        changed += float((expected_NM.max(axis=1) - expected_NM[:, unmoved] > TIE_MIOU).sum())
        others_SJ = np.delete(measured_SJ, left_out, axis=0)
        remaining += float(effective_samples(others_SJ, noise_JJ, imagined_NJ).sum())
        truth_N = np.repeat(left_out, _DRAWS)
        reached = mixes_SM[truth_N, pick_N].reshape(-1, _DRAWS).mean(axis=1)
        regret_S[left_out] = best_S[left_out] - reached
        np.add.at(picks_SM, (truth_N, pick_N), 1 / _DRAWS)
    imagined = samples * _DRAWS
    return Prospect(regret_S=regret_S, picks_NM=picks_SM, changes=changed / imagined, remaining=remaining / imagined)
