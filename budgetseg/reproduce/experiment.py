"""The trainings behind the paper's tables: each with its published value and the settings that are its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.reproduce.published import class_iou, published

__all__ = ["TABLES", "Experiment", "Printed", "choose"]

ALL = 10_582


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A published mIoU, 0 to 100; a range where only that is printed."""

    low: float
    high: float

    def deviation(self, miou: float) -> float:
        """How far a mIoU lies above (or below) what is printed; 0 inside a range."""
        return miou - min(max(miou, self.low), self.high)

    def __str__(self) -> str:
        """``42.7`` or ``43.0-43.1``."""
        return f"{self.low:.1f}" if self.low == self.high else f"{self.low:.1f}-{self.high:.1f}"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One training of the paper."""

    name: str
    """Of its folder below ``--runs``."""
    title: str
    printed: Printed
    settings: Mapping[str, str]
    """What sets it apart from the others, as in ``--set``."""
    objectness: bool = False
    real_clicks: bool = False
    """Whether the paper's clicks (``--points``) are what it was given: one annotator an image."""
    on_test: bool = False
    """Whether the value is of VOC's test set, which only its server measures."""


def _one(miou: float) -> Printed:
    return Printed(low=miou, high=miou)


def _of(row: str, images: int = ALL, number: int = 0) -> Printed:
    # The scripts hold two decimals; the tables print one.
    return _one(round(published(row, images, number).miou, 1))


def _images(strategy: str, images: int) -> dict[str, str]:
    return {"run.strategy": strategy, "run.images": str(images)}


_IMAGE = Experiment(
    name="image", title="Image-level labels, Img", printed=_of("image"), settings={"run.strategy": "image"}
)
_POINT = Experiment(
    name="point-obj",
    title="1Point, Img + Obj",
    printed=_of("point"),
    settings={"run.strategy": "point"},
    objectness=True,
    real_clicks=True,
)
_TABLE_1 = (
    _IMAGE,
    Experiment(
        name="image-obj",
        title="Image-level labels, Img + Obj",
        printed=_of("image + objectness"),
        settings={"run.strategy": "image"},
        objectness=True,
    ),
    Experiment(
        name="point",
        title="1Point, Img",
        printed=_of("point, no objectness"),
        settings={"run.strategy": "point"},
        real_clicks=True,
    ),
    _POINT,
    Experiment(
        name="allpoints",
        title="AllPoints, Img + Obj",
        printed=_of("allpoints"),
        settings={"run.strategy": "allpoints"},
        objectness=True,
        real_clicks=True,
    ),
    Experiment(
        name="allpoints-weighted",
        title="AllPoints (weighted), Img + Obj",
        printed=_of("allpoints, weighted"),
        settings={"run.strategy": "allpoints-weighted"},
        objectness=True,
        real_clicks=True,
    ),
    Experiment(
        name="point-3annotators",
        title="1Point (3 annotators), Img + Obj",
        printed=_of("point, 3 annotators"),
        settings={"run.strategy": "point-3annotators"},
        objectness=True,
    ),
    *(
        Experiment(
            name=f"random-annotators-{draw}",
            title=f"1Point (random annotators), draw {draw + 1}",
            printed=_of("point, random annotators", number=draw),
            settings={"run.strategy": "random-annotators", "run.seed": str(draw)},
            objectness=True,
        )
        for draw in range(3)
    ),
    Experiment(
        name="random-points",
        title="1Point (random points), Img + Obj",
        printed=_of("point, random position"),
        settings={"run.strategy": "random-points"},
        objectness=True,
    ),
    Experiment(name="full", title="Full supervision, Img", printed=_of("full"), settings={"run.strategy": "full"}),
    Experiment(
        name="hybrid",
        title="Hybrid approach, Img + Obj",
        printed=_of("paper-hybrid"),
        settings={"run.strategy": "hybrid", "run.full_images": "100"},
        objectness=True,
        real_clicks=True,
    ),
    Experiment(
        name="squiggle",
        title="1 squiggle per class, Img + Obj",
        printed=_of("squiggle"),
        settings={"run.strategy": "squiggle"},
        objectness=True,
    ),
)

_TABLE_2 = tuple(each for each in _TABLE_1 if class_iou(each.name) is not None)

_TABLE_3 = (
    Experiment(name="full-883", title="Full (883 imgs)", printed=_of("full", 883), settings=_images("full", 883)),
    _IMAGE,
    Experiment(
        name="squiggle-6064",
        title="Squiggle-level (6,064 imgs)",
        printed=_of("squiggle", 6064, number=1),  # the first of the two is the scripts' 41.14
        settings=_images("squiggle", 6064),
        objectness=True,
    ),
    Experiment(
        name="point-obj-9576",
        title="Point-level (9,576 imgs)",
        printed=_of("point", 9576),
        settings=_images("point", 9576),
        objectness=True,
        real_clicks=True,
    ),
)

_FIGURE_5 = (
    Experiment(
        name="point-trainval",
        title="1Point, Img + Obj, 12,031 images",
        printed=_of("point, test set", 12_031),
        settings={"run.strategy": "point", "run.train_set": "trainval"},
        objectness=True,
        real_clicks=True,
        on_test=True,
    ),
)

# Printed in sections 5.2 and 5.3 only: the baseline of [23] without the absent classes, 5.4 below the model with them;
# and clicks widened to patches, whose three radii share one range.
_VARIATIONS = (
    _IMAGE,
    Experiment(
        name="image-no-absent",
        title="Image-level labels, Img without absent classes (VOC 2011 val)",
        printed=_one(25.1),
        settings={"run.strategy": "image", "train.absent_weight": "0"},
    ),
    _POINT,
    *(
        Experiment(
            name=f"point-radius-{radius}",
            title=f"1Point, Img + Obj, patches of radius {radius}",
            printed=Printed(low=43.0, high=43.1),
            settings={"run.strategy": "point", "run.patch_radius": str(radius)},
            objectness=True,
            real_clicks=True,
        )
        for radius in (2, 5, 25)
    ),
)

TABLES: Mapping[str, tuple[Experiment, ...]] = {
    "table1": _TABLE_1,
    "table2": _TABLE_2,
    "table3": _TABLE_3,
    "figure5": _FIGURE_5,
    "variations": _VARIATIONS,
}
"""The trainings of each table, in its order; one that stands in several tables is trained once."""


def choose(table: str, names: tuple[str, ...]) -> tuple[Experiment, ...]:
    """Return the trainings of a table, or those of them that are named.

    Raises:
        InvalidInputError: A name that the table does not hold.
    """
    rows = {each.name: each for each in TABLES[table]}
    for name in names:
        if name not in rows:
            raise InvalidInputError(f'--rows: {table} has no row "{name}"{did_you_mean(name, rows)}')
    return tuple(each for name, each in rows.items() if not names or name in names)
