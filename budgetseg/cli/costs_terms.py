"""What the ``budgetseg costs`` commands share: options, the terms they add up to, and what is said of them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from budgetseg.cli.output import notice
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from budgetseg.costs.book import CostBook
    from budgetseg.costs.quotes import Terms
    from budgetseg.costs.workload import Workload

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

BackgroundClicks = Annotated[
    int,
    typer.Option(
        "--background-clicks", help="Clicks on the background asked of each image of clicks or strokes, charged each."
    ),
]


def terms_of(
    costs: str,
    accounting: str,
    workload: tuple[str | None, ...],
    annotators: int,
    absent_paid: str,
    objectness: bool,
    seconds: str | None,
    background_clicks: int = 0,
) -> "Terms":
    """Return the terms that the options add up to."""
    from fractions import Fraction

    from budgetseg.costs.accounting import objectness_seconds
    from budgetseg.costs.book import load_book
    from budgetseg.costs.per_image import AbsentPaid, Accounting, check_choices
    from budgetseg.costs.quotes import Terms
    from budgetseg.costs.workload import exact_number

    check_choices(accounting, annotators, absent_paid)
    book = load_book(costs, background_clicks=background_clicks)
    fixed_seconds = objectness_seconds(book) if objectness else Fraction(0)
    if seconds is not None:
        fixed_seconds = exact_number(seconds, "--objectness-seconds")
        if fixed_seconds < 0 or objectness:
            raise InvalidInputError("--objectness-seconds: expected seconds >= 0, and not --objectness as well")
    return Terms(
        book=book,
        workload=workload_of(workload),
        accounting=cast(Accounting, accounting),
        annotators=annotators,
        absent_paid=cast(AbsentPaid, absent_paid),
        fixed_seconds=fixed_seconds,
    )


def workload_of(numbers: tuple[str | None, ...]) -> "Workload":
    """Return the mean image of the three options, such as --classes; as in VOC 2012 for those not given."""
    from budgetseg.costs.workload import PASCAL_VOC_2012, Workload

    voc = (PASCAL_VOC_2012.classes_asked, PASCAL_VOC_2012.classes_present, PASCAL_VOC_2012.instances)
    return Workload.of(*(default if given is None else given for given, default in zip(numbers, voc, strict=True)))


def announce(book: "CostBook", numbers: tuple[str | None, ...], kinds: Iterable[str]) -> None:
    """Say on stderr what the costs of ``kinds`` rest on that the user did not give."""
    named = (
        "20 classes asked (--classes)",
        "1.5 present (--classes-per-image)",
        "2.8 instances (--instances-per-image)",
    )
    assumed = [what for what, given in zip(named, numbers, strict=True) if given is None]
    if assumed:
        notice(f"note: as in PASCAL VOC 2012, an image has {', '.join(assumed)}")
    announce_unverified(book, kinds)


def announce_unverified(book: "CostBook", kinds: Iterable[str]) -> None:
    """Say on stderr which of the rates that ``kinds`` charge nobody has looked up in their source."""
    if caution := book.caution(kinds):
        notice(caution)


def with_background(book: "CostBook") -> str:
    """Return what to add to "cost book NAME" where clicks on the background are charged."""
    clicks = book.background_clicks
    return f", {clicks} background click{'s' if clicks > 1 else ''} an image of clicks or strokes" if clicks else ""


def table_of(*columns: str) -> Any:
    """Return an empty rich table, numbers to the right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    words = {"rate", "per", "statistic", "verified", "kind", "what is asked", "ends first", "from", "who", "what"}
    for column in columns:
        table.add_column(column, justify="left" if column in words else "right", overflow="fold")
    return table
