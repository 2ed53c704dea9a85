"""Assisted masks: what a model proposes and a person corrects; smooth, and off the edge here and there.

The truth seen through a sheet of rubber: each pixel (x, y) shows the truth at (x, y) + size (u, v), where u and v are
smooth random fields. So edges move in and out by smoothly changing amounts, and no specks appear. The size is what the
boundary IoU of ``ErrorRates.assisted_boundary_iou`` asks for.

Shape suffixes: h rows, w columns of the crop around one thing; r, c rows and columns of the nodes of the fields.
"""

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.drawn import Crop, Drawing, draw_things
from budgetseg.annotate.picture import Picture

__all__ = ["Assisted"]

SMOOTH = 2.0
"""Distance of the nodes between which the fields change, in widths of the band that boundary IoU looks at."""


class Assisted:
    """Accepts a model's mask, corrected."""

    kind = "assisted"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        return draw_things(picture, self.kind, manner.errors.assisted_boundary_iou, _drawing, chance)


def _drawing(crop: Crop, generator: np.random.Generator) -> Drawing:
    height, width = crop.thing_hw.shape
    spacing = SMOOTH * crop.band
    down_hr, across_wc = _between(height, spacing), _between(width, spacing)
    nodes_2rc = generator.standard_normal((2, down_hr.shape[1], across_wc.shape[1]), dtype=np.float32)

    def draw(size: float, step: int) -> NDArray[np.bool_]:
        rows, columns = (np.arange(step // 2, side, step) for side in (height, width))
        # Half a pixel, so that cutting the fraction off rounds.
        move_2hw = np.float32(size) * (down_hr[rows] @ nodes_2rc @ across_wc[columns].T) + np.float32(0.5)
        y_hw = (rows[:, None].astype(np.float32) + move_2hw[0]).clip(0, height - 1).astype(np.intp)
        x_hw = (columns.astype(np.float32) + move_2hw[1]).clip(0, width - 1).astype(np.intp)
        shown_hw: NDArray[np.bool_] = crop.thing_hw[y_hw, x_hw]
        return shown_hw

    return draw


def _between(length: int, spacing: float) -> NDArray[np.float32]:
    """Weights (length, nodes) of the nodes at each pixel: a raised cosine from one node to the next."""
    nodes = int(length / spacing) + 2
    away = np.abs(np.arange(length)[:, None] / spacing - np.arange(nodes)).clip(0, 1)
    return (0.5 + 0.5 * np.cos(np.pi * away)).astype(np.float32)
