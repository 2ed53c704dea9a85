"""``budgetseg costs validation``: how many validation images it takes to know an mIoU."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.costs_terms import Classes, Costs, Instances, Json, Present, announce, table_of, workload_of
from budgetseg.cli.frequency import shares_of
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.costs.validation import Spreads, ValidationSize

__all__ = ["validation"]

_FEW = 20
"""Images with a class below which the normal approximation of its interval is only a guess."""


def validation(
    precision: Annotated[str, typer.Option("--precision", help="Points of mIoU: half of the 95 % interval.")] = "2",
    frequency: Annotated[
        str, typer.Option("--frequency", help="Shares of the images that hold these classes: rare=0.005,other=0.02.")
    ] = "",
    run: Annotated[
        Path | None, typer.Option("--from", help="Folder of a finished run: its classes, and how they spread.")
    ] = None,
    costs: Costs = "voc2012",
    classes: Classes = None,
    classes_per_image: Present = None,
    instances_per_image: Instances = None,
    as_json: Json = False,
) -> None:
    """Say how many validation images, and hours of full masks, make an mIoU known to within so many points."""
    from budgetseg.cli.output import emit, notice
    from budgetseg.costs.book import load_book
    from budgetseg.costs.validation import spreads_of, validation_size
    from budgetseg.costs.workload import exact_number

    points = float(exact_number(precision, "--precision"))
    shares = shares_of(frequency)
    book = load_book(costs)
    if run is None:
        numbers = (classes, classes_per_image, instances_per_image)
        workload = workload_of(numbers)
        spreads = spreads_of(workload, shares)
        notice(f"note: how IoUs spread is {spreads.source}; --from RUN takes a run of yours")
    else:
        if classes is not None or classes_per_image is not None:
            raise InvalidInputError("--from: the run says the classes; leave out --classes and --classes-per-image")
        spreads = _of_run(run, shares)
        numbers = ("", "", instances_per_image)
        workload = workload_of((str(len(spreads.objects)), _present(spreads), instances_per_image))
    size = validation_size(book, workload, spreads, precision=points)
    announce(book, numbers, ("full",))
    emit(size.to_dict(), as_json, lambda console: _draw(size, console))


def _of_run(folder: Path, shares: dict[str, float]) -> "Spreads":
    """Return the spreads of a run, its classes as frequent as ``shares`` say of those that it names."""
    from dataclasses import replace

    from budgetseg.costs.validation import check_share
    from budgetseg.errors import did_you_mean
    from budgetseg.runs.precision import read_spreads

    spreads = read_spreads(folder)
    names = [one.name for one in spreads.objects]
    for name, share in shares.items():
        check_share(name, share)
        if name not in names:
            raise InvalidInputError(f'--frequency: {folder} has no class "{name}"{did_you_mean(name, names)}')
    return replace(
        spreads, objects=tuple(replace(one, share=shares.get(one.name, one.share)) for one in spreads.objects)
    )


def _present(spreads: "Spreads") -> str:
    return f"{sum(one.share for one in spreads.objects):.6f}"


def _draw(size: "ValidationSize", console: "Console") -> None:
    from budgetseg.costs.quotes import shown

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    rarest = size.spreads.rarest
    say(f"Validation images with full masks, {shown(size.seconds_per_image)} s each by cost book {size.costs}, to know")
    table = table_of("what", f"images for +-{size.precision:g}", "hours")
    table.add_row("the mIoU", f"{size.images:,}", shown(size.hours(size.images)))
    what = f"the IoU of {rarest.name}, in {rarest.share:.3%} of the images"
    table.add_row(what, f"{size.rarest_images:,}", shown(size.hours(size.rarest_images)))
    console.print(table)
    held = rarest.share * size.images
    say(
        f"With {size.images:,} images, {held:,.0f} hold {rarest.name}, whose IoU is then known to "
        f"+-{size.rarest_precision:.1f} points{', a guess from so few' if held < _FEW else ''}."
    )
    say(f"Half widths of {size.level:.0%} intervals over images, for one trained network.")
