r"""Seconds that an image takes at each kind of annotation.

With K classes asked, c present and n instances an image, a kind that charges the rates r costs

.. math:: s = \sum_r \text{seconds}_r \cdot q_r(K, c, n)

where q is what the rate is per (section 4 of the paper): K - c absent classes, c present classes, n - c extra
instances, n instances, or 1. The rates are those of the kind's own acts and, before them, of the questions which
classes are there; each click on the background that a book asks for adds an ``extra_click_s``. Everything is a
fraction, so that no budget is missed or overrun by a rounding error.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Final, Literal, get_args

from budgetseg.costs.book import CostBook
from budgetseg.costs.errors import InvalidInputError, did_you_mean
from budgetseg.costs.kinds import BACKGROUND_CLICK, KINDS, RATES, REVISIT, Quantity
from budgetseg.costs.workload import Workload

__all__ = [
    "TENTH",
    "AbsentPaid",
    "Accounting",
    "charges",
    "check_choices",
    "new_acts",
    "round_half_up",
    "seconds_of_images",
    "seconds_per_image",
    "total_seconds",
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


def new_acts(kind: str, held: str | None) -> tuple[str, ...]:
    """Return the acts of ``kind`` whose answers are not there yet on an image that is annotated at ``held``.

    A mask gives boxes and clicks, a stroke gives a click; a click says nothing about where an object ends.
    """
    done = KINDS[held].rates if held is not None else ()
    answered = {*done, *(given for act in done for given in RATES[act].gives)}
    return tuple(act for act in KINDS[kind].rates if act not in answered)


def charges(
    book: CostBook, kind: str, *, annotators: int = 1, absent_paid: AbsentPaid = "once", held: str | None = None
) -> list[tuple[Fraction, Quantity]]:
    """Return the seconds that ``kind`` charges for an image, each with what it is charged per.

    Args:
        book: The rates.
        kind: What is wanted of the image.
        annotators: How many people annotate it.
        absent_paid: As in :func:`seconds_per_image`.
        held: Kind at which it is annotated already, whose answers are not bought again: which classes are there is
            known, and so is whatever the held marks show. Where something is left to ask, the image must be opened
            again, which costs the book's ``revisit_s`` (nothing where it has none). Clicks on the background are asked
            of new images only.

    Raises:
        InvalidInputError: The kind is unknown, or the book lacks a rate that it charges.
    """
    book.require(kind)
    if held is not None:
        acts = new_acts(kind, held)
        again = [REVISIT] if acts and REVISIT in book.rates else []
        return [(book.rates[name].seconds * annotators, book.rates[name].quantity) for name in (*again, *acts)]
    found: list[tuple[Fraction, Quantity]] = []
    for question in book.questions(kind):
        # Whoever comes second can be told which classes the first found: nobody need ask for the others again.
        times = 1 if question.shareable and absent_paid == "once" else annotators
        found.append((book.rates[question.rate].seconds * question.times * times, question.per))
    rates = (book.rates[name] for name in KINDS[kind].rates)
    found += [(rate.seconds * annotators, rate.quantity) for rate in rates]
    if clicks := book.background_clicks_on(kind):
        found.append((book.rates[BACKGROUND_CLICK].seconds * clicks * annotators, "image"))
    return found


def total_seconds(charged: Sequence[tuple[Fraction, Quantity]], workload: Workload) -> Fraction:
    """Return what charges come to for one image."""
    return sum((seconds * workload.quantity(per) for seconds, per in charged), Fraction(0))


def seconds_per_image(
    book: CostBook,
    kind: str,
    workload: Workload,
    *,
    accounting: Accounting = "exact",
    annotators: int = 1,
    absent_paid: AbsentPaid = "once",
    held: str | None = None,
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
        held: Kind at which the image is annotated already; only what is new is paid, see :func:`charges`.

    Raises:
        InvalidInputError: An unknown kind or choice, or a kind for which the book lacks a rate.
    """
    check_choices(accounting, annotators, absent_paid)
    seconds = total_seconds(charges(book, kind, annotators=annotators, absent_paid=absent_paid, held=held), workload)
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
    held: str | None = None,
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
        held: Kind at which the images are annotated already, as in :func:`charges`.

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
    charged = charges(book, kind, annotators=annotators, absent_paid=absent_paid, held=held)
    # Few images differ in their numbers: each pair is reckoned once.
    seconds_of: dict[tuple[int, int], Fraction] = {}
    seconds_N: list[Fraction] = []
    for row, pair in enumerate(zip(map(int, classes_present_N), map(int, instances_N), strict=True)):
        if pair not in seconds_of:
            try:
                workload = Workload.of(int(classes_asked), *pair)
            except InvalidInputError as error:
                raise InvalidInputError(f"image at row {row}: {error}") from error
            seconds_of[pair] = total_seconds(charged, workload)
        seconds_N.append(seconds_of[pair])
    return seconds_N
