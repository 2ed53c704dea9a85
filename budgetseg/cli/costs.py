"""``budgetseg costs``: cost books, what images cost, and what a budget buys."""

from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.costs_compare import compare, compare_asking, upgrades
from budgetseg.cli.costs_schedule import schedule
from budgetseg.cli.costs_terms import (
    AbsentPaidChoice,
    AccountingChoice,
    Annotators,
    BackgroundClicks,
    Classes,
    Costs,
    Instances,
    Json,
    Objectness,
    ObjectnessSeconds,
    Present,
    announce,
    table_of,
    terms_of,
    with_background,
)
from budgetseg.cli.costs_validation import validation
from budgetseg.costs.kinds import KINDS
from budgetseg.errors import BudgetTooSmallError, InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.console import Console

    from budgetseg.costs.book import CostBook

__all__ = ["app"]

app = typer.Typer(help="Seconds of annotation: cost books, estimates, and what a budget buys.", no_args_is_help=True)
app.command("compare")(compare)
app.command("compare-asking")(compare_asking)
app.command("upgrades")(upgrades)
app.command("schedule")(schedule)
app.command("validation")(validation)


@app.command("list")
def list_books(as_json: Json = False) -> None:
    """List the shipped cost books."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.book import load_book, shipped_books

    books = [load_book(name) for name in shipped_books()]
    document = {
        "schema": "budgetseg.costbooks/1",
        "books": [
            {
                "name": book.name,
                "note": book.note,
                "ask": book.ask,
                "kinds": list(book.kinds),
                "unverified": list(book.unverified),
            }
            for book in books
        ],
    }

    def draw(console: "Console") -> None:
        for book in books:
            lacks = f" (no {', '.join(book.unavailable)})" if book.unavailable else ""
            console.print(f"{book.name:<18}{book.note}{lacks}", markup=False, soft_wrap=True)

    emit(document, as_json, draw)


@app.command("show")
def show_book(
    book: Annotated[str, typer.Argument(help="Name of a shipped cost book, or path of your own.")],
    as_json: Json = False,
) -> None:
    """Show a cost book's rates and sources, and what an image of PASCAL VOC 2012 costs by it."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.asking import TITLES
    from budgetseg.costs.book import load_book
    from budgetseg.costs.per_image import seconds_per_image
    from budgetseg.costs.quotes import shown
    from budgetseg.costs.workload import PASCAL_VOC_2012

    costs = load_book(book)
    seconds_of = {kind: seconds_per_image(costs, kind, PASCAL_VOC_2012) for kind in costs.kinds}
    document = {
        **costs.to_dict(),
        "workload": PASCAL_VOC_2012.to_dict(),
        "seconds_per_image": {kind: float(seconds) for kind, seconds in seconds_of.items()},
    }

    def draw(console: "Console") -> None:
        rates = table_of("rate", "seconds", "per", "statistic", "verified")
        for name, rate in costs.rates.items():
            verified = "yes" if rate.verified else "no"
            rates.add_row(name, f"{float(rate.seconds):g}", rate.per, rate.statistic or "-", verified)
        kinds = table_of("kind", "what is asked", "s/image")
        for kind, seconds in seconds_of.items():
            kinds.add_row(kind, KINDS[kind].title, shown(seconds))
        console.print(f"Cost book {costs.name} ({costs.origin}): {costs.note}", markup=False, soft_wrap=True)
        console.print(f'Classes are asked as "{costs.ask}": {TITLES[costs.ask]}', markup=False, soft_wrap=True)
        console.print(rates)
        for name, rate in costs.rates.items():
            console.print(f"{name}: {rate.source}", markup=False, soft_wrap=True)
        console.print("\nAn image of PASCAL VOC 2012 (20 classes asked, 1.5 present, 2.8 instances):")
        console.print(kinds)
        _say_unavailable(console, costs)

    emit(document, as_json, draw)


@app.command("estimate")
def estimate_images(
    kind: Annotated[str, typer.Option("--kind", help=f"{', '.join(KINDS)}.")],
    images: Annotated[int, typer.Option("--images", help="How many images.")],
    costs: Costs = "voc2012",
    accounting: AccountingChoice = "exact",
    classes: Classes = None,
    classes_per_image: Present = None,
    instances_per_image: Instances = None,
    annotators: Annotators = 1,
    absent_paid: AbsentPaidChoice = "once",
    objectness: Objectness = False,
    objectness_seconds: ObjectnessSeconds = None,
    background_clicks: BackgroundClicks = 0,
    as_json: Json = False,
) -> None:
    """Say what a number of images costs at one kind of annotation."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.quotes import estimate, shown

    workload = (classes, classes_per_image, instances_per_image)
    terms = terms_of(
        costs, accounting, workload, annotators, absent_paid, objectness, objectness_seconds, background_clicks
    )
    quote = estimate(terms, kind, images)
    announce(terms.book, workload, (kind,))

    def draw(console: "Console") -> None:
        console.print(
            f"{quote.images:,} x {quote.kind}: {shown(quote.seconds / 3600)} h = {shown(quote.seconds)} s, "
            f"{shown(quote.seconds_per_image)} s an image (cost book {terms.book.name}, {terms.accounting} accounting"
            f"{with_background(terms.book)})",
            markup=False,
            soft_wrap=True,
        )

    emit(quote.to_dict(), as_json, draw)


@app.command("afford")
def afford_images(
    hours: Annotated[str | None, typer.Option("--hours", help="Budget: 60, 2.5, 60h, 1h30m, 90m.")] = None,
    seconds: Annotated[str | None, typer.Option("--seconds", help="Budget in seconds, instead of --hours.")] = None,
    pool: Annotated[int, typer.Option("--pool", help="Images there are to annotate. Default: the paper's.")] = 10_582,
    costs: Costs = "voc2012",
    accounting: AccountingChoice = "exact",
    classes: Classes = None,
    classes_per_image: Present = None,
    instances_per_image: Instances = None,
    annotators: Annotators = 1,
    absent_paid: AbsentPaidChoice = "once",
    objectness: Objectness = False,
    objectness_seconds: ObjectnessSeconds = None,
    background_clicks: BackgroundClicks = 0,
    as_json: Json = False,
) -> None:
    """Say how many images a budget buys of each kind of annotation, if all of it goes to that kind."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.quotes import offer, shown

    workload = (classes, classes_per_image, instances_per_image)
    terms = terms_of(
        costs, accounting, workload, annotators, absent_paid, objectness, objectness_seconds, background_clicks
    )
    quote = offer(terms, _budget_seconds(hours, seconds), pool)
    announce(terms.book, workload, terms.book.kinds)

    def draw(console: "Console") -> None:
        console.print(
            f"{shown(quote.budget_seconds / 3600)} h buy, of {quote.pool:,} images "
            f"(cost book {terms.book.name}, {terms.accounting} accounting{with_background(terms.book)}):",
            markup=False,
            soft_wrap=True,
        )
        table = table_of("kind", "images", "s/image", "hours", "left over, h", "ends first")
        for one in quote.kinds:
            spent, left = shown(one.seconds / 3600), shown(one.left_over_seconds / 3600)
            table.add_row(one.kind, f"{one.images:,}", shown(one.seconds_per_image), spent, left, one.limited_by)
        console.print(table)
        _say_unavailable(console, terms.book)

    emit(quote.to_dict(), as_json, draw)


def _budget_seconds(hours: str | None, seconds: str | None) -> "Fraction":
    """Return the budget; 0 stays 0 here, because only the cost book knows how much would do."""
    from fractions import Fraction

    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.costs.workload import exact_number

    if seconds is not None and hours is None:
        budget_seconds = exact_number(seconds, "--seconds")
        if budget_seconds < 0:
            raise InvalidInputError(f"--seconds: expected a budget >= 0, got {seconds}")
        return budget_seconds
    if hours is None or seconds is not None:
        raise InvalidInputError("give the budget as either --hours or --seconds, such as --hours 60")
    try:
        return seconds_of_hours(hours)
    except BudgetTooSmallError:
        return Fraction(0)


def _say_unavailable(console: "Console", book: "CostBook") -> None:
    for kind, reason in book.unavailable.items():
        console.print(f"{kind}: no cost, for {reason}", markup=False, soft_wrap=True)
