"""``budgetseg tasks``: from a plan to tasks for annotators."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.costs.book import CostBook

__all__ = ["tasks"]


def tasks(
    plan: Annotated[Path, typer.Argument(help="A plan.json, as budgetseg plan -o writes it.")],
    images: Annotated[
        str, typer.Option(help="Folder of photographs, a list of paths or URLs one a line, or a data set.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")],
    classes: Annotated[str, typer.Option(help="Classes to ask about: cat,dog,...  [default: the data set's]")] = "",
    tool: Annotated[str, typer.Option(help="label-studio, cvat or csv.")] = "label-studio",
    granularity: Annotated[
        str, typer.Option(help="image: a task asks about all classes; image-class: about one, so each act is timed.")
    ] = "image",
    batch: Annotated[int, typer.Option(help="Tasks of a batch.")] = 50,
    controls: Annotated[int, typer.Option(help="Control images among them; 8 in 10 must be right.")] = 10,
    known: Annotated[
        str | None,
        typer.Option(
            help="Data set whose training images are control images.  [default: the validation images of --images]"
        ),
    ] = None,
    place: Annotated[
        str, typer.Option(help="Images: path (where they lie), copy (beside the tasks), or the start of their URLs.")
    ] = "path",
    root: Annotated[
        Path | None, typer.Option(help="Folder that the tool serves files from.  [default: the parent of --images]")
    ] = None,
    costs: Annotated[str | None, typer.Option(help="Cost book of the expected hours.  [default: the plan's]")] = None,
    current: Annotated[
        Path | None, typer.Option(help="Images annotated already, where the plan builds on them; see plan --current.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the order of the images and the places of control images.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Make the tasks of a plan: which image gets which kind, in batches, with configuration and instructions."""
    from budgetseg.cli.output import emit, notice
    from budgetseg.errors import InvalidInputError
    from budgetseg.labelling.campaign import Manner, make_campaign
    from budgetseg.labelling.images import Places
    from budgetseg.labelling.task_folder import NAMES_MAY_TELL, as_tool, write_tasks
    from budgetseg.plan.current import read_current
    from budgetseg.plan.plan import read_plan
    from budgetseg.settings import comma_list

    if granularity not in ("image", "image-class"):
        raise InvalidInputError(f'--granularity: expected image or image-class, got "{granularity}"')
    if batch < 1 or seed < 0:
        raise InvalidInputError(
            f"--batch and --seed: expected whole numbers of at least 1 and 0, got {batch} and {seed}"
        )
    read = read_plan(plan)
    campaign = make_campaign(
        read,
        images,
        comma_list(classes),
        Manner(
            tool=as_tool(tool),
            granularity="image" if granularity == "image" else "image-class",
            batch=batch,
            controls=controls,
            known=known,
            places=Places(how=place),
            root=root,
            seed=seed,
        ),
        book=_book(costs, read.costs),
        held={} if current is None else read_current(current).kind_of,
    )
    write_tasks(campaign, output)
    if campaign.names_may_tell:
        notice(NAMES_MAY_TELL)
    document = {"path": str(output), **campaign.to_dict()}
    emit(document, as_json, lambda console: _draw(document, console))


def _book(given: str | None, planned: str) -> "CostBook | None":
    """The book of the expected hours; None where the plan was made from seconds that were said."""
    from budgetseg.cli.output import notice
    from budgetseg.costs.book import load_book
    from budgetseg.errors import InvalidInputError

    if given is not None:
        return load_book(given)
    try:
        return load_book(planned)
    except InvalidInputError as error:
        notice(f"expected hours are not known: {error}; name a cost book with --costs")
        return None


def _draw(document: dict[str, Any], console: "Console") -> None:
    from rich.table import Table

    table = Table("kind", title=f"{document['path']}: {document['tasks']:,} tasks about {document['images']:,} images")
    for name in ("batches", "tasks", "control images", "expected hours"):
        table.add_column(name, justify="right")
    for kind in dict.fromkeys(row["kind"] for row in document["batches"]):
        rows = [row for row in document["batches"] if row["kind"] == kind]
        hours = [row["hours"] for row in rows]
        known = "-" if None in hours else f"{sum(hours):.2f}"
        table.add_row(
            kind,
            f"{len(rows):,}",
            f"{sum(row['tasks'] for row in rows):,}",
            f"{sum(row['control_images'] for row in rows):,}",
            known,
        )
    console.print(table)
    console.print(
        f"{document['path']}/README.md says how to hand them to {document['tool']}", soft_wrap=True, markup=False
    )
