"""People and days, as commands are told of them."""

from typing import TYPE_CHECKING

from budgetseg.cli.output import notice
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from datetime import date

    from budgetseg.costs.labour import Labour

__all__ = ["announce_assumed", "day_of", "people_of"]


def people_of(text: str) -> dict[str, int]:
    """Read ``4``, for any work, or ``expert=1,crowd=4``."""
    from budgetseg.settings import counts_by_name

    text = text.strip()
    return counts_by_name(f"anyone={text}" if text.isdigit() else text, "--annotators", "people")


def day_of(text: str, option: str) -> "date":
    """Read a day such as ``2027-01-11``."""
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f'{option}: expected a day such as 2027-01-11, got "{text}"') from None


def announce_assumed(labour: "Labour", origin: str) -> None:
    """Say on stderr which numbers about people nobody has set."""
    if assumed := labour.assumed:
        listed = ", ".join(f"{key} = {value:g}" for key, value in assumed.items())
        notice(f"note: {origin}: [labour] does not say, so assumed: {listed}")
