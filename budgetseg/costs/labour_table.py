"""How the labour part of a cost book is read from TOML; :mod:`budgetseg.costs.labour` shows it in full."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, cast, get_args

from budgetseg.costs.errors import InvalidInputError
from budgetseg.costs.kinds import KINDS, Quantity
from budgetseg.costs.labour import KindLabour, Labour, Price, Who, check_currency
from budgetseg.costs.rate import choice, refuse_unknown_keys, written

__all__ = ["labour_currency", "labour_number", "read_labour"]

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


def labour_currency(value: object, where: str) -> str:
    """Return the name of a currency.

    Raises:
        InvalidInputError: It is none; the message starts with ``where``.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > 12:
        raise InvalidInputError(f'{where}: expected a short name such as "EUR", got {written(value)}')
    return value.strip()


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
        read["currency"] = labour_currency(own["currency"], f"{where}.currency")
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
