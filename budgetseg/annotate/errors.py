"""How often annotators err, as the paper measured it (Bearman et al. 2016, section 4.1 and 4.2, "Error Rates").

Every rate is a share from 0 to 1. "Wrong" means on a pixel of another class (the background is one), "void" on a pixel
that the ground truth leaves unclassified.

How far inexact masks are off is a mean boundary IoU (:mod:`budgetseg.annotate.boundary`), 1 for no error. No source
states it for these two kinds: both defaults are assumptions. What they rest on: the Duke study (arXiv 2312.10600)
trains nearly as well with polygons of few vertices as with exact masks (an image is worth 0.71 to 0.74 exact ones), and
polygons of 9 to 13 vertices placed exactly reach 0.66 to 0.88 here, on the shared photographs and the scenes; 0.60 is
an edge off by 0.5 % of the diagonal on average, 3 pixels on PASCAL VOC. For masks that a model proposes, Segment
Anything (arXiv 2304.02643) prints the time of correcting them and the IoU of whole masks, not of boundaries; 0.80 is an
edge off by 0.2 % of the diagonal.
"""

from dataclasses import dataclass, fields

from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["ERROR_RATES", "HUMAN", "PERFECT", "ErrorRates", "by_name"]


UNBOUNDED = ("smaller_things", "later_things")


@dataclass(frozen=True, kw_only=True)
class ErrorRates:
    """The switchable mistakes of simulated annotators; boxes and full masks are never wrong here.

    With no rate set (``perfect``) coarse and assisted masks are the truth, too.
    """

    name: str = "custom"
    class_missed: float = 0.0
    """Share of present classes said to be absent (``image``, ``point``, ``squiggle``)."""
    click_wrong: float = 0.0
    """Share of clicks on another class when one instance a class is asked (``point``)."""
    click_void: float = 0.0
    """Share of those clicks on void."""
    instance_missed: float = 0.0
    """Share of instances without a click when all are asked (``allpoints``)."""
    all_clicks_wrong: float = 0.0
    """Share of clicks on another class when all instances are asked (``allpoints``)."""
    all_clicks_void: float = 0.0
    """Share of those clicks on void."""
    smaller_things: float = 0.0
    """The chances of a slip or a miss are shared out among an image's things as their pixels to minus this power."""
    later_things: float = 1.0
    """And a slip is so many times likelier on a later thing of a class than on the first (``allpoints``)."""
    stroke_wrong: float = 0.0
    """Share of stroke pixels on another class (``squiggle``)."""
    stroke_void: float = 0.0
    """Share of stroke pixels on void."""
    background_wrong: float = 0.0
    """Share of clicks meant for the background on an object."""
    background_void: float = 0.0
    """Share of those clicks on void."""

    coarse_boundary_iou: float = 1.0
    """Mean boundary IoU of polygons with the truth (``coarse``). The unsure border is as wide as that error."""
    assisted_boundary_iou: float = 1.0
    """Mean boundary IoU of corrected proposals with the truth (``assisted``), and their unsure border."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "name":
                continue
            if not value >= 0 or (value > 1 and field.name not in UNBOUNDED):
                raise InvalidInputError(f"error rate {field.name}: expected a share from 0 to 1, got {value}")
        for first, second in (
            ("click_wrong", "click_void"),
            ("all_clicks_wrong", "all_clicks_void"),
            ("stroke_wrong", "stroke_void"),
            ("background_wrong", "background_void"),
        ):
            if getattr(self, first) + getattr(self, second) > 1:
                raise InvalidInputError(f"error rates {first} and {second}: expected at most 1 together")


PERFECT = ErrorRates(name="perfect")

HUMAN = ErrorRates(
    name="human",
    class_missed=0.010,
    click_wrong=0.072,
    click_void=0.008,
    instance_missed=0.079,
    all_clicks_wrong=0.148,
    all_clicks_void=0.016,
    # Not in the paper but in its released clicks: where a class was clicked once, 0.2 % of the clicks are wrong when it
    # fills over 30 % of the image, 1.5 % at 3 to 10 %, 5.5 % at 0.3 to 1 %; among things of like size the second and
    # third of a class are clicked wrong some 2 to 4 times as often as the first.
    smaller_things=0.6,
    later_things=2.5,
    stroke_wrong=0.063,
    stroke_void=0.014,
    # Not in the paper but in its released clicks: of 6,178 on the background of 2,300 images, 98.7 % are right.
    background_wrong=0.0042,
    background_void=0.0089,
    # Assumed; see the head of the file.
    coarse_boundary_iou=0.60,
    assisted_boundary_iou=0.80,
)

ERROR_RATES = {rates.name: rates for rates in (PERFECT, HUMAN)}


def by_name(name: str) -> ErrorRates:
    """The rates called ``perfect`` or ``human``.

    Raises:
        InvalidInputError: There are none of this name.
    """
    if name not in ERROR_RATES:
        raise InvalidInputError(f'annotators: expected perfect or human, got "{name}"{did_you_mean(name, ERROR_RATES)}')
    return ERROR_RATES[name]
