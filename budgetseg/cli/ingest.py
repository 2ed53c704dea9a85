"""``budgetseg ingest``: from an annotation tool's export to annotations, times and grades."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["ingest"]


def ingest(
    exports: Annotated[list[Path], typer.Argument(help="Files that the tool exported.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")],
    tool: Annotated[str, typer.Option(help="label-studio, cvat or csv.")] = "label-studio",
    plan: Annotated[
        Path | None, typer.Option(help="The plan.json that the tasks were made of: says what is still missing.")
    ] = None,
    tasks: Annotated[
        Path | None, typer.Option(help="Folder that budgetseg tasks wrote; needed where it planted control images.")
    ] = None,
    classes: Annotated[
        str, typer.Option(help="Object classes in the order of their indices.  [default: those that the export says]")
    ] = "",
    kind: Annotated[
        str | None, typer.Option(help="What was asked, where the export does not say.  [default: by the marks]")
    ] = None,
    several: Annotated[
        str, typer.Option(help="Where several people answered: consensus (by their confidence), latest, or union.")
    ] = "consensus",
    events: Annotated[
        Path | None, typer.Option(help="CVAT: the CSV of exported events, for the working time of each job.")
    ] = None,
    turned_views: Annotated[
        bool,
        typer.Option(
            "--turned-views",
            help="Label Studio: read marks on turned views, whose places are of the stored image (so in 1.23.2).",
        ),
    ] = False,
    names: Annotated[
        bool, typer.Option("--names", help="Annotators by name in the tables, not by a stand-in.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Read labels and times of an export into a folder that budgetseg run --annotations and plan --current read.

    The exit code is 0, or 5 when rows were rejected; rejects.csv says which and why.
    """
    from budgetseg.cli.output import emit, notice
    from budgetseg.errors import SomeRunsFailedError
    from budgetseg.labelling.assemble import as_several
    from budgetseg.labelling.controls import read_controls
    from budgetseg.labelling.ingest import ingest as read_in
    from budgetseg.labelling.readers import entries_of
    from budgetseg.labelling.task_folder import as_tool, has_controls
    from budgetseg.plan.plan import read_plan
    from budgetseg.settings import comma_list

    wanted = None if plan is None else read_plan(plan)
    ingested = read_in(
        entries_of(as_tool(tool), exports, events, turned_views=turned_views),
        classes=comma_list(classes),
        kind=kind,
        controls=read_controls(tasks) if tasks is not None and has_controls(tasks) else None,
        several=as_several(several),
        plain_names=names,
    )
    ingested.save(output)
    document: dict[str, Any] = {"path": str(output), **ingested.to_dict()}
    if wanted is not None:
        document["missing"] = {
            each: count - document["kinds"].get(each, 0)
            for each, count in wanted.mix
            if count > document["kinds"].get(each, 0)
        }
    emit(document, as_json, lambda console: _draw(document, console))
    if not ingested.timings:
        notice("the export holds no times, so there is nothing to calibrate a cost book from")
    if ingested.rejects:
        count = len(ingested.rejects)
        raise SomeRunsFailedError(
            f"{count:,} row{'s' if count > 1 else ''} rejected; {output / 'rejects.csv'} says why"
        )


_RULE = {
    "consensus": "the one declared right, else a vote by confidence (consensus)",
    "latest": "the one declared right, else the last (latest)",
    "union": "everything that anyone said (union)",
}


def _draw(document: dict[str, Any], console: "Console") -> None:
    from rich.table import Table

    def say(text: str) -> None:
        console.print(text, soft_wrap=True, markup=False)

    kinds = ", ".join(f"{count:,} {kind}" for kind, count in document["kinds"].items()) or "none"
    say(f"{document['path']}: {document['images']:,} images annotated ({kinds})")
    aside = f", of which {document['hours_set_aside']:.2f} h are no first visit" if document["hours_set_aside"] else ""
    say(f"{document['timed']:,} times, {document['hours']:.2f} h{aside}")
    if document["several_people"]:
        count = document["several_people"]
        say(f"{count:,} question{'s' if count > 1 else ''} answered by several people: {_RULE[document['several']]}")
    if document.get("missing"):
        say(f"still missing of the plan: {', '.join(f'{n:,} {kind}' for kind, n in document['missing'].items())}")
    if document["annotators"]:
        table = Table("annotator", title="Control images")
        for name in ("right", "of", "confidence"):
            table.add_column(name, justify="right")
        for row in document["annotators"]:
            table.add_row(row["annotator"], str(row["right"]), str(row["controls"]), f"{row['confidence']:.2f}")
        console.print(table)
    for row in document["failed_batches"]:
        say(
            f"do again: batch {row['batch']} of {row['annotator']}, {row['right']} of {row['controls']} control images "
            f"right, {row['needed']} needed (redo.csv lists its tasks)"
        )
    for reason, count in document["reasons"].items():
        say(f"rejected {count:,}: {reason}")
