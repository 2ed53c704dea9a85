"""What an annotator gives for one image, whether a person or a simulation.

Coordinates are whole pixels from the top left: 0 <= x < width, 0 <= y < height. Classes are indices into the data
set's ``classes``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Annotation", "Box", "Click", "Stroke"]


@dataclass(frozen=True, kw_only=True)
class Click:
    """One click on an instance of class ``cls``."""

    cls: int
    x: int
    y: int
    rank: int = 1
    """1 for the first instance of its class that the annotator saw, 2 for the next ..."""
    annotator: int = 0
    confidence: float = 1.0
    """How much the click is trusted: the paper's alpha when several annotators are weighted."""


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A free-form squiggle: a polyline of pixels, drawn ``width`` pixels wide, inside one instance of class ``cls``."""

    cls: int
    points: tuple[tuple[int, int], ...]
    """(x, y) of each vertex."""
    width: int
    annotator: int = 0


@dataclass(frozen=True, kw_only=True)
class Box:
    """A tight box around one instance; all four borders belong to it."""

    cls: int
    x_min: int
    y_min: int
    x_max: int
    y_max: int
    annotator: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Annotation:
    """All that was bought for one image at one kind."""

    image_id: str
    kind: str
    width: int
    height: int
    present: tuple[int, ...]
    """Object classes said to be present, sorted; all the others were answered "no"."""
    clicks: tuple[Click, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    boxes: tuple[Box, ...] = ()
    mask_HW: NDArray[np.uint8] | None = None
    """Class of each pixel as it was drawn, 255 where unknown; only where every pixel was annotated."""
    unsure: int = 0
    """Pixels on either side of the edges in ``mask_HW`` that are not to be trusted, because it was drawn inexactly."""
    seconds: float = 0.0
    """Annotators' time, all annotators together."""
