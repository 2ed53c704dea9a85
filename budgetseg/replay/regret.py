r"""Regret: how far what was chosen lies below the best that the hours could buy, both by the denoised surface.

The perfect planner knows the family of surfaces and every mix's noise, but sees each candidate trained once:
:math:`\arg\max_c (\tau_c + \sigma_c \epsilon_c)`, its regret the mean over draws. Nobody who has to measure can be
expected to do better on the average than this by more than its luck.

Shape suffixes: C candidates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["GOOD_MIOU", "ORACLE", "PERFECT", "RANDOM", "Choice", "Regret", "noisy_choice", "random_choice", "regrets"]

Floats = NDArray[np.float64]

GOOD_MIOU: Final = 1.0
ORACLE: Final = "oracle"
PERFECT: Final = "perfect planner, noisy"
RANDOM: Final = "random"
_DRAWS: Final = 400
_SEED: Final = 8


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What someone's choice at one budget reaches."""

    chooser: str
    hours: float
    miou: float
    """Denoised, a mean where the choice is random."""
    best: float
    """The most that could be reached."""
    good: float
    """Probability to be within ``GOOD_MIOU`` of the best."""

    @classmethod
    def of(cls, chooser: str, hours: float, miou: float, best: float) -> "Choice":
        """A choice that is certain."""
        return cls(chooser=chooser, hours=hours, miou=miou, best=best, good=float(best - miou <= GOOD_MIOU))


def random_choice(hours: float, truth_C: Floats, best: float) -> Choice:
    """Any affordable candidate, each as likely."""
    good = float((best - truth_C <= GOOD_MIOU).mean())
    return Choice(chooser=RANDOM, hours=hours, miou=float(truth_C.mean()), best=best, good=good)


def noisy_choice(hours: float, truth_C: Floats, noise_C: Floats, best: float) -> Choice:
    """Choose by one noisy measurement of each candidate; the mean over draws, always the same ones."""
    draw_DC = np.random.default_rng(_SEED).standard_normal((_DRAWS, len(truth_C)))
    reached_D = truth_C[np.argmax(truth_C + noise_C * draw_DC, axis=1)]
    good = float((best - reached_D <= GOOD_MIOU).mean())
    return Choice(chooser=PERFECT, hours=hours, miou=float(reached_D.mean()), best=best, good=good)


@dataclass(frozen=True, kw_only=True)
class Regret:
    """Of one chooser, over budgets and splits."""

    chooser: str
    regret: float
    """Mean, mIoU."""
    good: float
    """Share of budgets within ``GOOD_MIOU`` of the best."""
    miou: float
    """Reached, mean."""
    by_hours: Mapping[float, float]
    """Mean regret at each budget."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.replay/1``."""
        by_hours = [{"hours": hours, "regret": regret} for hours, regret in self.by_hours.items()]
        return {"regret": self.regret, "within_1_miou": self.good, "miou": self.miou, "by_hours": by_hours}


def regrets(choices: Iterable[Choice], order: Sequence[str] = ()) -> tuple[Regret, ...]:
    """Average the choices of each chooser, those named in ``order`` first."""
    by_chooser: dict[str, list[Choice]] = {name: [] for name in order}
    for choice in choices:
        by_chooser.setdefault(choice.chooser, []).append(choice)
    found = []
    for chooser, each in by_chooser.items():
        if not each:
            continue
        budgets = sorted({choice.hours for choice in each})
        by_hours = {
            hours: float(np.mean([choice.best - choice.miou for choice in each if choice.hours == hours]))
            for hours in budgets
        }
        found.append(
            Regret(
                chooser=chooser,
                regret=float(np.mean([choice.best - choice.miou for choice in each])),
                good=float(np.mean([choice.good for choice in each])),
                miou=float(np.mean([choice.miou for choice in each])),
                by_hours=by_hours,
            )
        )
    return tuple(found)
