"""Which pixels a click patch or a stroke covers.

Shape suffixes: P pixels, 2 is (x, y).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Stroke

__all__ = ["disc_pixels", "line_pixels", "pen_pixels", "stroke_pixels"]


def disc_pixels(x: int, y: int, radius: float, height: int, width: int) -> NDArray[np.int64]:
    """Pixels (P, 2) of the image whose centre lies at most ``radius`` pixels from (x, y)'s."""
    reach = int(radius)
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    inside = dx**2 + dy**2 <= radius**2
    xy_P2 = np.stack([x + dx[inside], y + dy[inside]], axis=1)
    return _inside(xy_P2, height, width)


def line_pixels(x0: int, y0: int, x1: int, y1: int) -> list[tuple[int, int]]:
    """Pixels of a straight line, both ends included, each 8-connected to the next (one a step of its long side)."""
    steps = max(abs(x1 - x0), abs(y1 - y0))
    if steps == 0:
        return [(x0, y0)]
    half = steps // 2  # integer rounding, so that the line is the same on every machine
    return [(x0 + ((x1 - x0) * k + half) // steps, y0 + ((y1 - y0) * k + half) // steps) for k in range(steps)] + [
        (x1, y1)
    ]


def stroke_pixels(stroke: Stroke, height: int, width: int) -> NDArray[np.int64]:
    """Distinct pixels (P, 2) of the image under a stroke, in row order."""
    ends = list(stroke.points)
    centre = {pixel for a, b in zip(ends, ends[1:] or ends, strict=False) for pixel in line_pixels(*a, *b)}
    return pen_pixels(centre, stroke.width, height, width)


def pen_pixels(middle: Iterable[tuple[int, int]], pen: int, height: int, width: int) -> NDArray[np.int64]:
    """Distinct pixels (P, 2) of the image under a pen of ``pen`` pixels whose middle goes over some, in row order."""
    centre_P2 = np.array(list(middle), np.int64).reshape(-1, 2)
    reach = np.arange(-((pen - 1) // 2), pen // 2 + 1)
    dy, dx = np.meshgrid(reach, reach, indexing="ij")
    half = 0.5 if pen % 2 == 0 else 0.0  # an even brush lies half a pixel to the right and below
    brush = (dx - half) ** 2 + (dy - half) ** 2 <= (pen / 2) ** 2
    xy_P2 = (centre_P2[:, None, :] + np.stack([dx[brush], dy[brush]], axis=1)[None]).reshape(-1, 2)
    xy_P2 = _inside(xy_P2, height, width)
    flat_P = np.unique(xy_P2[:, 1] * width + xy_P2[:, 0])
    return np.stack([flat_P % width, flat_P // width], axis=1)


def _inside(xy_P2: NDArray[np.int64], height: int, width: int) -> NDArray[np.int64]:
    x_P, y_P = xy_P2[:, 0], xy_P2[:, 1]
    return xy_P2[(x_P >= 0) & (x_P < width) & (y_P >= 0) & (y_P < height)]
