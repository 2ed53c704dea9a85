"""The boxes a detector learns from: few, of images drawn at random, from outside what is trained and measured.

Shape suffixes: K boxes to learn, J boxes that hide, 4 the sides xmin, ymin, xmax, ymax in pixels (column x spans x to
x + 1); H rows, W columns.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.accounting import objectness_seconds
from budgetseg.costs.book import CostBook
from budgetseg.data.boxes import read_boxes
from budgetseg.data.dataset import Dataset, Instances
from budgetseg.data.select import Selection
from budgetseg.errors import DataError, InvalidInputError

__all__ = ["PAPER_BOXES", "PAPER_IMAGES", "BoxedImage", "annotation_seconds", "boxes_of", "describe", "draw_boxed"]

PAPER_IMAGES: Final = 50
PAPER_BOXES: Final = 291
"""What the paper's detector learned from (section 5.1)."""

SMALLEST_SHARE: Final = 1 / 768
"""Objects that cover less of the image, 100 pixels of 320 x 240, are specks, parts that something cut off mostly."""

Boxes = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class BoxedImage:
    """The boxes drawn in one image."""

    image_id: str
    boxes_K4: Boxes
    """Objects to learn."""
    hidden_J4: Boxes
    """Objects that must not be learned: what lies in them, and in no box to learn, is neither object nor background."""

    @property
    def drawn(self) -> int:
        """How many boxes an annotator draws."""
        return len(self.boxes_K4) + len(self.hidden_J4)


def annotation_seconds(book: CostBook, boxes: int) -> Fraction:
    """What so many boxes take: the book's seconds of the paper's 291, in proportion (10.2 s a box)."""
    return objectness_seconds(book) * boxes / PAPER_BOXES


def draw_boxed(
    dataset: Dataset,
    source: str,
    generator: np.random.Generator,
    *,
    max_images: int = PAPER_IMAGES,
    max_boxes: int = PAPER_BOXES,
) -> tuple[BoxedImage, ...]:
    """Draw training images in random order and take all their boxes, as long as the limits hold.

    Args:
        dataset: What the detector is for, with its choice of classes.
        source: ``others``: images outside the chosen ones, their objects of other classes; boxes of the chosen classes
            are drawn too, and paid for, but only hide what is in them. ``all``: the same images, all their objects. A
            path: a list of boxes (see `budgetseg.data.boxes`), used on the chosen images whose every class it lists.
        generator: Draws the order.
        max_images: At most so many images.
        max_boxes: At most so many boxes; an image with too many for what is left is passed over.

    Raises:
        InvalidInputError: Limits below 1, or no images outside the chosen ones.
        DataError: The list is missing or broken, or no image has a box.
    """
    if max_images < 1 or max_boxes < 1:
        raise InvalidInputError(f"expected at least 1 image and 1 box to learn from, got {max_images} and {max_boxes}")
    ids, boxed = _outside(dataset, source) if source in ("others", "all") else _listed(dataset, Path(source))
    drawn: list[BoxedImage] = []
    boxes = 0
    for image in (boxed(ids[k]) for k in generator.permutation(len(ids))):
        if len(drawn) == max_images:
            break
        if image is not None and len(image.boxes_K4) and boxes + image.drawn <= max_boxes:
            drawn.append(image)
            boxes += image.drawn
    if not drawn:
        raise DataError(f"{dataset.name}: no image with boxes to learn from ({source}); choose other --boxes")
    return tuple(drawn)


def describe(dataset: Dataset, source: str) -> str:
    """Say in a sentence where boxes come from, for whoever reads the detector's file."""
    kept = ", ".join(dataset.classes[1:])
    if source == "others":
        return f"objects of other classes in images outside those that hold only {kept}"
    if source == "all":
        return f"all objects, of the kept classes too, in images outside those that hold only {kept}"
    return f"{Path(source).name}: boxes of the kept classes ({kept}) in kept images"


def boxes_of(instances: Instances) -> tuple[Boxes, NDArray[np.int64]]:
    """Return the bounding box of each instance that is seen and no speck, and its class."""
    least = SMALLEST_SHARE * instances.map_HW.size
    found = [(box, c) for box, pixels, c in _seen(instances) if pixels >= least]
    boxes_K4 = np.array([box for box, _ in found], np.float64).reshape(-1, 4)
    return boxes_K4, np.array([c for _, c in found], np.int64)


def _seen(instances: Instances) -> Iterator[tuple[tuple[int, int, int, int], int, int]]:
    for k, class_index in enumerate(instances.classes):
        y_P, x_P = np.nonzero(instances.map_HW == k + 1)
        if len(y_P):
            yield (x_P.min(), y_P.min(), x_P.max() + 1, y_P.max() + 1), len(y_P), class_index


Boxed = tuple[Sequence[str], Callable[[str], BoxedImage | None]]


def _outside(dataset: Dataset, source: str) -> Boxed:
    if not isinstance(dataset, Selection) or not (ids := dataset.outside("train")):
        raise InvalidInputError(
            f"{dataset.name}: no training image outside the chosen ones; choose --classes that leave some out, or give "
            "a list of boxes with --boxes FILE"
        )
    base, kept = dataset.base, [dataset.base.classes.index(name) for name in dataset.classes]

    def boxed(image_id: str) -> BoxedImage:
        boxes_K4, class_K = boxes_of(base.instances(image_id))
        hides_K = np.isin(class_K, kept) & (source == "others")
        return BoxedImage(image_id=image_id, boxes_K4=boxes_K4[~hides_K], hidden_J4=boxes_K4[hides_K])

    return ids, boxed


def _listed(dataset: Dataset, path: Path) -> Boxed:
    if not path.is_file():
        raise InvalidInputError(f'--boxes: expected others, all or a list of boxes, got "{path}", which is no file')
    on_disk = dataset.base if isinstance(dataset, Selection) else dataset
    listed = read_boxes(path, len(on_disk.classes))
    ids = [image_id for image_id in dataset.ids("train") if image_id in listed]

    def boxed(image_id: str) -> BoxedImage | None:
        boxes = listed[image_id]
        present = {int(label) for label in np.unique(dataset.mask(image_id))} - {0, 255}
        if not {dataset.source_classes[label] for label in present} <= {box.class_index for box in boxes}:
            return None  # an object without a box would be learned as background
        boxes_K4 = np.array([box[1:] for box in boxes], np.float64).reshape(-1, 4)
        return BoxedImage(image_id=image_id, boxes_K4=boxes_K4, hidden_J4=np.zeros((0, 4)))

    return ids, boxed
