"""How a sweep stands at one moment, and who is told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from budgetseg.sweep.task import Outcome

if TYPE_CHECKING:
    from budgetseg.sweep.sweep import SweepRun

__all__ = ["Best", "Progress", "SweepWatcher"]


@dataclass(frozen=True, kw_only=True)
class Best:
    """The finished run with the highest mIoU."""

    name: str
    miou: float
    """0 to 100."""
    hours: float
    """Annotators' hours."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Numbers of runs."""

    total: int
    done: int
    """Finished, those of earlier times among them."""
    running: int
    elsewhere: int
    """Another process works on them."""
    failed: int
    seconds_left: float | None
    """Estimated from the runs of this sweep that are finished, before that from the plan's estimate."""
    best: Best | None

    @property
    def left(self) -> int:
        """Neither finished, failed nor under way."""
        return self.total - self.done - self.running - self.elsewhere - self.failed

    def to_dict(self) -> dict[str, Any]:
        """As in ``progress`` of ``budgetseg.sweep/1``."""
        return {"total": self.total, "done": self.done, "failed": self.failed, "left": self.left + self.running}


class SweepWatcher(Protocol):
    """Follows a sweep."""

    def notice(self, text: str) -> None:
        """Something the user should know."""

    def ended(self, run: "SweepRun", outcome: Outcome, seconds: float, progress: Progress) -> None:
        """A run is finished or has failed for good, so long after it was begun."""

    def moved(self, progress: Progress) -> None:
        """Called about twice a second."""
