"""Prices, limits and the goal of ``budgetseg plan``, as options and as the values they add up to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import notice
from budgetseg.errors import BudgetTooSmallError, InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

    from budgetseg.costs.book import CostBook
    from budgetseg.costs.labour import Labour
    from budgetseg.costs.workload import Workload
    from budgetseg.plan.prices import Prices
    from budgetseg.plan.purse import Bounds

__all__ = [
    "Annotators",
    "By",
    "CandidateRows",
    "Confidence",
    "Costs",
    "Dollars",
    "FixedSeconds",
    "Goal",
    "Hours",
    "SecondsPerImage",
    "Start",
    "Target",
    "Wage",
    "bounds_of",
    "labour_of",
    "prices_of",
]

Hours = Annotated[
    str | None, typer.Option("--hours", help="Annotators' hours there are, such as 60, 2.5, 90m or 1h30m.")
]
Dollars = Annotated[
    str | None,
    typer.Option("--dollars", help="Money there is, in the cost book's currency; wages are the book's, or --wage."),
]
By = Annotated[
    str | None, typer.Option("--by", help="Last day, such as 2027-01-29: working days until then, with --annotators.")
]
Start = Annotated[str | None, typer.Option("--start", help="First day of work for --by.  [default: today]")]
Annotators = Annotated[
    str | None, typer.Option("--annotators", help="How many people: 4 for any work, or expert=1,crowd=4.")
]
Wage = Annotated[str | None, typer.Option("--wage", help="Money an hour at work, instead of the cost book's.")]
Costs = Annotated[
    str | None, typer.Option("--costs", help="Cost book: a shipped name or a TOML file.  [default: voc2012]")
]
SecondsPerImage = Annotated[
    str | None,
    typer.Option(
        "--seconds-per-image",
        help="Instead of a cost book's rates: full=155,point=7.6. Nothing else is charged but --fixed-seconds; kinds "
        "that are not named cannot be bought.",
    ),
]
FixedSeconds = Annotated[str, typer.Option("--fixed-seconds", help="Seconds that are paid once, whatever is bought.")]
CandidateRows = Annotated[
    Path | None,
    typer.Option("--candidates", help="CSV file of mixes, columns named like kinds: choose the best affordable row."),
]
Goal = Annotated[
    str,
    typer.Option(
        "--objective",
        help="mean: highest expected mIoU; p10: what nine of ten trainings exceed; target: fewest hours that reach "
        "--target; worst-class: the worst class's IoU.",
    ),
]
Target = Annotated[float | None, typer.Option("--target", help="The mIoU that --objective target shall reach.")]
Confidence = Annotated[
    float | None, typer.Option("--confidence", help="Probability to reach the target.  [default: 0.8]")
]


def prices_of(
    costs: str | None,
    said: "dict[str, Fraction] | None",
    accounting: str,
    fixed_seconds: "Fraction",
    prior_seconds: "Fraction",
    workload: "Workload | None",
    background_clicks: int,
) -> "tuple[Prices, CostBook | None, Labour]":
    """Return the prices, the book where there is one, and the people.

    Raises:
        InvalidInputError: Prices that contradict each other or are none.
    """
    from budgetseg.costs.book import load_book
    from budgetseg.costs.labour import Labour
    from budgetseg.plan.prices import Prices

    if said is None:
        assert workload is not None
        book = load_book("voc2012" if costs is None else costs, background_clicks=background_clicks)
        prices = Prices.of(
            book,
            workload,
            accounting="paper" if accounting == "paper" else "exact",
            fixed_seconds=fixed_seconds,
            prior_seconds=prior_seconds,
        )
        return prices, book, book.labour
    if accounting == "paper":
        raise InvalidInputError("--seconds-per-image: replaces the paper's seconds too; leave out --accounting paper")
    if background_clicks:
        raise InvalidInputError("--seconds-per-image: are all that an image costs; leave out --background-clicks")
    if prior_seconds:
        raise InvalidInputError("--seconds-per-image: leave out --objectness-seconds; --fixed-seconds are paid once")
    prices = Prices.said(said, fixed_seconds=fixed_seconds)
    if costs is None:
        return prices, None, Labour()
    notice(f"note: --seconds-per-image replaces the rates of {costs}; its people and wages stay")
    return prices, None, load_book(costs).labour


def labour_of(labour: "Labour", origin: str, wage: str | None, *, used: bool) -> "Labour":
    """Return the people, with the wage that was said; where they are used, say what is assumed of them."""
    from dataclasses import replace

    from budgetseg.cli.people import announce_assumed
    from budgetseg.costs.labour_table import labour_number
    from budgetseg.costs.workload import exact_number

    if wage is not None:
        if not used:
            raise InvalidInputError("--wage: says what --dollars pay for; give --dollars, or leave it out")
        paid = labour_number("wage_per_hour", exact_number(wage, "--wage"), "--wage")
        labour = replace(labour, wage_per_hour=paid)
    if used:
        announce_assumed(labour, origin)
    return labour


def bounds_of(
    hours: str | None, dollars: str | None, by: str | None, start: str | None, annotators: str | None
) -> "Bounds":
    """Return the limits.

    Raises:
        InvalidInputError: A limit that is none, or one that lacks another option.
    """
    from datetime import date

    from budgetseg.cli.people import day_of, people_of
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.costs.working_days import working_days
    from budgetseg.costs.workload import exact_number
    from budgetseg.plan.purse import Bounds

    seconds: Fraction | None = None
    if hours is not None:
        try:
            seconds = seconds_of_hours(hours)
        except BudgetTooSmallError:
            seconds = exact_number(0, "hours")  # planning knows the costs, so it can say how much would do
    last, days = None, None
    people = None if annotators is None else people_of(annotators)
    if by is not None:
        if people is None:
            raise InvalidInputError("--by: give the people too, as in --annotators 4")
        first = date.today() if start is None else day_of(start, "--start")
        last = day_of(by, "--by")
        days = working_days(first, last)
        if days < 1:
            raise InvalidInputError(f"--by {last}: no working day from {first} until then; give a later day")
    elif start is not None:
        raise InvalidInputError("--start: belongs to --by, the last day; give both or neither")
    elif people is not None and dollars is None:
        raise InvalidInputError("--annotators: belongs to --by, the last day, or to --dollars; give one of them")
    money = None if dollars is None else exact_number(dollars, "--dollars")
    return Bounds(seconds=seconds, money=money, by=last, days=days, people={"anyone": 1} if people is None else people)
