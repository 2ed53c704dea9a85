"""Squiggles: one free-form stroke inside one instance of each present class.

Shape suffixes: h, w a crop around one thing.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.annotation import Annotation, Stroke
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.astray import stray
from budgetseg.annotate.clicks import first_point
from budgetseg.annotate.labels import seen_classes
from budgetseg.annotate.picture import Picture, Thing
from budgetseg.annotate.walks import Pixel, corners, wander

__all__ = ["Squiggles"]

LENGTH = 2.08
"""Pixels of a stroke over the square root of its thing's pixels.

With it the strokes on the regions that people clicked first in the paper's 12,031 images hold 503 pixels an image;
the paper says 502.7 (section 5.4)."""
COVER = 0.5
"""The most of its thing that a stroke covers."""
PEN = 500
"""Longer side of an image, in pixels, for each pixel of pen width: 1 at the size of VOC."""


class Squiggles:
    """Draws a stroke on the first instance seen of each present class.

    A stroke begins like a click. Where it errs, it begins outside (see ``astray.py``), so often that the shares
    ``stroke_wrong`` and ``stroke_void`` of all pixels are off.
    """

    kind = "squiggle"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        strokes = []
        width = _pen(picture)
        rates = (manner.errors.stroke_wrong, manner.void_rate(manner.errors.stroke_void, picture))
        for cls in seen_classes(picture, manner, chance):
            thing, start = first_point(picture, cls, manner, chance)
            path = _meant(thing, start, width, chance.own)
            if any(rates):
                path = stray(picture.mask_HW, cls, path, width, rates, chance.own)
            strokes.append(Stroke(cls=cls, points=corners(path), width=width, annotator=chance.person))
        return Annotation(
            image_id=picture.image_id,
            kind=self.kind,
            width=picture.width,
            height=picture.height,
            present=tuple(stroke.cls for stroke in strokes),
            strokes=tuple(strokes),
        )

    def marks(self, picture: Picture) -> float:
        """See :class:`budgetseg.annotate.annotator.Marking`: as if the largest thing of each class had the stroke."""
        area: dict[int, int] = {}
        for thing in picture.things:
            area[thing.cls] = max(area.get(thing.cls, 0), int(np.count_nonzero(thing.pixels_hw)))
        width = _pen(picture)
        return float(sum(_length(pixels, width) * width for pixels in area.values()))


def _pen(picture: Picture) -> int:
    """Width of the pen in pixels."""
    return max(1, round(max(picture.height, picture.width) / PEN))


def _length(area: int, width: int) -> int:
    """Pixels along the middle of a stroke on a thing of so many pixels."""
    return max(1, round(min(LENGTH * math.sqrt(area), COVER * area / width)))


def _meant(thing: Thing, start: Pixel, width: int, generator: np.random.Generator) -> list[Pixel]:
    """The pixels along the middle of a stroke that stays on its thing, in order."""
    allowed_hw = _room(thing.pixels_hw, width)
    local = (start[0] - thing.left, start[1] - thing.top)
    if not allowed_hw[local[1], local[0]]:
        allowed_hw = thing.pixels_hw
    length = _length(int(np.count_nonzero(thing.pixels_hw)), width)
    inside = wander(allowed_hw, local, generator.random() * math.tau, length, generator)
    return [(x + thing.left, y + thing.top) for x, y in inside]


def _room(pixels_hw: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Where the middle of the pen may be, such that the pen stays inside."""
    if width == 1:
        return pixels_hw
    return np.asarray(ndimage.binary_erosion(pixels_hw, iterations=width // 2), bool)
