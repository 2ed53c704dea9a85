"""Replaying a campaign: aim, buy a slice of the way, train, fit again, for any strategy and any trainer.

What is bought stays bought; a slice costs its new images. The hours are handed out in equal parts; what whole images
leave over of one is there in the next.

Shape suffixes: J trainings, R measurements so far, K kinds in the order of ``KINDS``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.affordable import Counts, best_mix, nothing, spread_of_mixes
from budgetseg.plan.campaign_strategy import PREDICTING, Situation, strategy_named
from budgetseg.plan.campaign_trainings import joined_evidence, trainings_of
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.mix import Mix
from budgetseg.plan.pilot import mix_of
from budgetseg.plan.plan import Prediction
from budgetseg.plan.prices import Prices
from budgetseg.plan.truth import Truth

__all__ = ["Budget", "Replay", "ReplayStep", "SurfaceTrainer", "Trainer", "best_by_step", "replay", "slice_towards"]

Floats = NDArray[np.float64]


class Trainer(Protocol):
    """Trains on mixes and measures them."""

    def measure(self, step: int, trainings_JK: Counts) -> Floats:
        """MIoU (J,) of trainings in a step (the first is 1); the first row is the mix that is held."""


@dataclass(frozen=True, kw_only=True)
class SurfaceTrainer:
    """Reads its results off a measured surface, with the noise of a training."""

    truth: Truth
    rng: np.random.Generator

    def measure(self, step: int, trainings_JK: Counts) -> Floats:  # noqa: ARG002 - a surface has no memory
        """As a :class:`Trainer`."""
        return self.truth.measure(trainings_JK.astype(np.float64), self.rng)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a campaign has."""

    seconds: Fraction
    """For annotations: validation and what is paid once are off already."""
    steps: int
    pool: int
    prices: Prices

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise InvalidInputError(f"--steps: expected at least 1, got {self.steps}")
        if self.pool < 1:
            raise InvalidInputError(f"--pool: expected at least 1 image, got {self.pool}")
        if self.seconds < min(self.prices.seconds_of.values()):
            raise BudgetTooSmallError(
                f"{float(self.seconds / 3600):g} h are left for annotations, which buy not one image; give more hours"
            )

    def seconds_by(self, step: int) -> Fraction:
        """What may be spent by the end of a step; the first is 1."""
        return self.seconds * step / self.steps


@dataclass(frozen=True, kw_only=True)
class ReplayStep:
    """A slice, what was expected of it, and what came."""

    step: int
    hours: float
    """Spent on annotations so far."""
    held: Mix
    predicted: Prediction | None
    """Of the mix that is then held, before it was trained; None where nothing had been measured."""
    measured: float | None
    """mIoU of one training; None where nothing is held yet."""
    expected: float | None
    """What the mix truly reaches; None where nobody knows."""
    regret: float | None
    """How far that is below the best mix of the same hours."""
    trainings: int

    @property
    def inside(self) -> bool | None:
        """Whether the measurement fell into the interval; None without either."""
        if self.predicted is None or self.measured is None:
            return None
        return self.predicted.low <= self.measured <= self.predicted.high

    def to_dict(self) -> dict[str, Any]:
        """As in ``steps`` of ``budgetseg.campaign-simulation/1``."""
        return {
            "step": self.step,
            "hours": self.hours,
            "mix": self.held.to_dict(),
            "predicted": None if self.predicted is None else self.predicted.to_dict(),
            "measured": self.measured,
            "inside": self.inside,
            "expected": self.expected,
            "regret": self.regret,
            "trainings": self.trainings,
        }


@dataclass(frozen=True, kw_only=True)
class Replay:
    """One strategy with one seed."""

    strategy: str
    seed: int
    steps: tuple[ReplayStep, ...]

    def to_dict(self) -> dict[str, Any]:
        """As in ``replays`` of ``budgetseg.campaign-simulation/1``."""
        return {"strategy": self.strategy, "seed": self.seed, "steps": [step.to_dict() for step in self.steps]}


def slice_towards(aim_K: Counts, held_K: Counts, prices: Prices, slice_seconds: Fraction, left: Fraction) -> Counts:
    """Return what is held (K,) after spending a slice of the seconds that are left on the way to an aim.

    Each kind gets the same part of what it lacks; where that is less than one image of each, one of the kind that the
    most is spent on, if it can be paid for.
    """
    lacking_K = np.maximum(aim_K - held_K, 0)
    part = Fraction(1) if slice_seconds >= left else slice_seconds / left
    bought_K = np.array([int(part * int(images)) for images in lacking_K], np.int64)
    if not bought_K.any() and lacking_K.any():
        one_KK = np.diag((lacking_K > 0).astype(np.int64))
        spent = [prices.seconds(one_K * lacking_K) for one_K in one_KK]
        for place in sorted(range(len(spent)), key=lambda place: -spent[place]):
            if lacking_K[place] and prices.seconds(one_KK[place]) <= slice_seconds:
                bought_K = one_KK[place]
                break
    held_after_K: Counts = held_K + bought_K
    return held_after_K


def best_by_step(truth: Truth, budget: Budget) -> tuple[float, ...]:
    """What the best mix of the hours of each step reaches, bought at once."""
    best = []
    for step in range(1, budget.steps + 1):
        seconds = budget.seconds_by(step)
        mixes_MK = np.concatenate(
            [
                best_mix(truth.mean, budget.prices, seconds, budget.pool, nothing(), tie=0.0)[None],
                spread_of_mixes(budget.prices, seconds, budget.pool, nothing()),
            ]
        )
        best.append(float(truth.mean(mixes_MK.astype(np.float64)).max()))
    return tuple(best)


def replay(
    strategy: str,
    trainer: Trainer,
    budget: Budget,
    seed: int,
    *,
    trainings: int,
    known: Evidence | None = None,
    truth: Truth | None = None,
    best: Sequence[float] | None = None,
    predict: bool = True,
    tell: Callable[[ReplayStep], None] = lambda _step: None,
) -> Replay:
    """Play a campaign through.

    Args:
        strategy: Its name in ``STRATEGIES``.
        trainer: Answers for every training.
        budget: Hours, steps, pool and prices.
        seed: Of what the strategy leaves to chance.
        trainings: At most so many a step, the mix itself first, see :func:`trainings_of`.
        known: Evidence from elsewhere that the planner starts with.
        truth: The world, where it is known.
        best: Of :func:`best_by_step`, where it is known.
        predict: Whether mixes of strategies that need no prediction are predicted too; a fit a step.
        tell: Told of each step.

    Raises:
        InvalidInputError: An unknown strategy, or one whose kinds are not for sale.
    """
    if trainings < 1:
        raise InvalidInputError(f"--trainings: expected at least 1 a step, got {trainings}")
    aim = strategy_named(strategy, np.random.default_rng([seed, 1]))
    held_K, spent, last = nothing(), Fraction(0), None
    counts_RK, miou_R = np.zeros((0, len(held_K)), np.int64), np.zeros(0)
    steps: list[ReplayStep] = []
    for step in range(1, budget.steps + 1):
        evidence = joined_evidence(known, counts_RK, miou_R, "campaign")
        needed = predict or strategy in PREDICTING
        surface = fit_surface(evidence) if evidence is not None and needed else None
        left = budget.seconds - spent
        situation = Situation(
            held_K=held_K,
            seconds_left=left,
            pool=budget.pool,
            prices=budget.prices,
            surface=surface,
            truth=None if truth is None else truth.mean,
        )
        before_K = held_K
        held_K = slice_towards(aim(situation), held_K, budget.prices, budget.seconds_by(step) - spent, left)
        spent += budget.prices.seconds(held_K - before_K)
        here_1K = held_K[None].astype(np.float64)
        known_kinds = surface is not None and all(kind in surface.kinds for kind, _ in mix_of(held_K))
        done = 0
        if held_K.any() and (held_K != before_K).any():
            trainings_JK = trainings_of(held_K, budget.prices.kinds, trainings)
            miou_J = trainer.measure(step, trainings_JK)
            counts_RK, miou_R = np.concatenate([counts_RK, trainings_JK]), np.concatenate([miou_R, miou_J])
            last, done = float(miou_J[0]), len(miou_J)
        expected = None if truth is None else float(truth.mean(here_1K)[0])
        steps.append(
            ReplayStep(
                step=step,
                hours=float(spent / 3600),
                held=mix_of(held_K),
                predicted=surface.predict(here_1K)[0] if surface is not None and known_kinds and done else None,
                measured=last,
                expected=expected,
                # A search may miss a best mix by a hair that a strategy happens to hold.
                regret=None if expected is None or best is None else max(0.0, best[step - 1] - expected),
                trainings=done,
            )
        )
        tell(steps[-1])
    return Replay(strategy=strategy, seed=seed, steps=tuple(steps))
