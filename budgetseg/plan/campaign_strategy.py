"""What to aim at with the hours that are left: ours, and those that others would follow.

A strategy looks at a situation and names the mix that it would end with. A campaign buys a slice on the way there,
looks again, and may aim elsewhere.

Shape suffixes: K kinds in the order of ``KINDS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import new_acts
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.plan.affordable import Counts, best_mix
from budgetseg.plan.predictor import Predictor
from budgetseg.plan.prices import Prices

__all__ = [
    "HYBRID_MASKS",
    "ORACLE",
    "PREDICTING",
    "STRATEGIES",
    "Situation",
    "Strategy",
    "aim_of",
    "split_hours",
    "strategy_named",
]

HYBRID_MASKS: Final = 100
"""Section 5.4 of the paper: 100 full masks, clicks on the rest."""

ORACLE: Final = "oracle"


@dataclass(frozen=True, kw_only=True, eq=False)
class Situation:
    """Where a campaign stands."""

    held_K: Counts
    seconds_left: Fraction
    """What is paid once is off already."""
    pool: int
    prices: Prices
    surface: Predictor | None
    """Fitted to what was measured so far; None before anything was."""
    truth: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None
    """What mixes really reach, where that is known; only the oracle looks."""


Strategy = Callable[[Situation], Counts]
"""From a situation to the mix (K,) to end with; it holds at least what is held."""


def split_hours(situation: Situation, shares: Mapping[str, float]) -> Counts:
    """Return the mix after giving each kind its share of the seconds that are left; kinds of one share go in order.

    Images that the pool lacks are not bought; the strongest kinds are served first.
    """
    mix_K = situation.held_K.copy()
    left = situation.pool - int(mix_K.sum())
    for kind in reversed([kind for kind in situation.prices.kinds if kind in shares]):
        each = situation.prices.seconds_of[kind]
        purse = Fraction(shares[kind]) * situation.seconds_left
        images = min(left, int(purse // each)) if each else left
        mix_K[list(KINDS).index(kind)] += images
        left -= images
    return mix_K


def aim_of(situation: Situation) -> Counts:
    """Ours: the best mix by what was measured; before that, annotations from which the other kinds can be derived.

    Where no kind gives all others, the first hours go to all kinds alike.
    """
    kinds = situation.prices.kinds
    surface = situation.surface
    if surface is None or not set(kinds) & set(surface.kinds):
        strongest = kinds[-1]
        gives_all = not any(new_acts(kind, strongest) for kind in kinds[:-1])
        return split_hours(situation, {strongest: 1.0}) if gives_all else _uniform(situation)
    prices = situation.prices.among(surface.kinds, "the evidence")
    return best_mix(surface.mean, prices, situation.seconds_left, situation.pool, situation.held_K)


def _uniform(situation: Situation) -> Counts:
    kinds = situation.prices.kinds
    return split_hours(situation, dict.fromkeys(kinds, 1 / len(kinds)))


def _all(kind: str) -> Strategy:
    def strategy(situation: Situation) -> Counts:
        _require(situation, kind)
        return split_hours(situation, {kind: 1.0})

    return strategy


def _hybrid(situation: Situation) -> Counts:
    _require(situation, "full", "point")
    mask, left = situation.prices.seconds_of["full"], situation.seconds_left
    full, point = list(KINDS).index("full"), list(KINDS).index("point")
    mix_K = situation.held_K.copy()
    wanted = max(0, HYBRID_MASKS - int(mix_K[full]))
    masks = min(wanted, situation.pool - int(mix_K.sum()), int(left // mask) if mask else wanted)
    mix_K[full] += masks
    click = situation.prices.seconds_of["point"]
    room = situation.pool - int(mix_K.sum())
    mix_K[point] += min(room, int((left - masks * mask) // click)) if click else room
    return mix_K


def _oracle(situation: Situation) -> Counts:
    if situation.truth is None:
        raise InvalidInputError(f"--strategy {ORACLE}: knows a surface's answers; with --trainer nobody does")
    return best_mix(
        situation.truth, situation.prices, situation.seconds_left, situation.pool, situation.held_K, tie=0.0
    )


def _require(situation: Situation, *kinds: str) -> None:
    for kind in kinds:
        if kind not in situation.prices.seconds_of:
            raise InvalidInputError(
                f"--strategy: {kind} is not for sale here; for sale: {', '.join(situation.prices.kinds)}"
            )


def _random(rng: np.random.Generator) -> Strategy:
    weight_K = rng.exponential(size=len(KINDS))  # normalised: evenly spread over all shares

    def strategy(situation: Situation) -> Counts:
        weights = {kind: float(weight_K[list(KINDS).index(kind)]) for kind in situation.prices.kinds}
        # Rounded down a little, so that the shares never add up to more than all.
        return split_hours(
            situation, {kind: weight / sum(weights.values()) * (1 - 1e-12) for kind, weight in weights.items()}
        )

    return strategy


STRATEGIES: Final[Mapping[str, Callable[[np.random.Generator], Strategy]]] = {
    "ours": lambda _: aim_of,
    **{f"all-{kind}": lambda _, kind=kind: _all(kind) for kind in KINDS},  # type: ignore[misc]  # binds kind early
    "hybrid": lambda _: _hybrid,
    "uniform": lambda _: _uniform,
    "random": _random,
    ORACLE: lambda _: _oracle,
}
"""Makers of strategies, by name: the generator draws whatever a strategy leaves to chance."""


PREDICTING: Final = frozenset({"ours"})
"""Those that choose by what a surface predicts."""


def strategy_named(name: str, rng: np.random.Generator) -> Strategy:
    """Make a strategy.

    Raises:
        InvalidInputError: No strategy has this name.
    """
    if name not in STRATEGIES:
        raise InvalidInputError(f'--strategy: unknown strategy "{name}"{did_you_mean(name, STRATEGIES)}')
    return STRATEGIES[name](rng)
