"""``budgetseg data``: look at a data set before hours are spent on it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetseg.cli import dataset_options as options
from budgetseg.cli.data_download import download
from budgetseg.cli.data_stats import stats
from budgetseg.cli.output import emit, notice
from budgetseg.errors import DataError

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.data.dataset import Dataset, Split

app = typer.Typer(help="Look at a data set before hours are spent on it.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Look at a data set before hours are spent on it."""


app.command()(stats)
app.command()(download)


def _counts(dataset: "Dataset", split: "Split") -> dict[str, Any]:
    from budgetseg.data.index import index_images

    index = index_images(dataset, split)
    return {
        "images": len(index.ids),
        "classes_present_mean": float(index.classes_present_N.mean()),
        "instances_mean": float(index.instances_N.mean()),
        "images_by_class": dict(zip(dataset.classes[1:], index.present_NC[:, 1:].sum(axis=0).tolist(), strict=True)),
    }


def _draw(document: dict[str, Any], console: "Console") -> None:
    from rich.markup import escape
    from rich.table import Table

    for problem in document["problems"]:
        console.print(escape(f"{problem['file']}: {problem['what']}; {problem['fix']}"), soft_wrap=True)
    if not document["sound"]:
        return
    console.print(f"{escape(document['dataset'])}: sound")
    table = Table("class")
    for name in document["splits"]:
        table.add_column(name, justify="right")
    splits = document["splits"].values()
    for name in document["classes"][1:]:
        table.add_row(escape(name), *(f"{split['images_by_class'][name]:,}" for split in splits))
    table.add_section()
    table.add_row("images", *(f"{split['images']:,}" for split in splits))
    table.add_row("classes an image", *(f"{split['classes_present_mean']:.2f}" for split in splits))
    table.add_row("instances an image", *(f"{split['instances_mean']:.2f}" for split in splits))
    console.print(table)


@app.command()
def check(
    path: Annotated[str, typer.Argument(help=f"{options.KNOWN}.")],
    classes: options.Classes = "",
    limit: options.Limit = None,
    instances: options.InstanceList = None,
    train_set: options.TrainSet = "voc",
    train_list: options.TrainList = None,
    val_list: options.ValList = None,
    as_json: options.Json = False,
) -> None:
    """Find broken images, masks that do not fit, labels outside the class list, empty splits and duplicate ids.

    Every problem is named with file and fix, and the exit code is 4; a sound data set is counted.
    """
    from budgetseg.data.check import problems

    dataset = options.opened(path, classes, limit, instances, train_set, train_list, val_list)
    found = [*problems(dataset, "train"), *problems(dataset, "val")]
    splits = {} if found else {"train": _counts(dataset, "train"), "val": _counts(dataset, "val")}
    notes = () if found else dataset.notes
    document = {
        "schema": "budgetseg.datacheck/1",
        "dataset": dataset.name,
        "classes": list(dataset.classes),
        "sound": not found,
        "problems": [{"file": each.file, "what": each.what, "fix": each.fix} for each in found],
        "splits": splits,
        "notes": list(notes),
    }
    emit(document, as_json, lambda console: _draw(document, console))
    for note in notes:
        notice(note)
    if found:
        raise DataError(f"{path}: {len(found)} problem{'s' if len(found) > 1 else ''} found; mend the files named")
