"""Clicks that miss: moved from the pixel that was meant to one of another class, or to void.

Shape suffixes: H rows, W columns.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.walks import ray
from budgetseg.data.dataset import VOID

__all__ = ["Onto", "slip"]

Onto = Literal["class", "void"]

DIRECTIONS = 8
"""Ways that are tried before a pixel is taken from anywhere in the image."""
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
        onto: ``class``: a pixel of another class, the background being one; ``void``: an unclassified pixel.
        generator: Source of the draws.

    Returns:
        The new pixel; the one that was meant where the image has no pixel to slip onto.
    """
    height, width = mask_HW.shape
    for angle in generator.random(DIRECTIONS) * math.tau:
        x_T, y_T = ray(height, width, (x, y), angle)
        seen_T = mask_HW[y_T, x_T]
        wanted_T = (seen_T == VOID) if onto == "void" else (seen_T != VOID) & (seen_T != cls)
        found = np.flatnonzero(wanted_T)
        if len(found):
            beyond = generator.exponential(OVERSHOOT * max(height, width))
            t = found[np.searchsorted(found, found[0] + beyond, side="right") - 1]
            return int(x_T[t]), int(y_T[t])
    flat = mask_HW.ravel()
    pixels = np.flatnonzero(flat == VOID) if onto == "void" else np.flatnonzero((flat != VOID) & (flat != cls))
    if not len(pixels):
        return x, y
    row, column = divmod(int(pixels[generator.integers(len(pixels))]), width)
    return column, row
