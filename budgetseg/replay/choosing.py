"""Who chooses what among the mixes that a budget can buy.

Shape suffixes: M mixes, C candidates (affordable mixes), R rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.replay.candidates import Candidates, nearest, rule_mixes
from budgetseg.replay.foretold import Foretold
from budgetseg.replay.improvement import expected_improvement
from budgetseg.replay.methods import LOG_GP, METHODS
from budgetseg.replay.prices import ImagePrices
from budgetseg.replay.regret import ORACLE, Choice, noisy_choice, random_choice

__all__ = ["BY_IMPROVEMENT", "choices_of_methods", "choices_of_rules", "picks"]

Floats = NDArray[np.float64]

BY_IMPROVEMENT: Final = "Full or Weak (GP with EI)"
_CHOOSERS: Final = frozenset(method.name for method in METHODS if method.chooses)


def picks(
    said: Mapping[str, Foretold], best_measured: float, allowed_M: NDArray[np.bool_]
) -> Iterator[tuple[str, int]]:
    """Yield each chooser with the place of the mix that it takes.

    Args:
        said: What each method says of the M mixes.
        best_measured: The best mIoU among the rows fitted; 0 without any.
        allowed_M: The mixes that can be bought.
    """
    place_C = np.flatnonzero(allowed_M)
    for name, foretold in said.items():
        if name in _CHOOSERS:
            yield name, int(place_C[np.argmax(foretold.mean_M[place_C])])
        if name == LOG_GP:
            sd_C = foretold.sample_SM[:, place_C].std(axis=0)
            value_C = expected_improvement(foretold.mean_M[place_C], sd_C, best_measured)
            # Where no mix promises anything, EI is 0 everywhere; then the mean decides.
            order_C = np.lexsort((foretold.mean_M[place_C], value_C))
            yield BY_IMPROVEMENT, int(place_C[order_C[-1]])


def choices_of_methods(
    candidates: Candidates, said: Mapping[str, Foretold], best_measured: float, budgets: Sequence[float]
) -> list[Choice]:
    """Return what each method reaches at each budget that can buy any mix.

    Args:
        candidates: What can be chosen.
        said: What each method says of them.
        best_measured: The best mIoU among the rows fitted; 0 without any.
        budgets: Hours.
    """
    found = []
    for hours in budgets:
        allowed_M = candidates.hours_M <= hours
        if not allowed_M.any():
            continue
        best = float(candidates.truth_M[allowed_M].max())
        for chooser, place in picks(said, best_measured, allowed_M):
            found.append(Choice.of(chooser, hours, float(candidates.truth_M[place]), best))
    return found


def choices_of_rules(
    candidates: Candidates, prices: ImagePrices, kinds: tuple[str, ...], pool: int, budgets: Sequence[float]
) -> list[Choice]:
    """Return what those reach who look at no evidence, the perfect planner, and the oracle.

    A rule of thumb takes the affordable mix that is most like what it would buy.
    """
    found = []
    for hours in budgets:
        place_C = np.flatnonzero(candidates.hours_M <= hours)
        if not len(place_C):
            continue
        truth_C, best = candidates.truth_M[place_C], float(candidates.truth_M[place_C].max())
        for rule, ideal_K in rule_mixes(prices, kinds, hours, pool).items():
            place = nearest(ideal_K, candidates.mixes_MK[place_C])
            found.append(Choice.of(rule, hours, float(truth_C[place]), best))
        found.append(random_choice(hours, truth_C, best))
        found.append(noisy_choice(hours, truth_C, candidates.noise_M[place_C], best))
        found.append(Choice.of(ORACLE, hours, best, best))
    return found
