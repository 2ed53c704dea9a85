"""What annotation hours cost in money: the wages of the cost book, those that the reader gave, or an assumed one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.labour import Labour
from budgetseg.costs.workload import Workload
from budgetseg.report.finished import FinishedRun

__all__ = ["ASSUMED_WAGE", "Pay", "labour_paid", "money_text", "pay_of"]

ASSUMED_WAGE: Final = Fraction(15)
"""USD for an hour at work where nobody has said: a round figure without a source, and called so wherever it is used."""
ASSUMED_CURRENCY: Final = "USD"


@dataclass(frozen=True, kw_only=True)
class Pay:
    """Money for annotation."""

    currency: str
    per_hour: Mapping[str, float]
    """For an hour of labelling, by kind: control images, what is redone and pauses are paid too."""
    per_image: Mapping[str, float]
    """Of the kinds that are paid by the piece."""
    other_per_hour: float
    """For an hour of anything else, such as boxes for an objectness prior."""
    source: str
    """Where the wage is from, in words."""
    assumed: bool
    """Whether nobody has said the wage."""

    @property
    def flat(self) -> float | None:
        """Money for any hour of labelling; None where kinds differ."""
        rates = {*self.per_hour.values(), self.other_per_hour}
        return None if self.per_image or len(rates) > 1 else rates.pop()

    def money(self, hours_by_kind: Mapping[str, float], images: Mapping[str, int]) -> float:
        """What a purchase costs."""
        return sum(
            images.get(kind, 0) * self.per_image[kind]
            if kind in self.per_image
            else hours * self.per_hour.get(kind, self.other_per_hour)
            for kind, hours in hours_by_kind.items()
        )

    def of(self, run: FinishedRun) -> float:
        """What the annotations of a run cost."""
        return self.money(run.hours_by_kind, run.mix)

    def to_dict(self) -> dict[str, Any]:
        """As ``pay`` in ``budgetseg.report/1``."""
        return {
            "currency": self.currency,
            "per_hour": dict(self.per_hour),
            "per_image": dict(self.per_image),
            "flat": self.flat,
            "source": self.source,
            "assumed": self.assumed,
        }


def labour_paid(book: CostBook | None, wage: Fraction | None) -> tuple[Labour, str, bool]:
    """Return the people with a wage for every kind, where that is from in words, and whether nobody has said it."""
    labour = Labour() if book is None else book.labour
    own = next((one for kind in KINDS if (one := labour.wage(kind)) is not None), None)
    currency = labour.currency or ASSUMED_CURRENCY
    if wage is not None:
        paid = replace(labour, wage_per_hour=wage, kinds={}, prices={}, currency=currency)
        return paid, "the wage that was given", False
    if book is None or (own is None and not labour.prices):
        paid = replace(labour, wage_per_hour=ASSUMED_WAGE, currency=currency)
        return paid, "assumed: neither the cost book nor --wage says what an hour costs", True
    if labour.wage_per_hour is None and own is not None:
        # Some kinds have a wage of their own and nobody said that of the others: the highest of them.
        own = max(one for kind in KINDS if (one := labour.wage(kind)) is not None)
        labour = replace(labour, wage_per_hour=own)
    return labour, f"the cost book {book.origin}", False


def pay_of(book: CostBook | None, workload: Workload | None, wage: Fraction | None = None) -> Pay:
    """Return what is paid.

    Args:
        book: The cost book; None where it cannot be read.
        workload: The mean image, for prices by the piece, which are left out where it is not known.
        wage: Money for an hour at work, in the place of the book's.
    """
    labour, source, assumed = labour_paid(book, wage)
    paid = labour.work_per_labelling * labour.paid_per_labelling
    general = ASSUMED_WAGE if labour.wage_per_hour is None else labour.wage_per_hour
    per_image = {}
    if workload is not None:
        for kind, price in labour.prices.items():
            per_image[kind] = float(workload.quantity(price.per) * price.amount * labour.work_per_labelling)
    return Pay(
        currency=labour.currency or ASSUMED_CURRENCY,
        per_hour={kind: float(paid * (labour.wage(kind) or general)) for kind in KINDS if kind not in per_image},
        per_image=per_image,
        other_per_hour=float(paid * general),
        source=source,
        assumed=assumed,
    )


def money_text(amount: float, currency: str) -> str:
    """Money as a person says it."""
    return f"{amount:,.0f} {currency}" if abs(amount) >= 100 else f"{amount:,.2f} {currency}"
