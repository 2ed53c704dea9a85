"""``budgetseg costs compare``, ``compare-asking`` and ``upgrades``: one set of costs beside another."""

from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.costs_terms import (
    Classes,
    Costs,
    Instances,
    Json,
    Present,
    announce,
    announce_unverified,
    table_of,
    workload_of,
)

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.costs.compare import Comparison

__all__ = ["compare", "compare_asking", "upgrades"]

Images = Annotated[int, typer.Option("--images", help="Tell the hours of this many images.")]


def compare(
    books: Annotated[list[str], typer.Argument(help="Cost books, shipped or your own; the first is the measure.")],
    mix: Annotated[str, typer.Option("--mix", help="Price this mix too, such as full=100,point=900.")] = "",
    images: Images = 1000,
    classes: Classes = None,
    classes_per_image: Present = None,
    instances_per_image: Instances = None,
    as_json: Json = False,
) -> None:
    """Show what a change of cost book does to hours and to the order of the kinds."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.book import load_book
    from budgetseg.costs.compare import compare_books
    from budgetseg.settings import counts_by_name

    numbers = (classes, classes_per_image, instances_per_image)
    loaded = [load_book(book) for book in books]
    compared = compare_books(
        loaded, workload_of(numbers), images=images, mix=counts_by_name(mix, "--mix") if mix else None
    )
    announce(loaded[0], numbers, loaded[0].kinds)
    for book in loaded[1:]:
        announce_unverified(book, book.kinds)
    emit(compared.to_dict(), as_json, lambda console: _draw(compared, console))


def compare_asking(
    costs: Costs = "voc2012",
    images: Images = 1000,
    classes: Classes = None,
    classes_per_image: Present = None,
    instances_per_image: Instances = None,
    as_json: Json = False,
) -> None:
    """Show what each way of asking for the classes does to hours and to the order of the kinds."""
    from budgetseg.cli.output import emit, notice
    from budgetseg.costs.book import load_book
    from budgetseg.costs.compare import compare_asking as compare_ways

    numbers = (classes, classes_per_image, instances_per_image)
    book = load_book(costs)
    compared = compare_ways(book, workload_of(numbers), images=images)
    announce(book, numbers, ())
    for rate in dict.fromkeys(rate for side in compared.sides for rate in side.unverified):
        notice(f"note: {rate}, {float(book.rates[rate].seconds):g} s, is unverified: {book.rates[rate].source}")
    emit(compared.to_dict(), as_json, lambda console: _draw(compared, console))


def upgrades(
    costs: Costs = "voc2012",
    classes: Classes = None,
    classes_per_image: Present = None,
    instances_per_image: Instances = None,
    as_json: Json = False,
) -> None:
    """Show what it takes to go from each kind to each other on the same image: the new questions alone."""
    from budgetseg.cli.output import emit
    from budgetseg.costs.book import load_book
    from budgetseg.costs.compare import upgrade_table
    from budgetseg.costs.quotes import shown

    numbers = (classes, classes_per_image, instances_per_image)
    book, workload = load_book(costs), workload_of(numbers)
    seconds_of = upgrade_table(book, workload)
    announce(book, numbers, book.kinds)
    document = {
        "schema": "budgetseg.upgrades/1",
        "costs": book.name,
        "workload": workload.to_dict(),
        "seconds_per_image": {
            held: {kind: float(seconds) for kind, seconds in row.items()} for held, row in seconds_of.items()
        },
    }

    def draw(console: "Console") -> None:
        table = table_of("from", *book.kinds)
        table.padding = (0, 1, 0, 0)
        for held, row in seconds_of.items():
            table.add_row(held, *(shown(seconds) if seconds else "-" for seconds in row.values()))
        console.print(
            f"Seconds to annotate an image further, by cost book {book.name}; - where nothing is left to ask:",
            markup=False,
        )
        console.print(table)

    emit(document, as_json, draw)


def _draw(compared: "Comparison", console: "Console") -> None:
    from budgetseg.costs.quotes import shown

    letters = [chr(ord("A") + number) for number in range(len(compared.sides))]
    for letter, side in zip(letters, compared.sides, strict=True):
        console.print(f"{letter}  {side.name}", markup=False, soft_wrap=True)
    table = table_of("kind", *(f"{letter} {unit}" for letter in letters for unit in "sh"))
    for kind in compared.kinds:
        cells = []
        for side in compared.sides:
            seconds = side.seconds_of.get(kind)
            cells += ["-", "-"] if seconds is None else [shown(seconds), shown(seconds * compared.images / 3600)]
        table.add_row(kind, *cells)
    console.print(table)
    console.print(f"s: seconds an image; h: hours of {compared.images:,} images.", markup=False)
    for letter, side in zip(letters, compared.sides, strict=True):
        lines = [f"{letter}  cheapest first: {' < '.join(side.order)}"]
        if side.mix_seconds is not None:
            lines.append(f"   the mix takes {shown(side.mix_seconds / 3600)} h")
        elif compared.mix is not None:
            lines.append("   the mix has a kind that has no cost here")
        trades = [f"{cheap} is now cheaper than {dear}" for cheap, dear in compared.trades(side)]
        lines += [f"   against A: {', '.join(trades)}"] if trades else []
        for line in lines:
            console.print(line, markup=False, soft_wrap=True)
