"""Which assumption would flip the choice: the cost of a kind, wages, or the noise of a training, halved or doubled.

A choice flips where another set of kinds would then be better than the planned split of the limits, scaled to what is
affordable, by more than half a mIoU: less is not worth another way of working. Looked at are the plan scaled, a part of
it beside one further kind and, at the limits, single kinds and pairs.

Shape suffixes: M mixes, K offers.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.limits import Counts, Limits
from budgetseg.plan.market import Market
from budgetseg.plan.plan import Prediction
from budgetseg.plan.predictor import Predictor
from budgetseg.plan.reasons import Flip
from budgetseg.plan.starts import frontier

__all__ = ["flips"]

Floats = NDArray[np.float64]

_FACTORS: Final = (Fraction(1, 2), Fraction(2))
_POINTS: Final = 3
_PARTS: Final = (0.25, 0.5, 0.75, 0.9)
_WORTH_IT_MIOU: Final = 0.5


class _Noisier:
    """A surface whose trainings spread more, or less."""

    def __init__(self, surface: Predictor, factor: float) -> None:
        self.surface, self.factor = surface, factor

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.surface.kinds

    def mean(self, counts_MK: Floats) -> Floats:
        return self.surface.mean(counts_MK)

    def samples(self, counts_MK: Floats) -> Floats:
        return self.surface.samples(counts_MK)

    def noise(self, counts_MK: Floats) -> Floats:
        return self.surface.noise(counts_MK) * self.factor

    def predict(self, counts_MK: Floats, *, level: float = 0.8) -> list[Prediction]:
        return self.surface.predict(counts_MK, level=level)


def flips(market: Market, bought_K: Counts) -> tuple[Flip, ...]:
    """Return what each changed assumption would do to the choice.

    Wages matter only where money is limited, noise only where the objective looks at single trainings; else they are
    left out, for nothing can flip.
    """
    if market.candidates is not None or market.current.images:
        return ()
    found = []
    for assumption, factor, other in _assumptions(market):
        limits, worth = other.limits, other.value()
        options_MK = np.concatenate([_scaled(limits, bought_K), *_joined(limits, bought_K), *_simple(limits)])
        options_MK = options_MK[limits.allow(options_MK) & options_MK.any(axis=1)]
        if not len(options_MK):
            continue
        worth_M = worth(options_MK)
        same_M = ~options_MK[:, bought_K == 0].any(axis=1)  # nothing but the kinds of the choice
        best = int(np.argmax(worth_M))
        stay = float(worth_M[same_M].max()) if same_M.any() else float(worth_M.min())
        gain = float(worth_M[best]) - stay
        found.append(
            Flip(
                assumption=assumption,
                factor=float(factor),
                flips=gain > _WORTH_IT_MIOU,
                mix=other.mix(options_MK[best]),
                gain_miou=gain,
            )
        )
    return tuple(found)


def _assumptions(market: Market) -> Iterator[tuple[str, Fraction, Market]]:
    for kind in dict.fromkeys(offer.kind for offer in market.offers if offer.seconds):
        for factor in _FACTORS:
            times = [factor if offer.kind == kind else Fraction(1) for offer in market.offers]
            yield f"cost of {kind}", factor, _dearer(market, times)
    if any(resource.name == "money" for resource in market.resources):
        for factor in _FACTORS:
            yield "wages", factor, market.relax("money", float(1 / factor))
    if market.objective.goal in ("p10", "target"):
        for factor in _FACTORS:
            yield "noise", factor, replace(market, surface=_Noisier(market.surface, float(factor)))


def _dearer(market: Market, times: list[Fraction]) -> Market:
    return replace(
        market,
        offers=tuple(
            replace(offer, seconds=offer.seconds * factor) for offer, factor in zip(market.offers, times, strict=True)
        ),
        resources=tuple(
            replace(resource, costs=tuple(cost * factor for cost, factor in zip(resource.costs, times, strict=True)))
            for resource in market.resources
        ),
    )


def _scaled(limits: Limits, bought_K: Counts) -> Counts:
    """The plan as it is, less of everything, or more of everything and of one kind what then fits."""
    scaled_MK = np.outer([0.25, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0], bought_K).astype(np.int64)
    scaled_MK = scaled_MK[limits.allow(scaled_MK)]
    fullest_MK = scaled_MK[-1:]
    return np.concatenate([scaled_MK, *(limits.filled(fullest_MK, int(k)) for k in np.flatnonzero(bought_K))])


def _joined(limits: Limits, bought_K: Counts) -> Iterator[Counts]:
    """A part of the plan, and what then fits of a kind that it does not hold."""
    parts_MK = np.outer(_PARTS, bought_K).astype(np.int64)
    parts_MK = parts_MK[limits.allow(parts_MK)]
    for offer in np.flatnonzero(bought_K == 0) if len(parts_MK) else ():
        yield limits.filled(parts_MK, int(offer))


def _simple(limits: Limits) -> Iterator[Counts]:
    offers = range(limits.offers)
    for offer in offers:
        yield limits.filled(limits.nothing()[None], offer)
    for pair in combinations(offers, 2):
        yield frontier(limits, pair, _POINTS)
