"""The kinds of annotation that can be bought for an image, and the rates that each one charges.

Adding a kind to the costs is one entry in ``KINDS``; adding a rate is one entry in ``RATES``. A kind's seconds are

    sum over its rates of  seconds of the rate x how many of what the rate is per the image holds

and ``label_s``, the answer to "is there a ... in this image?", is charged on the classes that the kind's own marks do
not answer for: a click says that its class is present, so only the absent classes are asked about in words; with
``image`` nothing is marked, so every class is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

__all__ = ["KINDS", "LABEL", "OBJECTNESS", "PERS", "RATES", "Kind", "Per", "RateRule"]

Per = Literal["class asked", "absent class", "present class", "extra instance", "instance", "image", "fixed"]
"""What a rate is paid for. An extra instance is any instance of a class but the first; "fixed" is paid once a plan."""

PERS: Final[tuple[Per, ...]] = get_args(Per)

LABEL: Final = "label_s"
OBJECTNESS: Final = "objectness_total_s"


@dataclass(frozen=True, kw_only=True)
class RateRule:
    """What a rate of a cost book may be per."""

    does: str
    """What the annotator does in these seconds."""
    pers: tuple[Per, ...]
    """Allowed; the first one holds where a book does not say."""


RATES: Final[Mapping[str, RateRule]] = {
    # One answer costs the same whether it is yes or no, so both ways of writing it mean the same.
    LABEL: RateRule(does="says whether a class is in the image", pers=("class asked", "absent class")),
    "first_click_s": RateRule(does="clicks on the first instance of a class", pers=("present class",)),
    "extra_click_s": RateRule(does="clicks on a further instance of a class", pers=("extra instance",)),
    "squiggle_s": RateRule(does="draws a free-form stroke", pers=("present class", "instance", "image")),
    "box_s": RateRule(does="draws a bounding box", pers=("instance", "present class", "image")),
    "polygon_s": RateRule(does="outlines the full mask", pers=("instance", "present class", "image")),
    OBJECTNESS: RateRule(does="boxes that an objectness prior learns from", pers=("fixed",)),
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of annotation: what is asked of the annotator of one image."""

    name: str
    title: str
    """What the annotator does, for tables."""
    rates: tuple[str, ...]
    """Names of the rates that it charges."""
    labelled: tuple[Per, ...] = ("absent class",)
    """The classes on which ``label_s`` is charged."""
    shows_extent: bool = False
    """Whether the marks cover whole objects, so that an objectness prior is not used on these images."""


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            name="image",
            title="class names only",
            rates=(LABEL,),
            labelled=("absent class", "present class"),
        ),
        Kind(name="point", title="one click per present class", rates=(LABEL, "first_click_s")),
        Kind(name="allpoints", title="one click per instance", rates=(LABEL, "first_click_s", "extra_click_s")),
        Kind(name="squiggle", title="one stroke per present class", rates=(LABEL, "squiggle_s")),
        Kind(name="box", title="one box per instance", rates=(LABEL, "box_s"), shows_extent=True),
        Kind(name="full", title="one mask per instance", rates=(LABEL, "polygon_s"), shows_extent=True),
    )
}
