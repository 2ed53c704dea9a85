"""The straight way from a pixel to where annotators err: onto another class, or onto void.

Shape suffixes: H rows, W columns; T steps along the way, N of them off the class.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.raster import line_pixels
from budgetseg.annotate.walks import Pixel, ray
from budgetseg.data.dataset import VOID

__all__ = ["Onto", "off_class", "way_off"]

Onto = Literal["class", "void"]
"""``class``: a pixel of another class, the background being one; ``void``: an unclassified pixel."""

DIRECTIONS = 8
"""Directions that are tried before the way leads to a pixel from anywhere in the image."""


def off_class(seen: NDArray[np.uint8], cls: int, onto: Onto) -> NDArray[np.bool_]:
    """Where the truth, an array of any shape, is off the class in this manner."""
    off: NDArray[np.bool_] = seen == VOID if onto == "void" else (seen != VOID) & (seen != cls)
    return off


def way_off(
    mask_HW: NDArray[np.uint8], cls: int, start: Pixel, onto: Onto, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None:
    """Go straight, in a random direction in which there is such a pixel.

    Args:
        mask_HW: The truth.
        cls: Class of the thing that was meant.
        start: The pixel that was meant.
        onto: Where the way leads.
        generator: Source of the directions.

    Returns:
        Columns and rows (T,) of the pixels after ``start``, and which steps (N,), one at least, are on a pixel looked
        for; None where the image has none.
    """
    height, width = mask_HW.shape
    for angle in generator.random(DIRECTIONS) * math.tau:
        x_T, y_T = ray(height, width, start, angle)
        off_N = np.flatnonzero(off_class(mask_HW[y_T, x_T], cls, onto))
        if len(off_N):
            return x_T, y_T, off_N
    pixels = np.flatnonzero(off_class(mask_HW, cls, onto))
    if not len(pixels):
        return None
    row, column = divmod(int(pixels[generator.integers(len(pixels))]), width)
    x_T, y_T = np.array(line_pixels(*start, column, row)[1:], np.int64).T
    return x_T, y_T, np.flatnonzero(off_class(mask_HW[y_T, x_T], cls, onto))
