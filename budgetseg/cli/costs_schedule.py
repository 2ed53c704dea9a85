"""``budgetseg costs schedule``: the people, the days and the money that a plan takes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetseg.cli.costs_terms import Json, announce_unverified, table_of
from budgetseg.cli.people import announce_assumed, day_of, people_of
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.console import Console

    from budgetseg.costs.book import CostBook
    from budgetseg.costs.schedule import Schedule
    from budgetseg.costs.workload import Workload
    from budgetseg.plan.plan import Plan

__all__ = ["schedule"]

_HOURS = ("labelling_hours", "control_hours", "redone_hours", "ramp_up_hours", "paid_hours")


def schedule(
    plan: Annotated[Path, typer.Argument(help="A plan, as budgetseg plan -o plan.json writes it.")],
    annotators: Annotated[
        str, typer.Option("--annotators", help="How many people: 4 for any work, or expert=1,crowd=4.")
    ] = "1",
    start: Annotated[str | None, typer.Option("--start", help="First day, such as 2027-01-11.")] = None,
    costs: Annotated[
        str | None, typer.Option("--costs", help="Cost book with a [labour] part. Default: the plan's book.")
    ] = None,
    wage: Annotated[str | None, typer.Option("--wage", help="Money an hour at work, instead of the book's.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Such as EUR, instead of the book's.")] = None,
    hours_per_day: Annotated[
        str | None, typer.Option("--hours-per-day", help="Hours at work on a day, instead of the book's.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how many days and how much money a plan takes, and the chance that its hours are not enough."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.scheduling import make_schedule
    from budgetseg.costs.workload import exact_number
    from budgetseg.plan.plan import read_plan

    planned = read_plan(plan)
    book = _with_options(_book(planned, plan, costs), wage, currency, hours_per_day)
    made = make_schedule(
        book,
        planned.mix.to_dict(),
        _workload(planned, plan),
        people_of(annotators),
        start=None if start is None else day_of(start, "--start"),
        budget_hours=exact_number(planned.budget_hours, f"{plan}: budget_hours"),
    )
    _announce(planned, book, made)
    emit(made.to_dict(), as_json, lambda console: _draw(planned, made, console))


def _book(planned: "Plan", path: Path, costs: str | None) -> "CostBook":
    from budgetseg.costs.book import load_book, shipped_books

    if costs is None and planned.costs not in shipped_books() and not Path(planned.costs).is_file():
        # A plan keeps the path of a book of one's own, and may be read elsewhere.
        raise InvalidInputError(
            f'{path}: its cost book "{planned.costs}" is neither a shipped one nor a file here; give it with --costs'
        )
    book = planned.costs if costs is None else costs
    return load_book(book, background_clicks=planned.background_clicks)


def _with_options(book: "CostBook", wage: str | None, currency: str | None, hours_per_day: str | None) -> "CostBook":
    """Return the book with what the options say in place of its labour part's."""
    from dataclasses import replace

    from budgetseg.costs.labour import check_currency
    from budgetseg.costs.labour_table import labour_currency, labour_number
    from budgetseg.costs.workload import exact_number

    given: dict[str, Fraction | str] = {}
    if currency is not None:
        given["currency"] = labour_currency(currency, "--currency")
    for key, option, text in (("wage_per_hour", "--wage", wage), ("hours_per_day", "--hours-per-day", hours_per_day)):
        if text is not None:
            given[key] = labour_number(key, exact_number(text, option), option)
    stated = (*book.labour.stated, *given)
    labour = replace(book.labour, **given, stated=stated)  # type: ignore[arg-type]
    return replace(book, labour=check_currency(labour, "--wage", "give --currency, as in --currency EUR"))


def _workload(planned: "Plan", path: Path) -> "Workload":
    from budgetseg.costs.workload import Workload

    numbers = planned.workload or {}
    try:
        return Workload.of(numbers["classes_asked"], numbers["classes_present"], numbers["instances"])
    except KeyError as error:
        raise InvalidInputError(f"{path}: workload: lacks the key {error}; plan again with budgetseg plan") from error
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: workload: {error}") from error


def _announce(planned: "Plan", book: "CostBook", made: "Schedule") -> None:
    """Say on stderr what the schedule rests on that nobody has said."""
    from budgetseg.cli.output import notice
    from budgetseg.costs.overrun import SQUIGGLE_LOG_SD

    kinds = [work.kind for work in made.kinds]
    announce_assumed(made.labour, book.origin)
    rates = {name: book.rates[name] for kind in kinds for name in book.charged(kind)}
    if unknown := [name for name, rate in rates.items() if rate.log_sd is None]:
        notice(f"note: {book.origin}: no log_sd: {', '.join(unknown)}; assumed {SQUIGGLE_LOG_SD}, as real squiggles'")
    if medians := [name for name, rate in rates.items() if rate.statistic == "median"]:
        notice(f"note: {book.origin}: medians, counted as longer means, by rather too little: {', '.join(medians)}")
    hours = float(made.hours.planned)
    if abs(hours - planned.hours) > 0.005 * planned.hours:
        notice(
            f"note: the plan reckons {planned.hours:,.1f} h, these images take {hours:,.1f} h by {book.origin}: "
            "another cost book, the paper's rounding, or an objectness prior, which is not scheduled"
        )
    announce_unverified(book, kinds)


def _draw(planned: "Plan", made: "Schedule", console: "Console") -> None:
    from budgetseg.costs.quotes import shown

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    currency = made.labour.currency or ""
    columns = ["labelling", "control", "redone", "ramp-up", "paid h", f"money {currency}".strip()]
    table = table_of("kind", "images", "who", *columns)
    table.padding = (0, 1, 0, 0)
    for work in made.kinds:
        hours = (shown(getattr(work, column)) for column in _HOURS)
        table.add_row(work.kind, f"{work.images:,}", work.team, *hours, _money(work.money))
    images = f"{planned.mix.images:,}"
    table.add_row("all", images, "", *(shown(made.total(column)) for column in _HOURS), _money(made.money))
    say(f"Hours and money of {planned.mix} by cost book {made.costs}:")
    console.print(table)
    for team in made.teams:
        until = f", {made.start} to {team.last_day}" if team.last_day else ""
        say(
            f"{team.people:,} x {team.name}, {float(made.labour.hours_per_day):g} h a day: "
            f"{team.working_days:,} working days{until}"
        )
    say("What it may come to: the chance to exceed the limit, and what is enough with 80, 90 and 95 %:")
    console.print(_spreads(made))
    if made.unpriced:
        kinds = ", ".join(made.unpriced)
        say(
            f"No money: {made.origin} has no [labour].wage_per_hour, nor a wage or price of {kinds}; "
            "add it, or give --wage and --currency"
        )


def _spreads(made: "Schedule") -> Any:
    """Return the table of labelling hours, whose limit is the plan's budget, and of money, whose limit is the plan."""
    table = table_of("what", "planned", "expected", "limit", "overrun", "80 %", "90 %", "95 %")
    table.padding = (0, 1, 0, 0)
    for what, spread in (("labelling h", made.hours), (f"money {made.labour.currency}", made.money_spread)):
        if spread is not None:
            document = spread.to_dict()
            numbers = (document["planned"], document["expected"], document["limit"])
            enough = (f"{value:,.1f}" for value in document["enough"].values())
            table.add_row(what, *(f"{n:,.1f}" for n in numbers), f"{document['chance_of_overrun']:.0%}", *enough)
    return table


def _money(money: "Fraction | None") -> str:
    return "-" if money is None else f"{float(money):,.2f}"
