"""``budgetseg rehearse``: simulated annotators carry out tasks, to try the whole loop before anyone is paid."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["rehearse"]


def rehearse(
    tasks: Annotated[Path, typer.Argument(help="Folder of budgetseg tasks --tool label-studio.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The export to write.")],
    dataset: Annotated[
        str | None, typer.Option(help="Data set that holds the images with their masks.  [default: scenes]")
    ] = None,
    costs: Annotated[str, typer.Option(help="Cost book of what acts take.")] = "voc2012",
    people: Annotated[int, typer.Option(help="Annotators, who take batches in turn.")] = 2,
    careless: Annotated[int, typer.Option(help="How many of them mark anywhere.")] = 0,
    annotators: Annotated[str, typer.Option(help="How the others err: human or perfect.")] = "human",
    spread: Annotated[float, typer.Option(help="Standard deviation of the logarithm of a task's seconds.")] = 0.3,
    idle: Annotated[float, typer.Option(help="Share of tasks left open for ten minutes more.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Another seed, other annotators.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Let simulated annotators carry out tasks and write what Label Studio would export."""
    from budgetseg.annotate.errors import by_name
    from budgetseg.cli.output import emit
    from budgetseg.costs.book import load_book
    from budgetseg.data.open import open_dataset
    from budgetseg.errors import InvalidInputError
    from budgetseg.files import write_json
    from budgetseg.labelling.simulated import People, carry_out

    if people < 1 or not 0 <= careless <= people or spread < 0 or not 0 <= idle <= 1 or seed < 0:
        raise InvalidInputError(
            "expected --people of at least 1, --careless of at most as many, --spread and --seed not negative, "
            "--idle 0 to 1"
        )
    who = People(count=people, errors=by_name(annotators), careless=careless, spread=spread, idle_share=idle, seed=seed)
    export = carry_out(tasks, open_dataset(dataset), load_book(costs), who)
    write_json(output, export)
    hours = sum(task["annotations"][0]["lead_time"] for task in export) / 3600
    document = {"schema": "budgetseg.rehearsal/1", "path": str(output), "tasks": len(export), "hours": hours}
    emit(
        document,
        as_json,
        lambda console: console.print(f"{output}: {len(export):,} tasks carried out, {hours:.2f} h", markup=False),
    )
