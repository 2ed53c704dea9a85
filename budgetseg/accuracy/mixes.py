"""No annotation hurts: a mix against the best of its parts, each trained alone on the very images it has in the mix.

Shape suffix: S seeds, the same in all arrays of a comparison.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from budgetseg.accuracy.spread import Summary, summary

__all__ = ["MixVerdict", "Verdict", "judge_mix"]

Floats = NDArray[np.float64]
Verdict = Literal["hurts", "does not hurt", "one seed: no spread"]


@dataclass(frozen=True, kw_only=True)
class MixVerdict:
    """A mix and its parts; mIoU 0 to 100."""

    mix: Summary
    parts: Mapping[str, Summary]
    best: str
    """The part with the highest mean."""
    difference: Summary
    """The mix less the best part, seed by seed."""

    @property
    def verdict(self) -> Verdict:
        """``hurts`` where the mix lies more than one standard error below its best part."""
        error = self.difference.standard_error
        if error is None:
            return "one seed: no spread"
        return "hurts" if self.difference.mean < -error else "does not hurt"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "mix": self.mix.to_dict(),
            "parts": {kind: part.to_dict() for kind, part in self.parts.items()},
            "best": self.best,
            "difference": self.difference.to_dict(),
            "verdict": self.verdict,
        }


def judge_mix(mix_S: Floats, parts: Mapping[str, Floats]) -> MixVerdict | None:
    """Compare a mix with the best of its parts; of parts that are level, the first named is the best.

    Args:
        mix_S: mIoU of the mix.
        parts: mIoU of each part alone, shape (S,), by kind.

    Returns:
        The comparison; None where no seed is measured.
    """
    if not len(mix_S) or not parts:
        return None
    best = max(parts, key=lambda kind: float(parts[kind].mean()))
    return MixVerdict(
        mix=summary(mix_S),
        parts={kind: summary(part_S) for kind, part_S in parts.items()},
        best=best,
        difference=summary(mix_S - parts[best]),
    )
