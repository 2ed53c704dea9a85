"""What is asked, in which order: one class of one image at a time, with control images among them.

As in the paper (section 4.1) a person is asked about one class in a block of images before the next class comes, and 10
of 50 images have known answers. The order follows from the images and a seed alone, so that a session that was broken
off goes on where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from budgetseg.annotate_page.photos import Photo
from budgetseg.labelling.asking import QUESTIONS

__all__ = ["KINDS_ASKED", "KindAsked", "Question", "instruction", "questions_of"]

KindAsked = Literal["image", "point", "allpoints", "squiggle"]
KINDS_ASKED: Final[tuple[KindAsked, ...]] = get_args(KindAsked)

_BLOCK: Final = 40
_CONTROLS: Final = 10
"""Among so many images of a block, and as large a share of a smaller one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """One class of one image."""

    number: int
    """From 0, in the order in which they are asked."""
    photo: Photo
    place: int
    """Number of the image, which says nothing of whether it is a control."""
    cls: str
    control: bool


def instruction(kind: KindAsked, cls: str) -> str:
    """What the page says: the question as everywhere, and which button comes next."""
    if kind == "image":
        return QUESTIONS[kind].one.format(cls)
    done = "Then press Done, or say" if kind == "allpoints" else "Or say"
    return f"{QUESTIONS[kind].one.format(cls)} {done} that there is none."


def questions_of(
    photos: Sequence[Photo], controls: Sequence[Photo], classes: Sequence[str], seed: int
) -> tuple[Question, ...]:
    """Return all questions in order.

    Args:
        photos: The images to annotate; every class is asked about in each.
        controls: Images with known answers; each block draws anew among them, half with and half without the class as
            far as there are such.
        classes: Names of the object classes.
        seed: Of the order.
    """
    rng = np.random.default_rng(seed)
    everything = [*photos, *controls]
    place_of = {
        id(photo): int(place) for photo, place in zip(everything, rng.permutation(len(everything)), strict=True)
    }
    asked: list[dict[str, Any]] = []
    for start in range(0, len(photos), _BLOCK):
        block = photos[start : start + _BLOCK]
        for cls in classes:
            planted = _drawn(controls, cls, -(-len(block) * _CONTROLS // _BLOCK), rng)
            mixed = [(photo, False) for photo in block] + [(photo, True) for photo in planted]
            asked += [{"photo": mixed[k][0], "control": mixed[k][1], "cls": cls} for k in rng.permutation(len(mixed))]
    return tuple(
        Question(number=number, place=place_of[id(each["photo"])], **each) for number, each in enumerate(asked)
    )


def _drawn(controls: Sequence[Photo], cls: str, wanted: int, rng: np.random.Generator) -> list[Photo]:
    """So many control images for a class, half of them with it where there are enough."""
    shows = [any(name == cls for name, _ in photo.boxes or ()) for photo in controls]
    order = rng.permutation(len(controls)).tolist()
    with_it, without = [k for k in order if shows[k]], [k for k in order if not shows[k]]
    half = min(len(with_it), max(-(-wanted // 2), wanted - len(without)))
    return [controls[k] for k in (*with_it[:half], *without[: wanted - half])]
