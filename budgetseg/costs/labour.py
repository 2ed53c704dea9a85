"""The labour part of a cost book: who annotates, for what pay, how long a day, and what is paid beside the labelling.

Read by :mod:`budgetseg.costs.labour_table`:

    [labour]                     # optional, and so is every key; one that is missing is the extended book's
    currency = "EUR"
    wage_per_hour = 12.0         # of kinds that have neither a wage nor a price of their own
    paid_per_labelling = 1.25    # hours at work, all of them paid, for one hour of annotating
    hours_per_day = 6            # hours that one annotator is at work on a working day
    ramp_up_hours = 4            # hours of annotating that every annotator loses once, until at full speed
    control_share = 0.25         # control images annotated for each real one: 10 planted in 50 are 10 / 40
    redone_share = 0.05          # of that work, control images included, that is thrown away and done again
    speed_log_sd = 0.3           # standard deviation of the logarithm of the annotators' speeds

    [labour.kinds.full]          # a kind's own terms, as a whole like a rate
    who = "expert"               # who can do it: "expert", or "crowd" (anybody) where nothing is said
    wage_per_hour = 30

    [labour.prices.box]          # a price by the piece, which is paid instead of any wage
    amount = 0.04
    per = "instance"             # a quantity of budgetseg.costs.kinds

The paper plants 10 control images in a task of 50 (section 4.1), a ``control_share`` of 0.25.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, Literal

from budgetseg.costs.errors import InvalidInputError
from budgetseg.costs.kinds import KINDS, Quantity

__all__ = ["KindLabour", "Labour", "Price", "Who", "check_currency"]

Who = Literal["expert", "crowd"]

_NUMBERS: Final = (
    "paid_per_labelling",
    "hours_per_day",
    "ramp_up_hours",
    "control_share",
    "redone_share",
    "speed_log_sd",
)


@dataclass(frozen=True, kw_only=True)
class KindLabour:
    """The terms of one kind of annotation."""

    who: Who = "crowd"
    """Who can do it; what the crowd can do, experts can do too."""
    wage_per_hour: Fraction | None = None
    """Money for an hour at work; None for the wage of all kinds."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """What is paid by the piece."""

    amount: Fraction
    """Money for one."""
    per: Quantity
    """What of an image it is paid for."""


@dataclass(frozen=True, kw_only=True)
class Labour:
    """How annotators work and what they are paid."""

    currency: str | None = None
    """Such as EUR; there is one wherever there is a wage or a price."""
    wage_per_hour: Fraction | None = None
    """Money for an hour at work; None where nobody has said."""
    paid_per_labelling: Fraction = Fraction(1)
    """Hours at work, all of them paid, for an hour of annotating."""
    hours_per_day: Fraction = Fraction(6)
    """Hours that one annotator is at work on a working day."""
    ramp_up_hours: Fraction = Fraction(0)
    """Hours of annotating that every annotator loses once, until at full speed."""
    control_share: Fraction = Fraction(0)
    """Control images annotated for each real one."""
    redone_share: Fraction = Fraction(0)
    """Of the work, control images included, that is done a second time."""
    speed_log_sd: Fraction = Fraction(0)
    """Standard deviation of the natural logarithm of the annotators' speeds."""
    kinds: Mapping[str, KindLabour] = field(default_factory=dict)
    """Terms of single kinds."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Of the kinds that are paid by the piece."""
    stated: tuple[str, ...] = ()
    """The keys that somebody has set; the others are assumptions."""

    @property
    def assumed(self) -> dict[str, float]:
        """The numbers that nobody has set."""
        return {key: float(getattr(self, key)) for key in _NUMBERS if key not in self.stated}

    @property
    def work_per_labelling(self) -> Fraction:
        """Hours of annotating for an hour's worth of real images: (1 + control share)(1 + redone share)."""
        return (1 + self.control_share) * (1 + self.redone_share)

    def who(self, kind: str) -> Who:
        """Who can do ``kind``."""
        return self.kinds.get(kind, KindLabour()).who

    def wage(self, kind: str) -> Fraction | None:
        """Money for an hour at work on ``kind``; None where nobody has said."""
        own = self.kinds.get(kind, KindLabour()).wage_per_hour
        return self.wage_per_hour if own is None else own

    def to_dict(self) -> dict[str, Any]:
        """As in the TOML file, with what is assumed."""
        wage = self.wage_per_hour
        return {
            "currency": self.currency,
            "wage_per_hour": None if wage is None else float(wage),
            **{key: float(getattr(self, key)) for key in _NUMBERS},
            "kinds": {
                kind: {"who": own.who, "wage_per_hour": None if own.wage_per_hour is None else float(own.wage_per_hour)}
                for kind, own in self.kinds.items()
            },
            "prices": {kind: {"amount": float(one.amount), "per": one.per} for kind, one in self.prices.items()},
            "assumed": list(self.assumed),
        }


def check_currency(labour: Labour, where: str, fix: str) -> Labour:
    """Return ``labour`` if its money has a currency.

    Raises:
        InvalidInputError: It has a wage or a price and no currency; the message ends with ``fix``.
    """
    paid = labour.prices or any(labour.wage(kind) is not None for kind in KINDS)
    if paid and labour.currency is None:
        raise InvalidInputError(f"{where}: money without a currency; {fix}")
    return labour
