"""What can go wrong for a user, and the exit code that each kind of failure gives.

The base class lives in the lowest room, so that every room can raise one; ``budgetseg.errors`` lists them all.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class BudgetsegError(Exception):
    """A failure that is explained to the user in one line: what, where, what was expected, the fix."""

    exit_code = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel from one process to another whatever the subclass is made from."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[BudgetsegError], args: tuple[Any, ...], state: dict[str, Any]) -> BudgetsegError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


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
