"""``budgetseg reproduce``: the paper's tables trained again, its values beside ours, and the known differences."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import emit, notice
from budgetseg.errors import InvalidInputError, SomeRunsFailedError, did_you_mean

if TYPE_CHECKING:
    from budgetseg.reproduce.comparison import Comparison

__all__ = ["app"]

app = typer.Typer(
    help="Repeat the paper: its values, the runs behind them, and how far ours are.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

_TABLES = {
    "table1": "Table 1: mIoU of each supervision, with three draws of random annotators.",
    "table2": "Table 2: IoU of each class.",
    "table3": "Table 3: a fixed budget.",
    "figure5": "Figure 5: 12,031 training images, VOC's test set, and the published points.",
    "variations": "Sections 5.2 and 5.3: without absent classes, and clicks of radius 0, 2, 5 and 25.",
}


def _command(table: str) -> Callable[..., None]:
    """Make the command of one table; all of them take the same options."""

    def command(
        dataset: Annotated[str, typer.Option(help="VOC 2012's devkit, with train_aug.txt or sbd/.")] = "voc2012",
        points: Annotated[
            Path | None, typer.Option(help="The paper's clicks (JSON); without them, clicks are simulated.")
        ] = None,
        objectness: Annotated[
            str, typer.Option(help="Prior of the Obj models: maps:FOLDER, or center as a stand-in.")
        ] = "center",
        follow: Annotated[str, typer.Option(help="Where text and released code differ: code or text.")] = "code",
        rows: Annotated[str, typer.Option(help="Only these rows: a,b (a wrong name suggests one).")] = "",
        runs: Annotated[Path, typer.Option(help="Folder of the runs, and of finished ones.")] = Path("runs/reproduce"),
        backbone: Annotated[str | None, typer.Option(help="Another network than vgg16.")] = None,
        weights: Annotated[str | None, typer.Option(help="VGG16's weights: imagenet, none, a file or a URL.")] = None,
        iterations: Annotated[int | None, typer.Option(help="Other than 50,000 steps.")] = None,
        settings: Annotated[
            list[str] | None, typer.Option("--set", help="Any setting: train.lr=1e-4, run.limit=50; may be repeated.")
        ] = None,
        images_per_second: Annotated[float, typer.Option(help="Training speed, to estimate GPU hours.")] = 303.0,
        device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Print values, commands and hours; run nothing.")] = (
            False
        ),
        as_json: Json = False,
    ) -> None:
        from budgetseg.cli.reproduce_drawing import draw_comparison
        from budgetseg.reproduce.comparison import compare
        from budgetseg.reproduce.set_up import Setup
        from budgetseg.runs.config import overrides_of
        from budgetseg.settings import comma_list

        if follow not in ("code", "text"):
            raise InvalidInputError(
                f'--follow: expected code or text, got "{follow}"{did_you_mean(follow, ("code", "text"))}'
            )
        options = {"run.backbone": backbone, "run.weights": weights, "train.iterations": iterations}
        setup = Setup(
            folder=runs,
            dataset=dataset,
            follow="text" if follow == "text" else "code",
            objectness=objectness,
            points=None if points is None else str(points),
            overrides={name: str(value) for name, value in options.items() if value is not None}
            | overrides_of(settings or ()),
        )
        names = comma_list(rows)
        compared = compare(table, setup, names, images_per_second)
        if any(row.experiment.objectness for row in compared.rows) and objectness == "center":
            notice("no --objectness maps:FOLDER: the image's centre stands in for the paper's objectness prior")
        if points is None and any(row.experiment.real_clicks for row in compared.rows):
            notice("no --points: clicks are simulated")
        failure = None
        if not dry_run:
            failure = _carry_out(compared, device, as_json)
            compared = compare(table, setup, names, images_per_second)
        emit(compared.to_dict(), as_json, lambda console: draw_comparison(compared, dry_run, console))
        if failure is not None:
            raise failure

    return command


def _carry_out(compared: "Comparison", device: str, as_json: bool) -> SomeRunsFailedError | None:
    """Run what is missing; return the failure of some rows, to be raised once the table is printed."""
    from budgetseg.cli.run_drawing import RunDisplay
    from budgetseg.reproduce.carry_out import carry_out

    with RunDisplay(as_json) as display:
        try:
            carry_out(compared, device, display)
        except SomeRunsFailedError as error:
            return error
    return None


for _name, _help in _TABLES.items():
    app.command(_name, help=_help)(_command(_name))


@app.command()
def deviations(as_json: Json = False) -> None:
    """List where the paper's text and its released code differ, with the switch for each, or why there is none."""
    from budgetseg.cli.reproduce_drawing import draw_deviations
    from budgetseg.reproduce.deviation import deviations as known

    document = {"schema": "budgetseg.deviations/1", "deviations": [each.to_dict() for each in known()]}
    emit(document, as_json, lambda console: draw_deviations(known(), console))


@app.command()
def submission(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    dataset: Annotated[Path, typer.Option(help="VOC devkit that holds the test images.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder in which results/ is made.")],
    test_list: Annotated[
        Path | None, typer.Option(help="Ids of the images.  [default: ImageSets/Segmentation/test.txt]")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    as_json: Json = False,
) -> None:
    """Write the files that VOC's test server measures: results/VOC2012/Segmentation/comp6_test_cls/ID.png."""
    from budgetseg.cli.run_drawing import RunDisplay
    from budgetseg.runs.submission import PLACE, write_submission

    with RunDisplay(as_json) as display:
        images = write_submission(
            run,
            dataset,
            out,
            test_list=test_list,
            device=device,
            on_image=lambda done, of: display.progress("measure", done, of, None),
        )
    document = {"schema": "budgetseg.submission/1", "run": str(run), "folder": str(out / PLACE), "images": images}
    lines = f"{images:,} images in {out / PLACE}\npack them with: tar -czf results.tgz -C {out} results"
    emit(document, as_json, lambda console: console.print(lines, markup=False, soft_wrap=True))
