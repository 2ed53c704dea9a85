"""Every failure that a user is told about in one line, with its exit code.

Exit codes: 0 done; 1 failed while running; 2 bad input; 3 budget too small; 4 data or an optional package missing or
broken; 5 some of many runs failed; 130 and 143 interrupted.
"""

from budgetseg.costs.errors import BudgetsegError, BudgetTooSmallError, InvalidInputError, did_you_mean

__all__ = [
    "BudgetTooSmallError",
    "BudgetsegError",
    "DataError",
    "InUseError",
    "InterruptedRunError",
    "InvalidInputError",
    "MissingPackageError",
    "RunFailedError",
    "SomeRunsFailedError",
    "did_you_mean",
]


class DataError(BudgetsegError, ValueError):
    """A data set, image, mask or annotation that is missing or broken; the message names the file and the fix."""

    exit_code = 4


class MissingPackageError(BudgetsegError, ImportError):
    """An optional package that is not installed; the message holds the command that installs it."""

    exit_code = 4


class RunFailedError(BudgetsegError, RuntimeError):
    """A run that cannot go on: loss not finite, place not writable, checkpoint corrupt, directory in use."""

    exit_code = 1


class InUseError(RunFailedError):
    """Another process works in a run's directory; there is nothing to be done but wait."""


class SomeRunsFailedError(BudgetsegError, RuntimeError):
    """Some of many runs failed; the others were carried out."""

    exit_code = 5


class InterruptedRunError(BudgetsegError):
    """A run stopped by a signal after it saved its state; ``exit_code`` is 128 + the signal's number."""

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal_number
