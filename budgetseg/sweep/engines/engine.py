"""What a sweep asks of an engine: begin runs, say which have ended, stop politely. The work is ``task.carry_out``."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from budgetseg.sweep.task import Outcome, Task

__all__ = ["Engine"]


class Engine(Protocol):
    """Carries runs out, several at once; a context, whose end leaves no process behind."""

    def slots(self) -> int:
        """How many runs it carries out at once; may change as machines come and go."""

    def begin(self, tasks: Sequence[Task]) -> None:
        """Take runs on; returns at once."""

    def ended(self, seconds: float) -> list[tuple[Task, Outcome]]:
        """Wait at most so long for runs to end, and return those that have."""

    def stop(self) -> None:
        """Ask all runs to save their state and end; they end as ``interrupted`` or ``lost``."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
