"""An image that is annotated a second time, at another kind: nothing that was said before is thrown away."""

from dataclasses import replace

from budgetseg.annotate.annotation import Annotation

__all__ = ["annotated_further"]


def annotated_further(held: Annotation, new: Annotation) -> Annotation:
    """Add a new kind of answer to the one that an image holds.

    Every mark is kept, and a class is present when either answer says so. The first instance of a class that holds a
    click or stroke is not asked for again. A mask answers for every pixel and every class, so beside it earlier marks
    and names say nothing more.
    """
    if new.mask_HW is not None:
        return new
    answered = {click.cls for click in held.clicks} | {stroke.cls for stroke in held.strokes}
    clicks = tuple(click for click in new.clicks if click.rank > 1 or click.cls not in answered)
    return replace(
        new,
        present=tuple(sorted({*held.present, *new.present})),
        clicks=(*held.clicks, *clicks),
        strokes=(*held.strokes, *new.strokes),
        boxes=(*held.boxes, *new.boxes),
        mask_HW=held.mask_HW,
        unsure=held.unsure,
    )
