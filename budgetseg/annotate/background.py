r"""Clicks on the background: where people say that nothing is.

A person clicks the background pixel p with probability w(p) / sum_q w(q) over the background's pixels q, and

.. math:: \log w = T(t) + B(b)

with t the pixel's distance to the nearest pixel that is no background and b that to the border of the image, both as
shares of the image's longer side. T and B are piecewise linear, 0 at their first knot and level beyond their last:
people keep clear of things and of the border, but do not go to the very middle of the background.
``background_fit.py`` finds the numbers, by maximum entropy as in ``pointing.py``, and its command prints them as they
stand here. They come from the right ones of the 6,178 clicks on the background that the paper released for the 2,300
images at hand, mostly of animals and people.

Shape suffixes: H rows, W columns of the image; h, w of its grid of weights; P pixels; F numbers of the model.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.annotation import Click
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.slips import slip
from budgetseg.annotate.ways import Onto
from budgetseg.data.dataset import BACKGROUND

__all__ = ["background_clicks", "distances", "features"]

FROM_THINGS = (0.0, 0.02, 0.04, 0.08, 0.15, 0.3)
FROM_BORDER = (0.0, 0.02, 0.04, 0.08, 0.15, 0.25)
"""Where the curves T and B bend."""

MODEL = (
    *(1.878, 2.495, 2.733, 2.636, 1.690),
    *(0.709, 1.142, 1.089, 0.433, -0.763),
)
"""T and B without their first knots."""

COARSE = 4000
"""Largest image, in pixels, that is weighed pixel by pixel; of larger ones every k-th row and column is."""


def background_clicks(picture: Picture, count: int, manner: Manner, chance: Chance) -> tuple[Click, ...]:
    """One person's clicks on the background of an image; none where it has no background.

    The first clicks are the same however many are asked for. Each is drawn by itself, as no spread is known of several
    by one person; with ``uniform`` placement it may be anywhere on the background, and is never wrong.

    Args:
        picture: The truth.
        count: Clicks asked for.
        manner: How people annotate.
        chance: Of one person for this image.
    """
    if not count or not (picture.mask_HW == BACKGROUND).any():
        return ()
    generator = chance.apart(4)
    errors, human = manner.errors, manner.placement == "human"
    wrong = errors.background_wrong if human else 0.0
    void = manner.background_void_rate(picture) if human else 0.0
    clicks = []
    for _ in range(count):
        x, y = _meant(picture, human, generator)
        draw = generator.random()
        if draw < wrong + void:
            onto: Onto = "void" if draw < void else "class"
            x, y = slip(picture.mask_HW, BACKGROUND, x, y, onto=onto, generator=generator)
        clicks.append(Click(cls=BACKGROUND, x=x, y=y, annotator=chance.person))
    return tuple(clicks)


def distances(of_background_hw: NDArray[np.bool_], longer: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances (P,) of the background's pixels, in row order, to anything else and to the border.

    Args:
        of_background_hw: Where the background is.
        longer: The longer side of the image in the same pixels.
    """
    rows, columns = np.nonzero(of_background_hw)
    height, width = of_background_hw.shape
    if len(rows) == of_background_hw.size:
        things_P = np.full(len(rows), np.inf)
    else:
        things_P = ndimage.distance_transform_edt(of_background_hw)[rows, columns] / longer
    border_P = np.minimum.reduce([columns + 0.5, width - columns - 0.5, rows + 0.5, height - rows - 0.5]) / longer
    return things_P, border_P


def features(things_P: NDArray[np.float64], border_P: NDArray[np.float64]) -> NDArray[np.float64]:
    """The terms (P, F) that the model's numbers multiply."""
    columns = [
        np.interp(value_P, knots, np.eye(len(knots))[k])
        for value_P, knots in ((things_P, FROM_THINGS), (border_P, FROM_BORDER))
        for k in range(1, len(knots))
    ]
    return np.stack(columns, axis=1)


def _meant(picture: Picture, human: bool, generator: np.random.Generator) -> tuple[int, int]:
    """A pixel (x, y) of the background."""
    if not human:
        pixels = np.flatnonzero(picture.mask_HW == BACKGROUND)
        y, x = divmod(int(pixels[generator.integers(len(pixels))]), picture.width)
        return x, y
    step, ends_P, at_P2 = _weighed(picture)
    x, y = at_P2[np.searchsorted(ends_P, generator.random() * ends_P[-1], side="right").clip(max=len(ends_P) - 1)]
    # The weight stands for the pixels around its own, which is kept where the one that is drawn is not background.
    near = np.array([x, y]) - step // 2 + generator.integers(step, size=2)
    near_x, near_y = int(near[0]), int(near[1])
    inside = near_x < picture.width and near_y < picture.height
    if inside and picture.mask_HW[near_y, near_x] == BACKGROUND:
        return near_x, near_y
    return int(x), int(y)


@lru_cache(maxsize=4)  # several people, or several clicks, on the same picture
def _weighed(picture: Picture) -> tuple[int, NDArray[np.float64], NDArray[np.int64]]:
    """The step between pixels that are weighed, their summed weights (P,), and where (P, 2) they are."""
    of_background_HW = picture.mask_HW == BACKGROUND
    step = math.ceil(math.sqrt(of_background_HW.size / COARSE))
    if not of_background_HW[step // 2 :: step, step // 2 :: step].any():
        step = 1
    of_background_hw = of_background_HW[step // 2 :: step, step // 2 :: step]
    things_P, border_P = distances(of_background_hw, max(picture.height, picture.width) / step)
    log_P = np.interp(things_P, FROM_THINGS, (0.0, *MODEL[:5])) + np.interp(border_P, FROM_BORDER, (0.0, *MODEL[5:]))
    rows, columns = np.nonzero(of_background_hw)
    at_P2 = np.stack([columns, rows], axis=1) * step + step // 2
    return step, np.cumsum(np.exp(log_P - log_P.max())), at_P2
