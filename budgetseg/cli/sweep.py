"""``budgetseg sweep``: a grid of runs, carried out side by side, on this machine or a cluster."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetseg.cli.output import emit, notice
from budgetseg.errors import BudgetsegError, InvalidInputError

if TYPE_CHECKING:
    from budgetseg.sweep.sweep import Sweep

__all__ = ["sweep"]

# What a newcomer gets: three budgets of the embedded scenes, in a few minutes.
_NEWCOMER = {"hours": "1,2,4", "seeds": "2"}
_NEWCOMER_ITERATIONS = "150"
_NEWCOMER_MEASURE_EVERY = 15


def sweep(
    grid: Annotated[Path | None, typer.Argument(help="TOML file: [grid], [run], [train]; options win over it.")] = None,
    strategies: Annotated[
        str | None, typer.Option(help="What to compare: a,b,c.  [default: image,point,squiggle,full,hybrid]")
    ] = None,
    hours: Annotated[
        str | None, typer.Option(help="Budgets of annotators' hours: 15,30,60.  [default for the scenes: 1,2,4]")
    ] = None,
    full_images: Annotated[str | None, typer.Option(help="Full masks of the hybrids: 0,50,100.  [default: 10]")] = None,
    mixes: Annotated[
        list[str] | None, typer.Option("--mix", help="A mix besides: full=40,point=640; may be repeated.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="Trainings of a place.  [default: 3; for the scenes 2]")] = None,
    few_seeds: Annotated[
        int | None, typer.Option(help="The same, with 160 masks or fewer, which scatter more.  [default: as --seeds]")
    ] = None,
    independent: Annotated[
        bool | None,
        typer.Option(
            "--independent/--nested", help="Images drawn anew for each budget, or larger budgets holding smaller ones'."
        ),
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="As of run: voc2012, scenes, or a folder.")] = None,
    classes: Annotated[str | None, typer.Option(help="Keep only images of these classes: cat,dog,...")] = None,
    limit: Annotated[int | None, typer.Option(help="Keep only the first N training images.")] = None,
    points: Annotated[Path | None, typer.Option(help="Real clicks (JSON), used instead of simulated ones.")] = None,
    instances: Annotated[Path | None, typer.Option(help="Boxes of instances (JSON).")] = None,
    costs: Annotated[str | None, typer.Option(help="Cost book: a shipped name or a TOML file.")] = None,
    backbone: Annotated[str | None, typer.Option(help="As of run.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Training preset: modern or paper.")] = None,
    iterations: Annotated[int | None, typer.Option(help="Steps of the optimiser.  [default: the recipe's]")] = None,
    batch: Annotated[int | None, typer.Option(help="Images a step.  [default: the recipe's]")] = None,
    crop: Annotated[int | None, typer.Option(help="Longest side in pixels.  [default: the recipe's]")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any setting: train.lr=1e-3, run.precision=bf16; may be repeated.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder of the runs, and of finished ones.")] = Path("runs"),
    engine: Annotated[str, typer.Option(help="local, ray or slurm.")] = "local",
    jobs: Annotated[
        int | None, typer.Option(help="Runs side by side.  [default: one a core, or four a GPU; slurm: 64]")
    ] = None,
    address: Annotated[str, typer.Option(help="Ray cluster: auto, local or HOST:PORT.")] = "auto",
    cpus_per_run: Annotated[float, typer.Option(help="ray, slurm: CPUs of a run.")] = 1.0,
    gpus_per_run: Annotated[
        float | None, typer.Option(help="ray, slurm: GPUs of a run, such as 0.25.  [default: 0.25 where Ray has any]")
    ] = None,
    slurm: Annotated[str, typer.Option(help="slurm: parameters of submitit, such as slurm_partition=gpu,...")] = "",
    retries: Annotated[int, typer.Option(help="How often a run goes again whose process was lost.")] = 3,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    compiling: Annotated[str, typer.Option("--compile", help="As of run: none, kernels or graphs.")] = "none",
    checkpoint_seconds: Annotated[float, typer.Option(help="Seconds between two saved states.")] = 60.0,
    measure_every: Annotated[
        int | None, typer.Option(help="As of run.  [default: 0; of the first frontier 15]")
    ] = None,
    images_per_second: Annotated[
        float | None, typer.Option(help="Training speed, to estimate compute.  [default: finished runs']")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print runs, hours and compute; run nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Run strategies, budgets and seeds against each other; the same command goes on, finished runs are not repeated.

    Without options: a first frontier of the embedded scenes.
    """
    from budgetseg.learn.threads import wait_politely

    wait_politely()
    from budgetseg.cli.sweep_drawing import draw_sweep
    from budgetseg.runs.index import open_index
    from budgetseg.sweep.compute import speed_from
    from budgetseg.sweep.engines.choose import EngineOptions
    from budgetseg.sweep.grid import Grid, read_grid
    from budgetseg.sweep.sweep import plan_sweep

    asked = {
        "strategies": strategies,
        "hours": hours,
        "full_images": full_images,
        "mixes": mixes or None,
        "seeds": seeds,
        "few_seeds": few_seeds,
        "independent": independent,
    }
    fields, shared = read_grid(grid, asked)
    given = {
        "run.dataset": dataset,
        "run.classes": classes,
        "run.limit": limit,
        "run.points": points,
        "run.instances": instances,
        "run.costs": costs,
        "run.backbone": backbone,
        "train.preset": recipe,
        "train.iterations": iterations,
        "train.batch": batch,
        "train.crop": crop,
    }
    fields, shared, first = _complete(fields, shared, given, settings or [])

    with open_index(runs) as index:
        speed = speed_from(index.durations(), images_per_second)
    found = plan_sweep(Grid(**fields), runs, shared, speed, notice)
    for note in found.notes:
        notice(note)
    if dry_run:
        emit(found.to_dict(), as_json, lambda console: draw_sweep(found, console, dry=True))
        return
    options = EngineOptions(
        folder=runs,
        jobs=jobs,
        device=device,
        address=address,
        cpus_per_run=cpus_per_run,
        gpus_per_run=gpus_per_run,
        retries=retries,
        slurm=slurm,
    )
    if measure_every is None:
        measure_every = _NEWCOMER_MEASURE_EVERY if first else 0
    how = {"compiling": compiling, "checkpoint_seconds": checkpoint_seconds, "measure_every": measure_every}
    failure = _carry_out(found, engine, options, how)
    with open_index(runs):
        pass  # so that the next to list runs finds the index as it is now
    found = found.afresh()
    emit(found.to_dict(), as_json, lambda console: draw_sweep(found, console, dry=False))
    if failure is not None:
        raise failure


def _complete(
    fields: dict[str, Any], shared: dict[str, str], given: Mapping[str, Any], texts: list[str]
) -> tuple[dict[str, Any], dict[str, str], bool]:
    """Add options, ``--set`` and, for the embedded scenes, what a newcomer gets; say whether it is a first frontier."""
    from budgetseg.cli.settings import train_defaults
    from budgetseg.runs.config import overrides_of
    from budgetseg.sweep.grid import OURS

    overrides = overrides_of(texts)
    for name in overrides:
        if name.startswith("run.") and name.removeprefix("run.") in OURS:
            raise InvalidInputError(f"--set {name}: the sweep sets this itself; leave it out")
    shared = {f"train.{name}": str(value) for name, value in train_defaults().items()} | shared
    shared |= {name: str(value) for name, value in given.items() if value is not None} | overrides
    if shared.setdefault("run.dataset", "scenes") != "scenes" or fields.get("mixes"):
        return fields, shared, False
    first = "hours" not in fields
    if first:
        if "train.iterations" not in shared and "train.preset" not in shared:
            shared["train.iterations"] = _NEWCOMER_ITERATIONS
        notice(
            f"no --hours: a first frontier, of {_NEWCOMER['hours']} h"
            + (f" and {shared['train.iterations']} iterations" if "train.iterations" in shared else "")
        )
    from budgetseg.settings import read_fields
    from budgetseg.sweep.grid import Grid

    return read_fields(Grid, _NEWCOMER, "grid") | fields, shared, first


def _carry_out(found: "Sweep", engine: str, options: Any, how: Mapping[str, Any]) -> BudgetsegError | None:
    """Run what is missing, in a way of ``conduct``; return the failure of some runs, to be raised after the table."""
    from budgetseg.cli.sweep_drawing import SweepDisplay
    from budgetseg.errors import SomeRunsFailedError
    from budgetseg.runs.signals import stop_on_signals
    from budgetseg.sweep.conduct import conduct, require_writable
    from budgetseg.sweep.engines.choose import engine_of

    carrier = engine_of(engine, options)
    if not found.missing:
        return None
    require_writable(found.folder)
    with SweepDisplay() as display, stop_on_signals() as stop, carrier:
        try:
            conduct(
                found,
                carrier,
                display,
                stop,
                retries=options.retries,
                device=options.device,
                **how,
            )
        except SomeRunsFailedError as failure:
            return failure
    return None
