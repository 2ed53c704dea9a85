"""Everyone who predicts: ours, the peers, and what takes no skill. Each is given the same evidence and beliefs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.plan.belief import Belief
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.surface import Surface
from budgetseg.replay.foretold import LEVEL, Foretold, Predict, foretell
from budgetseg.replay.log_gp import fit_log_gp
from budgetseg.replay.power_law import fit_power_law
from budgetseg.replay.sets import some_rows

__all__ = ["LOC", "LOG_GP", "MEAN", "METHODS", "OURS", "PRIOR", "Fit", "Method", "said_by"]

Floats = NDArray[np.float64]
Fit = Callable[[Evidence, Mapping[str, Belief]], Predict]

OURS: Final = "ours"
LOG_GP: Final = "log-additive GP"
LOC: Final = "additive power (LOC)"
PRIOR: Final = "our prior alone"
MEAN: Final = "mean of the rows"

_UNKNOWN: Final = (40.0, 20.0)
"""Mean and standard deviation of an mIoU of which nothing is known."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """Someone who predicts."""

    name: str
    fit: Fit
    chooses: bool = True
    """Whether its predictions differ between mixes, so that it can choose one."""


def said_by(surface: Surface, counts_MK: Floats) -> Foretold:
    """What one of our surfaces says of mixes, with the interval that ``budgetseg predict`` prints."""
    said = surface.predict(counts_MK, level=LEVEL)
    return Foretold(
        mean_M=np.array([each.mean for each in said]),
        low_M=np.array([each.low for each in said]),
        high_M=np.array([each.high for each in said]),
        sample_SM=surface.samples(counts_MK),
        noise_M=surface.noise(counts_MK),
    )


def _ours(evidence: Evidence, beliefs: Mapping[str, Belief]) -> Predict:
    return partial(said_by, fit_surface(evidence, beliefs=beliefs))


def _prior(evidence: Evidence, beliefs: Mapping[str, Belief]) -> Predict:
    return _ours(some_rows(evidence, np.zeros(len(evidence.miou_R), bool)), beliefs)


def _mean(evidence: Evidence, _: Mapping[str, Belief]) -> Predict:
    known_R = evidence.miou_R
    mean = float(known_R.mean()) if len(known_R) else _UNKNOWN[0]
    sd = float(known_R.std(ddof=1)) if len(known_R) > 2 else _UNKNOWN[1]
    return lambda counts_MK: foretell(np.full((2, len(counts_MK)), mean), np.full(len(counts_MK), sd))


METHODS: Final[tuple[Method, ...]] = (
    Method(name=OURS, fit=_ours),
    Method(name=LOG_GP, fit=fit_log_gp),
    Method(name=LOC, fit=fit_power_law),
    Method(name=PRIOR, fit=_prior),
    Method(name=MEAN, fit=_mean, chooses=False),
)
