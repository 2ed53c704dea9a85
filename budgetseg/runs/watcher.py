"""Who is told how a run goes."""

from typing import Protocol

from budgetseg.plan.plan import Plan

__all__ = ["Silent", "Watcher"]


class Watcher(Protocol):
    """Follows a run; its methods are called from the run's own thread."""

    def notice(self, text: str) -> None:
        """Something the user should know."""

    def planned(self, plan: Plan) -> None:
        """What will be bought, before any of it is used."""

    def progress(self, what: str, done: int, of: int, loss: float | None) -> None:
        """How far a step (``load``, ``train``, ``relabel``, ``measure``) has come; ``loss`` is the last iteration's."""


class Silent:
    """A watcher that tells nobody."""

    def notice(self, text: str) -> None:
        """Say nothing."""

    def planned(self, plan: Plan) -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, of: int, loss: float | None) -> None:
        """Say nothing."""
