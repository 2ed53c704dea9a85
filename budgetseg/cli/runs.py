"""``budgetseg runs``: what there is in a folder of runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import emit, notice
from budgetseg.errors import DataError, InvalidInputError

if TYPE_CHECKING:
    from budgetseg.runs.record import RunRecord

__all__ = ["app"]

app = typer.Typer(help="List, show, compare and export runs.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--runs", help="Folder of the runs.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
_SORTS = ("name", "miou", "hours", "seed", "status", "strategy")


def _records(folder: Path) -> "list[RunRecord]":
    from budgetseg.runs.index import open_index

    if not folder.is_dir():
        raise DataError(f"{folder}: expected a folder of runs, there is none; make one with: budgetseg sweep")
    with open_index(folder) as index:
        return index.records()


@app.command("list")
def list_runs(
    runs: Annotated[Path, typer.Argument(help="Folder of the runs.")] = Path("runs"),
    status: Annotated[str, typer.Option(help="Only completed, failed, running, stopped, ... runs: a,b.")] = "",
    strategy: Annotated[str, typer.Option(help="Only these strategies: a,b.")] = "",
    sort: Annotated[str, typer.Option(help=f"By {', '.join(_SORTS)}; mIoU: highest first.")] = "name",
    as_json: Json = False,
) -> None:
    """List the runs in a folder, finished or not."""
    from budgetseg.errors import did_you_mean
    from budgetseg.settings import comma_list

    if sort not in _SORTS:
        raise InvalidInputError(f'--sort: unknown column "{sort}"{did_you_mean(sort, _SORTS)}')
    wanted = {"status": comma_list(status), "strategy": comma_list(strategy)}
    found = [
        record
        for record in _records(runs)
        if all(not values or getattr(record, name) in values for name, values in wanted.items())
    ]
    sign = -1 if sort == "miou" else 1
    if sort in ("miou", "hours", "seed"):
        found.sort(key=lambda record: (getattr(record, sort) is None, sign * (getattr(record, sort) or 0)))
    else:
        found.sort(key=lambda record: str(getattr(record, sort)))
    if as_json:
        emit({"schema": "budgetseg.runs/1", "runs": [record.to_dict() for record in found]}, as_json, lambda _: None)
        return
    from budgetseg.cli.runs_text import runs_text

    sys.stdout.write(runs_text(found))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name of the run, or a part of it that fits no other.")],
    runs: Folder = Path("runs"),
    as_json: Json = False,
) -> None:
    """Show one run: what it bought, what it reached, or why it did not."""
    from budgetseg.cli.runs_drawing import draw_run
    from budgetseg.runs.comparison import chosen, detail_of

    detail = detail_of(chosen(_records(runs), name))
    emit({"schema": "budgetseg.run/1", **detail.to_dict()}, as_json, lambda console: draw_run(detail, console))


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(help="Two runs or more, each by its name or a part of it.")],
    runs: Folder = Path("runs"),
    as_json: Json = False,
) -> None:
    """Set runs beside each other: settings that differ, hours, mIoU and IoU by class."""
    from budgetseg.cli.runs_drawing import draw_comparison
    from budgetseg.runs.comparison import chosen, detail_of, differing

    if len(names) < 2:
        raise InvalidInputError("runs compare: give two runs or more")
    records = _records(runs)
    details = [detail_of(chosen(records, name)) for name in names]
    document = {
        "schema": "budgetseg.runs.compare/1",
        "differing": differing(details),
        "runs": [detail.record.to_dict() | {"iou": detail.result.get("iou")} for detail in details],
    }
    emit(document, as_json, lambda console: draw_comparison(details, differing(details), console))


@app.command()
def export(
    runs: Annotated[Path, typer.Argument(help="Folder of the runs.")] = Path("runs"),
    csv: Annotated[Path | None, typer.Option("--csv", help="The file to write.  [default: to the terminal]")] = None,
) -> None:
    """Write finished runs as a CSV table, which budgetseg plan takes as --evidence."""
    from budgetseg.files import write_text
    from budgetseg.runs.export import evidence_csv
    from budgetseg.runs.index import open_index

    left_out = sum(record.status != "completed" for record in _records(runs))
    with open_index(runs) as index:
        text = evidence_csv(index)
    count = text.count("\n") - 1
    if not count:
        raise DataError(f"{runs}: no finished run is there to export; budgetseg runs list {runs} says how far they are")
    if left_out:
        notice(f"left out: {left_out} runs that are not finished")
    if csv is None:
        sys.stdout.write(text)
        return
    write_text(csv, text)
    notice(f"{count} runs in {csv}")
