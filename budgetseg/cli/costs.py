"""``budgetseg costs``: cost books, what images cost, and what a budget buys."""

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from budgetseg.errors import BudgetTooSmallError, InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.console import Console

    from budgetseg.costs.book import CostBook
    from budgetseg.costs.quotes import Terms

__all__ = ["app"]

app = typer.Typer(help="Seconds of annotation: cost books, estimates, and what a budget buys.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]
Costs = Annotated[str, typer.Option("--costs", help="Name of a shipped cost book, or path of your own.")]
AccountingChoice = Annotated[
    str, typer.Option("--accounting", help="exact: fractions, never over budget; paper: rounded as in the paper.")
]
Classes = Annotated[str | None, typer.Option("--classes", help="Classes asked about. Default: VOC 2012's 20.")]
Present = Annotated[
    str | None, typer.Option("--classes-per-image", help="Mean classes present. Default: VOC 2012's 1.5.")
]
Instances = Annotated[
    str | None, typer.Option("--instances-per-image", help="Mean instances. Default: VOC 2012's 2.8.")
]
Annotators = Annotated[int, typer.Option("--annotators", help="People who annotate the same image.")]
AbsentPaidChoice = Annotated[
    str, typer.Option("--absent-paid", help="Several annotators answer for absent classes once in all, or each.")
]
Objectness = Annotated[
    bool, typer.Option("--objectness", help="Charge the book's boxes for a learned objectness prior, once.")
]
ObjectnessSeconds = Annotated[
    str | None, typer.Option("--objectness-seconds", help="Charge these seconds for objectness, once.")
]


@app.command("list")
def list_books(as_json: Json = False) -> None:
    """List the shipped cost books."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.book import load_book, shipped_books

    books = [load_book(name) for name in shipped_books()]
    document = {
        "schema": "budgetseg.costbooks/1",
        "books": [
            {"name": book.name, "kinds": list(book.kinds), "unverified": list(book.unverified)} for book in books
        ],
    }

    def draw(console: "Console") -> None:
        for book in books:
            console.print(f"{book.name:<16} {', '.join(book.kinds)}", markup=False, soft_wrap=True)

    emit(document, as_json, draw)


@app.command("show")
def show_book(
    book: Annotated[str, typer.Argument(help="Name of a shipped cost book, or path of your own.")],
    as_json: Json = False,
) -> None:
    """Show a cost book's rates and sources, and what an image of PASCAL VOC 2012 costs by it."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.book import load_book
    from budgetseg.costs.kinds import KINDS
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
        rates = _table("rate", "seconds", "per", "statistic", "verified")
        for name, rate in costs.rates.items():
            verified = "yes" if rate.verified else "no"
            rates.add_row(name, f"{float(rate.seconds):g}", rate.per, rate.statistic or "-", verified)
        kinds = _table("kind", "what is asked", "s/image")
        for kind, seconds in seconds_of.items():
            kinds.add_row(kind, KINDS[kind].title, shown(seconds))
        console.print(f"Cost book {costs.name} ({costs.origin})", markup=False, soft_wrap=True)
        console.print(rates)
        for name, rate in costs.rates.items():
            console.print(f"{name}: {rate.source}", markup=False, soft_wrap=True)
        console.print("\nAn image of PASCAL VOC 2012 (20 classes asked, 1.5 present, 2.8 instances):")
        console.print(kinds)
        _say_unavailable(console, costs)

    emit(document, as_json, draw)


@app.command("estimate")
def estimate_images(
    kind: Annotated[str, typer.Option("--kind", help="image, point, allpoints, squiggle, box or full.")],
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
    as_json: Json = False,
) -> None:
    """Say what a number of images costs at one kind of annotation."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.quotes import estimate, shown

    workload = (classes, classes_per_image, instances_per_image)
    terms = _terms(costs, accounting, workload, annotators, absent_paid, objectness, objectness_seconds)
    quote = estimate(terms, kind, images)
    _announce(terms, workload, (kind,))

    def draw(console: "Console") -> None:
        console.print(
            f"{quote.images:,} x {quote.kind}: {shown(quote.seconds / 3600)} h = {shown(quote.seconds)} s, "
            f"{shown(quote.seconds_per_image)} s an image (cost book {terms.book.name}, {terms.accounting} accounting)",
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
    as_json: Json = False,
) -> None:
    """Say how many images a budget buys of each kind of annotation, if all of it goes to that kind."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.quotes import offer, shown

    workload = (classes, classes_per_image, instances_per_image)
    terms = _terms(costs, accounting, workload, annotators, absent_paid, objectness, objectness_seconds)
    quote = offer(terms, _budget_seconds(hours, seconds), pool)
    _announce(terms, workload, terms.book.kinds)

    def draw(console: "Console") -> None:
        console.print(
            f"{shown(quote.budget_seconds / 3600)} h buy, of {quote.pool:,} images "
            f"(cost book {terms.book.name}, {terms.accounting} accounting):",
            markup=False,
            soft_wrap=True,
        )
        table = _table("kind", "images", "s/image", "hours", "left over, h", "ends first")
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


def _terms(
    costs: str,
    accounting: str,
    workload: tuple[str | None, ...],
    annotators: int,
    absent_paid: str,
    objectness: bool,
    seconds: str | None,
) -> "Terms":
    from fractions import Fraction

    from budgetseg.costs.accounting import objectness_seconds
    from budgetseg.costs.book import load_book
    from budgetseg.costs.per_image import AbsentPaid, Accounting, check_choices
    from budgetseg.costs.quotes import Terms
    from budgetseg.costs.workload import PASCAL_VOC_2012, Workload, exact_number

    check_choices(accounting, annotators, absent_paid)
    book = load_book(costs)
    voc = (PASCAL_VOC_2012.classes_asked, PASCAL_VOC_2012.classes_present, PASCAL_VOC_2012.instances)
    numbers = [default if given is None else given for given, default in zip(workload, voc, strict=True)]
    fixed_seconds = objectness_seconds(book) if objectness else Fraction(0)
    if seconds is not None:
        fixed_seconds = exact_number(seconds, "--objectness-seconds")
        if fixed_seconds < 0 or objectness:
            raise InvalidInputError("--objectness-seconds: expected seconds >= 0, and not --objectness as well")
    return Terms(
        book=book,
        workload=Workload.of(*numbers),
        accounting=cast(Accounting, accounting),
        annotators=annotators,
        absent_paid=cast(AbsentPaid, absent_paid),
        fixed_seconds=fixed_seconds,
    )


def _announce(terms: "Terms", workload: tuple[str | None, ...], kinds: tuple[str, ...]) -> None:
    """Say on stderr what the numbers rest on that the user did not give."""
    from budgetseg.cli.output import notice
    from budgetseg.costs.kinds import KINDS

    named = (
        "20 classes asked (--classes)",
        "1.5 present (--classes-per-image)",
        "2.8 instances (--instances-per-image)",
    )
    assumed = [what for what, given in zip(named, workload, strict=True) if given is None]
    if assumed:
        notice(f"note: as in PASCAL VOC 2012, an image has {', '.join(assumed)}")
    used = {rate for kind in kinds for rate in KINDS[kind].rates}
    unverified = [rate for rate in terms.book.unverified if rate in used]
    if unverified:
        notice(f"note: {terms.book.origin}: unverified rates are used: {', '.join(unverified)}")


def _say_unavailable(console: "Console", book: "CostBook") -> None:
    for kind, rates in book.unavailable.items():
        console.print(f"{kind}: no cost, for the book lacks {', '.join(rates)}", markup=False, soft_wrap=True)


def _table(*columns: str) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    numbers = {"seconds", "images", "s/image", "hours", "left over, h"}
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return table
