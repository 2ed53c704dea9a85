"""Where in a thing people click: fitted to the real clicks of the paper.

Shape suffixes: h rows, w columns of a crop.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.picture import Thing

__all__ = ["click_weights", "noticing"]


def click_weights(pixels_hw: NDArray[np.bool_], *, first: bool) -> NDArray[np.float64]:
    """How likely a click on the thing falls on each of its pixels, up to a factor."""
    depth_hw = ndimage.distance_transform_edt(np.pad(pixels_hw, 1))[1:-1, 1:-1]
    depth_hw = depth_hw / depth_hw.max()
    rows, columns = np.nonzero(pixels_hw)
    v_P = (rows - rows.mean()) / max(rows.std(), 0.5)
    u_P = (columns - columns.mean()) / max(columns.std(), 0.5)
    weights_hw = np.zeros(pixels_hw.shape)
    steep = 2.0 if first else 1.0
    weights_hw[rows, columns] = np.exp(steep * depth_hw[rows, columns] - 0.3 * (u_P**2 + v_P**2))
    return weights_hw


def noticing(things: list[Thing], height: int, width: int) -> NDArray[np.float64]:
    """Log of how likely each of several things is the next to be noticed, up to a constant."""
    pixels_K = np.array([np.count_nonzero(thing.pixels_hw) for thing in things], float)
    return np.log(pixels_K / (height * width))
