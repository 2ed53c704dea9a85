"""Full masks: the class of every pixel, taken from the truth without error (the paper gives no rate for masks)."""

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.picture import Picture

__all__ = ["Masks"]


class Masks:
    """Outlines every instance."""

    kind = "full"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:  # noqa: ARG002 - no errors
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        return Annotation(
            image_id=picture.image_id,
            kind=self.kind,
            width=picture.width,
            height=picture.height,
            present=picture.present,
            mask_HW=picture.mask_HW.copy(),
        )
