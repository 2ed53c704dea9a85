"""``budgetseg run``: one experiment, from annotation hours to mIoU."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from budgetseg.cli.output import emit, notice
from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from budgetseg.plan.plan import Plan

# Options that are fields of the run itself; the others say how the command behaves.
_RECIPE_OPTIONS = {"iterations": "iterations", "batch": "batch", "crop": "crop", "lr": "lr", "recipe": "preset"}
_LOSSES = {
    "image": "image_weight",
    "point": "point_weight",
    "objectness": "objectness_weight",
    "unmarked-objectness": "unmarked_objectness_weight",
    "crf": "crf_weight",
    "weak": "weak_weight",
}


def run(
    context: typer.Context,
    strategy: Annotated[
        str | None,
        typer.Option(help=f"What to buy: {', '.join(KINDS)}, hybrid ... (a wrong name lists all).  [default: hybrid]"),
    ] = None,
    plan: Annotated[Path | None, typer.Option(help="Buy the mix of this plan.json instead of a strategy.")] = None,
    mix: Annotated[str | None, typer.Option(help="Buy these images instead of a strategy: full=40,point=640.")] = None,
    full_images: Annotated[int | None, typer.Option(help="Full masks of the hybrid strategy.  [default: 100]")] = None,
    search_class: Annotated[
        str | None, typer.Option(help="Class that the two-stage strategy looks for by image labels, and masks.")
    ] = None,
    hours: Annotated[
        str | None, typer.Option(help="Annotators' hours to spend, such as 6, 90m or 1h30m.  [default: all images]")
    ] = None,
    images: Annotated[int | None, typer.Option(help="Images to annotate, instead of hours.")] = None,
    current: Annotated[
        Path | None,
        typer.Option(
            help="Images annotated already: a run's folder, its subset.csv, or JSON that names them. Their answers "
            "stay, and asking more of them costs the new questions alone."
        ),
    ] = None,
    annotations: Annotated[
        Path | None,
        typer.Option(help="Train on these answers of people, as budgetseg ingest writes them, not on simulated ones."),
    ] = None,
    validation: Annotated[
        str | None,
        typer.Option(help="Masks that measure the model: free, or how many the hours pay for.  [default: free]"),
    ] = None,
    costs: Annotated[
        str | None, typer.Option(help="Cost book: a shipped name or a TOML file.  [default: voc2012]")
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            help="voc2012, a folder (VOC, SBD, Cityscapes, COCO, images and masks), or other embedded scenes, "
            "scenes:classes=3,size=0.5,clutter=8,...  [default: scenes]"
        ),
    ] = None,
    classes: Annotated[str | None, typer.Option(help="Keep only images of these classes: cat,dog,...")] = None,
    limit: Annotated[int | None, typer.Option(help="Keep only the first N training images.")] = None,
    points: Annotated[Path | None, typer.Option(help="Real clicks (JSON), used instead of simulated ones.")] = None,
    background_clicks: Annotated[
        int | None,
        typer.Option(
            help="Clicks on the background of each image of clicks or strokes, each charged as a further click.  "
            "[default: 0]"
        ),
    ] = None,
    background_points: Annotated[
        Path | None, typer.Option(help="Real clicks on the background (JSON), used instead of simulated ones.")
    ] = None,
    instances: Annotated[
        Path | None, typer.Option(help="Boxes of instances (JSON), where the data set has no instance masks.")
    ] = None,
    train_set: Annotated[
        str | None,
        typer.Option(help="Training list of a VOC devkit: voc, paper (10,582 images) or trainval (12,031)."),
    ] = None,
    train_list: Annotated[Path | None, typer.Option(help="File that lists the training images.")] = None,
    val_list: Annotated[Path | None, typer.Option(help="File that lists the validation images.")] = None,
    annotators: Annotated[
        str | None,
        typer.Option(help="human: simulated annotators err as people do; perfect: they do not.  [default: human]"),
    ] = None,
    patch_radius: Annotated[
        int | None, typer.Option(help="Pixels around a click that are labelled with it.  [default: 0]")
    ] = None,
    objectness: Annotated[
        str | None, typer.Option(help="Objectness prior: none, center, maps:FOLDER or detector:FILE.  [default: none]")
    ] = None,
    objectness_seconds: Annotated[
        str | None, typer.Option(help="What the prior costs once.  [default: a detector's boxes, else 0]")
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(
            help="tiny (default for the scenes), efficientnet_lite0 (default elsewhere), efficientnet_lite1 or 2, "
            "vgg16 (FCN-32s) or timm/NAME."
        ),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Weights of the backbone: imagenet, none, a file or a URL.  [default: imagenet]")
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="Training preset: modern or paper.  [default: modern]")] = None,
    loss_weights: Annotated[
        str | None,
        typer.Option(
            help="Weights of the losses, such as image=1,point=1,objectness=0.2,crf=0.02,weak=0.3; "
            "unmarked-objectness=1 is that of the prior on images without clicks or strokes."
        ),
    ] = None,
    iterations: Annotated[int | None, typer.Option(help="Steps of the optimiser.  [default: the recipe's]")] = None,
    batch: Annotated[int | None, typer.Option(help="Images a step.  [default: the recipe's]")] = None,
    crop: Annotated[
        int | None, typer.Option(help="Longest side in pixels of what the network sees; 0: whole images.")
    ] = None,
    absent_classes: Annotated[
        str | None,
        typer.Option(
            help="Classes in neither truth nor prediction: skip, or zero as in the paper's code.  [default: skip]"
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of the choice of images, the annotators and the training.  [default: 0]")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    compiling: Annotated[
        str, typer.Option("--compile", help="none, kernels (torch.compile; a minute at the start) or graphs (CUDA).")
    ] = "none",
    precision: Annotated[str | None, typer.Option(help="fp32 or bf16.  [default: fp32]")] = None,
    config: Annotated[Path | None, typer.Option(help="A run's config.toml; options given here win over it.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any other setting: train.lr=1e-3, run.seed=2; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of this run.  [default: runs/STRATEGY-...]")] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with a stopped run, and fail if there is none (without it: go on if there is one)."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Throw away what the folder holds of a run and start anew.")
    ] = False,
    checkpoint_seconds: Annotated[float, typer.Option(help="Seconds between two saved states.")] = 60.0,
    measure_every: Annotated[
        int,
        typer.Option(
            help="Iterations after which mIoU is logged on a few validation images, for learning curves, 0 never; "
            "takes 5 % of training at most and does not change the result."
        ),
    ] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the configuration and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")] = False,
) -> None:
    """Buy annotations, train on them, and measure mIoU.

    Without options: the hybrid of 100 masks and clicks, on the embedded scenes, on whatever device there is.
    """
    from budgetseg.learn.threads import wait_politely

    wait_politely()
    from budgetseg.cli.run_drawing import RunDisplay, draw_result
    from budgetseg.runs.config import config_text
    from budgetseg.runs.run import run as carry_out
    from budgetseg.runs.spec import Execution

    spec = _spec(context)
    if dataset is None and spec.dataset == "scenes":
        notice("no --dataset: using the embedded scenes, a generated stand-in for photographs")
    if dry_run:
        sys.stdout.write(config_text(spec))
        return
    execution = Execution(
        folder=out or Path("runs") / spec.folder_name,
        device=device,
        compiling=cast(Any, compiling),
        force=force,
        resume=resume,
        workers=os.cpu_count() or 1,
        checkpoint_seconds=checkpoint_seconds,
        measure_every=measure_every,
        command=shlex.join(["budgetseg", *sys.argv[1:]]),
    )
    with RunDisplay(as_json) as display:
        result = carry_out(spec, execution, display)
    if result:  # a process that only helped has nothing to tell
        emit(result, as_json, lambda console: draw_result(result, execution.folder, console))


def _spec(context: typer.Context) -> Any:
    """Merge configuration files, ``--config``, ``--plan``, options and ``--set`` into a run, later ones stronger."""
    from dataclasses import fields

    from budgetseg.cli.settings import train_defaults
    from budgetseg.plan.plan import read_plan
    from budgetseg.runs.annotated import mix_of
    from budgetseg.runs.config import read_config, spec_of, split_assignment
    from budgetseg.runs.spec import RunSpec
    from budgetseg.settings import counts_by_name

    run_fields = {field.name for field in fields(RunSpec)} - {"mix"}  # --mix is text, no value of the field
    given = {name: value for name, value in context.params.items() if value is not None}
    weak = {name for name in given if _source(context, name) == "DEFAULT_MAP"}
    tables = read_config(Path(given["config"])) if "config" in given else {}

    def options(names: set[str]) -> dict[str, Any]:
        return {name: str(given[name]) if isinstance(given[name], Path) else given[name] for name in names & set(given)}

    run_settings = options(weak & run_fields) | tables.get("run", {}) | options(run_fields - weak)
    if "objectness" in given and "objectness" not in weak and "objectness_seconds" not in given:
        run_settings.pop("objectness_seconds", None)  # those of the configuration are of another prior
    train: dict[str, Any] = train_defaults()
    for strength in (True, False):
        if not strength:
            train |= tables.get("train", {})
        train |= {_RECIPE_OPTIONS[n]: given[n] for n in _RECIPE_OPTIONS if n in given and (n in weak) == strength}
    train |= _loss_weights(given.get("loss_weights", ""))
    for text in given.get("settings", ()):
        table, name, value = split_assignment(text)
        (train if table == "train" else run_settings)[name] = value
    mix = tables.get("mix")
    if len(chosen := {"strategy", "plan", "mix"} & (set(given) - weak)) > 1:
        raise InvalidInputError(f"{' and '.join(f'--{name}' for name in sorted(chosen))}: give one of them")
    if "annotations" in run_settings:
        if settled := sorted(chosen & {"strategy", "mix"}):
            raise InvalidInputError(f"--annotations: what is annotated is there already; leave out --{settled[0]}")
        mix = mix_of(Path(run_settings["annotations"]))
    elif "mix" in given and chosen <= {"mix"}:
        mix = counts_by_name(given["mix"], "--mix")
    elif "plan" in given:
        mix = read_plan(Path(given["plan"])).mix.to_dict()
    elif "strategy" in run_settings and "strategy" in given:
        mix = None
    if "plan" in given and chosen <= {"plan"}:
        _take_over(read_plan(Path(given["plan"])), run_settings)
    return spec_of(run_settings, train, mix)


def _take_over(plan: "Plan", run_settings: dict[str, Any]) -> None:
    """Set what a plan says besides its mix."""
    if plan.validation is not None and plan.validation.charged:
        run_settings.setdefault("validation", str(plan.validation.images))
    if "annotations" in run_settings:
        return  # what is annotated is there already
    run_settings["moves"] = [str(move) for move in plan.moves]
    if plan.background_clicks:
        run_settings.setdefault("background_clicks", plan.background_clicks)


def _source(context: typer.Context, name: str) -> str:
    source = context.get_parameter_source(name)
    return "" if source is None else source.name


def _loss_weights(text: str) -> dict[str, Any]:
    """Read ``image=1,weak=0.3`` as settings of the recipe."""
    from budgetseg.errors import did_you_mean
    from budgetseg.settings import comma_list

    weights = {}
    for item in comma_list(text):
        name, equals, value = item.partition("=")
        setting = _LOSSES.get(name.strip())
        if not equals or setting is None:
            raise InvalidInputError(f'--loss-weights: expected NAME=WEIGHT, got "{item}"{did_you_mean(name, _LOSSES)}')
        weights[setting] = value
    return weights
