"""What ``pilot`` and ``campaign`` ask about images and costs: the options, and the values that they add up to."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import notice
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

    from budgetseg.costs.book import CostBook
    from budgetseg.costs.workload import Workload
    from budgetseg.plan.prices import Prices
    from budgetseg.plan.validation import Validation

__all__ = ["Market", "market"]

Hours = Annotated[str, typer.Option(help="Annotators' hours there are, such as 60, 2.5, 90m or 1h30m.")]
Costs = Annotated[str, typer.Option(help="Cost book: a shipped name or a TOML file.")]
SecondsPerImage = Annotated[
    str | None,
    typer.Option(help="Seconds of one image, full=155,point=7.6: instead of the book; other kinds are not for sale."),
]
FixedSeconds = Annotated[str, typer.Option(help="Seconds that are paid once, whatever is bought.")]
Pool = Annotated[int | None, typer.Option(help="Images there are to annotate.")]
Dataset = Annotated[
    str | None, typer.Option(help="Take pool and mean image from this data set: scenes, voc2012 or a folder.")
]
Classes = Annotated[
    str | None, typer.Option(help="How many classes annotators are asked about; with --dataset: only these, a,b,c.")
]
ClassesPerImage = Annotated[str | None, typer.Option(help="Mean classes that an image holds.")]
InstancesPerImage = Annotated[str | None, typer.Option(help="Mean object instances of an image.")]
Instances = Annotated[
    Path | None, typer.Option(help="Boxes of instances (JSON), where the data set has no instance masks.")
]
ValidationMasks = Annotated[
    str, typer.Option("--validation", help="Masks that measure the model: free, or how many the hours pay for.")
]
BackgroundClicks = Annotated[
    int, typer.Option(help="Clicks on the background asked of each image of clicks or strokes, charged each.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]


@dataclass(frozen=True, kw_only=True)
class Market:
    """What can be annotated, and for how much."""

    dataset: str | None
    """What to call the images; None where prices alone are known."""
    workload: "Workload | None"
    """The mean image; None where prices are given."""
    pool: int | None
    """None where only the hours are a limit."""
    prices: "Prices"
    validation_workload: "Workload | None"
    validation_images: int | None
    book: "CostBook | None"
    """None where seconds were given instead."""

    def validation(self, choice: str) -> "Validation | None":
        """Return the masks that ``--validation`` speaks of, with what they cost.

        Raises:
            InvalidInputError: No number, more than there are, or masks without a price.
        """
        from budgetseg.plan.validation import Validation, charged_images, value_validation

        charged = charged_images(choice)
        if self.book is not None and self.validation_workload is not None:
            return value_validation(
                self.book, self.validation_workload, available=self.validation_images, charged=charged
            )
        if charged is None:
            return None
        if "full" not in self.prices.seconds_of:
            raise InvalidInputError(f"--validation {charged}: masks have no price; add full=SECONDS")
        return Validation(images=charged, seconds=charged * self.prices.seconds_of["full"], charged=True)


def market(
    *,
    costs: str,
    seconds_per_image: str | None,
    fixed_seconds: str,
    pool: int | None,
    dataset: str | None,
    classes: str | None,
    classes_per_image: str | None,
    instances_per_image: str | None,
    instances: Path | None = None,
    background_clicks: int = 0,
) -> Market:
    """Add the options up.

    Raises:
        InvalidInputError: A value that is none, or a part of a data set's numbers without the rest.
    """
    from budgetseg.costs.book import load_book
    from budgetseg.costs.workload import exact_number
    from budgetseg.plan.prices import Prices, seconds_said

    if pool is not None and pool < 1:
        raise InvalidInputError(f"--pool: expected at least 1 image to annotate, got {pool}")
    once: Fraction = exact_number(fixed_seconds, "--fixed-seconds")
    numbers = {
        "--classes": classes,
        "--classes-per-image": classes_per_image,
        "--instances-per-image": instances_per_image,
    }
    name, workload, images, val_workload, val_images = _images(dataset, numbers, pool, instances, seconds_per_image)
    if seconds_per_image is not None:
        if background_clicks:
            raise InvalidInputError("--seconds-per-image: are all that an image costs; leave out --background-clicks")
        prices = Prices.said(seconds_said(seconds_per_image), fixed_seconds=once, origin="--seconds-per-image")
        book = None
    else:
        assert workload is not None  # _images insists on it where a book is used
        book = load_book(costs, background_clicks=background_clicks)
        prices = Prices.of(book, workload, fixed_seconds=once)
    return Market(
        dataset=name,
        workload=workload,
        pool=images if pool is None else pool,
        prices=prices,
        validation_workload=val_workload,
        validation_images=val_images,
        book=book,
    )


_Images = tuple[str | None, "Workload | None", int | None, "Workload | None", int | None]


def _images(
    dataset: str | None,
    numbers: dict[str, str | None],
    pool: int | None,
    instances: Path | None,
    seconds_per_image: str | None,
) -> _Images:
    """Return the images' name, mean and number, and the mean and number of the validation images."""
    from budgetseg.costs.workload import (
        PASCAL_VOC_2012,
        PASCAL_VOC_2012_POOL,
        PASCAL_VOC_2012_VALIDATION,
        Workload,
    )

    given = [option for option, value in numbers.items() if value is not None]
    if dataset is not None:
        if extra := [option for option in given if option != "--classes"]:
            raise InvalidInputError(f"{extra[0]}: counted in the data set; leave it out, or leave --dataset out")
        return _counted(dataset, numbers["--classes"], instances)
    if instances is not None:
        raise InvalidInputError("--instances: are of a data set's images; give the data set with --dataset")
    if not given:
        if seconds_per_image is not None:
            return None, None, None, None, None
        name = "PASCAL VOC 2012's published statistics"
        return name, PASCAL_VOC_2012, PASCAL_VOC_2012_POOL, PASCAL_VOC_2012, PASCAL_VOC_2012_VALIDATION
    missing = [option for option, value in {**numbers, "--pool": pool}.items() if value is None]
    if missing:
        raise InvalidInputError(
            f"{', '.join(missing)}: needed beside {' and '.join(given)}, for nothing is assumed of your images; "
            "count a sample with: budgetseg data stats"
        )
    workload = Workload.of(*(value for value in numbers.values() if value is not None))
    return "your pool", workload, pool, workload, None


def _counted(dataset: str, classes: str | None, instances: Path | None) -> _Images:
    from budgetseg.data.index import index_images
    from budgetseg.data.open import open_dataset
    from budgetseg.settings import comma_list

    images = open_dataset(dataset, classes=comma_list(classes or ""), instances=instances, tell=notice)
    train, val = index_images(images, "train"), index_images(images, "val")
    for note in images.notes:
        notice(note)
    return images.name, train.workload, len(train.ids), val.workload, len(val.ids)
