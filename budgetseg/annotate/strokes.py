"""Squiggles: one free-form stroke inside one instance of each present class.

Shape suffixes: H rows, W columns of the image; h, w a crop around one thing; T steps along a ray.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.annotation import Annotation, Stroke
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.clicks import first_point
from budgetseg.annotate.labels import seen_classes
from budgetseg.annotate.picture import Picture, Thing
from budgetseg.annotate.walks import Pixel, corners, ray, wander
from budgetseg.data.dataset import VOID

__all__ = ["Squiggles"]

LENGTH = 2.08
"""Pixels of a stroke over the square root of its thing's pixels.

With it the strokes on the regions that people clicked first in the paper's 12,031 images hold 503 pixels an image;
the paper says 502.7 (section 5.4)."""
COVER = 0.5
"""The most of its thing that a stroke covers."""
PEN = 500
"""Longer side of an image, in pixels, for each pixel of pen width: 1 at the size of VOC."""
ASTRAY = 0.5
"""Share of the pixels of a stroke that begins on another class that lies there."""
ASTRAY_VOID = 0.12
"""The same of one that begins on void, which is narrow (more where much shall be on void)."""
DIRECTIONS = 8
"""Ways in which void is looked for; the first is also the one in which another class is."""


class Squiggles:
    """Draws a stroke on the first instance seen of each present class.

    A stroke begins like a click. Where it errs, it begins outside: on another class or on void, and is led into its
    thing. How often it does is set such that the shares ``stroke_wrong`` and ``stroke_void`` of all pixels are off.
    """

    kind = "squiggle"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        strokes = []
        width = max(1, round(max(picture.height, picture.width) / PEN))
        for cls in seen_classes(picture, manner, chance):
            thing, start = first_point(picture, cls, chance)
            path = _stroke(picture, thing, start, width, manner, chance.own)
            strokes.append(Stroke(cls=cls, points=corners(path), width=width, annotator=chance.person))
        return Annotation(
            image_id=picture.image_id,
            kind=self.kind,
            width=picture.width,
            height=picture.height,
            present=tuple(stroke.cls for stroke in strokes),
            strokes=tuple(strokes),
        )


def _stroke(
    picture: Picture, thing: Thing, start: Pixel, width: int, manner: Manner, generator: np.random.Generator
) -> list[Pixel]:
    """The pixels along the middle of one stroke, in order."""
    area = int(np.count_nonzero(thing.pixels_hw))
    length = max(1, round(min(LENGTH * math.sqrt(area), COVER * area / width)))
    rates = (manner.errors.stroke_wrong, manner.void_rate(manner.errors.stroke_void, picture))
    lead = _lead_in(picture.mask_HW, thing.cls, start, length, rates, generator) if any(rates) else []
    allowed_hw = _room(thing.pixels_hw, width)
    local = (start[0] - thing.left, start[1] - thing.top)
    if not allowed_hw[local[1], local[0]]:
        allowed_hw = thing.pixels_hw
    inside = wander(allowed_hw, local, generator.random() * math.tau, max(1, length - len(lead)), generator)
    return lead + [(x + thing.left, y + thing.top) for x, y in inside]


def _room(pixels_hw: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Where the middle of the pen may be, such that the pen stays inside."""
    if width == 1:
        return pixels_hw
    return np.asarray(ndimage.binary_erosion(pixels_hw, iterations=width // 2), bool)


def _lead_in(
    mask_HW: NDArray[np.uint8],
    cls: int,
    start: Pixel,
    length: int,
    rates: tuple[float, float],
    generator: np.random.Generator,
) -> list[Pixel]:
    """The part of a stroke before ``start``, empty for most: it begins off its class and comes straight to ``start``.

    A stroke of n pixels that goes astray has a of them on another class. It goes astray with probability r n / a for
    the rate r, so that r n are expected to be wrong. Void is alike, less what the straight way crosses.
    """
    wrong, void = rates
    angles = generator.random(DIRECTIONS) * math.tau
    draw = generator.random()
    crossed = 0.0
    x_T, y_T = ray(mask_HW.shape[0], mask_HW.shape[1], start, angles[0])
    seen_T = mask_HW[y_T, x_T]
    off_T = np.flatnonzero((seen_T != cls) & (seen_T != VOID))
    if len(off_T) and wrong > 0:
        amount = max(1, round(ASTRAY * length))
        goes = min(1.0, wrong * length / amount)
        crossed = goes * np.count_nonzero(seen_T[: off_T[0]] == VOID)
        if draw < goes:
            allowed_HW = (mask_HW != cls) & (mask_HW != VOID)
            return _come_from(allowed_HW, x_T, y_T, int(off_T[0]), angles[0], amount, generator)
        draw = (draw - goes) / (1 - goes) if goes < 1 else 1.0
    for angle in angles if void > 0 else ():
        x_T, y_T = ray(mask_HW.shape[0], mask_HW.shape[1], start, angle)
        void_T = np.flatnonzero(mask_HW[y_T, x_T] == VOID)
        if len(void_T):
            amount = max(1, round(max(ASTRAY_VOID, 1.5 * void) * length))
            path = _come_from(mask_HW == VOID, x_T, y_T, int(void_T[0]), angle, amount, generator)
            void_pixels = len({(x, y) for x, y in path if mask_HW[y, x] == VOID})
            return path if draw < (void * length - crossed) / void_pixels else []
    return []


def _come_from(
    allowed_HW: NDArray[np.bool_],
    x_T: NDArray[np.int64],
    y_T: NDArray[np.int64],
    at: int,
    angle: float,
    amount: int,
    generator: np.random.Generator,
) -> list[Pixel]:
    """A walk of ``amount`` pixels in ``allowed_HW`` that ends where the ray meets it, then the ray back."""
    way = list(zip(x_T[: at + 1].tolist(), y_T[: at + 1].tolist(), strict=True))
    return (way + wander(allowed_HW, way[-1], angle, amount, generator)[1:])[::-1]
