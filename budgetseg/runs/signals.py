"""Stopping politely: the first SIGINT or SIGTERM asks a run to save its state, the second ends it at once."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from budgetseg.errors import InterruptedRunError

__all__ = ["StopRequest", "stop_on_signals"]


class StopRequest:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self.signal_number: int | None = None

    @property
    def made(self) -> bool:
        """True once a signal has come."""
        return self.signal_number is not None

    def raise_if_made(self, what: str) -> None:
        """Raise :class:`InterruptedRunError` once a signal has come; ``what`` says what was interrupted."""
        if self.signal_number is not None:
            name = signal.Signals(self.signal_number).name
            raise InterruptedRunError(f"stopped by {name} while {what}", self.signal_number)


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Turn SIGINT and SIGTERM into a request while the block runs."""
    request = StopRequest()

    def ask(number: int, _frame: FrameType | None) -> None:
        request.signal_number = number
        signal.signal(number, signal.SIG_DFL)  # the next one kills

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
