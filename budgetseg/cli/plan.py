"""``budgetseg plan``: the best mix under a budget, from published or own evidence."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.errors import BudgetTooSmallError, InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

    from budgetseg.costs.workload import Workload

__all__ = ["plan"]


def plan(
    hours: Annotated[str, typer.Option(help="Annotators' hours there are, such as 60, 2.5, 90m or 1h30m.")],
    costs: Annotated[str, typer.Option(help="Cost book: a shipped name or a TOML file.")] = "voc2012",
    dataset: Annotated[
        str | None,
        typer.Option(
            help="Take the pool and the mean image from the training images of this data set: scenes, voc2012 or a "
            "folder (VOC, SBD, Cityscapes, COCO, images and masks).  [default: PASCAL VOC 2012's published statistics]"
        ),
    ] = None,
    classes: Annotated[
        str | None, typer.Option(help="Keep only images of these classes of the data set: a,b,c.")
    ] = None,
    instances: Annotated[
        Path | None, typer.Option(help="Boxes of instances (JSON), where the data set has no instance masks.")
    ] = None,
    evidence: Annotated[
        str, typer.Option(help="What predictions rest on: paper, or a CSV file, one training a row.")
    ] = "paper",
    pool: Annotated[int | None, typer.Option(help="Images there are to annotate, instead of the data set's.")] = None,
    accounting: Annotated[
        str, typer.Option(help="exact, or paper: the paper's rounded seconds. Neither goes over budget.")
    ] = "exact",
    objectness_seconds: Annotated[
        str, typer.Option(help="What an objectness prior costs, paid once; detector:FILE charges its boxes.")
    ] = "0",
    current: Annotated[
        Path | None,
        typer.Option(
            help="What is annotated already: a run's folder or subset.csv, a plan, or JSON such as "
            '{"image": 500}. It stays, and asking more of these images costs the new questions alone.'
        ),
    ] = None,
    validation: Annotated[
        str, typer.Option(help="Masks that measure the model: free, or how many of them the hours pay for.")
    ] = "free",
    background_clicks: Annotated[
        int, typer.Option(help="Clicks on the background asked of each image of clicks or strokes, charged each.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the JSON document to this file.")] = None,
) -> None:
    """Plan how to spend annotation hours: images per kind, the mIoU to expect, and what else the hours would buy."""
    from budgetseg.cli.costs_terms import announce_unverified
    from budgetseg.cli.output import emit, notice
    from budgetseg.cli.plan_drawing import draw_plan
    from budgetseg.costs.book import load_book
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.costs.per_image import check_choices
    from budgetseg.costs.workload import exact_number
    from budgetseg.files import write_json
    from budgetseg.plan.choose import choose_plan
    from budgetseg.plan.current import read_current
    from budgetseg.plan.evidence import misspelt, read_evidence
    from budgetseg.plan.offers import NOTHING_HELD
    from budgetseg.plan.validation import charged_images, value_validation

    check_choices(accounting, 1, "once")
    try:
        budget_seconds: Fraction = seconds_of_hours(hours)
    except BudgetTooSmallError:
        budget_seconds = exact_number(0, "hours")  # planning knows the costs, so it can say how much would do
    known = read_evidence(evidence)
    if known.ignored_columns:
        hints = [f'"{column}" looks like {kind}' for column, kind in misspelt(known.ignored_columns).items()]
        hint = f"; {', '.join(hints)}" if hints else ""
        notice(f"{known.name}: columns not used: {', '.join(known.ignored_columns)}{hint}")
    charged = charged_images(validation)
    name, workload, images, measured = _pool(dataset, classes, instances)
    book = load_book(costs, background_clicks=background_clicks)
    announce_unverified(book, [kind for kind in book.kinds if kind in known.kinds])
    chosen = choose_plan(
        budget_seconds=budget_seconds,
        book=book,
        workload=workload,
        pool=images if pool is None else pool,
        current=NOTHING_HELD if current is None else read_current(current).mix,
        validation=value_validation(book, measured[0], available=measured[1], charged=charged),
        evidence=known,
        accounting="paper" if accounting == "paper" else "exact",
        fixed_seconds=exact_number(_prior_seconds(objectness_seconds), "--objectness-seconds"),
        dataset=name,
    )
    document = chosen.to_dict()
    if output is not None:
        write_json(output, document)
        notice(f"plan written to {output}")
    emit(document, as_json, lambda console: draw_plan(chosen, console))


def _prior_seconds(text: str) -> str:
    """Read seconds, or the file of the detector that they were spent on."""
    if not text.startswith("detector:"):
        return text
    from budgetseg.learn.detector.file import load_detector

    return str(load_detector(Path(text.removeprefix("detector:"))).provenance.seconds)


def _pool(
    dataset: str | None, classes: str | None, instances: Path | None
) -> "tuple[str, Workload, int, tuple[Workload, int]]":
    """Return what to call the images, their mean, how many there are, and the same of the validation images."""
    from budgetseg.costs.workload import PASCAL_VOC_2012, PASCAL_VOC_2012_POOL, PASCAL_VOC_2012_VALIDATION

    if dataset is None:
        if classes is not None or instances is not None:
            raise InvalidInputError(
                f"--{'classes' if classes is not None else 'instances'}: chooses among a data set's images; "
                "give the data set with --dataset"
            )
        name = "PASCAL VOC 2012's published statistics"
        return name, PASCAL_VOC_2012, PASCAL_VOC_2012_POOL, (PASCAL_VOC_2012, PASCAL_VOC_2012_VALIDATION)
    from budgetseg.cli.output import notice
    from budgetseg.data.index import index_images
    from budgetseg.data.open import open_dataset
    from budgetseg.settings import comma_list

    images = open_dataset(dataset, classes=comma_list(classes or ""), instances=instances, tell=notice)
    train, val = index_images(images, "train"), index_images(images, "val")
    for note in images.notes:
        notice(note)
    return images.name, train.workload, len(train.ids), (val.workload, len(val.ids))
