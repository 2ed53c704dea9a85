"""The ``budgetseg.campaign-simulation/1`` value: replays of some strategies, and what they come to side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetseg.plan.campaign_replay import Replay
from budgetseg.plan.prices import Prices

__all__ = ["SCHEMA", "Simulation", "StepMean"]

SCHEMA = "budgetseg.campaign-simulation/1"


@dataclass(frozen=True, kw_only=True)
class StepMean:
    """One step of a strategy, over its seeds."""

    step: int
    hours: float
    mix: str
    """Of the first seed."""
    predicted: float | None
    measured: float | None
    expected: float | None
    regret: float | None
    regret_error: float | None
    """Standard error over seeds; None with one seed."""
    inside: float | None
    """Share of measurements in their interval."""


def _mean(values: Sequence[float | bool | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return float(np.mean(known)) if known else None


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """All replays."""

    world: str
    """The surface, or the data set that was trained on."""
    budget_hours: float
    validation_hours: float
    """Of the budget, those that measuring takes."""
    steps: int
    pool: int
    prices: Prices
    best: tuple[float, ...] | None
    """What the best mix of the hours reaches after each step; None where nobody knows."""
    replays: tuple[Replay, ...]

    @property
    def strategies(self) -> tuple[str, ...]:
        """Names, in the order asked for."""
        return tuple(dict.fromkeys(replay.strategy for replay in self.replays))

    def means(self, strategy: str) -> tuple[StepMean, ...]:
        """The steps of a strategy over its seeds."""
        replays = [replay for replay in self.replays if replay.strategy == strategy]
        found = []
        for steps in zip(*(replay.steps for replay in replays), strict=True):
            regrets = [step.regret for step in steps if step.regret is not None]
            error = float(np.std(regrets, ddof=1) / np.sqrt(len(regrets))) if len(regrets) > 1 else None
            found.append(
                StepMean(
                    step=steps[0].step,
                    hours=float(np.mean([step.hours for step in steps])),
                    mix=str(steps[0].held),
                    predicted=_mean([None if step.predicted is None else step.predicted.mean for step in steps]),
                    measured=_mean([step.measured for step in steps]),
                    expected=_mean([step.expected for step in steps]),
                    regret=_mean([step.regret for step in steps]),
                    regret_error=error,
                    inside=_mean([step.inside for step in steps]),
                )
            )
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        last = {strategy: self.means(strategy)[-1] for strategy in self.strategies}
        return {
            "schema": SCHEMA,
            "world": self.world,
            "budget_hours": self.budget_hours,
            "validation_hours": self.validation_hours,
            "steps": self.steps,
            "pool": self.pool,
            "costs": self.prices.to_dict(),
            "best": None if self.best is None else list(self.best),
            "strategies": {
                name: {
                    "regret": mean.regret,
                    "regret_error": mean.regret_error,
                    "expected": mean.expected,
                    "measured": mean.measured,
                }
                for name, mean in last.items()
            },
            "replays": [replay.to_dict() for replay in self.replays],
        }
