"""Masks drawn with an error: each thing by itself, just so far off that its boundary IoU is what was asked for.

Objects differ in how much an error of so many pixels harms them, so the size of the error is searched for each thing.
Then the mean over any data set is the setting, whatever its objects are like.

Shape suffixes: H rows, W columns of the image; h, w of the crop around one thing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotator import Chance
from budgetseg.annotate.boundary import band, band_width, iou, offset_share
from budgetseg.annotate.picture import Picture, Thing
from budgetseg.data.dataset import BACKGROUND, VOID

__all__ = ["Crop", "Drawing", "draw_thing", "draw_things"]

MARGIN = 2
"""Room around a thing to err in, in widths of its band."""
START = 1.3
"""First size that is tried, over the offset that is wanted: a little much, so that the next one lies between."""
TRIES = 6
"""Most sizes of error that are tried for a thing."""
CLOSE = 0.03
"""Difference of boundary IoU from the one wanted that ends the trying."""
LARGEST_STEP = 2.5
"""The most by which one try's size differs from the next's, as a factor."""
FINE = 5000
"""Largest crop, in pixels, that is judged pixel by pixel; of larger ones every k-th row and column is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Crop:
    """One thing with room around it."""

    top: int
    left: int
    thing_hw: NDArray[np.bool_]
    void_hw: NDArray[np.bool_]
    """Where the truth is unclassified: nothing that is drawn there counts."""
    band: int
    """Width in pixels of the band that boundary IoU looks at."""

    @property
    def window(self) -> tuple[slice, slice]:
        """Where in the image it lies."""
        height, width = self.thing_hw.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


Drawing = Callable[[float, int], NDArray[np.bool_]]
"""The mask that is drawn with an error of some pixels: every ``step``-th row and column of it, from ``step // 2``."""


def draw_things(
    picture: Picture,
    kind: str,
    boundary: float,
    drawing_of: Callable[[Crop, np.random.Generator], Drawing],
    chance: Chance,
) -> Annotation:
    """Draw all things of a picture; where drawings overlap, that of the smaller thing is on top.

    Args:
        picture: The truth. Its void stays void.
        kind: Of the annotation.
        boundary: Boundary IoU to draw with; 1 gives the truth itself.
        drawing_of: How a thing is drawn.
        chance: The person's.
    """
    mask_HW = picture.mask_HW.copy()
    if boundary < 1:
        mask_HW[:] = BACKGROUND
        for thing in sorted(picture.things, key=lambda thing: -np.count_nonzero(thing.pixels_hw)):
            crop = _crop(picture, thing)
            mask_HW[crop.window][draw_thing(crop, drawing_of(crop, chance.own), boundary)] = thing.cls
        mask_HW[picture.mask_HW == VOID] = VOID
    return Annotation(
        image_id=picture.image_id,
        kind=kind,
        width=picture.width,
        height=picture.height,
        present=picture.present,
        mask_HW=mask_HW,
        # As far from the edge as the edge is off on average.
        unsure=round(offset_share(boundary) * band_width(picture.height, picture.width)),
    )


def draw_thing(crop: Crop, draw: Drawing, boundary: float) -> NDArray[np.bool_]:
    """The drawing (h, w) whose boundary IoU comes closest to ``boundary``, of a few sizes of error.

    The next size to try is interpolated between one that errs too little and one that errs too much, in terms of
    :func:`budgetseg.annotate.boundary.offset_share`, which grows nearly in proportion to it.
    """
    step = min(max(1, crop.band // 4), int(np.ceil(np.sqrt(crop.thing_hw.size / FINE))))
    thing_hw, void_hw = (mask_hw[step // 2 :: step, step // 2 :: step] for mask_hw in (crop.thing_hw, crop.void_hw))
    band_px = round(crop.band / step)
    truth_hw = band(thing_hw, band_px)
    wanted = offset_share(boundary)
    size = START * wanted * crop.band
    best, least = size, np.inf
    low, high = (0.0, 0.0), None  # sizes that err too little and too much, each with its offset
    for _ in range(TRIES):
        got = iou(band(draw(size, step) & ~void_hw, band_px), truth_hw)
        if abs(got - boundary) < least:
            best, least = size, abs(got - boundary)
        if least < CLOSE:
            break
        if got > boundary:
            low = (size, offset_share(got))
        else:
            high = (size, offset_share(got))
        if high is None:
            size *= min(START * wanted / max(low[1], 1e-9), LARGEST_STEP)
        else:
            size = low[0] + (high[0] - low[0]) * (wanted - low[1]) / (high[1] - low[1])
    return draw(best, 1)


def _crop(picture: Picture, thing: Thing) -> Crop:
    width = band_width(picture.height, picture.width)
    room, (height_h, width_w) = MARGIN * width, thing.pixels_hw.shape
    top, left = max(0, thing.top - room), max(0, thing.left - room)
    bottom = min(picture.height, thing.top + height_h + room)
    right = min(picture.width, thing.left + width_w + room)
    thing_hw = np.zeros((bottom - top, right - left), bool)
    down, across = thing.top - top, thing.left - left
    thing_hw[down : down + height_h, across : across + width_w] = thing.pixels_hw
    void_hw = picture.mask_HW[top:bottom, left:right] == VOID
    return Crop(top=top, left=left, thing_hw=thing_hw, void_hw=void_hw, band=width)
