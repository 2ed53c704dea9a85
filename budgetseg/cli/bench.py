"""``budgetseg bench``: how fast this machine trains, how much of it a training uses, and what trainings reach."""

from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.bench_accuracy import accuracy
from budgetseg.cli.bench_many import report, runs
from budgetseg.cli.bench_surfaces import surfaces

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.bench.train import TrainBench

__all__ = ["app"]

app = typer.Typer(
    help="Measure how fast this machine trains, and what annotations reach.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(accuracy)
app.command()(surfaces)
app.command()(report)
app.command()(runs)


@app.command()
def train(
    backbone: Annotated[
        str, typer.Option(help="tiny, efficientnet_lite0, 1 or 2, vgg16 (FCN-32s) or timm/NAME.")
    ] = "efficientnet_lite0",
    weights: Annotated[
        str | None,
        typer.Option(help="imagenet, none, a file or a URL.  [default: imagenet for efficientnet_lite, else none]"),
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Images a step.  [default: the recipe's]")] = None,
    crop: Annotated[int | None, typer.Option(help="Side of the images in pixels.  [default: the recipe's]")] = None,
    classes: Annotated[int, typer.Option(help="How many, with the background.")] = 21,
    objective: Annotated[
        str, typer.Option(help="full: masks; weak: image labels, clicks and a prior; all: half a batch of each.")
    ] = "all",
    steps: Annotated[int, typer.Option(help="Steps that are timed, after some that are not.")] = 20,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    compiling: Annotated[
        str, typer.Option("--compile", help="none, kernels (torch.compile) or graphs (CUDA graphs besides).")
    ] = "none",
    against: Annotated[
        bool, typer.Option("--against", help="Run a plain eager loop with a DataLoader as well, and compare.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Train on made-up images in memory: images and operations a second, memory, and time outside the model."""
    from typing import Any, cast

    from budgetseg.learn.threads import wait_politely

    wait_politely()
    from budgetseg.bench.load import TrainLoad
    from budgetseg.bench.train import bench_train
    from budgetseg.cli.output import emit
    from budgetseg.learn.lite import LITES

    load = TrainLoad(
        backbone=backbone,
        weights=weights or ("imagenet" if backbone in LITES else "none"),
        batch=batch,
        crop=crop,
        classes=classes,
        objective=cast(Any, objective),
        steps=steps,
        device=device,
        precision=cast(Any, precision),
        compiling=cast(Any, compiling),
    )
    found = bench_train(load, against=against)
    emit(found.to_dict(), as_json, lambda console: _draw(found, console))


@app.command(context_settings={"ignore_unknown_options": True})
def plan(
    options: Annotated[
        list[str] | None, typer.Argument(help="Options of budgetseg plan.  [default: --hours 60]", show_default=False)
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Fresh processes of each, turn by turn.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of lines.")] = False,
) -> None:
    """Time a plan from prompt to answer, in CPU seconds, beside an interpreter that only loads numpy."""
    from budgetseg.bench.plan import bench_plan
    from budgetseg.cli.output import emit

    found = bench_plan(options or ["--hours", "60"], repeats=repeats)
    emit(
        found.to_dict(),
        as_json,
        lambda console: console.print(
            f"{found.command}: {found.plan_cpu_seconds:.2f} s of CPU time, {found.ratio:.1f} times an interpreter that "
            f"loads numpy and ends ({found.numpy_cpu_seconds:.2f} s). Medians of {found.repeats}, one thread.",
            markup=False,
            soft_wrap=True,
        ),
    )


def _draw(found: "TrainBench", console: "Console") -> None:
    from rich.table import Table

    load = found.load
    how = load.precision if load.compiling == "none" else f"{load.precision}, compiled: {load.compiling}"
    console.print(
        f"{load.backbone}, {found.batch} images of {found.crop} x {found.crop} a step, {load.classes} classes, losses: "
        f"{load.objective}, {how}, on {found.device}",
        markup=False,
        soft_wrap=True,
    )
    table = Table("", box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_row("images a second", f"{found.images_per_second:,.1f}")
    table.add_row("seconds a step", f"{found.step_seconds:.4f}")
    table.add_row("TFLOP/s", f"{found.tflops:.3f}")
    table.add_row(f"of {found.matmul_tflops:.3f} TFLOP/s in matrix products", f"{found.matmul_share:.0%}")
    table.add_row("time outside the model", f"{found.outside_share:.0%}")
    table.add_row("peak memory, MB", f"{found.peak_bytes / 1e6:,.0f}")
    if found.speed_up is not None and found.plain_step_seconds is not None:
        table.add_row("the plain loop, images a second", f"{found.batch / found.plain_step_seconds:,.1f}")
        table.add_row("times as fast as the plain loop", f"{found.speed_up:.2f}")
    console.print(table)
    console.print(f"Medians over {load.steps} steps; {found.threads} CPU threads.", soft_wrap=True)
