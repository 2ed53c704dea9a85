"""Schedules: the people, the days and the money that a mix takes; :mod:`budgetseg.costs.scheduling` reckons them."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from budgetseg.costs.labour import Labour
from budgetseg.costs.overrun import Spread
from budgetseg.costs.workload import Workload

__all__ = ["KindWork", "Schedule", "Team"]


@dataclass(frozen=True, kw_only=True)
class KindWork:
    """The images of one kind, in hours and money."""

    kind: str
    images: int
    team: str
    """Who annotates them: ``anyone``, ``expert`` or ``crowd``."""
    labelling_hours: Fraction
    """Of the real images, once."""
    control_hours: Fraction
    redone_hours: Fraction
    ramp_up_hours: Fraction
    """This kind's share of what the team loses until at full speed."""
    paid_hours: Fraction
    """At work, for all of the above."""
    paid_by: Literal["hour", "piece"] | None
    """None where the book has neither a wage nor a price."""
    money: Fraction | None
    certain_money: Fraction | None
    """The part of it that does not depend on how long tasks take."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.schedule/1``."""
        hours = ("labelling_hours", "control_hours", "redone_hours", "ramp_up_hours", "paid_hours")
        return {
            "images": self.images,
            "team": self.team,
            **{name: float(getattr(self, name)) for name in hours},
            "paid_by": self.paid_by,
            "money": None if self.money is None else float(self.money),
        }


@dataclass(frozen=True, kw_only=True)
class Team:
    """Annotators who do the same kinds."""

    name: str
    people: int
    paid_hours: Fraction
    working_days: int
    """Until all of its work is done; 0 where it has none."""
    last_day: date | None
    """None where there is no start or no work."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.schedule/1``."""
        return {
            "people": self.people,
            "paid_hours": float(self.paid_hours),
            "working_days": self.working_days,
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The ``budgetseg.schedule/1`` value."""

    costs: str
    """Name of the cost book."""
    origin: str
    workload: Workload
    labour: Labour
    kinds: tuple[KindWork, ...]
    teams: tuple[Team, ...]
    start: date | None
    """The first working day."""
    hours: Spread
    """Of the labelling of the real images, which is what budgets in hours are about."""
    money_spread: Spread | None
    """None where some kind has neither a wage nor a price."""

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The kinds that have neither a wage nor a price."""
        return tuple(work.kind for work in self.kinds if work.money is None)

    @property
    def money(self) -> Fraction | None:
        """Of all kinds; None where some kind has neither a wage nor a price."""
        return None if self.money_spread is None else self.money_spread.planned

    @property
    def working_days(self) -> int:
        """Until the last team is done."""
        return max(team.working_days for team in self.teams)

    @property
    def last_day(self) -> date | None:
        """On which the last team is done."""
        return max((team.last_day for team in self.teams if team.last_day is not None), default=None)

    def total(self, hours: str) -> Fraction:
        """Sum a column of hours, such as ``paid_hours``, over the kinds."""
        return sum((getattr(work, hours) for work in self.kinds), Fraction(0))

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": "budgetseg.schedule/1",
            "costs": self.costs,
            "costs_origin": self.origin,
            "workload": self.workload.to_dict(),
            "labour": self.labour.to_dict(),
            "kinds": {work.kind: work.to_dict() for work in self.kinds},
            "teams": {team.name: team.to_dict() for team in self.teams},
            "start": None if self.start is None else self.start.isoformat(),
            "working_days": self.working_days,
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
            "labelling_hours": float(self.total("labelling_hours")),
            "paid_hours": float(self.total("paid_hours")),
            "currency": self.labour.currency,
            "money": None if self.money is None else float(self.money),
            "unpriced": list(self.unpriced),
            "hours_spread": self.hours.to_dict(),
            "money_spread": None if self.money_spread is None else self.money_spread.to_dict(),
        }
