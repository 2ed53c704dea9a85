"""One pilot of those that were tried, in plain figures: an entry of ``options`` of ``budgetseg.pilot/1``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetseg.plan.mix import Mix
from budgetseg.plan.pilot import Judged, mix_of

__all__ = ["PilotOption"]

_PRICE_LOG_SD = 0.64
"""Of the logarithm of one task's seconds: the paper's 18,605 squiggle tasks, see budgetseg.costs.overrun."""


@dataclass(frozen=True, kw_only=True)
class PilotOption:
    """One pilot: what is done, and what is expected after it."""

    kind: str
    """What is annotated: full masks."""
    images: int
    derived: tuple[str, ...]
    """Kinds that these annotations give for free."""
    timed: int
    """Images on which each weaker kind is timed."""
    trainings: tuple[Mix, ...]
    hours: float
    """Of annotation, timings included."""
    timing_hours: float
    regret: float
    """Expected mIoU below the best mix of all the hours."""
    gain: float
    """Expected mIoU above buying now; below 0 where the pilot does not repay itself."""
    gain_error: float
    """Standard error of the gain."""
    changes: float
    """Probability that it moves the choice by more than 0.5 mIoU."""
    surfaces: int
    """That the evidence allows now, as samples."""
    remaining: float
    """Of these, how many would share the weight after the measurements, in effect."""
    choices: Mapping[str, float]
    """Which kinds would be bought afterwards, how probably."""

    @classmethod
    def of(cls, judged: Judged) -> "PilotOption":
        """Take the figures of a study."""
        design = judged.design
        return cls(
            kind=design.kind,
            images=design.masks,
            derived=design.derived,
            timed=design.timed,
            trainings=tuple(mix_of(counts_K) for counts_K in design.trainings_JK),
            hours=float(design.seconds / 3600),
            timing_hours=float(design.timing_seconds / 3600),
            regret=judged.prospect.regret,
            gain=judged.gain,
            gain_error=judged.gain_error,
            changes=judged.prospect.changes,
            surfaces=len(judged.prospect.regret_S),
            remaining=judged.prospect.remaining,
            choices=dict(judged.choices),
        )

    @property
    def price_error(self) -> float | None:
        """Relative standard error to which timings tell the price of a kind; None without any."""
        return float(np.expm1(_PRICE_LOG_SD / np.sqrt(self.timed))) if self.timed else None

    def to_dict(self) -> dict[str, Any]:
        """As in ``options`` of the document."""
        return {
            "kind": self.kind,
            "images": self.images,
            "derived": list(self.derived),
            "timed": self.timed,
            "trainings": [mix.to_dict() for mix in self.trainings],
            "hours": self.hours,
            "timing_hours": self.timing_hours,
            "regret": self.regret,
            "gain": self.gain,
            "gain_error": self.gain_error,
            "changes": self.changes,
            "surfaces": self.surfaces,
            "remaining": self.remaining,
            "choices": dict(self.choices),
        }
