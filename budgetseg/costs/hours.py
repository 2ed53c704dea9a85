"""Hours as people write them, as exact seconds."""

import re
from decimal import Decimal
from fractions import Fraction

from budgetseg.costs.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.costs.workload import exact_number

__all__ = ["seconds_of_hours"]

_NUMBER = r"(\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})"
_PLAIN = re.compile(rf"\s*{_NUMBER}\s*", re.ASCII)
_UNITS = re.compile(
    rf"\s*(?:{_NUMBER}\s*h)?\s*(?:{_NUMBER}\s*m(?:in)?)?\s*(?:{_NUMBER}\s*s)?\s*", re.ASCII | re.IGNORECASE
)
_SECONDS_PER_HOUR = 3600
_UNIT_SECONDS = (3600, 60, 1)
_MOST_HOURS = 10**12


def seconds_of_hours(hours: str | int | float | Decimal | Fraction) -> Fraction:
    """Return the seconds of a budget given in hours.

    Args:
        hours: A number of hours, or a text: ``"60"``, ``"60h"``, ``"2.5"``, ``"1h30m"``, ``"90m"``, ``"5400s"``.

    Returns:
        Exact seconds, more than 0.

    Raises:
        BudgetTooSmallError: The budget is 0.
        InvalidInputError: The budget is negative, endless or not a time.
    """
    refusal = InvalidInputError(f"hours: expected a time such as 60, 2.5, 60h, 1h30m, 90m or 5400s, got {hours!r}")
    if isinstance(hours, bool):
        raise refusal
    if isinstance(hours, str):
        plain, units = _PLAIN.fullmatch(hours), _UNITS.fullmatch(hours)
        if plain:
            seconds = Fraction(plain.group(1)) * _SECONDS_PER_HOUR
        elif units and any(units.groups()):
            parts = zip(units.groups(), _UNIT_SECONDS, strict=True)
            seconds = sum((Fraction(number) * unit for number, unit in parts if number), Fraction(0))
        else:
            raise refusal
    else:
        seconds = exact_number(hours, "hours") * _SECONDS_PER_HOUR
        if not 0 <= seconds <= _MOST_HOURS * _SECONDS_PER_HOUR:
            raise refusal
    if seconds == 0:
        raise BudgetTooSmallError("hours: a budget of 0 buys nothing; give more than 0, such as 60 or 1h30m")
    return seconds
