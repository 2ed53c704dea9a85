"""Leave one data set out: what evidence of other data sets is worth for a new one that has few trainings of its own.

Each data set in turn is new. Of its trainings, in an order drawn by the seed, the first 0, 3, 6, 12 are known; those
after the twelfth are foretold, always the same ones. Three ways to use the others:

- **partial pooling**: they make the beliefs about the new one's parameters (`budgetseg.plan.pooling`);
- **no transfer**: beliefs as before any data set;
- **plain pooling**: all rows as if they were of one data set.

Data sets that share their name or a training with the new one are left out with it.

Shape suffixes: R rows, M mixes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.belief import Belief, base_beliefs
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.pooling import pool_all
from budgetseg.plan.surface import Surface
from budgetseg.replay.ground import Ground
from budgetseg.replay.methods import said_by
from budgetseg.replay.prices import ImagePrices
from budgetseg.replay.regret import Choice, Regret, regrets
from budgetseg.replay.scores import Score, mean_score, perfect_score, score_of
from budgetseg.replay.sets import Measured, combined, related, some_rows

__all__ = ["WAYS", "LeftOutResult", "beliefs_without", "replay_left_out"]

Floats = NDArray[np.float64]

PARTIAL: Final = "partial pooling"
NONE: Final = "no transfer"
PLAIN: Final = "plain pooling"
WAYS: Final = (PARTIAL, NONE, PLAIN)

_BUDGET_QUANTILES: Final = (0.25, 0.5, 0.75, 1.0)
"""Budgets at which so many of the data set's mixes can be bought: data sets differ in size by a hundred."""
_LEAST_LEFT: Final = 6
"""Rows to foretell, else a data set is not played."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LeftOutResult:
    """So many trainings of the new data set, all data sets in turn."""

    trainings: int
    scores: Mapping[str, Score]
    """By way, over data sets and seeds."""
    perfect: Score
    regrets: tuple[Regret, ...]
    by_set: Mapping[str, Mapping[str, float]]
    """Data set -> way -> RMSE."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.replay/1``."""
        choice = {each.chooser: each.to_dict() for each in self.regrets}
        for each in choice.values():
            del each["by_hours"]  # each data set has budgets of its own
        return {
            "trainings": self.trainings,
            "prediction": {way: score.to_dict() for way, score in self.scores.items()},
            "perfect": self.perfect.to_dict(),
            "choice": choice,
            "rmse_by_data_set": {name: dict(each) for name, each in self.by_set.items()},
        }


def beliefs_without(new: Measured, others: Sequence[Measured]) -> Mapping[str, Belief]:
    """Pool what is not related to the new data set; the base beliefs where nothing is left."""
    return pool_all([each.evidence for each in others if not related(each, new)], base_beliefs())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Turn:
    """One data set, being new, with one amount of trainings and one seed."""

    trainings: int
    name: str
    scores: Mapping[str, Score]
    perfect: Score
    choices: tuple[Choice, ...]


def replay_left_out(
    grounds: Sequence[Ground],
    others: Sequence[Measured],
    prices: ImagePrices,
    *,
    trainings: Sequence[int],
    seeds: int,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[LeftOutResult, ...]:
    """Replay every data set as the new one; those with too few rows only help.

    Args:
        grounds: Data sets that take their turn.
        others: All data sets that may help, those of ``grounds`` among them.
        prices: Of an image.
        trainings: How many of the new one are known.
        seeds: Orders of its trainings.
        tell: Is told whose turn it is.
    """
    turns: list[_Turn] = []
    for ground in grounds:
        helping = [each.evidence for each in others if not related(each, ground.measured)]
        if not helping or ground.measured.rows < max(trainings) + _LEAST_LEFT:
            continue
        tell(f"{ground.measured.name}: left out")
        beliefs = beliefs_without(ground.measured, others)
        turns += [
            _turn(ground, helping, beliefs, prices, count, seed, max(trainings))
            for seed in range(seeds)
            for count in trainings
        ]
    return tuple(_summary(count, [turn for turn in turns if turn.trainings == count]) for count in trainings if turns)


def _turn(
    ground: Ground,
    helping: Sequence[Evidence],
    beliefs: Mapping[str, Belief],
    prices: ImagePrices,
    count: int,
    seed: int,
    most: int,
) -> _Turn:
    evidence = ground.measured.evidence
    order_R = np.random.default_rng(seed).permutation(len(evidence.miou_R))
    new, left_R = some_rows(evidence, order_R[:count]), order_R[most:]
    plain = combined([*helping, new])
    fits: dict[str, Surface] = {
        PARTIAL: fit_surface(new, beliefs=beliefs),
        NONE: fit_surface(new, beliefs=base_beliefs()),
        PLAIN: fit_surface(plain, beliefs=base_beliefs()),
    }
    hours_M = prices.hours(ground.mixes_MK)
    budgets = np.quantile(hours_M[np.isfinite(hours_M)], _BUDGET_QUANTILES) if np.isfinite(hours_M).any() else ()
    scores, choices = {}, []
    for way, surface in fits.items():
        predicted = said_by(surface, ground.mixes_MK)
        scores[way] = score_of(predicted.at(ground.mix_R[left_R]), ground.miou_R[left_R])
        for hours in budgets:
            place_C = np.flatnonzero(hours_M <= hours)
            chosen = place_C[np.argmax(predicted.mean_M[place_C])]
            best = float(ground.truth_M[place_C].max())
            choices.append(Choice.of(way, float(hours), float(ground.truth_M[chosen]), best))
    perfect = perfect_score(ground.noise_M[ground.mix_R[left_R]])
    return _Turn(trainings=count, name=ground.measured.name, scores=scores, perfect=perfect, choices=tuple(choices))


def _summary(count: int, turns: Sequence[_Turn]) -> LeftOutResult:
    names = dict.fromkeys(turn.name for turn in turns)
    by_set = {
        name: {way: float(np.mean([turn.scores[way].rmse for turn in turns if turn.name == name])) for way in WAYS}
        for name in names
    }
    return LeftOutResult(
        trainings=count,
        scores={way: mean_score([turn.scores[way] for turn in turns]) for way in WAYS},
        perfect=mean_score([turn.perfect for turn in turns]),
        regrets=regrets([choice for turn in turns for choice in turn.choices], WAYS),
        by_set=by_set,
    )
