"""The images that ``budgetseg plan`` plans for: of a data set, of numbers, or PASCAL VOC 2012's."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli.output import notice
from budgetseg.errors import InvalidInputError, did_you_mean

if TYPE_CHECKING:
    from budgetseg.costs.workload import Workload
    from budgetseg.plan.coverage import Frequencies

__all__ = [
    "Classes",
    "Dataset",
    "Frequency",
    "Images",
    "InstanceBoxes",
    "InstancesEach",
    "Pool",
    "Present",
    "images_of",
]

Dataset = Annotated[
    str | None,
    typer.Option(
        "--dataset",
        help="Take the pool and the mean image from the training images of this data set: scenes, voc2012 or a "
        "folder (VOC, SBD, Cityscapes, COCO, images and masks).  [default: PASCAL VOC 2012's published statistics]",
    ),
]
Classes = Annotated[
    str | None,
    typer.Option("--classes", help="With --dataset, keep only images of these classes: a,b,c. Without, how many."),
]
Present = Annotated[
    str | None, typer.Option("--classes-per-image", help="Without --dataset: mean number of classes an image holds.")
]
InstancesEach = Annotated[
    str | None, typer.Option("--instances-per-image", help="Without --dataset: mean number of instances.")
]
InstanceBoxes = Annotated[
    Path | None,
    typer.Option("--instances", help="Boxes of instances (JSON), where the data set has no instance masks."),
]
Pool = Annotated[int | None, typer.Option("--pool", help="Images there are to annotate, instead of the data set's.")]
Frequency = Annotated[
    str,
    typer.Option("--frequency", help="Shares of the images that hold these classes: rare=0.005,other=0.02."),
]


@dataclass(frozen=True, kw_only=True)
class Images:
    """What is known of the images."""

    name: str | None
    """What to call them; None for one's own of which only numbers are known."""
    workload: "Workload | None"
    """The mean image; None where nobody has said, and prices do not need it."""
    pool: int
    validation: "tuple[Workload | None, int | None]"
    """The mean validation image, and how many there are; None where nobody knows."""
    frequencies: "Frequencies | None"


def images_of(
    dataset: str | None,
    classes: str | None,
    numbers: tuple[str | None, str | None],
    instances: Path | None,
    pool: int | None,
    shares: dict[str, float],
    *,
    priced: bool,
) -> Images:
    """Return what is known of the images.

    Args:
        dataset: Where to count.
        classes: Names of its classes, or a number of classes.
        numbers: Classes and instances an image, where there is no data set.
        instances: Boxes of instances.
        pool: Images there are.
        shares: Frequencies that were said.
        priced: Whether seconds an image are said, so that classes and instances are not needed for costs.

    Raises:
        InvalidInputError: Something is missing, or said twice.
    """
    if dataset is not None:
        if any(number is not None for number in numbers):
            raise InvalidInputError(
                "--classes-per-image, --instances-per-image: are counted in the data set; leave them out, or --dataset"
            )
        return _of_dataset(dataset, classes, instances, pool, shares)
    if instances is not None:
        raise InvalidInputError("--instances: boxes of a data set's images; give the data set with --dataset")
    if classes is not None and not (classes.strip().isascii() and classes.strip().isdigit()):
        raise InvalidInputError(
            f'--classes "{classes}": chooses among a data set\'s images; give the data set with --dataset, or say how '
            "many classes there are, as in --classes 8"
        )
    if classes is not None or any(number is not None for number in numbers):
        return _of_numbers(classes, numbers, pool, shares, priced=priced)
    return _of_voc(pool, shares, priced=priced)


def _of_voc(pool: int | None, shares: dict[str, float], *, priced: bool) -> Images:
    from budgetseg.costs.workload import PASCAL_VOC_2012, PASCAL_VOC_2012_POOL, PASCAL_VOC_2012_VALIDATION
    from budgetseg.plan.coverage import frequencies_of

    if priced:
        if pool is None:
            notice(f"note: --pool is not given, so as many images as PASCAL VOC 2012 has: {PASCAL_VOC_2012_POOL:,}")
        return Images(
            name=None,
            workload=None,
            pool=PASCAL_VOC_2012_POOL if pool is None else pool,
            validation=(None, None),
            frequencies=frequencies_of(None, shares),
        )
    if pool is not None or shares:
        notice(
            "note: as in PASCAL VOC 2012, an image has 20 classes asked, 1.5 present, 2.8 instances; say yours with "
            "--classes, --classes-per-image and --instances-per-image"
        )
    return Images(
        name="PASCAL VOC 2012's published statistics",
        workload=PASCAL_VOC_2012,
        pool=PASCAL_VOC_2012_POOL if pool is None else pool,
        validation=(PASCAL_VOC_2012, PASCAL_VOC_2012_VALIDATION),
        frequencies=frequencies_of(PASCAL_VOC_2012, shares),
    )


def _of_numbers(
    classes: str | None,
    numbers: tuple[str | None, str | None],
    pool: int | None,
    shares: dict[str, float],
    *,
    priced: bool,
) -> Images:
    from budgetseg.costs.workload import Workload
    from budgetseg.plan.coverage import frequencies_of

    present, instances = numbers
    given = {"--classes": classes, "--classes-per-image": present, "--pool": pool}
    if not priced:
        given["--instances-per-image"] = instances
    missing = [option for option, value in given.items() if value is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise InvalidInputError(
            f"your images: {', '.join(missing)} {verb} missing, and those of PASCAL VOC are not yours; "
            "count some of your images with: budgetseg data stats"
        )
    assert classes is not None
    assert present is not None
    assert pool is not None
    workload = Workload.of(classes, present, present if instances is None else instances)
    known = None if instances is None else workload
    return Images(
        name=None, workload=known, pool=pool, validation=(known, None), frequencies=frequencies_of(workload, shares)
    )


def _of_dataset(
    dataset: str, classes: str | None, instances: Path | None, pool: int | None, shares: dict[str, float]
) -> Images:
    from budgetseg.costs.validation import check_share
    from budgetseg.data.index import index_images
    from budgetseg.data.open import open_dataset
    from budgetseg.plan.coverage import Frequencies
    from budgetseg.settings import comma_list

    images = open_dataset(dataset, classes=comma_list(classes or ""), instances=instances, tell=notice)
    train, val = index_images(images, "train"), index_images(images, "val")
    for note in images.notes:
        notice(note)
    names = images.classes[1:]
    for name, share in shares.items():
        check_share(name, share)
        if name not in names:
            raise InvalidInputError(f'--frequency: {images.name} has no class "{name}"{did_you_mean(name, names)}')
    counted = train.present_NC[:, 1:].mean(axis=0) if len(train.ids) else [0.0] * len(names)
    return Images(
        name=images.name,
        workload=train.workload,
        pool=len(train.ids) if pool is None else pool,
        validation=(val.workload, len(val.ids)),
        frequencies=Frequencies(
            named={name: shares.get(name, float(share)) for name, share in zip(names, counted, strict=True)},
            source=f"counted in {images.name}{', or as given' if shares else ''}",
            rare=tuple(shares),
        ),
    )
