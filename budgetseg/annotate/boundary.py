r"""Boundary IoU: how well two masks agree along their edges.

Cheng, Girshick, Dollar, Berg and Kirillov, "Boundary IoU: Improving Object-Centric Image Segmentation Evaluation", CVPR
2021. With :math:`G_d` the pixels of a mask G that lie within d of its edge,

.. math:: \mathrm{BIoU}(G, P) = \frac{|G_d \cap P_d|}{|G_d \cup P_d|}

and d = 2 % of the image's diagonal. Distance is counted in steps of a king on a chessboard and the image's border is an
edge too, as in the authors' released code.

A mask whose whole edge is off by s < d pixels, outwards or inwards, of an object that is large beside d, has BIoU
(d - s) / (d + s): of a band of d pixels, d - s are shared. So (1 - BIoU) / (1 + BIoU) = s / d grows in proportion to
the error, of which the search for an error of a given BIoU (``drawn.py``) makes use.

Shape suffixes: H rows, W columns, or h, w of a crop that holds both masks.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["band", "band_width", "boundary_iou", "iou", "offset_share"]

SHARE = 0.02
"""Width of the band over the diagonal of the image."""


def band_width(height: int, width: int) -> int:
    """The d of an image of this size, in pixels; at least 1."""
    return max(1, round(SHARE * math.hypot(height, width)))


def band(mask_HW: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """The pixels of a mask that are within ``width`` pixels of its edge."""
    inner_HW = ndimage.minimum_filter(mask_HW.view(np.uint8), 2 * width + 1, mode="constant", cval=0)
    band_HW: NDArray[np.bool_] = mask_HW & (inner_HW == 0)
    return band_HW


def boundary_iou(one_HW: NDArray[np.bool_], other_HW: NDArray[np.bool_], width: int) -> float:
    """The equation above, from 0 to 1; 1 where both masks are empty.

    Args:
        one_HW: A mask.
        other_HW: A mask of the same shape.
        width: The d, in pixels; at least 1.
    """
    return iou(band(one_HW, width), band(other_HW, width))


def iou(one_HW: NDArray[np.bool_], other_HW: NDArray[np.bool_]) -> float:
    """Pixels that two masks share over the pixels of either; 1 where both are empty."""
    union = np.count_nonzero(one_HW | other_HW)
    return float(np.count_nonzero(one_HW & other_HW) / union) if union else 1.0


def offset_share(iou: float) -> float:
    """The s / d, the mean error of an edge over the width of the band, that a boundary IoU stands for."""
    return (1 - iou) / (1 + iou)
