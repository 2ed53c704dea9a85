"""What can go wrong for a user, and the exit code that each kind of failure gives.

The base class lives in the lowest room, so that every room can raise one; ``budgetseg.errors`` lists them all.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class BudgetsegError(Exception):
    """A failure that is explained to the user in one line: what, where, what was expected, the fix."""

    exit_code = 1


class InvalidInputError(BudgetsegError, ValueError):
    """A bad value, cost book, evidence table, strategy, class or configuration."""

    exit_code = 2


class BudgetTooSmallError(BudgetsegError, ValueError):
    """A budget that buys nothing, or less than was asked for; the message says how much would do."""

    exit_code = 3


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean "known"?)`` for a likely typo, else a list of what is known."""
    options = list(known)
    close = get_close_matches(word, options, n=1)
    if close:
        return f' (did you mean "{close[0]}"?)'
    return f" (known: {', '.join(options)})"
