r"""How many validation images it takes to know an mIoU to within so many points.

The IoU of a class is a ratio of sums over the N images, R = sum_i I_i / sum_i U_i. By the delta method

.. math::
    \mathrm{var}(R) \approx \frac{\sum_i (I_i - R U_i)^2}{(\sum_i U_i)^2} = \frac{s^2}{m},

where m = f N images hold the class. So s, in IoU points, is what one such image contributes to the uncertainty, and
does not depend on N. The mIoU is the mean over C classes, the background being one of them:

.. math:: \mathrm{var}(\mathrm{mIoU}) = \frac{k}{C^2} \sum_c \frac{s_c^2}{f_c N}

k = 1 would hold if the classes' errors had nothing to do with each other. They have: what is taken from one class is
given to another, and each image holds background. k is what the whole covariance is of its diagonal.

The defaults were measured by this project, with :mod:`budgetseg.runs.precision` on 252 validation photographs of six
animal classes: four networks (EfficientNet-Lite0, trained on masks, or masks and clicks) of 42 to 49 mIoU gave s = 30
to 35 for the objects (root mean square over the classes), s = 11 to 14 for the background, and k = 1.17 to 1.30.
Networks that hardly find a class say with great certainty that its IoU is near 0: below 40 mIoU, s was 13 to 26.

The result is the normal approximation's; where fewer than about 20 images hold a class its interval is only a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, sqrt
from statistics import NormalDist
from typing import Any, Final

from budgetseg.costs.book import CostBook
from budgetseg.costs.errors import InvalidInputError
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload

__all__ = [
    "MEASURED",
    "ClassSpread",
    "Spreads",
    "ValidationSize",
    "check_share",
    "spreads_of",
    "spreads_of_shares",
    "validation_size",
]

_KIND: Final = "full"
_MOST_CLASSES = 10**5
_OTHERS: Final = "an object class"


@dataclass(frozen=True, kw_only=True)
class ClassSpread:
    """One class of the mean."""

    name: str
    share: float
    """Of the images, those that hold it: f, more than 0."""
    points: float
    """s: IoU points (0 to 100) that one image which holds it contributes to the uncertainty of its IoU."""


@dataclass(frozen=True, kw_only=True)
class Spreads:
    """What the arithmetic rests on."""

    background: ClassSpread
    objects: tuple[ClassSpread, ...]
    covariance: float
    """k: the variance of the mIoU over what it would be with independent classes."""
    source: str
    """Where the numbers are from."""

    @property
    def rarest(self) -> ClassSpread:
        """The object class that the fewest images hold."""
        return min(self.objects, key=lambda one: one.share)

    @property
    def variance_of_one_image(self) -> float:
        """N times the variance of the mIoU, in points squared."""
        classes = (self.background, *self.objects)
        return self.covariance * sum(one.points**2 / one.share for one in classes) / len(classes) ** 2


MEASURED: Final = Spreads(
    background=ClassSpread(name="background", share=1.0, points=12.0),
    objects=(ClassSpread(name=_OTHERS, share=1.0, points=32.0),),
    covariance=1.25,
    source="measured by budgetseg with four networks of 42 to 49 mIoU on 252 photographs of six animal classes",
)
"""One object class stands for all; its share is the data's business."""


@dataclass(frozen=True, kw_only=True)
class ValidationSize:
    """The ``budgetseg.validation/1`` value."""

    precision: float
    """Half the width of the interval, in points of mIoU or IoU."""
    level: float
    """Probability with which the interval holds the value."""
    images: int
    """For the mIoU."""
    rarest_images: int
    """For the IoU of the rarest class."""
    seconds_per_image: Fraction
    """Of a full mask."""
    spreads: Spreads
    costs: str
    """Name of the cost book."""
    workload: Workload

    def hours(self, images: int) -> Fraction:
        """What full masks of so many images take."""
        return images * self.seconds_per_image / 3600

    @property
    def rarest_precision(self) -> float:
        """Half the width of the rarest class's interval with the images that do for the mIoU."""
        rarest = self.spreads.rarest
        return _z(self.level) * rarest.points / sqrt(rarest.share * self.images)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        rarest = self.spreads.rarest
        return {
            "schema": "budgetseg.validation/1",
            "precision": self.precision,
            "level": self.level,
            "images": self.images,
            "hours": float(self.hours(self.images)),
            "seconds_per_image": float(self.seconds_per_image),
            "rarest": {
                "class": rarest.name,
                "share": rarest.share,
                "images": self.rarest_images,
                "hours": float(self.hours(self.rarest_images)),
                "images_with_it": rarest.share * self.images,
                "precision_with_overall_images": self.rarest_precision,
            },
            "classes": len(self.spreads.objects) + 1,
            "covariance": self.spreads.covariance,
            "points": {
                one.name: {"share": one.share, "s": one.points}
                for one in (self.spreads.background, *self.spreads.objects)
            },
            "source": self.spreads.source,
            "costs": self.costs,
            "workload": self.workload.to_dict(),
        }


def check_share(name: str, share: float) -> None:
    """Raise unless ``share`` of the images can hold a class.

    Raises:
        InvalidInputError: It is not above 0 and up to 1.
    """
    if not 0 < share <= 1:
        raise InvalidInputError(f"frequency: {name}: expected a share of the images above 0, up to 1, got {share:g}")


def spreads_of(workload: Workload, frequency: Mapping[str, float], measured: Spreads = MEASURED) -> Spreads:
    """Return the spreads of a data set of which little is known.

    Args:
        workload: The mean image: how many classes there are, and how many of them an image holds.
        frequency: Shares of the images that hold the classes that are named. The others hold evenly what is left of
            the mean number of classes an image, which is the best case: unevenly frequent classes need more images.
        measured: s and k; one object class stands for all.

    Raises:
        InvalidInputError: A share that is none, or that leaves nothing for the other classes.
    """
    if workload.classes_asked.denominator != 1 or workload.classes_asked > _MOST_CLASSES:
        raise InvalidInputError(
            f"classes: expected a whole number up to {_MOST_CLASSES:,}, got {float(workload.classes_asked):g}"
        )
    for name, share in frequency.items():
        check_share(name, share)
    others = int(workload.classes_asked) - len(frequency)
    left = float(workload.classes_present) - sum(frequency.values())
    if others < 0 or (others > 0 and not 0 < left / others <= 1):
        raise InvalidInputError(
            f"frequency: leaves {left:g} classes an image to {others} other classes; look at the shares, the number of "
            "classes and the classes an image"
        )
    return spreads_of_shares(frequency, others, left / others if others else 0.0, measured)


def spreads_of_shares(
    named: Mapping[str, float], others: int, other_share: float, measured: Spreads = MEASURED
) -> Spreads:
    """Return the spreads of classes that are named, and of so many others, each in this share of the images."""
    typical = measured.objects[0]
    each = [replace(typical, name=name, share=share) for name, share in named.items()]
    return replace(measured, objects=(*each, *[replace(typical, share=other_share)] * others))


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def validation_size(
    book: CostBook, workload: Workload, spreads: Spreads, *, precision: float, level: float = 0.95
) -> ValidationSize:
    """Return how many images with full masks make an mIoU, and the rarest class's IoU, known to ``precision`` points.

    N = (z / precision)^2 x the variance of one image, z = 1.96 for 95 %.

    Raises:
        InvalidInputError: A precision that is none, or a book without full masks.
    """
    if not 0.01 <= precision <= 50:
        raise InvalidInputError(f"precision: expected points of mIoU from 0.01 to 50, got {precision:g}")
    factor = (_z(level) / precision) ** 2
    rarest = spreads.rarest
    return ValidationSize(
        precision=precision,
        level=level,
        images=max(1, ceil(factor * spreads.variance_of_one_image)),
        rarest_images=max(1, ceil(factor * rarest.points**2 / rarest.share)),
        seconds_per_image=seconds_per_image(book, _KIND, workload),
        spreads=spreads,
        costs=book.name,
        workload=workload,
    )
