"""How annotators are asked which classes are in an image, and what that costs.

With K classes asked, c of them in the image, and kinds whose marks answer for the classes that are there:

========== =====================================================================================================
each       one question a class: label_s x (K - c), and x c more where nothing is marked (the paper, section 4)
checklist  one list to read and tick: scan_s x K + tick_s x c
groups     one question a group of g classes, then one a class of each group that is there:
           group_s x K / g + label_s x (g - 1) c, and x c more where nothing is marked
known      nothing: tags are there already
========== =====================================================================================================

``groups`` takes the present classes to lie in different groups, the dearest case. That keeps every cost a sum over
what images hold, so that the mean image costs the mean of the images.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, get_args

from budgetseg.costs.kinds import LABEL, Quantity

__all__ = ["ASKINGS", "TITLES", "Asking", "Question", "questions"]

Asking = Literal["each", "checklist", "groups", "known"]
ASKINGS: Final[tuple[Asking, ...]] = get_args(Asking)

TITLES: Final[Mapping[Asking, str]] = {
    "each": "one question a class",
    "checklist": "a list to tick",
    "groups": "groups of classes first",
    "known": "tags are there already",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One kind of question about an image's classes."""

    rate: str
    """What an answer costs."""
    per: Quantity
    times: Fraction = Fraction(1)
    """Answers for each of what ``per`` names."""
    shareable: bool = True
    """Whether a second annotator can be told the answer; who marks or names a class answers for it himself."""


def questions(asking: Asking, group_size: int, *, marks_classes: bool) -> tuple[Question, ...]:
    """Return what is asked about an image's classes.

    Args:
        asking: The way of asking.
        group_size: Classes a group, for ``groups``.
        marks_classes: Whether the kind's marks answer for the classes that are there.
    """
    present = () if marks_classes else (Question(rate=LABEL, per="present class", shareable=False),)
    if asking == "each":
        return (Question(rate=LABEL, per="absent class"), *present)
    if asking == "checklist":
        return (
            Question(rate="scan_s", per="class asked"),
            Question(rate="tick_s", per="present class", shareable=False),
        )
    if asking == "groups":
        return (
            Question(rate="group_s", per="class asked", times=Fraction(1, group_size)),
            Question(rate=LABEL, per="present class", times=Fraction(group_size - 1)),
            *present,
        )
    return ()
