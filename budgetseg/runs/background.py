"""Clicks on the background: how many of those that a run bought are there."""

from dataclasses import asdict, dataclass
from typing import Any

from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.costs.kinds import KINDS
from budgetseg.data.dataset import BACKGROUND

__all__ = ["BackgroundGiven", "background_given"]


@dataclass(frozen=True, kw_only=True)
class BackgroundGiven:
    """Clicks on the background of a run's images."""

    asked: int
    """Clicks asked, and paid, of each image of clicks or strokes."""
    images: int
    """Such images."""
    clicks: int
    """Clicks that they hold."""
    images_without: int
    """Images that hold none: without background, or not clicked by the people behind a file of real clicks."""
    images_short: int
    """Images that hold some, but fewer than were asked."""
    source: str
    """``simulated``, or the file of real clicks."""

    def to_dict(self) -> dict[str, Any]:
        """As in a run's result."""
        return asdict(self)

    @property
    def caution(self) -> str | None:
        """What the user should know; None where all is there."""
        if not self.images:
            return "--background-clicks: no image of clicks or strokes is bought, so there are none"
        if not self.images_without and not self.images_short:
            return None
        return (
            f"background clicks ({self.source}): {self.images_without:,} of {self.images:,} images have none and "
            f"{self.images_short:,} fewer than {self.asked}; they are paid all the same"
        )


def background_given(annotated: AnnotationSet, asked: int, source: str | None) -> BackgroundGiven:
    """Count the clicks on the background.

    Args:
        annotated: What a run trains on.
        asked: Clicks asked of each image of clicks or strokes.
        source: File of real clicks; None where they are simulated.
    """
    given = [
        sum(click.cls == BACKGROUND for click in annotation.clicks)
        for annotation in annotated.annotations.values()
        if KINDS[annotation.kind].takes_background
    ]
    return BackgroundGiven(
        asked=asked,
        images=len(given),
        clicks=sum(given),
        images_without=given.count(0),
        images_short=sum(0 < clicks < asked for clicks in given),
        source=source or "simulated",
    )
