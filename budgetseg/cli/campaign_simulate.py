"""``budgetseg campaign simulate``: strategies played through on a measured surface, or with the real trainer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli import market_options as options
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from budgetseg.plan.campaign_replay import ReplayStep

__all__ = ["simulate"]

_ON_A_SURFACE = 16


def simulate(
    hours: options.Hours,
    surface: Annotated[
        Path | None, typer.Option(help="Measured trainings (CSV, as --evidence of plan): the world to play in.")
    ] = None,
    trainer: Annotated[
        bool, typer.Option("--trainer", help="Train for real on --dataset: each training is a run below --runs.")
    ] = False,
    steps: Annotated[int, typer.Option(help="Slices in which the hours are spent.")] = 8,
    strategy: Annotated[
        str,
        typer.Option(help="One or several: ours, all-KIND, hybrid, uniform, random, oracle."),
    ] = "ours,all-full,all-point,hybrid,uniform",
    seeds: Annotated[int, typer.Option(help="How often each strategy is played, with other noise.")] = 1,
    trainings: Annotated[
        int | None,
        typer.Option(
            help="Trainings a step: the mix that is held, and what it can be cut down or degraded to.  "
            f"[default: {_ON_A_SURFACE}; with --trainer one and one for each kind]"
        ),
    ] = None,
    evidence: Annotated[
        str | None,
        typer.Option(help="What is known beforehand: modern, paper, a CSV file or runs/.  [default: nothing]"),
    ] = None,
    costs: options.Costs = "voc2012",
    seconds_per_image: options.SecondsPerImage = None,
    fixed_seconds: options.FixedSeconds = "0",
    pool: options.Pool = None,
    dataset: options.Dataset = None,
    classes: options.Classes = None,
    classes_per_image: options.ClassesPerImage = None,
    instances_per_image: options.InstancesPerImage = None,
    instances: options.Instances = None,
    validation: options.ValidationMasks = "free",
    no_predict: Annotated[
        bool, typer.Option("--no-predict", help="Predict for ours alone; saves a fit a step of every other strategy.")
    ] = False,
    runs: Annotated[Path, typer.Option(help="Where --trainer puts its runs.")] = Path("runs/campaign"),
    device: Annotated[str, typer.Option(help="For --trainer: auto, cpu, cuda, cuda:N or mps.")] = "auto",
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="For --trainer, a setting of run: train.iterations=200.")
    ] = None,
    as_json: options.Json = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the JSON document to this file.")] = None,
) -> None:
    """Replay plan, annotate a slice, train, plan again: what each strategy would have reached, step by step.

    On a surface, a mix that was not measured is answered by a smooth fit of all rows, plus the noise of a training.
    """
    from budgetseg.cli.campaign_drawing import draw_simulation
    from budgetseg.cli.campaign_worlds import RealWorld, SurfaceWorld, played
    from budgetseg.cli.output import emit, notice
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.files import write_json
    from budgetseg.plan.evidence import read_evidence
    from budgetseg.settings import comma_list

    if (surface is None) != trainer:
        raise InvalidInputError("campaign simulate: give --surface FILE.csv to play on, or --trainer to train for real")
    if trainer and dataset is None:
        raise InvalidInputError("--trainer: needs the data to train on; give --dataset scenes, or a folder")
    if seeds < 1:
        raise InvalidInputError(f"--seeds: expected at least 1, got {seeds}")
    market = options.market(
        costs=costs,
        seconds_per_image=seconds_per_image,
        fixed_seconds=fixed_seconds,
        pool=pool,
        dataset=dataset,
        classes=classes,
        classes_per_image=classes_per_image,
        instances_per_image=instances_per_image,
        instances=instances,
    )
    world: RealWorld | SurfaceWorld
    if surface is not None:
        world = SurfaceWorld.of(surface, market, pool)
    else:
        world = RealWorld.of(market, runs, device, str(dataset), classes or "", instances, validation, settings or ())

    def tell(name: str, seed: int, step: "ReplayStep") -> None:
        if trainer:
            notice(f"{name}, seed {seed}, step {step.step}: {step.held} ({step.hours:.2f} h), mIoU {step.measured}")

    simulation = played(
        world,
        comma_list(strategy),
        range(seeds),
        budget_seconds=seconds_of_hours(hours),
        validation=market.validation(validation),
        steps=steps,
        trainings=trainings if trainings is not None else _ON_A_SURFACE if surface else 1 + len(world.prices.kinds),
        known=None if evidence is None else read_evidence(evidence),
        predict=not no_predict,
        tell=tell,
    )
    document = simulation.to_dict()
    if output is not None:
        write_json(output, document)
        notice(f"simulation written to {output}")
    emit(document, as_json, lambda console: draw_simulation(simulation, console))
