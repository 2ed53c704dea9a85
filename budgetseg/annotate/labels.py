"""Image labels: which classes are there."""

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotator import Chance, Manner
from budgetseg.annotate.picture import Picture

__all__ = ["Labels", "seen_classes"]


def seen_classes(picture: Picture, manner: Manner, chance: Chance) -> tuple[int, ...]:
    """Object classes that a person says are present: each present one is missed at the rate ``class_missed``."""
    return tuple(c for c in picture.present if chance.own.random() >= manner.errors.class_missed)


class Labels:
    """Says yes or no to each class."""

    kind = "image"

    def annotate(self, picture: Picture, manner: Manner, chance: Chance) -> Annotation:
        """See :class:`budgetseg.annotate.annotator.Annotator`."""
        return Annotation(
            image_id=picture.image_id,
            kind=self.kind,
            width=picture.width,
            height=picture.height,
            present=seen_classes(picture, manner, chance),
        )
