"""What mixes cost, and how many images a budget buys.

Two ways of counting:

``exact``
    Exact seconds; as many whole images as the budget covers; what is fixed, such as the boxes behind an objectness
    prior, is paid once and first.
``paper``
    As the paper reckons, to reproduce its tables: an image's seconds are rounded to 0.1, half up; the objectness prior
    adds its 2,968.2 s spread over 10,582 images, rounded to 0.3; numbers of images are rounded half up as well, so
    that the last image may not be paid for (883 masks cost 15 s more than the budget of the paper's Table 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, Final, Literal

from budgetseg.costs.book import CostBook
from budgetseg.costs.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.costs.hours import seconds_of_hours
from budgetseg.costs.kinds import KINDS, OBJECTNESS
from budgetseg.costs.per_image import (
    TENTH,
    AbsentPaid,
    Accounting,
    check_choices,
    round_half_up,
    seconds_of_images,
    seconds_per_image,
)
from budgetseg.costs.workload import PASCAL_VOC_2012_POOL, Workload

__all__ = [
    "AbsentPaid",
    "Accounting",
    "Affordable",
    "afford",
    "mix_seconds",
    "objectness_seconds",
    "round_half_up",
    "seconds_of_hours",
    "seconds_of_images",
    "seconds_per_image",
]

_NOTHING: Final = Fraction(0)


def objectness_seconds(book: CostBook) -> Fraction:
    """Return what a learned objectness prior costs, once a plan: the paper's 291 boxes x 10.2 s = 2,968.2 s.

    Raises:
        InvalidInputError: The book does not say.
    """
    if OBJECTNESS not in book.rates:
        raise InvalidInputError(f"{book.origin}: lacks {OBJECTNESS}; add [rates.{OBJECTNESS}] with its seconds")
    return book.rates[OBJECTNESS].seconds


def _fixed_share(fixed_seconds: Fraction) -> Fraction:
    """Seconds that paper accounting adds to an image for what is fixed: 0.28 s, rounded to 0.3, in section 5.1."""
    return round_half_up(fixed_seconds / PASCAL_VOC_2012_POOL, TENTH)


def mix_seconds(
    book: CostBook,
    images: Mapping[str, int],
    workload: Workload,
    *,
    accounting: Accounting = "exact",
    fixed_seconds: Fraction = _NOTHING,
    annotators: int = 1,
    absent_paid: AbsentPaid = "once",
) -> Fraction:
    """Return the seconds of a mix of kinds.

    Args:
        book: The rates.
        images: Number of images of each kind; one image is annotated at one kind.
        workload: The mean image.
        accounting: ``exact`` adds ``fixed_seconds`` once. ``paper`` adds its rounded share to each image whose marks
            do not show an object's extent (section 5.4: points carry objectness, masks do not), or to all images
            where the mix has no others.
        fixed_seconds: What is paid once, such as :func:`objectness_seconds`.
        annotators: How many people annotate the same image.
        absent_paid: As in :func:`seconds_per_image`.

    Raises:
        InvalidInputError: A negative number of images, or as in :func:`seconds_per_image`.
    """
    check_choices(accounting, annotators, absent_paid)
    seconds = _NOTHING
    for kind, count in images.items():
        if count < 0:
            raise InvalidInputError(f"{kind}: expected a number of images >= 0, got {count}")
        seconds += count * seconds_per_image(
            book, kind, workload, accounting=accounting, annotators=annotators, absent_paid=absent_paid
        )
    if accounting == "exact":
        return seconds + fixed_seconds
    with_prior = sum(count for kind, count in images.items() if not KINDS[kind].shows_extent)
    return seconds + (with_prior or sum(images.values())) * _fixed_share(fixed_seconds)


@dataclass(frozen=True, kw_only=True)
class Affordable:
    """What a budget buys of one kind."""

    kind: str
    images: int
    seconds_per_image: Fraction
    """In paper accounting with the share of what is fixed."""
    seconds: Fraction
    """Of all the images, with what is fixed; 0 where no image is bought."""
    left_over_seconds: Fraction
    """Budget that is not spent; below 0 only in paper accounting, which rounds numbers of images up."""
    limited_by: Literal["budget", "pool"]
    """``pool`` where more could be paid for than there are images."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.afford/1``."""
        return {
            "images": self.images,
            "seconds_per_image": float(self.seconds_per_image),
            "seconds": float(self.seconds),
            "hours": float(self.seconds / 3600),
            "left_over_seconds": float(self.left_over_seconds),
            "left_over_hours": float(self.left_over_seconds / 3600),
            "limited_by": self.limited_by,
        }


def afford(
    book: CostBook,
    kind: str,
    workload: Workload,
    budget_seconds: Fraction,
    *,
    accounting: Accounting = "exact",
    pool: int | None = None,
    fixed_seconds: Fraction = _NOTHING,
    annotators: int = 1,
    absent_paid: AbsentPaid = "once",
) -> Affordable:
    """Return how many images of ``kind`` a budget buys.

    Args:
        book: The rates.
        kind: One of ``KINDS``.
        workload: The mean image.
        budget_seconds: The budget, more than 0.
        accounting: ``exact`` never exceeds the budget: floor((budget - fixed) / seconds per image). ``paper``: the
            nearest number, budget / (rounded seconds per image + rounded share of what is fixed).
        pool: Images there are to annotate; None for no limit.
        fixed_seconds: What is paid once, such as :func:`objectness_seconds`.
        annotators: How many people annotate the same image.
        absent_paid: As in :func:`seconds_per_image`.

    Returns:
        The images, possibly 0 where the budget is too small for one.

    Raises:
        BudgetTooSmallError: The budget is 0.
        InvalidInputError: A negative budget or pool, or as in :func:`seconds_per_image`.
    """
    if budget_seconds < 0:
        raise InvalidInputError(f"budget: expected seconds > 0, got {float(budget_seconds):g}")
    if pool is not None and pool < 1:
        raise InvalidInputError(f"pool: expected a number of images >= 1, got {pool}")
    if fixed_seconds < 0:
        raise InvalidInputError(f"fixed seconds: expected at least 0, got {float(fixed_seconds):g}")
    seconds_each = seconds_per_image(
        book, kind, workload, accounting=accounting, annotators=annotators, absent_paid=absent_paid
    )
    if budget_seconds == 0:
        raise BudgetTooSmallError(
            f"a budget of 0 buys nothing; one image of {kind} needs {float(fixed_seconds + seconds_each):,.1f} s"
        )
    if accounting == "paper":
        seconds_each += _fixed_share(fixed_seconds)
        paid_once = _NOTHING
        bought = int(round_half_up(budget_seconds / seconds_each))
    else:
        paid_once = fixed_seconds
        bought = max(0, floor((budget_seconds - fixed_seconds) / seconds_each))
    images = bought if pool is None else min(bought, pool)
    seconds = images * seconds_each + paid_once if images else _NOTHING
    return Affordable(
        kind=kind,
        images=images,
        seconds_per_image=seconds_each,
        seconds=seconds,
        left_over_seconds=budget_seconds - seconds,
        limited_by="budget" if images == bought else "pool",
    )
