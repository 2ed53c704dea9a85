"""``budgetseg bench surfaces``: what mixes reach on several data sets, as evidence for plans."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import emit, notice
from budgetseg.errors import SomeRunsFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from budgetseg.surfaces.measured import Measured

__all__ = ["surfaces"]


def surfaces(
    design: Annotated[
        Path | None, typer.Option(help="TOML file that names data sets, trainings and mixes.  [default: our own]")
    ] = None,
    only: Annotated[str, typer.Option(help="Only these surfaces: NAME,NAME.")] = "",
    dataset_root: Annotated[
        Path | None, typer.Option(help="Folder of the photographs; without it their surfaces are skipped.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder of the runs, and of finished ones.")] = Path("runs/surfaces"),
    part: Annotated[
        str, typer.Option(help="K/N: carry out every N-th run only, for N processes side by side.")
    ] = "1/1",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print surfaces, runs and commands; run nothing.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Evidence (CSV) of the surfaces whose every run is finished."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Measure the mIoU of many mixes on several data sets, as evidence; finished runs are not repeated."""
    from budgetseg.learn.threads import wait_politely

    wait_politely()
    from budgetseg.settings import comma_list
    from budgetseg.surfaces.design import choose, read_design
    from budgetseg.surfaces.measured import look_up, setup_of

    found = []
    for surface in choose(read_design(design), comma_list(only)):
        if surface.needs_photographs and dataset_root is None:
            notice(f"{surface.name}: skipped, it is measured on photographs; give their folder as --dataset-root")
            continue
        found.append(look_up(surface, setup_of(surface, runs, dataset_root), notice))
    failure = None
    if not dry_run:
        found, failure = _carry_out(found, part, device, output, as_json)
    emit(_document(found), as_json, lambda console: _draw(found, console, commands=dry_run))
    if failure is not None:
        raise failure


def _carry_out(
    found: "list[Measured]", part: str, device: str, output: Path | None, as_json: bool
) -> "tuple[list[Measured], SomeRunsFailedError | None]":
    """Run what is missing; return what is found then, and the failure of some runs, to be raised at the end."""
    from budgetseg.cli.run_drawing import RunDisplay
    from budgetseg.files import write_text
    from budgetseg.surfaces.carry_out import carry_out
    from budgetseg.surfaces.table import complete, evidence_csv

    def keep(now: "Sequence[Measured]") -> None:
        found[:] = now
        if output is not None and complete(now):
            write_text(output, evidence_csv(complete(now)))

    keep(tuple(found))
    with RunDisplay(as_json) as display:
        try:
            carry_out(found, part, device, display, keep)
        except SomeRunsFailedError as error:
            return found, error
    return found, None


def _document(found: "Sequence[Measured]") -> dict[str, object]:
    from budgetseg.surfaces.summary import summary

    return {
        "schema": "budgetseg.surfaces/1",
        "missing": sum(len(surface.missing) for surface in found),
        "surfaces": [{**surface.to_dict(), **summary(surface).to_dict()} for surface in found],
    }


_KINDS = ("image", "point", "squiggle", "full")


def _draw(found: "Sequence[Measured]", console: "Console", *, commands: bool) -> None:
    from rich.table import Table

    from budgetseg.surfaces.summary import summary

    table = Table("surface", box=None, pad_edge=False)
    for name in ("images", "missing", *_KINDS, "best mix"):
        table.add_column(name, justify="right")
    table.add_column("", overflow="fold")
    for surface in found:
        sums = summary(surface)
        alone = (f"{sums.alone[kind].miou:.1f}" if kind in sums.alone else "-" for kind in _KINDS)
        best = sums.best_mix
        mixed = ("-", "") if best is None else (f"{best.miou:.1f}", str(best.mix))
        table.add_row(surface.surface.name, f"{surface.pool:,}", f"{len(surface.missing)}", *alone, *mixed)
    console.print(table)
    console.print(
        "mIoU of each kind alone on the most images of it that were trained, and of the best mix. Missing: runs.",
        soft_wrap=True,
    )
    for run in (run for surface in found for run in surface.missing if commands):
        console.print(run.command, markup=False, soft_wrap=True)
