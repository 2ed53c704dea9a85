"""Clicks that miss: moved from the pixel that was meant to one of another class, or to void.

Shape suffixes: H rows, W columns.
"""

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.ways import Onto, way_off

__all__ = ["slip"]

OVERSHOOT = 0.03
"""How far beyond the border a slipped click lands on average, as a share of the longer side of the image."""


def slip(
    mask_HW: NDArray[np.uint8],
    cls: int,
    x: int,
    y: int,
    *,
    onto: Onto,
    generator: np.random.Generator,
) -> tuple[int, int]:
    """Move a click in a random direction until it is off its class, and a little further.

    Args:
        mask_HW: The truth.
        cls: Class of the thing that was meant.
        x: Column of the pixel that was meant.
        y: Its row.
        onto: Where it slips.
        generator: Source of the draws.

    Returns:
        The new pixel; the one that was meant where the image has no pixel to slip onto.
    """
    way = way_off(mask_HW, cls, (x, y), onto, generator)
    if way is None:
        return x, y
    x_T, y_T, off_N = way
    beyond = generator.exponential(OVERSHOOT * max(mask_HW.shape))
    t = off_N[np.searchsorted(off_N, off_N[0] + beyond, side="right") - 1]
    return int(x_T[t]), int(y_T[t])
