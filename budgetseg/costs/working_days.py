"""Working days, Monday to Friday; public holidays are not known here."""

from datetime import date, timedelta

from budgetseg.costs.errors import InvalidInputError

__all__ = ["first_working_day", "last_working_day", "working_days"]

_FRIDAY = 4


def first_working_day(start: date) -> date:
    """Return ``start``, or the Monday after it where it is a Saturday or a Sunday."""
    return start + timedelta(days=7 - start.weekday()) if start.weekday() > _FRIDAY else start


def last_working_day(start: date, days: int) -> date:
    """Return the day on which work of ``days`` working days, at least 1, ends that begins on or after ``start``.

    Raises:
        InvalidInputError: It ends after the year 9999.
    """
    try:
        first = first_working_day(start)
        weeks, more = divmod(first.weekday() + days - 1, 5)
        return first + timedelta(days=7 * weeks + more - first.weekday())
    except OverflowError:
        raise InvalidInputError(
            f"start: {days:,} working days from {start} end after the year 9999; take more annotators"
        ) from None


def working_days(start: date, last: date) -> int:
    """Return how many working days there are from ``start`` to ``last``, both included; 0 where none is left."""
    days = (last - start).days + 1
    if days <= 0:
        return 0
    weeks, more = divmod(days, 7)
    return 5 * weeks + sum((start.weekday() + day) % 7 <= _FRIDAY for day in range(more))
