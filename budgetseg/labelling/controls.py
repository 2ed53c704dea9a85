"""Control images: images with known answers among the tasks, by which annotators are graded.

The file ``controls.json`` beside the tasks holds the answers; it is not for annotators' eyes. A task does not say that
it is about a control image. Where images are copied, a control image is called as the others are
(`budgetseg.labelling.aliases`); elsewhere the name of its file may tell, and `tasks` says so.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from budgetseg.annotate.picture import Picture
from budgetseg.data.dataset import Dataset
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json

__all__ = ["FILE", "RIGHT_SHARE", "SCHEMA", "Control", "Controls", "known_answer", "read_controls"]

SCHEMA: Final = "budgetseg.controls/1"
FILE: Final = "controls.json"
RIGHT_SHARE: Final = Fraction(8, 10)
"""Of the control images in a batch, how many must be right: the paper's 8 of 10 (section 4.1)."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """One image with a known answer; boxes are tight, in whole pixels, all four borders included."""

    image_id: str
    width: int
    height: int
    boxes: tuple[tuple[str, tuple[int, int, int, int]], ...]
    """Of each instance: its class, and x_min, y_min, x_max, y_max."""
    known_as: str = ""
    """Its id in its data set, where the tasks call it otherwise."""

    def boxes_of(self, cls: str) -> list[tuple[int, int, int, int]]:
        """The boxes of the instances of a class; empty where it is absent."""
        return [box for name, box in self.boxes if name == cls]


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The control images of a campaign."""

    plan_id: str
    images: Mapping[str, Control]
    right_share: Fraction = RIGHT_SHARE

    def needed(self, planted: int) -> int:
        """How many of so many must be right."""
        return math.ceil(self.right_share * planted)

    def to_dict(self) -> dict[str, Any]:
        """As in ``controls.json``."""
        return {
            "schema": SCHEMA,
            "plan_id": self.plan_id,
            "right_share": float(self.right_share),
            "images": [asdict(control) for control in self.images.values()],
        }


def known_answer(dataset: Dataset, image_id: str, classes: Iterable[str]) -> Control:
    """Return what is to be seen in an image of a data set, of the classes that are asked about."""
    picture, asked = Picture.of(dataset, image_id), set(classes)
    boxes = []
    for thing in picture.things:
        height, width = thing.pixels_hw.shape
        if (name := dataset.classes[thing.cls]) in asked:
            boxes.append((name, (thing.left, thing.top, thing.left + width - 1, thing.top + height - 1)))
    return Control(image_id=image_id, width=picture.width, height=picture.height, boxes=tuple(boxes))


def read_controls(path: Path) -> Controls:
    """Read ``controls.json``, by its name or that of the folder of tasks.

    Raises:
        InvalidInputError: It is missing or no such file.
    """
    file = path / FILE if path.is_dir() else path
    document = read_json(file)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InvalidInputError(f'{file}: expected control images ("schema": "{SCHEMA}"); budgetseg tasks writes them')
    try:
        controls = [
            Control(
                image_id=str(each["image_id"]),
                width=int(each["width"]),
                height=int(each["height"]),
                boxes=tuple((str(name), (int(a), int(b), int(c), int(d))) for name, (a, b, c, d) in each["boxes"]),
                known_as=str(each.get("known_as", "")),
            )
            for each in document["images"]
        ]
        share = Fraction(str(document["right_share"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{file}: not usable control images: {error!r}") from error
    if not 0 <= share <= 1:
        raise InvalidInputError(f"{file}: right_share: expected 0 to 1, got {float(share):g}")
    return Controls(
        plan_id=str(document.get("plan_id", "")),
        images={control.image_id: control for control in controls},
        right_share=share,
    )
