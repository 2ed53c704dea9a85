"""What annotators are asked at each kind, in words, and which marks answer it.

The questions are those of section 4 of the paper: which classes are absent, a click on the first instance that is seen
of each present class, a click on every instance, one stroke inside an instance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from budgetseg.labelling.answer import Shape

__all__ = ["QUESTIONS", "Question", "instruction"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked at a kind."""

    shapes: tuple[Shape, ...]
    """The marks that answer it; naming a class is allowed besides."""
    does: str
    """For each class that is there; {} stands for "it" or the class."""
    one: str
    """The sentence where a single class is asked about; {} stands for its name."""
    dense: bool = False
    """Whether what is not marked is background, so that a mark that cannot be read spoils the answer."""


QUESTIONS: Final[Mapping[str, Question]] = {
    "image": Question(
        shapes=(),
        does="tick every class that is in the image",
        one="Is there any {} in the image?",
    ),
    "point": Question(
        shapes=("point",),
        does="for every class that is in the image, click once, on the first instance of it that you see",
        one="Click once on the first {} that you see.",
    ),
    "allpoints": Question(
        shapes=("point",),
        does="for every class that is in the image, click once on each instance, beginning with the first you see",
        one="Click once on each {}, beginning with the first you see.",
    ),
    "squiggle": Question(
        shapes=("stroke", "brush"),
        does="for every class that is in the image, draw one free stroke inside the first instance of it that you see, "
        "without leaving it",
        one="Draw one free stroke inside the first {} that you see, without leaving it.",
    ),
    "box": Question(
        shapes=("box",),
        does="draw a box around each instance of every class, as tight as its visible part",
        one="Draw a box around each {}, as tight as its visible part.",
        dense=True,
    ),
    "coarse": Question(
        shapes=("polygon", "brush"),
        does="outline each instance of every class with few corners, roughly along its edge",
        one="Outline each {} with few corners, roughly along its edge.",
        dense=True,
    ),
    "assisted": Question(
        shapes=("polygon", "brush"),
        does="correct the proposed mask of each instance of every class until it follows the edge",
        one="Correct the proposed mask of each {} until it follows the edge.",
        dense=True,
    ),
    "full": Question(
        shapes=("polygon", "brush"),
        does="outline each instance of every class exactly along its edge",
        one="Outline each {} exactly along its edge.",
        dense=True,
    ),
}
"""By kind, in the order of `budgetseg.costs.kinds.KINDS`."""


def instruction(kind: str, classes: Sequence[str], target_class: str | None = None) -> str:
    """Return what an annotator reads above the image."""
    question = QUESTIONS[kind]
    if target_class is not None:
        tick = "" if question.shapes else " Tick it if there is."
        return f"{question.one.format(target_class.upper())}{tick} If there is none, submit without a mark."
    listed = ", ".join(classes)
    return (
        f"Of these classes: {listed}; {question.does}. A class without a mark counts as not there; if none is there, "
        "submit without a mark."
    )
