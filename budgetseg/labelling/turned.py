"""Boxes that were drawn at an angle: their corners, of which the upright box around them is taken.

Shape suffixes: P points, 2 is (x, y).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["turn_of", "turned_box"]

Floats = NDArray[np.float64]

_LARGEST_TURN: Final = 3600.0


def turn_of(value: object) -> float:
    """Return an angle in degrees; nothing said is none.

    Raises:
        ValueError: It is no angle.
    """
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST_TURN:
        raise ValueError(f"expected rotation to be an angle in degrees, got {str(value)[:20]}")
    return float(value) % 360


def turned_box(at_2: Floats, sides_2: Floats, degrees: float, pivot_2: Floats, size: tuple[int, int]) -> Floats:
    """Return the corners of a turned box, shape (4, 2), moved onto the image where they stand out of it.

    Args:
        at_2: Its top left corner before it was turned, in pixels.
        sides_2: Width and height, in pixels.
        degrees: Clockwise, as seen with y downwards.
        pivot_2: The point that it was turned about.
        size: Width and height of the image.

    Raises:
        ValueError: It has no area on the image.
    """
    angle = math.radians(degrees)
    turn_22 = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    upright_42 = at_2 + sides_2 * np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    corner_42: Floats = pivot_2 + (upright_42 - pivot_2) @ turn_22.T
    corner_42 = np.clip(corner_42, 0, np.array(size, float))
    if not (np.ptp(corner_42, axis=0) > 0).all():
        raise ValueError("the turned box covers nothing of the image")
    return corner_42
