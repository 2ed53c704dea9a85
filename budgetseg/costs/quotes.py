"""Quotes: what images of one kind cost on given terms, and what a budget buys of every kind."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from budgetseg.costs.accounting import Affordable, afford, mix_seconds
from budgetseg.costs.book import CostBook
from budgetseg.costs.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.costs.per_image import TENTH, AbsentPaid, Accounting, round_half_up
from budgetseg.costs.workload import Workload

__all__ = ["Estimate", "Offer", "Terms", "estimate", "offer", "shown"]

_MOST_IMAGES = 10**12


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How annotation is paid for."""

    book: CostBook
    workload: Workload
    """The mean image."""
    accounting: Accounting = "exact"
    annotators: int = 1
    """People who annotate the same image."""
    absent_paid: AbsentPaid = "once"
    """Whether several annotators are paid for absent classes once in all or each."""
    fixed_seconds: Fraction = Fraction(0)
    """Paid once, such as the boxes behind an objectness prior."""

    def to_dict(self) -> dict[str, Any]:
        """As in every quote."""
        return {
            "costs": self.book.name,
            "costs_origin": self.book.origin,
            "accounting": self.accounting,
            "workload": self.workload.to_dict(),
            "annotators": self.annotators,
            "absent_paid": self.absent_paid,
            "fixed_seconds": float(self.fixed_seconds),
            "background_clicks": self.book.background_clicks,
        }


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The ``budgetseg.estimate/1`` value: what images of one kind cost."""

    terms: Terms
    kind: str
    images: int
    seconds: Fraction
    """Of all the images, with what is fixed."""

    @property
    def seconds_per_image(self) -> Fraction:
        """Mean over the images, what is fixed spread over them."""
        return self.seconds / self.images

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": "budgetseg.estimate/1",
            **self.terms.to_dict(),
            "kind": self.kind,
            "images": self.images,
            "seconds_per_image": float(self.seconds_per_image),
            "seconds": float(self.seconds),
            "hours": float(self.seconds / 3600),
        }


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The ``budgetseg.afford/1`` value: what a budget buys of each kind, if all of it goes there."""

    terms: Terms
    budget_seconds: Fraction
    pool: int
    """Images there are to annotate."""
    kinds: tuple[Affordable, ...]
    """Of every kind that the book can put a cost on."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": "budgetseg.afford/1",
            **self.terms.to_dict(),
            "budget_seconds": float(self.budget_seconds),
            "budget_hours": float(self.budget_seconds / 3600),
            "pool": self.pool,
            "kinds": {affordable.kind: affordable.to_dict() for affordable in self.kinds},
            "unavailable": self.terms.book.unavailable,
        }


def _mix_seconds(terms: Terms, kind: str, images: int) -> Fraction:
    return mix_seconds(
        terms.book,
        {kind: images},
        terms.workload,
        accounting=terms.accounting,
        fixed_seconds=terms.fixed_seconds,
        annotators=terms.annotators,
        absent_paid=terms.absent_paid,
    )


def estimate(terms: Terms, kind: str, images: int) -> Estimate:
    """Return what ``images`` images of ``kind`` cost.

    Raises:
        InvalidInputError: Fewer than one image or absurdly many, or a kind that is unknown or has no cost in this book.
    """
    if not 1 <= images <= _MOST_IMAGES:
        raise InvalidInputError(f"images: expected a whole number from 1 to {_MOST_IMAGES:,}, got {images}")
    return Estimate(terms=terms, kind=kind, images=images, seconds=_mix_seconds(terms, kind, images))


def offer(terms: Terms, budget_seconds: Fraction, pool: int) -> Offer:
    """Return what a budget buys of each kind that the book can put a cost on.

    Raises:
        BudgetTooSmallError: It buys not one image of any kind; the message says how much would do.
        InvalidInputError: A negative budget, or a pool without images.
    """
    affordable = tuple(
        afford(
            terms.book,
            kind,
            terms.workload,
            budget_seconds,
            accounting=terms.accounting,
            pool=pool,
            fixed_seconds=terms.fixed_seconds,
            annotators=terms.annotators,
            absent_paid=terms.absent_paid,
        )
        for kind in terms.book.kinds
        if budget_seconds != 0
    )
    if not any(kind.images for kind in affordable):
        needed, cheapest = min((_mix_seconds(terms, kind, 1), kind) for kind in terms.book.kinds)
        # Rounded up, so that the number in the message does do.
        raise BudgetTooSmallError(
            f'a budget of {float(budget_seconds):g} s buys nothing; the least that does is one image at "{cheapest}": '
            f"{float(ceil(needed / TENTH) * TENTH):,.1f} s ({ceil(needed / 36 * 100) / 10_000:g} h)"
        )
    return Offer(terms=terms, budget_seconds=budget_seconds, pool=pool, kinds=affordable)


def shown(value: Fraction, step: Fraction = TENTH) -> str:
    """Return a number of seconds or hours as people read it: to 0.1, half up, with thousands apart."""
    return f"{float(round_half_up(value, step)):,.1f}"
