"""The kinds of annotation that can be bought for an image, and the acts that an annotator does for each.

Adding a kind to the costs is one entry in ``KINDS``; adding a rate is one entry in ``RATES``. A kind's seconds are

    what it costs to ask which classes are in the image (:mod:`budgetseg.costs.asking`)
    + sum over the kind's rates of  seconds of the rate x how many of what the rate is per the image holds

A kind whose marks show a class needs no "yes" to the question whether it is there: a click says so. With ``image``
nothing is marked, so every class is asked about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

__all__ = [
    "BACKGROUND_CLICK",
    "KINDS",
    "LABEL",
    "OBJECTNESS",
    "PERS",
    "RATES",
    "REVISIT",
    "Kind",
    "Per",
    "Quantity",
    "RateRule",
]

Quantity = Literal["class asked", "absent class", "present class", "extra instance", "instance", "image"]
"""What an image holds a number of. An extra instance is any instance of a class but the first."""
Per = Literal[Quantity, "group", "fixed"]
"""What a rate is paid for: a quantity of the image, a group of classes asked about, or once a plan ("fixed")."""

PERS: Final[tuple[Per, ...]] = get_args(Per)

LABEL: Final = "label_s"
REVISIT: Final = "revisit_s"
OBJECTNESS: Final = "objectness_total_s"
BACKGROUND_CLICK: Final = "extra_click_s"
"""Rate of a click on the background: the image is open and the hand is on the mouse, as for a further instance."""


@dataclass(frozen=True, kw_only=True)
class RateRule:
    """What a rate of a cost book may be per."""

    does: str
    """What the annotator does in these seconds."""
    pers: tuple[Per, ...]
    """Allowed; the first one holds where a book does not say."""
    gives: tuple[str, ...] = ()
    """Other acts whose answer can be read off this one's, so that nobody need be paid for them again."""


_OUTLINE: Final[tuple[Per, ...]] = ("instance", "present class", "image")
_CLICKS: Final = ("first_click_s", "extra_click_s")

RATES: Final[Mapping[str, RateRule]] = {
    # One answer costs the same whether it is yes or no, so both ways of writing it mean the same.
    LABEL: RateRule(does="says whether a class is in the image", pers=("class asked", "absent class")),
    "scan_s": RateRule(does="reads one name of a checklist of classes", pers=("class asked",)),
    "tick_s": RateRule(does="ticks a class of the checklist that is there", pers=("present class",)),
    "group_s": RateRule(does="says whether any class of a group is in the image", pers=("group",)),
    "first_click_s": RateRule(does="clicks on the first instance of a class", pers=("present class",)),
    "extra_click_s": RateRule(does="clicks on a further instance of a class", pers=("extra instance",)),
    # A pixel of the stroke is a click on its class.
    "squiggle_s": RateRule(
        does="draws a free-form stroke", pers=("present class", "instance", "image"), gives=("first_click_s",)
    ),
    # The middle of a box need not lie on its object.
    "box_s": RateRule(does="draws a bounding box", pers=_OUTLINE),
    # The middle of a coarse outline does, but its sides are not tight enough for a box.
    "coarse_s": RateRule(does="outlines with few vertices", pers=_OUTLINE, gives=(*_CLICKS, "squiggle_s")),
    "assisted_s": RateRule(
        does="corrects a mask that a model proposed", pers=_OUTLINE, gives=(*_CLICKS, "squiggle_s", "box_s", "coarse_s")
    ),
    "polygon_s": RateRule(
        does="outlines the full mask",
        pers=_OUTLINE,
        gives=(*_CLICKS, "squiggle_s", "box_s", "coarse_s", "assisted_s"),
    ),
    REVISIT: RateRule(does="opens an image again that was annotated before", pers=("image",)),
    OBJECTNESS: RateRule(does="boxes that an objectness prior learns from", pers=("fixed",)),
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of annotation: what is asked of the annotator of one image."""

    name: str
    title: str
    """What the annotator does, for tables."""
    rates: tuple[str, ...] = ()
    """The acts, by the names of the rates that they charge, besides the questions which classes are there."""
    shows_extent: bool = False
    """Whether the marks cover whole objects, so that an objectness prior is not used on these images."""
    takes_background: bool = False
    """Whether clicks on the background can be asked for as well. Not where masks and boxes show it, nor of class names:
    those are answered without pointing at anything, and what points as well is a ``point``."""

    @property
    def marks_classes(self) -> bool:
        """Whether its marks answer for the classes that are there."""
        return bool(self.rates)


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(name="image", title="class names only"),
        Kind(name="point", title="one click per present class", rates=("first_click_s",), takes_background=True),
        Kind(name="allpoints", title="one click per instance", rates=_CLICKS, takes_background=True),
        Kind(name="squiggle", title="one stroke per present class", rates=("squiggle_s",), takes_background=True),
        Kind(name="box", title="one box per instance", rates=("box_s",), shows_extent=True),
        Kind(name="coarse", title="a polygon of few vertices per instance", rates=("coarse_s",), shows_extent=True),
        Kind(name="assisted", title="a mask proposed by a model, corrected", rates=("assisted_s",), shows_extent=True),
        Kind(name="full", title="one mask per instance", rates=("polygon_s",), shows_extent=True),
    )
}
"""In the order of how much an annotation says; ``full`` is last."""
