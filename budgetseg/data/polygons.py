"""Filling polygons.

Shape suffixes: H rows, W columns, E edges of a polygon, R rows and C columns that it touches, X crossings.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["area_of_polygon", "fill_polygon"]


def fill_polygon(sides: Sequence[float], height: int, width: int) -> NDArray[np.bool_]:
    """Return the pixels whose centres lie inside a polygon; where it crosses itself, even-odd.

    Args:
        sides: Its corners as x, y, x, y, ... in pixels from the top left corner of the image, so that the centre of
            the first pixel is (0.5, 0.5). It is closed by an edge from the last corner to the first.
        height: H.
        width: W; what lies outside the image is cut off.

    Returns:
        Mask of shape (H, W).
    """
    x0_E, y0_E = np.asarray(sides, np.float64).reshape(-1, 2).T
    x1_E, y1_E = np.roll(x0_E, -1), np.roll(y0_E, -1)
    top, bottom = _within(y0_E, height)
    left, right = _within(x0_E, width)
    inside_HW = np.zeros((height, width), np.bool_)
    y_R1 = np.arange(top, bottom)[:, None] + 0.5
    # An edge owns its upper end and not its lower one, so a corner is crossed once or twice as it should be.
    row_X, edge_X = np.nonzero((y0_E <= y_R1) != (y1_E <= y_R1))
    along_X = (y_R1[row_X, 0] - y0_E[edge_X]) / (y1_E - y0_E)[edge_X]
    x_X = x0_E[edge_X] + along_X * (x1_E - x0_E)[edge_X]
    # Pixels from the first centre at or right of a crossing on change sides.
    column_X = np.clip(np.ceil(x_X - 0.5), left, right).astype(np.int64) - left
    columns = right - left + 1
    crossings = np.bincount(row_X * columns + column_X, minlength=(bottom - top) * columns)
    odd_RC = (crossings % 2 == 1).reshape(bottom - top, columns)[:, :-1]
    inside_HW[top:bottom, left:right] = np.logical_xor.accumulate(odd_RC, axis=1)
    return inside_HW


def _within(side_E: NDArray[np.float64], limit: int) -> tuple[int, int]:
    """The rows (or columns) from the first corner to the last, cut off at the image."""
    first, last = math.floor(side_E.min()), math.ceil(side_E.max())
    return min(max(first, 0), limit), min(max(last, 0), limit)


def area_of_polygon(sides: Sequence[float]) -> float:
    r"""Return the area of a polygon that does not cross itself: :math:`|\sum x_i y_{i+1} - x_{i+1} y_i| / 2`."""
    x_E, y_E = np.asarray(sides, np.float64).reshape(-1, 2).T
    return abs(float(x_E @ np.roll(y_E, -1) - np.roll(x_E, -1) @ y_E)) / 2
