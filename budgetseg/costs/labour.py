"""The labour part of a cost book: who annotates, for what pay, how long a day, and what is paid beside the labelling.

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
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, cast, get_args

from budgetseg.costs.errors import InvalidInputError
from budgetseg.costs.kinds import KINDS, Quantity
from budgetseg.costs.rate import choice, refuse_unknown_keys, written

__all__ = ["KindLabour", "Labour", "Price", "Who", "check_currency", "labour_number", "read_labour"]

Who = Literal["expert", "crowd"]

_RANGES: Final[Mapping[str, tuple[int, int, str]]] = {
    "wage_per_hour": (0, 10**9, "money for an hour at work"),
    "paid_per_labelling": (1, 100, "hours at work for an hour of annotating"),
    "hours_per_day": (0, 24, "an annotator's hours at work on a day"),
    "ramp_up_hours": (0, 10**4, "hours that each annotator loses once"),
    "control_share": (0, 1, "control images for each real one, as 0.25"),
    "redone_share": (0, 1, "a share of the work, as 0.05"),
    "speed_log_sd": (0, 3, "the standard deviation of the logarithm of speeds"),
    "amount": (0, 10**9, "money for one"),
}
_KEYS: Final = ("currency", *(key for key in _RANGES if key != "amount"), "kinds", "prices")


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
        names = [key for key in _KEYS if key in _RANGES and key != "wage_per_hour" and key not in self.stated]
        return {key: float(getattr(self, key)) for key in names}

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
            **{key: float(getattr(self, key)) for key in _KEYS if key in _RANGES and key != "wage_per_hour"},
            "kinds": {
                kind: {"who": own.who, "wage_per_hour": None if own.wage_per_hour is None else float(own.wage_per_hour)}
                for kind, own in self.kinds.items()
            },
            "prices": {kind: {"amount": float(one.amount), "per": one.per} for kind, one in self.prices.items()},
            "assumed": list(self.assumed),
        }


def labour_number(key: str, value: object, where: str) -> Fraction:
    """Return the number of the key ``key`` of ``[labour]``.

    Raises:
        InvalidInputError: It is none, or out of range; the message starts with ``where``.
    """
    low, high, what = _RANGES[key]
    number = isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)
    if not number or (isinstance(value, Decimal) and not value.is_finite()) or not low <= cast(Decimal, value) <= high:
        raise InvalidInputError(f"{where}: expected {what}, a number from {low} to {high}, got {written(value)}")
    # Compared before it is made a fraction: Decimal("1e-999999") would have a million digits.
    if key == "hours_per_day" and cast(Decimal, value) < Decimal("0.01"):
        raise InvalidInputError(f"{where}: expected at least 0.01 hours a day, got {written(value)}")
    return Fraction(round(value, 12) if isinstance(value, Decimal) else cast(int, value))


def check_currency(labour: Labour, where: str, fix: str) -> Labour:
    """Return ``labour`` if its money has a currency.

    Raises:
        InvalidInputError: It has a wage or a price and no currency; the message ends with ``fix``.
    """
    paid = labour.prices or any(labour.wage(kind) is not None for kind in KINDS)
    if paid and labour.currency is None:
        raise InvalidInputError(f"{where}: money without a currency; {fix}")
    return labour


def read_labour(entry: object, parent: Labour, file: str) -> Labour:
    """Read the labour part from what TOML holds under ``labour``.

    Args:
        entry: The parsed TOML value, numbers as int or Decimal; None where the book has no such part.
        parent: That of the book which this one extends; it holds for every key that ``entry`` lacks.
        file: What messages call the book.

    Raises:
        InvalidInputError: A mistake in it; the message names file and key and says what was expected.
    """
    if entry is None:
        return parent
    where = f"{file}: [labour]"
    own = _table(entry, where, _KEYS)
    read: dict[str, Any] = {key: labour_number(key, own[key], f"{where}.{key}") for key in own if key in _RANGES}
    if "currency" in own:
        read["currency"] = _currency(own["currency"], f"{where}.currency")
    kinds, prices = dict(parent.kinds), dict(parent.prices)
    for kind, terms, inside in _by_kind(own.get("kinds", {}), f"{file}: [labour.kinds"):
        kinds[kind] = _kind_labour(terms, inside)
    for kind, terms, inside in _by_kind(own.get("prices", {}), f"{file}: [labour.prices"):
        prices[kind] = _price(terms, inside)
    stated = tuple(dict.fromkeys([*parent.stated, *read]))
    labour = replace(parent, **read, kinds=kinds, prices=prices, stated=stated)
    return check_currency(labour, where, 'add currency = "EUR"')


def _table(entry: object, where: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise InvalidInputError(f"{where}: expected a table with {' or '.join(keys[:2])}, got {written(entry)}")
    refuse_unknown_keys(entry, keys, where)
    return entry


def _currency(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 12:
        raise InvalidInputError(f'{where}: expected a short name such as "EUR", got {written(value)}')
    return value.strip()


def _by_kind(entry: object, where: str) -> list[tuple[str, object, str]]:
    """Return (kind, its terms, what messages call them) of a table by kinds; ``where`` lacks its last bracket."""
    return [(kind, terms, f"{where}.{kind}]") for kind, terms in _table(entry, f"{where}]", tuple(KINDS)).items()]


def _kind_labour(entry: object, where: str) -> KindLabour:
    own = _table(entry, where, ("who", "wage_per_hour"))
    who = cast(Who, choice(own, "who", get_args(Who), where)) if "who" in own else "crowd"
    wage = own.get("wage_per_hour")
    return KindLabour(
        who=who, wage_per_hour=None if wage is None else labour_number("wage_per_hour", wage, f"{where}.wage_per_hour")
    )


def _price(entry: object, where: str) -> Price:
    own = _table(entry, where, ("amount", "per"))
    for key, example in (("amount", "0.04"), ("per", '"instance"')):
        if key not in own:
            raise InvalidInputError(f'{where}: lacks the key "{key}"; add it, as in {key} = {example}')
    per = cast(Quantity, choice(own, "per", get_args(Quantity), where))
    return Price(amount=labour_number("amount", own["amount"], f"{where}.amount"), per=per)
