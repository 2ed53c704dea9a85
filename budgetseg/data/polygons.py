"""Filling polygons.

Shape suffixes: H rows, W columns, E edges of a polygon, R rows that it touches, X crossings.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["fill_polygon"]


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
    top, bottom = (int(np.clip(round(y), 0, height)) for y in (y0_E.min(), y0_E.max()))
    inside_HW = np.zeros((height, width), np.bool_)
    y_R1 = np.arange(top, bottom)[:, None] + 0.5
    # An edge owns its upper end and not its lower one, so a corner is crossed once or twice as it should be.
    row_X, edge_X = np.nonzero((y0_E <= y_R1) != (y1_E <= y_R1))
    along_X = (y_R1[row_X, 0] - y0_E[edge_X]) / (y1_E - y0_E)[edge_X]
    x_X = x0_E[edge_X] + along_X * (x1_E - x0_E)[edge_X]
    # Pixels from the first centre at or right of a crossing on change sides.
    column_X = np.clip(np.ceil(x_X - 0.5), 0, width).astype(np.int64)
    crossings = np.bincount(row_X * (width + 1) + column_X, minlength=(bottom - top) * (width + 1))
    inside_HW[top:bottom] = crossings.reshape(bottom - top, width + 1)[:, :width].cumsum(axis=1) % 2 == 1
    return inside_HW
