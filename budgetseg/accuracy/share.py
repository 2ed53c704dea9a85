r"""The share of full supervision's mIoU that a kind reaches on the same images.

.. math:: r = \bar a / \bar b, \qquad
          \mathrm{se}(r) = \frac{1}{|\bar b| \sqrt n} \sqrt{s_a^2 - 2 r s_{ab} + r^2 s_b^2}

with a the kind's mIoU and b that of masks, paired by seed; the error is that of the delta method.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SHARE_GOALS", "Share", "share_of_full"]

Floats = NDArray[np.float64]

SHARE_GOALS: Final = {"image": 0.65, "point": 0.85, "squiggle": 0.90}
"""What the project wants of weak kinds, as shares of full supervision's mIoU."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A ratio of mean mIoUs."""

    value: float
    standard_error: float | None
    """None with one seed."""
    seeds: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"value": self.value, "standard_error": self.standard_error, "seeds": self.seeds}


def share_of_full(kind_S: Floats, full_S: Floats) -> Share | None:
    """Return the equation above; None where no seed is measured or masks score 0.

    Args:
        kind_S: mIoU of the kind, 0 to 100.
        full_S: mIoU of masks on the same images, by the same seeds.
    """
    seeds = len(kind_S)
    if not seeds or not np.mean(full_S) > 0:
        return None
    ratio = float(np.mean(kind_S) / np.mean(full_S))
    if seeds == 1:
        return Share(value=ratio, standard_error=None, seeds=1)
    # The variance of a - r b is the numerator at once, and cannot fall below 0 by rounding.
    residual = float(np.std(kind_S - ratio * full_S, ddof=1))
    return Share(value=ratio, standard_error=residual / (float(np.mean(full_S)) * seeds**0.5), seeds=seeds)
