"""``budgetseg objectness``: learn a prior from a few boxes, write its maps, and measure any prior against masks."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetseg.cli import dataset_options as options
from budgetseg.cli.output import emit, notice
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.data.dataset import Dataset

app = typer.Typer(help="Learn an objectness prior from a few boxes, write its maps, measure it.", no_args_is_help=True)

DatasetOption = Annotated[str, typer.Option(help=f"{options.KNOWN}.  [default: scenes]", show_default=False)]
SplitOption = Annotated[str, typer.Option(help="Which images: train or val.")]


def _opened(dataset: str, classes: str, instances: Path | None) -> "Dataset":
    return options.opened(dataset, classes, None, instances, "voc", None, None)


def _ids(dataset: "Dataset", split: str) -> tuple[str, ...]:
    if split not in ("train", "val"):
        raise InvalidInputError(f'--split: expected train or val, got "{split}"')
    return dataset.ids(split)  # type: ignore[arg-type]  # checked above


@app.command()
def fit(
    output: Annotated[Path, typer.Option("--output", "-o", help="The detector's file, such as detector.safetensors.")],
    dataset: DatasetOption = "scenes",
    classes: options.Classes = "",
    instances: options.InstanceList = None,
    boxes: Annotated[
        str,
        typer.Option(
            help="others: objects of other classes in images outside those of --classes; all: all objects in these "
            "images; or a list of boxes (JSON) of the chosen images themselves."
        ),
    ] = "others",
    images: Annotated[int, typer.Option(help="Images to draw boxes in, at most.")] = 50,
    max_boxes: Annotated[int, typer.Option(help="Boxes to draw, at most.")] = 291,
    costs: Annotated[str, typer.Option(help="Cost book that says what boxes take.")] = "voc2012",
    backbone: Annotated[
        str, typer.Option(help="Frozen network: efficientnet_lite0, 1 or 2, vgg16, tiny or timm/NAME.")
    ] = "efficientnet_lite0",
    weights: Annotated[str, typer.Option(help="Its weights: imagenet, none, a file or a URL.")] = "imagenet",
    seed: Annotated[int, typer.Option(help="Another seed draws other images.")] = 0,
    as_json: options.Json = False,
) -> None:
    """Learn a generic object detector from a few boxes, for --objectness detector:FILE.

    The boxes' annotation time is kept in the file, and `run` charges it once.
    """
    from budgetseg.costs.book import load_book
    from budgetseg.learn.detector.file import save_detector
    from budgetseg.learn.detector.prior import learn_detector

    if seed < 0:
        raise InvalidInputError(f"--seed: expected a whole number of at least 0, got {seed}")
    detector = learn_detector(
        _opened(dataset, classes, instances),
        load_book(costs),
        source=boxes,
        costs=costs,
        backbone=backbone,
        weights=weights,
        seed=seed,
        max_images=images,
        max_boxes=max_boxes,
    )
    save_detector(output, detector)
    document = {"schema": "budgetseg.detector-made/1", "path": str(output), **detector.provenance.to_dict()}
    emit(document, as_json, lambda console: _draw_made(document, console))


def _draw_made(made: dict[str, Any], console: "Console") -> None:
    hidden = made["boxes"] - made["boxes_learned"]
    hiding = f", of which {hidden} only hide objects of the kept classes" if hidden else ""
    for line in (
        f"{made['path']}: {made['boxes']} boxes on {len(made['image_ids'])} images{hiding}",
        f"boxes: {made['boxes_from']}",
        f"annotation: {made['seconds']:,.1f} s ({made['seconds'] / 60:.1f} min) by book {made['costs']}, paid once",
        f"cells in boxes told from others with AUC {made['cell_auc']:.3f}, in images left out of the fit",
    ):
        console.print(line, markup=False, soft_wrap=True)


@app.command()
def maps(
    detector: Annotated[Path, typer.Argument(help="The detector's file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write, for --objectness maps:FOLDER.")],
    dataset: DatasetOption = "scenes",
    classes: options.Classes = "",
    limit: options.Limit = None,
    split: SplitOption = "train",
) -> None:
    """Write the map of each image as a grey PNG of 16 bits, black for 0 and white for 1."""
    from budgetseg.learn.detector.prior import DetectorPrior, write_maps

    opened = options.opened(dataset, classes, limit, None, "voc", None, None)
    ids = _ids(opened, split)
    write_maps(DetectorPrior(detector), opened, ids, output, on_image=_progress("maps"))
    notice(f"{output}: {len(ids):,} maps; use them with --objectness maps:{output}")


@app.command()
def audit(
    prior: Annotated[str, typer.Argument(help="center, maps:FOLDER or detector:FILE.")],
    dataset: DatasetOption = "scenes",
    classes: options.Classes = "",
    split: SplitOption = "val",
    images: Annotated[int | None, typer.Option(help="Only so many images, spread over the split.")] = None,
    as_json: options.Json = False,
) -> None:
    """Measure how well a prior tells pixels of objects from background: AUC against masks, and seconds an image."""
    from budgetseg.learn.detector.audit import audit as measure
    from budgetseg.learn.detector.file import load_detector
    from budgetseg.learn.objectness import detector_file, open_prior, require_objectness

    if images is not None and images < 1:
        raise InvalidInputError(f"--images: expected at least 1, got {images}")
    opened_prior = open_prior(prior)
    opened = _opened(dataset, classes, None)
    ids = _ids(opened, split)
    ids = ids if images is None else ids[:: max(1, -(-len(ids) // images))]
    path = detector_file(prior)
    if path is None:
        require_objectness(prior, ids)
    seen = () if path is None else load_detector(path).provenance.image_ids
    found = measure(prior, opened_prior, opened, ids, learned_from=seen, on_image=_progress("audit"))
    emit(found.to_dict(), as_json, lambda console: _draw_audit(found.to_dict(), console))


def _draw_audit(found: dict[str, Any], console: "Console") -> None:
    from rich.table import Table

    left_out = f" ({found['learned_from']} more were learned from)" if found["learned_from"] else ""
    console.print(f"{found['prior']}, {found['images']:,} images of {found['dataset']}{left_out}", markup=False)
    table = Table("pixel AUC", show_header=False)
    table.add_row("pixel AUC, pooled", f"{found['auc_pooled']:.3f}")
    table.add_row("pixel AUC, mean over images", f"{found['auc_per_image']:.3f}")
    table.add_row("seconds an image", f"{found['seconds_per_image']:.3f}")
    console.print(table)


def _progress(what: str) -> Callable[[int, int], None]:
    """Say on stderr how far it is, where somebody watches."""

    def show(done: int, of: int) -> None:
        if sys.stderr.isatty() and (done % 10 == 0 or done == of):
            sys.stderr.write(f"\r{what}: {done}/{of}" + ("\n" if done == of else ""))

    return show
