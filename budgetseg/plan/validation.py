"""The masks that measure a model: they are annotation too, whoever paid for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from budgetseg.costs.book import CostBook
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload, exact_number
from budgetseg.errors import InvalidInputError

__all__ = ["FREE", "Validation", "charged_images", "value_masks", "value_validation"]

FREE = "free"
"""The masks are there and cost nothing, as in the paper, whose 1,449 would have taken 96.5 h."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """Masks that measure the model."""

    images: int
    seconds: Fraction | None
    """What they cost, or would cost where they are free; None where the cost book has no price for a mask."""
    charged: bool
    """Whether the budget pays for them."""

    @property
    def charged_seconds(self) -> Fraction:
        """What the budget pays."""
        return self.seconds if self.charged and self.seconds is not None else Fraction(0)

    def to_dict(self) -> dict[str, Any]:
        """As in every JSON document."""
        hours = None if self.seconds is None else float(self.seconds / 3600)
        return {"images": self.images, "hours": hours, "charged": self.charged}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Validation":
        """Read what :meth:`to_dict` gives."""
        hours = document["hours"]
        seconds = None if hours is None else exact_number(hours, "validation: hours") * 3600
        return cls(images=int(document["images"]), seconds=seconds, charged=bool(document["charged"]))

    def __str__(self) -> str:
        hours = "an unknown time"
        if self.seconds is not None:
            hours = f"{float(self.seconds / 3600):,.{1 if self.seconds >= 10 * 3600 else 2}f} h"
        if self.charged:
            return f"{self.images:,} validation masks are paid for: {hours}"
        return f"{self.images:,} validation masks count as free; they would cost {hours}"


def charged_images(choice: str) -> int | None:
    """Read ``--validation``: the number of masks to charge, or None for ``free``.

    Raises:
        InvalidInputError: Neither ``free`` nor a whole number of at least 1.
    """
    if choice == FREE:
        return None
    if not (choice.isascii() and choice.isdigit()) or int(choice) < 1:
        raise InvalidInputError(f'--validation: expected "free" or a number of images >= 1, got "{choice}"')
    return int(choice)


def value_validation(
    book: CostBook, workload: Workload, *, available: int | None, charged: int | None
) -> Validation | None:
    """Return the validation masks with what they cost.

    Args:
        book: The prices; masks are bought at ``full``.
        workload: The mean validation image.
        available: Validation images of the data set; None where nothing is known of them.
        charged: How many are paid for; None where all are free.

    Returns:
        The masks; None where all are free and nothing is known of them.

    Raises:
        InvalidInputError: More are charged than there are, or are charged by a book that has no price for a mask.
    """
    known = charged is not None or "full" in book.kinds
    return value_masks(
        seconds_per_image(book, "full", workload) if known else None, available=available, charged=charged
    )


def value_masks(mask_seconds: Fraction | None, *, available: int | None, charged: int | None) -> Validation | None:
    """Return the validation masks with what they cost, from the price of one mask; None where nobody has said it.

    Raises:
        InvalidInputError: As :func:`value_validation`.
    """
    images = available if charged is None else charged
    if images is None:
        return None
    if available is not None and images > available:
        raise InvalidInputError(f"--validation {images}: the data set holds {available} validation images, no more")
    if mask_seconds is None and charged is not None:
        raise InvalidInputError(f"--validation {images}: a mask has no price; name full in --seconds-per-image")
    seconds = None if mask_seconds is None else images * mask_seconds
    return Validation(images=images, seconds=seconds, charged=charged is not None)
