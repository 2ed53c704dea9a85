"""``budgetseg data stats``: what costs need to know of a data set, from its masks or from a sample counted by hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli import dataset_options as options
from budgetseg.cli.output import emit, notice
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.data.dataset import Dataset
    from budgetseg.data.stats import DataStats, Spread

__all__ = ["stats"]


def stats(
    path: Annotated[
        str,
        typer.Argument(
            help=f"{options.KNOWN}; with --count a folder or list of images; or a sheet (.csv) that was filled in."
        ),
    ],
    classes: options.Classes = "",
    limit: options.Limit = None,
    instances: options.InstanceList = None,
    train_set: options.TrainSet = "voc",
    train_list: options.TrainList = None,
    val_list: options.ValList = None,
    count: Annotated[
        int | None, typer.Option(help="No masks: draw so many images into a sheet to count their objects by hand.")
    ] = None,
    seed: Annotated[int, typer.Option(help="With --count: another seed draws other images.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="With --count: the sheet to write.")] = None,
    pool: Annotated[int | None, typer.Option(help="For a sheet: how many images it was drawn from.")] = None,
    as_json: options.Json = False,
) -> None:
    """Count classes and instances an image in the training images, and print them as options of `budgetseg costs`.

    Without masks: `--count 50 --classes cat,dog -o sheet.csv` writes a sheet for a sample of images, and with the
    filled sheet as PATH the same numbers are estimated from it, with 95% intervals.
    """
    sheet = path.endswith(".csv")
    reading_options = (limit, instances, train_list, val_list, None if train_set == "voc" else train_set)
    if (count is not None or sheet) and any(each is not None for each in reading_options):
        raise InvalidInputError(
            "--limit, --instances, --train-set and lists are for data sets with masks; leave them out"
        )
    if count is None and (seed != 0 or output is not None):
        raise InvalidInputError("--seed and --output are for drawing a sheet; add --count")
    if count is not None:
        if pool is not None or as_json:
            raise InvalidInputError("--count writes a sheet; give --pool and --json when it is filled in")
        _write_sheet(Path(path), classes, count, seed, output)
        return
    if sheet:
        if classes:
            raise InvalidInputError("--classes: a sheet has its own, one a column; leave this out")
        found = _counted(Path(path), pool)
    else:
        if pool is not None:
            raise InvalidInputError("--pool is for sheets; a data set knows how many images it has")
        found = _measured(options.opened(path, classes, limit, instances, train_set, train_list, val_list))
    emit(found.to_dict(), as_json, lambda console: _draw(found, console))


def _write_sheet(source: Path, classes: str, count: int, seed: int, output: Path | None) -> None:
    import numpy as np

    from budgetseg.data.count_sheet import draw_images, empty_sheet
    from budgetseg.files import write_text
    from budgetseg.settings import comma_list

    if output is None:
        raise InvalidInputError("--count: say where to write the sheet, such as -o sheet.csv")
    if output.exists():
        raise InvalidInputError(f"{output}: is there already, perhaps with counts; choose another name")
    if output.suffix != ".csv":
        raise InvalidInputError(f"{output}: expected a name that ends in .csv, by which a sheet is known")
    if seed < 0:
        raise InvalidInputError(f"--seed: expected a whole number of at least 0, got {seed}")
    images, pool = draw_images(source, count, np.random.default_rng(seed))
    write_text(output, empty_sheet(images, comma_list(classes)))
    notice(f"{output}: {count} of {pool:,} images; write into each cell how many there are, then")
    notice(f"budgetseg data stats {output} --pool {pool}")


def _counted(sheet: Path, pool: int | None) -> "DataStats":
    from budgetseg.data.count_sheet import read_sheet
    from budgetseg.data.stats import DataStats

    filled = read_sheet(sheet)
    return DataStats.from_counts(str(sheet), filled.classes, filled.instances_NK, pool=pool)


def _measured(dataset: "Dataset") -> "DataStats":
    from budgetseg.data.index import index_images
    from budgetseg.data.stats import DataStats

    found = DataStats.from_index(dataset.name, dataset.classes, index_images(dataset, "train"))
    for note in dataset.notes:
        notice(note)
    return found


def _draw(found: "DataStats", console: "Console") -> None:
    from rich.markup import escape
    from rich.table import Table

    of = "" if found.pool in (None, found.images) else f" of {found.pool:,}"
    console.print(f"{escape(found.name)}: {found.images:,}{of} images ({found.source})", soft_wrap=True)
    table = Table("class")
    for column in ("images", "share", "instances", "area"):
        table.add_column(column, justify="right")
    for each in found.classes:
        share, area = f"{100 * each.image_share:.1f} %", _percent(each.area_share)
        table.add_row(escape(each.name), f"{each.images:,}", share, f"{each.instances:,}", area)
    if found.background_share is not None:
        table.add_section()
        table.add_row("background", "", "", "", _percent(found.background_share))
    console.print(table)
    console.print(f"classes an image:   {_spread(found.classes_per_image)}", soft_wrap=True)
    console.print(f"instances an image: {_spread(found.instances_per_image)}", soft_wrap=True)
    console.print(f"\n{found.flags}", soft_wrap=True)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _spread(each: "Spread") -> str:
    text = f"{float(each.mean):.3f} (standard deviation {each.sd:.2f}, {each.least} to {each.most})"
    if each.interval is None:
        return text
    low, high = each.interval
    return f"{text}, standard error {each.standard_error:.3f}, 95% interval {low:.3f} to {high:.3f}"
