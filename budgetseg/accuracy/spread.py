"""Mean and spread over seeds, of scores and of their differences.

Shape suffix: S seeds. Two arrays of the same runs' seeds are paired: the same place is the same seed, hence the same
draw of images.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVEL", "Interval", "Summary", "common_seeds", "summary", "t_interval"]

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
"""Of all intervals."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Mean and spread of what was measured with several seeds."""

    mean: float
    sd: float | None
    """Standard deviation over seeds; None with one seed, which shows no spread."""
    seeds: int

    @property
    def standard_error(self) -> float | None:
        """Of the mean; None with one seed."""
        return None if self.sd is None else self.sd / self.seeds**0.5

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "standard_error": self.standard_error}


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Between which values something lies, at ``LEVEL``."""

    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Plain values, with the level."""
        return {"low": self.low, "high": self.high, "level": LEVEL}


def summary(values_S: Floats) -> Summary:
    """Return mean and standard deviation (over n - 1) of at least one value."""
    sd = float(np.std(values_S, ddof=1)) if len(values_S) > 1 else None
    return Summary(mean=float(np.mean(values_S)), sd=sd, seeds=len(values_S))


def t_interval(values_S: Floats) -> Interval | None:
    r"""Return Student's interval of the mean, :math:`\bar x \pm t_{n-1} s / \sqrt n`; None with one value."""
    from scipy.special import stdtrit

    found = summary(values_S)
    if found.standard_error is None:
        return None
    half = float(stdtrit(found.seeds - 1, 0.5 + LEVEL / 2)) * found.standard_error
    return Interval(low=found.mean - half, high=found.mean + half)


def common_seeds(measured: Sequence[Mapping[int, float]]) -> list[Floats]:
    """Pair scores by seed.

    Args:
        measured: Of each thing measured, its score by seed.

    Returns:
        Of each, the scores of the seeds that all of them have, shape (S,), in the order of the seeds; S may be 0.
    """
    seeds = sorted(set.intersection(*(set(each) for each in measured))) if measured else []
    return [np.array([each[seed] for seed in seeds], np.float64) for each in measured]
