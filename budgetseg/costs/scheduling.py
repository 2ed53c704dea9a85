"""From a mix and the people who annotate it to a schedule.

Of the real images' labelling hours, by the cost book's rates,

control   = control_share x labelling
redone    = redone_share x (labelling + control)
ramp-up   = ramp_up_hours x annotators, spread over a team's kinds as their hours are
paid      = paid_per_labelling x (labelling + control + redone + ramp-up)    hours at work
money     = paid x wage, or pieces x price, where control images and what is redone are pieces too
days      = paid / annotators / hours_per_day, rounded up                    of each team, side by side
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import ceil

from budgetseg.costs.book import CostBook
from budgetseg.costs.errors import InvalidInputError
from budgetseg.costs.kinds import BACKGROUND_CLICK, KINDS
from budgetseg.costs.labour import Labour
from budgetseg.costs.overrun import Load, Spread, spread
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.schedule import KindWork, Schedule, Team
from budgetseg.costs.working_days import first_working_day, last_working_day
from budgetseg.costs.workload import Workload

__all__ = ["make_schedule", "tasks_per_image", "team_of"]

_MOST_PEOPLE = 10**6
_NOTHING = Fraction(0)
_SECONDS_PER_HOUR = 3600


def make_schedule(
    book: CostBook,
    images: Mapping[str, int],
    workload: Workload,
    people: Mapping[str, int],
    *,
    start: date | None = None,
    budget_hours: Fraction | None = None,
) -> Schedule:
    """Return what it takes people to annotate a mix.

    Args:
        book: The rates, and the labour part.
        images: Number of images of each kind.
        workload: The mean image.
        people: Annotators: ``{"anyone": 4}`` who do every kind, or by ``expert`` and ``crowd``; experts do what the
            crowd can do only where there is no crowd.
        start: The day from which they work.
        budget_hours: Labelling hours that must not be exceeded; None for the planned ones.

    Raises:
        InvalidInputError: No image, no annotator who can do a kind, or a kind that is unknown or has no cost.
    """
    _check(images, people)
    labour = book.labour
    hours_of = {
        kind: count * seconds_per_image(book, kind, workload) / _SECONDS_PER_HOUR
        for kind, count in images.items()
        if count
    }
    team_by_kind = {kind: team_of(kind, labour, people) for kind in hours_of}
    kinds = []
    for kind, hours in hours_of.items():
        team = team_by_kind[kind]
        all_hours = sum((hours_of[other] for other in hours_of if team_by_kind[other] == team), _NOTHING)
        # A kind may take no time at all: tags that are known, where nothing is there to be marked.
        share = hours / all_hours if all_hours else _NOTHING
        ramp_up_hours = share * people[team] * labour.ramp_up_hours
        kinds.append(_kind_work(labour, kind, images[kind], workload, team, hours, ramp_up_hours))
    return Schedule(
        costs=book.name,
        origin=book.origin,
        workload=workload,
        labour=labour,
        kinds=tuple(kinds),
        teams=tuple(_team(team, people[team], kinds, labour, start) for team in people),
        start=None if start is None else first_working_day(start),
        hours=_hours_spread(book, kinds, workload, people, budget_hours),
        money_spread=_money_spread(book, kinds, workload, people),
    )


def tasks_per_image(book: CostBook, kind: str, workload: Workload) -> list[tuple[str, Fraction]]:
    """Return the rates that one image is charged at ``kind``, each with how many tasks of it there are."""
    asked = [(one.rate, one.times * workload.quantity(one.per)) for one in book.questions(kind)]
    clicks = book.background_clicks_on(kind)
    background = [(BACKGROUND_CLICK, Fraction(clicks))] if clicks else []
    marks = [(name, workload.quantity(book.rates[name].quantity)) for name in KINDS[kind].rates]
    return asked + marks + background


def _check(images: Mapping[str, int], people: Mapping[str, int]) -> None:
    if not people or not (people.keys() <= {"expert", "crowd"} or people.keys() == {"anyone"}):
        raise InvalidInputError(
            f"annotators: expected a number, or expert=1,crowd=4, got {', '.join(people) or 'none'}"
        )
    for who, count in people.items():
        if not 1 <= count <= _MOST_PEOPLE:
            raise InvalidInputError(f"annotators: {who}: expected a number from 1 to {_MOST_PEOPLE:,}, got {count}")
    if any(count < 0 for count in images.values()) or not any(images.values()):
        raise InvalidInputError("images: expected at least one image to annotate, and no number below 0")


def team_of(kind: str, labour: Labour, people: Mapping[str, int], option: str = "annotators") -> str:
    """Who does ``kind``.

    Raises:
        InvalidInputError: It needs an expert, and ``people``, which ``option`` gave, holds none.
    """
    if "anyone" in people:
        return "anyone"
    who = labour.who(kind)
    if who in people:
        return who
    if who == "crowd":
        return "expert"
    raise InvalidInputError(f"{option}: {kind} needs an expert ([labour.kinds.{kind}].who); give some, as expert=1")


def _kind_work(
    labour: Labour, kind: str, images: int, workload: Workload, team: str, hours: Fraction, ramp_up_hours: Fraction
) -> KindWork:
    wage, price = labour.wage(kind), labour.prices.get(kind)
    paid_hours = labour.paid_per_labelling * (hours * labour.work_per_labelling + ramp_up_hours)
    money = certain = None
    if price is not None:
        money = certain = images * workload.quantity(price.per) * price.amount * labour.work_per_labelling
    elif wage is not None:
        money, certain = paid_hours * wage, labour.paid_per_labelling * ramp_up_hours * wage
    return KindWork(
        kind=kind,
        images=images,
        team=team,
        labelling_hours=hours,
        control_hours=hours * labour.control_share,
        redone_hours=hours * (1 + labour.control_share) * labour.redone_share,
        ramp_up_hours=ramp_up_hours,
        paid_hours=paid_hours,
        paid_by="piece" if price is not None else "hour" if wage is not None else None,
        money=money,
        certain_money=certain,
    )


def _team(name: str, people: int, kinds: list[KindWork], labour: Labour, start: date | None) -> Team:
    paid_hours = sum((work.paid_hours for work in kinds if work.team == name), _NOTHING)
    days = ceil(paid_hours / people / labour.hours_per_day)
    return Team(
        name=name,
        people=people,
        paid_hours=paid_hours,
        working_days=days,
        last_day=last_working_day(start, days) if start is not None and days else None,
    )


def _hours_spread(
    book: CostBook, kinds: list[KindWork], workload: Workload, people: Mapping[str, int], limit: Fraction | None
) -> Spread:
    loads = [
        Load(rate=rate, tasks=work.images * tasks, weight=Fraction(1, _SECONDS_PER_HOUR), team=work.team)
        for work in kinds
        for rate, tasks in tasks_per_image(book, work.kind, workload)
    ]
    return spread(book.rates, loads, people=people, speed_log_sd=float(book.labour.speed_log_sd), limit=limit)


def _money_spread(
    book: CostBook, kinds: list[KindWork], workload: Workload, people: Mapping[str, int]
) -> Spread | None:
    """Return the distribution of the money; what is paid by the piece or for ramping up is certain."""
    labour, certain = book.labour, _NOTHING
    loads = []
    for work in kinds:
        if work.certain_money is None:
            return None
        certain += work.certain_money
        wage = labour.wage(work.kind)
        if work.paid_by == "hour" and wage is not None:
            weight = labour.paid_per_labelling * wage / _SECONDS_PER_HOUR
            loads += [
                Load(rate=rate, tasks=work.images * labour.work_per_labelling * tasks, weight=weight, team=work.team)
                for rate, tasks in tasks_per_image(book, work.kind, workload)
            ]
    return spread(book.rates, loads, people=people, speed_log_sd=float(labour.speed_log_sd), certain=certain)
