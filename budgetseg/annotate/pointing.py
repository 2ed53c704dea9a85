r"""Where people click: a compact model fitted to the real clicks of the paper (Bearman et al. 2016).

A person who means a thing clicks its pixel p with probability w(p) / sum_q w(q) over the thing's pixels q, and

.. math:: \log w = D(d) + V(v) + R(r) + a_1 u + a_2 |u| + a_3 u^2 + s (b_1 d + b_2 r + b_3 v)

with d the pixel's depth (distance to the edge over the largest one), (u, v) its offset to the right and down from the
centroid in standard deviations of the thing's pixels, r = |(u, v)|, and s the log of the thing's share of the image
plus 3 (0 at 5 %). D, V and R are piecewise linear. With all numbers 0 clicks are uniform; the numbers tilt them as
little as makes the mean of every term that of the real clicks (maximum entropy). ``fit.py`` finds them, and its command
prints them as they stand here.

They come from the right ones of the paper's released 32,452 clicks on PASCAL VOC 2012, where masks were at hand: 3,020
first and 1,241 later clicks on 2,300 images, mostly of animals and people.

Shape suffixes: h rows, w columns of a crop; P pixels; F numbers of the model.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.picture import Picture, Thing

__all__ = ["FIRST", "LATER", "Array", "Weighing", "features", "log_weights", "places", "weigh"]

Array = NDArray[np.float64]

DEPTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
DOWNS = (-2.0, -1.2, -0.6, 0.0, 0.6, 1.2, 2.0)
AWAYS = (0.0, 0.4, 0.8, 1.2, 1.6, 2.0)
"""Where the curves D, V and R bend; each is 0 at its first knot and level beyond its last."""
FAR = 3.0
"""The most that |u| and |v| count: nothing is known about the tails."""

FIRST = (
    *(2.099, 3.569, 4.541, 4.926, 5.281),
    *(0.531, 0.609, -0.005, -0.829, -0.867, -1.996),
    *(-0.154, -0.678, -1.192, -1.034, -0.753),
    *(0.070, 0.132, -0.371, 0.300, -0.031, 0.077),
)
"""Numbers for the click on the first instance seen of a class: D, V, R without their first knots, a, b."""
LATER = (
    *(2.334, 3.208, 4.119, 4.696, 5.214),
    *(0.818, 1.022, 0.395, -0.478, -0.958, -2.891),
    *(0.193, 0.182, 0.315, 0.655, 1.198),
    *(-0.015, -0.085, -0.199, 0.261, 0.282, 0.035),
)
"""Numbers for the clicks on further instances."""

COARSE = 4000
"""Largest crop, in pixels, that is weighed pixel by pixel; of larger ones every k-th row and column is."""


def places(pixels_hw: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Depth d and offsets u, v, each (P,), of the pixels of a region in row order.

    Beyond the crop nothing belongs to the region, so the image's border is an edge too. Where a region has no spread
    its offsets are 0.
    """
    depth_hw = ndimage.distance_transform_edt(np.pad(pixels_hw, 1))[1:-1, 1:-1]
    rows, columns = np.nonzero(pixels_hw)
    depth_P = depth_hw[rows, columns]
    u_P = (columns - columns.mean()) / (columns.std() or 1.0)
    v_P = (rows - rows.mean()) / (rows.std() or 1.0)
    return depth_P / depth_P.max(), u_P, v_P


def features(depth_P: Array, u_P: Array, v_P: Array, share: float) -> Array:
    """The terms (P, F) that the model's numbers multiply.

    Args:
        depth_P: From :func:`places`, as are the offsets.
        u_P: Offset to the right.
        v_P: Offset down.
        share: Pixels of the thing over pixels of the image.
    """
    r_P, s = np.hypot(u_P, v_P), math.log(share) + 3
    u_P, v_P = np.clip(u_P, -FAR, FAR), np.clip(v_P, -FAR, FAR)
    columns = [
        np.interp(value_P, knots, np.eye(len(knots))[j])
        for value_P, knots in ((depth_P, DEPTHS), (v_P, DOWNS), (r_P, AWAYS))
        for j in range(1, len(knots))
    ]
    return np.stack([*columns, u_P, np.abs(u_P), u_P**2, s * depth_P, s * r_P, s * v_P], axis=1)


def log_weights(depth_P: Array, u_P: Array, v_P: Array, share: float, model_F: tuple[float, ...]) -> Array:
    """``log w`` (P,): the product of :func:`features` and the model, without building the former."""
    ends = np.cumsum([len(DEPTHS) - 1, len(DOWNS) - 1, len(AWAYS) - 1])
    deep_F, down_F, away_F, (a1, a2, a3, b1, b2, b3) = (tuple(part) for part in np.split(model_F, ends))
    r_P, s = np.hypot(u_P, v_P), math.log(share) + 3
    u_P, v_P = np.clip(u_P, -FAR, FAR), np.clip(v_P, -FAR, FAR)
    curves_P = (
        np.interp(depth_P, DEPTHS, (0.0, *deep_F))
        + np.interp(v_P, DOWNS, (0.0, *down_F))
        + np.interp(r_P, AWAYS, (0.0, *away_F))
    )
    total_P: Array = curves_P + a1 * u_P + a2 * np.abs(u_P) + a3 * u_P**2 + s * (b1 * depth_P + b2 * r_P + b3 * v_P)
    return total_P


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighing:
    """How likely a click on a thing falls where."""

    top: int
    left: int
    step: int
    """Each weight stands for ``step`` x ``step`` pixels; the first ones begin at ``top`` and ``left``."""
    weights_hw: Array
    """Up to a factor; 0 where the thing is not."""


@lru_cache(maxsize=64)  # several people look at the same picture, one after the other
def weigh(picture: Picture, thing: Thing, model_F: tuple[float, ...]) -> Weighing:
    """Weigh the pixels of a thing with the numbers of a model."""
    regions = picture.regions(thing.cls)
    height, width = thing.pixels_hw.shape
    down, across = thing.top - regions.top, thing.left - regions.left  # of the thing in the crop of the regions
    around_hw = regions.labels_hw[down : down + height, across : across + width]
    numbers = np.flatnonzero(np.bincount(around_hw[thing.pixels_hw]))
    windows = [regions.windows[number - 1] for number in numbers]
    top, left = (min(window[axis].start for window in windows) for axis in (0, 1))
    bottom, right = (max(window[axis].stop for window in windows) for axis in (0, 1))

    of_thing_hw = np.zeros((bottom - top, right - left), bool)
    of_thing_hw[down - top : down - top + height, across - left : across - left + width] = thing.pixels_hw
    step = math.ceil(math.sqrt(of_thing_hw.size / COARSE))
    if not of_thing_hw[step // 2 :: step, step // 2 :: step].any():
        step = 1  # a thin thing may fall between the rows and columns that are weighed
    of_thing_hw = of_thing_hw[step // 2 :: step, step // 2 :: step]
    labels_hw = regions.labels_hw[top + step // 2 : bottom : step, left + step // 2 : right : step]
    logs_hw = np.full(of_thing_hw.shape, -np.inf)
    for number in np.flatnonzero(np.bincount(labels_hw[of_thing_hw])):
        region_hw = labels_hw == number
        share = np.count_nonzero(region_hw) * step * step / picture.mask_HW.size
        logs_hw[region_hw] = log_weights(*places(region_hw), share, model_F)
    logs_hw[~of_thing_hw] = -np.inf
    corner = (regions.top + top, regions.left + left)
    return Weighing(top=corner[0], left=corner[1], step=step, weights_hw=np.exp(logs_hw - logs_hw.max()))
