"""``budgetseg annotations``: make, inspect and audit annotations."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetseg.cli.output import emit, notice
from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.data.dataset import Dataset

app = typer.Typer(help="Make, inspect and audit annotations.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
DatasetOption = Annotated[str | None, typer.Option(help="VOC devkit, folder of images and masks, or scenes.")]
Classes = Annotated[str, typer.Option(help="Only images that hold only these classes: a,b,c.")]
Limit = Annotated[int | None, typer.Option(help="Only the first so many training images.")]
InstanceList = Annotated[Path | None, typer.Option(help="Instance list, JSON: boxes of the objects.")]


def _open(dataset: str | None, classes: str, limit: int | None, instances: Path | None) -> "Dataset":
    from budgetseg.data.open import open_dataset
    from budgetseg.settings import comma_list

    return open_dataset(dataset, classes=comma_list(classes), limit=limit, instances=instances, tell=notice)


@app.command()
def simulate(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")],
    kind: Annotated[str, typer.Option(help=f"{', '.join(KINDS)}.")] = "point",
    dataset: DatasetOption = None,
    classes: Classes = "",
    limit: Limit = None,
    instances: InstanceList = None,
    seed: Annotated[int, typer.Option(help="Another seed, other annotators.")] = 0,
    annotators: Annotated[str, typer.Option(help="How they err: perfect or human.")] = "human",
    people: Annotated[int, typer.Option(help="Annotators an image.")] = 1,
    merge: Annotated[str, typer.Option(help="Several people: union of their answers, or one at random.")] = "union",
    spread: Annotated[float, typer.Option(help="How far people differ: 0 not at all, 1 independent.")] = 0.5,
    placement: Annotated[str, typer.Option(help="Clicks as people click (human) or at random (uniform).")] = "human",
    points: Annotated[Path | None, typer.Option(help="Real clicks, JSON, instead of simulated ones.")] = None,
    background_clicks: Annotated[
        int, typer.Option(help="Clicks on the background by each annotator of an image of clicks or strokes.")
    ] = 0,
    background_points: Annotated[
        Path | None, typer.Option(help="Real clicks on the background, JSON, instead of simulated ones.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Annotate the training images of a data set as people would, and keep the answers in a folder."""
    from budgetseg.annotate import errors, real_clicks
    from budgetseg.annotate.simulate import as_merge, as_placement
    from budgetseg.annotate.simulate import simulate as annotate

    opened = _open(dataset, classes, limit, instances)
    if dataset is None:
        notice("no --dataset: annotating the made-up scenes")
    made = annotate(
        opened,
        dict.fromkeys(opened.ids("train"), kind),
        seed=seed,
        errors=errors.by_name(annotators),
        annotators=people,
        merge=as_merge(merge),
        spread=spread,
        placement=as_placement(placement),
        points=None if points is None else real_clicks.read_clicks(points, opened),
        background_clicks=background_clicks,
        background_points=None
        if background_points is None
        else real_clicks.read_background_clicks(background_points, opened),
        workers=os.cpu_count() or 1,
    )
    made.save(output)
    document = {
        "schema": "budgetseg.annotations-made/1",
        "path": str(output),
        "dataset": opened.name,
        "kind": kind,
        "images": len(made.annotations),
        "seed": seed,
        "annotators": annotators,
    }
    emit(document, as_json, lambda console: _say_made(document, console))


def _say_made(document: dict[str, Any], console: "Console") -> None:
    text = f"{document['path']}: {document['images']:,} images of {document['dataset']} annotated ({document['kind']})"
    console.print(text, markup=False, soft_wrap=True)


@app.command()
def show(
    path: Annotated[Path, typer.Argument(help="Folder of annotations.")],
    dataset: Annotated[str | None, typer.Option(help="Data set to compare with: its folder, or scenes.")] = None,
    classes: Classes = "",
    limit: Limit = None,
    instances: InstanceList = None,
    as_json: Json = False,
) -> None:
    """Count annotations and their seconds; with --dataset, also how often they err."""
    from budgetseg.annotate.annotation_set import AnnotationSet
    from budgetseg.annotate.summary import summary

    if dataset is None and (classes or limit is not None or instances is not None):
        raise InvalidInputError("--classes, --limit and --instances say which data to compare with: add --dataset")
    opened = None if dataset is None else _open(dataset, classes, limit, instances)
    document = {"path": str(path), **summary(AnnotationSet.load(path), opened)}
    emit(document, as_json, lambda console: _draw_summary(document, console))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"


def _draw_summary(document: dict[str, Any], console: "Console") -> None:
    from rich.table import Table

    columns = ("images", "classes", "clicks", "strokes", "boxes", "masks")
    table = Table("kind", title=f"{document['path']}: {document['images']:,} images")
    for name in (*columns, "hours"):
        table.add_column(name, justify="right")
    for kind, row in document["kinds"].items():
        table.add_row(kind, *(f"{row[name]:,}" for name in columns), f"{row['seconds'] / 3600:.2f}")
    console.print(table)
    if document["dataset"] is None:
        return
    rates = Table("kind", title=f"Errors against the masks of {document['dataset']}")
    for name in ("classes missed", "instances missed", "wrong class", "void", "boundary IoU"):
        rates.add_column(name, justify="right")
    for kind, row in document["kinds"].items():
        seen = row["observed"]
        shares = (seen[name] for name in ("classes_missed", "instances_missed", "wrong", "void", "boundary_iou"))
        rates.add_row(kind, *(_percent(share) for share in shares))
    console.print(rates)
    for kind, row in document["kinds"].items():
        if (seen := row["observed"])["background_clicks"]:
            console.print(
                f"{kind}: {seen['background_clicks']:,} of the clicks are meant for the background; "
                f"{_percent(seen['background_wrong'])} are on an object, {_percent(seen['background_void'])} on void",
                soft_wrap=True,
            )


@app.command()
def audit(
    file: Annotated[Path, typer.Argument(help="Table of real clicks: image_id, cls, rank, mask_cls.")],
    as_json: Json = False,
) -> None:
    """Recompute the error rates of real clicks from the classes under them."""
    from dataclasses import asdict

    from budgetseg.annotate.audit import audit_clicks

    document = {"schema": "budgetseg.click-audit/1", "file": str(file), **asdict(audit_clicks(file))}
    emit(document, as_json, lambda console: _draw_audit(document, console))


def _draw_audit(document: dict[str, Any], console: "Console") -> None:
    from rich.table import Table

    table = Table("clicks", title=f"{document['clicks']:,} clicks on {document['images']:,} images")
    for name in ("on another class", "on void"):
        table.add_column(name, justify="right")
    table.add_row("first of a class", _percent(document["first_wrong"]), _percent(document["first_void"]))
    table.add_row("all", _percent(document["all_wrong"]), _percent(document["all_void"]))
    console.print(table)
