"""Coarse masks: a polygon of few vertices around each thing, each vertex placed roughly.

A person who outlines coarsely leaves out whatever strays from the straight way between two vertices by less than some
tolerance, and is not careful where the vertices go. What ``ErrorRates.coarse_boundary_iou`` asks for is met by the
carelessness, and by a finer tolerance where that is needed.

Shape suffixes: h rows, w columns of the crop around one thing; V vertices, 2 is (x, y).
"""

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.drawn import Crop, Drawing, draw_things
from budgetseg.annotate.outlines import area, fill, rings, significance
from budgetseg.annotate.picture import Picture

__all__ = ["Coarse", "polygons_of"]

SMALL = 0.02
"""Parts and holes that are smaller, as a share of the thing, get no polygon."""
COARSEST, FINEST = 0.5, 0.17
"""Largest and smallest tolerance in widths of the band that boundary IoU looks at: 1 % of the diagonal, and a third.
The largest gives 9 to 13 vertices a thing on photographs and scenes."""
RELATIVE = 2.0
"""Between these the tolerance is so many times the standard deviation of where a vertex is placed."""
TRACED = 6
"""Outlines are traced at every k-th pixel, k a so-manieth of the band: no coarser than the finest tolerance."""


class Coarse:
    """Draws polygons of few vertices."""

    kind = "coarse"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        return draw_things(picture, self.kind, manner.errors.coarse_boundary_iou, polygons_of, chance)


def polygons_of(crop: Crop, generator: np.random.Generator) -> Drawing:
    """The polygons of a thing, as they come out when vertices are placed with a standard deviation of some pixels."""
    height, width = crop.thing_hw.shape
    outlines = _outlines(crop)
    matters = [significance(ring, FINEST * crop.band) for ring in outlines]
    shakes = [generator.standard_normal(ring.shape) for ring in outlines]

    def draw(size: float, step: int) -> NDArray[np.bool_]:
        tolerance = min(RELATIVE * size, COARSEST * crop.band)
        polygons_V2 = [
            (ring + size * shake)[weight > tolerance]
            for ring, weight, shake in zip(outlines, matters, shakes, strict=True)
        ]
        return fill(polygons_V2, height, width, step)

    return draw


def _outlines(crop: Crop) -> list[NDArray[np.float64]]:
    """Rings around the thing's larger parts and holes."""
    every = max(1, crop.band // TRACED)
    seen_hw = crop.thing_hw[every // 2 :: every, every // 2 :: every]
    if not seen_hw.any():  # thinner than a step
        every, seen_hw = 1, crop.thing_hw
    least = SMALL * np.count_nonzero(seen_hw)
    return [every * ring for ring in rings(seen_hw) if abs(area(ring)) >= least]
