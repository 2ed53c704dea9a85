"""What an image asks of an annotator: how many classes are asked about, how many are there, how many instances."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, Self, SupportsFloat

from budgetseg.costs.errors import InvalidInputError
from budgetseg.costs.kinds import Quantity

__all__ = [
    "PASCAL_VOC_2012",
    "PASCAL_VOC_2012_POOL",
    "PASCAL_VOC_2012_VALIDATION",
    "Number",
    "Workload",
    "exact_number",
]

Number = int | float | str | Decimal | Fraction | SupportsFloat
"""What counts as a number: a float or a string means the decimal that it is written as (0.1 is one tenth)."""

_DIGITS = 30
"""Numbers beyond 10^30 or below 10^-30 are slips, and exact arithmetic on them would not end."""


def exact_number(value: Number, what: str) -> Fraction:
    """Return ``value`` as the exact fraction that its decimal notation says.

    Args:
        value: A number, or a text such as ``"2.8"``.
        what: What the number is, for the message.

    Raises:
        InvalidInputError: ``value`` is not a finite number.
    """
    if isinstance(value, Fraction):
        return value
    try:
        if isinstance(value, bool):
            raise ValueError
        decimal = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        raise InvalidInputError(f"{what}: expected a number, got {value!r}") from None
    if not decimal.is_finite() or (decimal and abs(decimal.adjusted()) > _DIGITS):
        raise InvalidInputError(f"{what}: expected a number of ordinary size, got {value}")
    return Fraction(decimal)


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One image, or the mean image of a data set."""

    classes_asked: Fraction
    """Object classes that the annotator is asked about, present or not."""
    classes_present: Fraction
    """How many of them are in the image."""
    instances: Fraction
    """Object instances of all classes; each present class has at least one."""

    def __post_init__(self) -> None:
        if self.classes_asked <= 0:
            raise InvalidInputError(f"classes asked: expected a number > 0, got {float(self.classes_asked):g}")
        if not 0 <= self.classes_present <= self.classes_asked:
            raise InvalidInputError(
                f"classes per image: expected 0 to {float(self.classes_asked):g}, the classes asked, "
                f"got {float(self.classes_present):g}"
            )
        if self.instances < self.classes_present:
            raise InvalidInputError(
                f"instances per image: expected at least {float(self.classes_present):g}, one for each present class, "
                f"got {float(self.instances):g}"
            )

    @classmethod
    def of(cls, classes_asked: Number, classes_present: Number, instances: Number) -> Self:
        """Make a workload from numbers as a person writes them.

        Raises:
            InvalidInputError: A number that is none, or numbers that contradict each other.
        """
        return cls(
            classes_asked=exact_number(classes_asked, "classes asked"),
            classes_present=exact_number(classes_present, "classes per image"),
            instances=exact_number(instances, "instances per image"),
        )

    @classmethod
    def mean(cls, *, classes_asked: int, classes_present_N: Sequence[int], instances_N: Sequence[int]) -> Self:
        """Return the mean image of a data set of N images.

        Raises:
            InvalidInputError: No image, or two lists of different lengths.
        """
        images = len(classes_present_N)
        if images == 0 or images != len(instances_N):
            raise InvalidInputError(
                f"mean workload: expected classes and instances of the same images, got {images} and {len(instances_N)}"
            )
        return cls(
            classes_asked=Fraction(int(classes_asked)),
            classes_present=Fraction(sum(map(int, classes_present_N)), images),
            instances=Fraction(sum(map(int, instances_N)), images),
        )

    def quantity(self, per: Quantity) -> Fraction:
        """How many an image holds of what a rate is per."""
        quantities: dict[Quantity, Fraction] = {
            "class asked": self.classes_asked,
            "absent class": self.classes_asked - self.classes_present,
            "present class": self.classes_present,
            "extra instance": self.instances - self.classes_present,
            "instance": self.instances,
            "image": Fraction(1),
        }
        return quantities[per]

    def to_dict(self) -> dict[str, float]:
        """As in every JSON document."""
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}


PASCAL_VOC_2012: Final = Workload.of(20, "1.5", "2.8")
"""PASCAL VOC 2012 as in section 4 of the paper (What's the Point, ECCV 2016)."""

PASCAL_VOC_2012_POOL: Final = 10_582
"""Training images of the paper: those of PASCAL VOC 2012 and the additional ones of its reference [40]."""

PASCAL_VOC_2012_VALIDATION: Final = 1_449
"""Validation images of the paper."""
