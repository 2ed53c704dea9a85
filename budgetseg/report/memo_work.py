"""When a plan is annotated and what it costs: the people, the days and the money.

As :mod:`budgetseg.costs.scheduling` reckons, but from the hours of the plan, for the mean image of runs is not always
known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from budgetseg.costs.labour import Labour
from budgetseg.costs.scheduling import team_of
from budgetseg.costs.working_days import last_working_day
from budgetseg.plan.plan import Plan
from budgetseg.report.pay import Pay

__all__ = ["Work", "work_of"]


@dataclass(frozen=True, kw_only=True)
class Work:
    """What it takes to annotate a plan."""

    people: Mapping[str, int]
    paid_hours: float
    """At work: control images, what is redone, ramping up and pauses included."""
    working_days: int
    """Until the last team is done."""
    last_day: date | None
    """None where no first day was stated."""
    money: float

    def to_dict(self) -> dict[str, Any]:
        """As ``work`` in ``budgetseg.memo/1``."""
        return {
            "people": dict(self.people),
            "paid_hours": self.paid_hours,
            "working_days": self.working_days,
            "last_day": None if self.last_day is None else self.last_day.isoformat(),
            "money": self.money,
        }


def work_of(
    plan: Plan,
    hours_by_kind: Mapping[str, float],
    labour: Labour,
    pay: Pay,
    people: Mapping[str, int],
    start: date | None,
) -> Work:
    """Reckon what a plan takes.

    Args:
        plan: Its mix.
        hours_by_kind: Of labelling.
        labour: How annotators work.
        pay: What they are paid.
        people: ``{"anyone": 4}``, or by ``expert`` and ``crowd``.
        start: Their first day.

    Raises:
        InvalidInputError: Nobody can do a kind.
    """
    per_hour = float(labour.work_per_labelling * labour.paid_per_labelling)
    ramp_up = float(labour.ramp_up_hours * labour.paid_per_labelling)
    hours_of = dict.fromkeys(people, 0.0)
    for kind, hours in hours_by_kind.items():
        hours_of[team_of(kind, labour, people, "--annotators")] += hours * per_hour
    hours_of = {team: hours + people[team] * ramp_up for team, hours in hours_of.items() if hours}
    paid_hours = sum(hours_of.values())
    day = float(labour.hours_per_day)
    # A little less, so that six hours in binary fractions are one day of six.
    days = max((max(1, ceil(hours / people[team] / day - 1e-9)) for team, hours in hours_of.items()), default=0)
    ramped = sum(people[team] for team in hours_of) * ramp_up
    return Work(
        people=people,
        paid_hours=paid_hours,
        working_days=days,
        last_day=last_working_day(start, days) if start is not None and days else None,
        money=pay.money(hours_by_kind, plan.mix.to_dict()) + ramped * float(labour.wage_per_hour or 0),
    )
