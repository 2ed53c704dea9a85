"""Replay by image counts: fit some rows, foretell the others, choose, and state which of two is better.

Shape suffixes: R rows, M mixes, S samples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetseg.plan.belief import Belief
from budgetseg.replay.candidates import Candidates
from budgetseg.replay.choosing import choices_of_methods, choices_of_rules
from budgetseg.replay.decisions import Statements, statements_of
from budgetseg.replay.ground import Ground
from budgetseg.replay.methods import METHODS
from budgetseg.replay.prices import ImagePrices
from budgetseg.replay.regret import Choice, Regret, regrets
from budgetseg.replay.scores import Score, mean_score, perfect_score, score_of
from budgetseg.replay.sets import some_rows
from budgetseg.replay.splits import Split

__all__ = ["GroupResult", "replay_group"]


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupResult:
    """All splits of one group on one surface."""

    surface: str
    group: str
    splits: int
    fitted: float
    """Rows fitted, mean over the splits."""
    scores: Mapping[str, Score]
    """By method."""
    perfect: Score
    """What the measured noise costs someone who knows the denoised surface."""
    regrets: tuple[Regret, ...]
    by_truth: Mapping[str, tuple[Statements, ...]]
    """Statements about mixes, judged by the denoised surface, by method."""
    by_measurement: Mapping[str, tuple[Statements, ...]]
    """Statements about rows, judged by what was measured, by method."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.replay/1``; the statements of all groups are summed up elsewhere."""
        return {
            "surface": self.surface,
            "fitted_on": self.group,
            "splits": self.splits,
            "rows_fitted": self.fitted,
            "prediction": {name: score.to_dict() for name, score in self.scores.items()},
            "perfect": self.perfect.to_dict(),
            "choice": {each.chooser: each.to_dict() for each in self.regrets},
        }


def replay_group(
    ground: Ground,
    splits: Sequence[Split],
    candidates: Candidates,
    beliefs: Mapping[str, Belief],
    prices: ImagePrices,
    budgets: Sequence[float],
) -> GroupResult:
    """Replay splits of one group; at least one.

    Args:
        ground: The surface.
        splits: Which rows are fitted.
        candidates: What can be chosen.
        beliefs: From evidence that does not hold this surface.
        prices: Of an image.
        budgets: Hours at which to choose.
    """
    scores: dict[str, list[Score]] = {method.name: [] for method in METHODS}
    by_truth: dict[str, list[Statements]] = {method.name: [] for method in METHODS if method.chooses}
    by_measurement: dict[str, list[Statements]] = {name: [] for name in by_truth}
    kinds = ground.measured.evidence.kinds
    choices: list[Choice] = choices_of_rules(candidates, prices, kinds, ground.pool, budgets)
    mixes = len(ground.mixes_MK)
    every_MK = np.concatenate([ground.mixes_MK, candidates.mixes_MK])
    weight = 1 / len(splits)
    for split in splits:
        evidence = some_rows(ground.measured.evidence, split.fitted_R)
        said = {method.name: method.fit(evidence, beliefs)(every_MK) for method in METHODS}
        offered = {name: foretold.at(np.arange(mixes, len(every_MK))) for name, foretold in said.items()}
        left_R = ~split.fitted_R
        mix_R, miou_R = ground.mix_R[left_R], ground.miou_R[left_R]
        mix_N = np.unique(mix_R)
        for name, foretold in said.items():
            scores[name].append(score_of(foretold.at(mix_R), miou_R))
            if name in by_truth:
                row_SN = foretold.sample_SM[:, mix_R]
                noise_N = foretold.noise_M[mix_R]
                by_measurement[name].append(statements_of(row_SN, miou_R, noise_N, weight=weight))
                mix_SN = foretold.sample_SM[:, mix_N]
                by_truth[name].append(statements_of(mix_SN, ground.truth_M[mix_N], None, weight=weight))
        best = float(ground.miou_R[split.fitted_R].max())
        choices += choices_of_methods(candidates, offered, best, budgets)
    return GroupResult(
        surface=ground.measured.name,
        group=splits[0].group,
        splits=len(splits),
        fitted=float(np.mean([split.fitted_R.sum() for split in splits])),
        scores={name: mean_score(each) for name, each in scores.items()},
        perfect=mean_score([perfect_score(ground.noise_M[ground.mix_R[~split.fitted_R]]) for split in splits]),
        regrets=regrets(choices, [method.name for method in METHODS]),
        by_truth={name: tuple(each) for name, each in by_truth.items()},
        by_measurement={name: tuple(each) for name, each in by_measurement.items()},
    )
