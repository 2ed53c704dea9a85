"""Boxes: the tight bounding box of each visible instance.

They carry no error: the paper measured none for boxes, and the 25 % that it quotes for others' box drawing does not
say how the boxes were off.
"""

from budgetseg.annotate.annotation import Annotation, Box
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.picture import Picture

__all__ = ["Boxes"]


class Boxes:
    """Draws a box around each instance."""

    kind = "box"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:  # noqa: ARG002 - no errors
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        boxes = tuple(
            Box(
                cls=thing.cls,
                x_min=thing.left,
                y_min=thing.top,
                x_max=thing.left + thing.pixels_hw.shape[1] - 1,
                y_max=thing.top + thing.pixels_hw.shape[0] - 1,
            )
            for thing in picture.things
        )
        return Annotation(
            image_id=picture.image_id,
            kind=self.kind,
            width=picture.width,
            height=picture.height,
            present=tuple(sorted({box.cls for box in boxes})),
            boxes=boxes,
        )
