"""How likely another mix is the better one, and how likely each kind of mix is the best.

Both read the surfaces that the evidence allows: on each of them every mix has its true place.

Shape suffixes: S surfaces, M mixes, K offers.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from budgetseg.plan.limits import Counts
from budgetseg.plan.market import Market, counts_of_mix
from budgetseg.plan.plan import Alternative
from budgetseg.plan.reasons import MixChance, Rival
from budgetseg.plan.starts import frontier

__all__ = ["kinds_of_mix", "rivals"]

_POINTS: Final = 7
_ENOUGH_MIOU: Final = 0.1
"""A further kind must bring more than this to count as part of the best mix."""


def rivals(market: Market, bought_K: Counts, others: Sequence[Alternative]) -> tuple[Rival, ...]:
    """Return how likely each alternative's expected mIoU is higher than the plan's; the likeliest first.

    An alternative that is the plan itself, such as its only kind alone, is none.
    """
    chosen = market.mix(bought_K)
    known = [
        other for other in others if other.mix != chosen and all(kind in market.surface.kinds for kind, _ in other.mix)
    ]
    counts_MK = np.concatenate([market.counts(bought_K[None]), *(counts_of_mix(other.mix)[None] for other in known)])
    samples_SM, mean_M = market.surface.samples(counts_MK), market.surface.mean(counts_MK)
    above_SM = samples_SM[:, 1:] - samples_SM[:, :1]
    chance_M = (above_SM > 0).mean(axis=0) + 0.5 * (above_SM == 0).mean(axis=0)
    found = [
        Rival(name=other.name, mix=other.mix, chance=float(chance), difference_miou=float(mean - mean_M[0]))
        for other, chance, mean in zip(known, chance_M, mean_M[1:], strict=True)
    ]
    return tuple(sorted(found, key=lambda rival: -rival.chance))


def kinds_of_mix(market: Market, bought_K: Counts) -> tuple[MixChance, ...]:
    """Return how likely the best purchase is of each kind alone, of each pair, or as planned; the likeliest first.

    Looked at are the plan and, at the limits and at a quarter of them, single kinds and pairs.
    """
    limits = market.limits
    offers = [k for k in range(limits.offers) if limits.most(limits.nothing()[None], k)[0] > 0]
    found = [bought_K[None]]
    for part in (limits, limits.part(0.25)):
        found += [part.filled(part.nothing()[None], offer) for offer in offers]
        found += [frontier(part, pair, _POINTS) for pair in combinations(offers, 2)]
    bought_MK = np.unique(np.concatenate(found), axis=0)
    bought_MK = bought_MK[limits.allow(bought_MK) & bought_MK.any(axis=1)]
    if not len(bought_MK):
        return ()
    samples_SM = market.surface.samples(market.counts(bought_MK))
    family_M = [tuple(dict.fromkeys(kind for kind, _ in market.mix(row_K))) for row_K in bought_MK]
    families = sorted(set(family_M), key=lambda family: (len(family), family))
    best_SF = np.stack([samples_SM[:, [one == family for one in family_M]].max(axis=1) for family in families], axis=1)
    # The simplest within a little of the best: argmax finds the first, and the simple ones come first.
    first_S = (best_SF >= best_SF.max(axis=1, keepdims=True) - _ENOUGH_MIOU).argmax(axis=1)
    share_F = np.bincount(first_S, minlength=len(families)) / len(first_S)
    order = np.argsort(-share_F, kind="stable")
    return tuple(MixChance(kinds=families[i], chance=float(share_F[i])) for i in order if share_F[i] > 0)
