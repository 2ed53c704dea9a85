"""``budgetseg bench accuracy``: the accuracy table, from the runs behind it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import emit, notice
from budgetseg.errors import SomeRunsFailedError

if TYPE_CHECKING:
    from budgetseg.accuracy.accuracy import Accuracy
    from budgetseg.accuracy.trial import Setup

__all__ = ["accuracy"]


def accuracy(
    table: Annotated[
        str,
        typer.Option(
            help="kinds: shares of full supervision, exchange rates; mixes: does any hurt; hours: hybrids; or all."
        ),
    ] = "all",
    dataset: Annotated[str, typer.Option(help="As of run: voc2012, scenes, or a folder.")] = "scenes",
    classes: Annotated[str | None, typer.Option(help="Keep only images of these classes: cat,dog,...")] = None,
    points: Annotated[Path | None, typer.Option(help="Real clicks (JSON), used instead of simulated ones.")] = None,
    instances: Annotated[Path | None, typer.Option(help="Boxes of instances (JSON).")] = None,
    backbone: Annotated[str | None, typer.Option(help="As of run.")] = None,
    costs: Annotated[str | None, typer.Option(help="Cost book: a shipped name or a TOML file.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Training preset: modern or paper.")] = None,
    iterations: Annotated[int | None, typer.Option(help="Steps of the optimiser.  [default: the recipe's]")] = None,
    batch: Annotated[int | None, typer.Option(help="Images a step.  [default: the recipe's]")] = None,
    crop: Annotated[int | None, typer.Option(help="Longest side in pixels.  [default: the recipe's]")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any setting: train.lr=1e-3, run.precision=bf16; may be repeated.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Trainings of a cell, each with images of its own.")] = 3,
    few_seeds: Annotated[int, typer.Option(help="The same, of cells with 160 masks or fewer.")] = 5,
    kinds: Annotated[str, typer.Option(help="Kinds bought alone: a,b.  [default: all with a price]")] = "",
    sizes: Annotated[
        str | None, typer.Option(help="Images of the learning curves; all are added.  [default: 20, 40 ... 1280]")
    ] = None,
    curves: Annotated[
        str | None, typer.Option(help="Kinds with a curve beside masks'.  [default: coarse,assisted]")
    ] = None,
    mixes: Annotated[
        list[str] | None,
        typer.Option("--mix", help="A mix of table mixes: full=40,point=640; may be repeated.  [default: fourteen]"),
    ] = None,
    hours: Annotated[
        str | None,
        typer.Option(help="Budgets, each with the share for a hybrid's masks.  [default: 2=0.4 ... 12=0.8]"),
    ] = None,
    hybrids: Annotated[
        str | None, typer.Option(help="STRONG+WEAK,...  [default: full+point and three of coarse and assisted]")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder of the runs, and of finished ones.")] = Path("runs/accuracy"),
    part: Annotated[
        str, typer.Option(help="K/N: carry out every N-th run only, for N processes side by side.")
    ] = "1/1",
    images_per_second: Annotated[float, typer.Option(help="Training speed, to estimate compute hours.")] = 1640.0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    compiling: Annotated[str, typer.Option("--compile", help="As of run: none, kernels or graphs.")] = "none",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print runs, commands and hours; run nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Measure what each kind, mix and hybrid reaches, with several seeds; finished runs are not repeated."""
    from budgetseg.learn.threads import wait_politely

    wait_politely()
    from budgetseg.accuracy import asked
    from budgetseg.accuracy.accuracy import accuracy as look_up
    from budgetseg.accuracy.pool import open_pool
    from budgetseg.accuracy.trial import Setup
    from budgetseg.cli.bench_accuracy_drawing import draw_accuracy, draw_runs
    from budgetseg.runs.config import overrides_of

    tables = asked.tables_of(table)
    wanted = asked.Asked.of(
        kinds=kinds,
        curves=asked.CURVES if curves is None else curves,
        sizes=asked.SIZES if sizes is None else sizes,
        mixes=mixes or (),
        budgets=asked.BUDGETS if hours is None else hours,
        hybrids=asked.HYBRIDS if hybrids is None else hybrids,
        seeds=seeds,
        few_seeds=few_seeds,
    )
    given = {
        "run.dataset": dataset,
        "run.classes": classes,
        "run.points": points,
        "run.instances": instances,
        "run.backbone": backbone,
        "run.costs": costs,
        "train.preset": recipe,
        "train.iterations": iterations,
        "train.batch": batch,
        "train.crop": crop,
    }
    setup = Setup(
        folder=runs,
        options={name: str(value) for name, value in given.items() if value is not None},
        overrides=overrides_of(settings or ()),
    )
    pool = open_pool(setup.spec(), notice)
    design = wanted.design(tables, pool)
    for what in design.left_out:
        notice(f"left out: {what}")
    found = look_up(tables, design, setup, pool, images_per_second)
    failure = None
    if not dry_run:
        failure = _carry_out(setup, found, part, device, compiling, as_json)
        found = look_up(tables, design, setup, pool, images_per_second)
    draw = draw_runs if dry_run else draw_accuracy
    emit(found.to_dict(), as_json, lambda console: draw(found, console))
    if failure is not None:
        raise failure


def _carry_out(
    setup: "Setup", found: "Accuracy", part: str, device: str, compiling: str, as_json: bool
) -> SomeRunsFailedError | None:
    """Run what is missing; return the failure of some runs, to be raised once the tables are printed."""
    from budgetseg.accuracy.carry_out import carry_out, part_of
    from budgetseg.cli.run_drawing import RunDisplay

    mine = part_of(found.runs, part)
    with RunDisplay(as_json) as display:
        try:
            carry_out(setup, mine, device, compiling, display)
        except SomeRunsFailedError as error:
            return error
    return None
