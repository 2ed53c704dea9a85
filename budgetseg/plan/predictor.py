"""What choosing, pilots and campaigns ask of a surface; :class:`budgetseg.plan.surface.Surface` is one.

Shape suffixes: M mixes, K kinds in the order of ``KINDS``, S samples.
"""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from budgetseg.plan.plan import Prediction

__all__ = ["Predictor"]

Floats = NDArray[np.float64]


class Predictor(Protocol):
    """The mIoU (0 to 100) of any mix, with what is not known of it."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of which something is known."""

    def mean(self, counts_MK: Floats) -> Floats:
        """Expected mIoU (M,)."""

    def samples(self, counts_MK: Floats) -> Floats:
        """Expected mIoU (S, M) as it may truly be: a row is one surface, joint across mixes."""

    def noise(self, counts_MK: Floats) -> Floats:
        """Standard deviation (M,) of one training around its expected mIoU."""

    def predict(self, counts_MK: Floats, *, level: float = 0.8) -> "list[Prediction]":
        """Expected mIoU with the interval for one new training."""
