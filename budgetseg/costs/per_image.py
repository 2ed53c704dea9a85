r"""Seconds that an image takes at each kind of annotation.

With K classes asked, c present and n instances an image, a kind that charges the rates r costs

.. math:: s = \sum_r \text{seconds}_r \cdot q_r(K, c, n)

where q is what the rate is per (section 4 of the paper): K - c absent classes, c present classes, n - c extra
instances, n instances, or 1. Everything is a fraction, so that no budget is missed or overrun by a rounding error.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Final, Literal, get_args

from budgetseg.costs.book import CostBook
from budgetseg.costs.errors import InvalidInputError, did_you_mean
from budgetseg.costs.kinds import KINDS, LABEL, Per
from budgetseg.costs.workload import Workload

__all__ = [
    "TENTH",
    "AbsentPaid",
    "Accounting",
    "check_choices",
    "round_half_up",
    "seconds_of_images",
    "seconds_per_image",
]

Accounting = Literal["exact", "paper"]
"""``exact`` fractions, or the ``paper``'s rounding; :mod:`budgetseg.costs.accounting` says what each comprises."""
AbsentPaid = Literal["once", "each"]
"""Whether several annotators of one image are paid for the absent classes once in all, or each of them."""

TENTH: Final = Fraction(1, 10)
"""Seconds to which the paper rounds."""

_MOST_ANNOTATORS = 1_000


def round_half_up(value: Fraction, step: Fraction = Fraction(1)) -> Fraction:
    """Round to a multiple of ``step``; what lies half-way goes up, as the paper's 34.85 to 34.9 does."""
    return floor(value / step + Fraction(1, 2)) * step


def check_choices(accounting: str, annotators: int, absent_paid: str) -> None:
    """Raise for a choice that is none.

    Raises:
        InvalidInputError: An unknown way of accounting or paying, or fewer than one annotator.
    """
    for what, value, choices in (
        ("accounting", accounting, get_args(Accounting)),
        ("absent paid", absent_paid, get_args(AbsentPaid)),
    ):
        if value not in choices:
            raise InvalidInputError(f'{what}: unknown choice "{value}"{did_you_mean(str(value), choices)}')
    if not 1 <= annotators <= _MOST_ANNOTATORS:
        raise InvalidInputError(f"annotators: expected a whole number from 1 to {_MOST_ANNOTATORS:,}, got {annotators}")


def _charges(book: CostBook, kind: str, annotators: int, absent_paid: AbsentPaid) -> list[tuple[Fraction, Per]]:
    """The seconds that ``kind`` charges for an image, each with what it is charged per."""
    book.require(kind)
    charges: list[tuple[Fraction, Per]] = []
    for name in KINDS[kind].rates:
        rate = book.rates[name]
        for per in KINDS[kind].labelled if name == LABEL else (rate.per,):
            # Whoever comes second can be told which classes the first found: nobody need ask for the others again.
            times = 1 if per == "absent class" and absent_paid == "once" else annotators
            charges.append((rate.seconds * times, per))
    return charges


def _total(charges: Sequence[tuple[Fraction, Per]], workload: Workload) -> Fraction:
    return sum((seconds * workload.quantity(per) for seconds, per in charges), Fraction(0))


def seconds_per_image(
    book: CostBook,
    kind: str,
    workload: Workload,
    *,
    accounting: Accounting = "exact",
    annotators: int = 1,
    absent_paid: AbsentPaid = "once",
) -> Fraction:
    """Return the seconds that one image takes at ``kind``, objectness not included.

    Args:
        book: The rates.
        kind: One of ``KINDS``.
        workload: The image, or the mean image of a data set.
        accounting: ``exact``, or ``paper`` for seconds rounded half up to 0.1.
        annotators: How many people annotate the same image.
        absent_paid: ``once``: absent classes cost what they cost with one annotator (the paper's 29.3 s for three
            annotators, section 5.3); ``each``: every annotator answers for them (66.3 s).

    Raises:
        InvalidInputError: An unknown kind or choice, or a kind for which the book lacks a rate.
    """
    check_choices(accounting, annotators, absent_paid)
    seconds = _total(_charges(book, kind, annotators, absent_paid), workload)
    return round_half_up(seconds, TENTH) if accounting == "paper" else seconds


def seconds_of_images(
    book: CostBook,
    kind: str,
    *,
    classes_asked: int,
    classes_present_N: Sequence[int],
    instances_N: Sequence[int],
    annotators: int = 1,
    absent_paid: AbsentPaid = "once",
) -> list[Fraction]:
    """Return the exact seconds of each of N real images, from its own classes and instances.

    Args:
        book: The rates.
        kind: One of ``KINDS``.
        classes_asked: Object classes that the annotator is asked about in every image.
        classes_present_N: How many of them are in each image.
        instances_N: Object instances of each image.
        annotators: How many people annotate the same image.
        absent_paid: As in :func:`seconds_per_image`.

    Raises:
        InvalidInputError: Lists of different lengths, an image with numbers that contradict each other, or as in
            :func:`seconds_per_image`.
    """
    check_choices("exact", annotators, absent_paid)
    if len(classes_present_N) != len(instances_N):
        raise InvalidInputError(
            f"classes and instances: expected one number of each an image, got {len(classes_present_N)} and "
            f"{len(instances_N)}"
        )
    charges = _charges(book, kind, annotators, absent_paid)
    # Few images differ in their numbers: each pair is reckoned once.
    seconds_of: dict[tuple[int, int], Fraction] = {}
    seconds_N: list[Fraction] = []
    for row, pair in enumerate(zip(map(int, classes_present_N), map(int, instances_N), strict=True)):
        if pair not in seconds_of:
            try:
                workload = Workload.of(int(classes_asked), *pair)
            except InvalidInputError as error:
                raise InvalidInputError(f"image at row {row}: {error}") from error
            seconds_of[pair] = _total(charges, workload)
        seconds_N.append(seconds_of[pair])
    return seconds_N
