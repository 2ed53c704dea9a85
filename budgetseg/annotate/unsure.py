"""The border along what was drawn inexactly: nobody is sure of its pixels, so they are not trained on.

Shape suffixes: H rows, W columns.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.data.dataset import VOID

__all__ = ["without_border"]


def without_border(mask_HW: NDArray[np.uint8], unsure: int) -> NDArray[np.uint8]:
    """The mask with 255 wherever a pixel of another class lies at most ``unsure`` king's steps away.

    A region that is nothing but border keeps its pixels: small things would teach nothing otherwise.

    Args:
        mask_HW: Class of each pixel, 255 where unknown.
        unsure: Pixels on either side of each edge between two classes.
    """
    if unsure == 0:
        return mask_HW
    void_HW = mask_HW == VOID
    # Void is above every class for the lowest one and below for the highest, so that it borders on nothing.
    lowest_HW = ndimage.minimum_filter(mask_HW, 2 * unsure + 1)
    highest_HW = ndimage.maximum_filter(np.where(void_HW, 0, mask_HW), 2 * unsure + 1)
    border_HW = ~void_HW & (lowest_HW != highest_HW)
    for cls in np.unique(mask_HW[border_HW]):
        regions_HW, count = ndimage.label(mask_HW == cls)
        left_R = np.bincount(regions_HW[~border_HW], minlength=count + 1)
        border_HW &= (mask_HW != cls) | (left_R[regions_HW] > 0)
    return np.where(border_HW, np.uint8(VOID), mask_HW)
