"""From a data set to a detector, and from a detector to maps.

Shape suffixes: H x W pixels, 3 colours.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from budgetseg.costs.book import CostBook
from budgetseg.data.dataset import Dataset
from budgetseg.data.select import Selection
from budgetseg.errors import DataError
from budgetseg.files import write_folder
from budgetseg.learn.detector.boxes import (
    PAPER_BOXES,
    PAPER_IMAGES,
    BoxedImage,
    annotation_seconds,
    describe,
    draw_boxed,
)
from budgetseg.learn.detector.detector import Detector, Provenance
from budgetseg.learn.detector.examples import BoxedCells, boxed_cells
from budgetseg.learn.detector.features import CELL_PIXELS, Backbone, shown_size, to_pixels
from budgetseg.learn.detector.file import load_detector
from budgetseg.learn.detector.fit import fit

__all__ = ["DetectorPrior", "learn_detector", "write_maps"]


def learn_detector(
    dataset: Dataset,
    book: CostBook,
    *,
    source: str = "others",
    costs: str = "voc2012",
    backbone: str = "efficientnet_lite0",
    weights: str = "imagenet",
    seed: int = 0,
    max_images: int = PAPER_IMAGES,
    max_boxes: int = PAPER_BOXES,
) -> Detector:
    """Draw boxed images and fit a detector on them.

    Args:
        dataset: What the detector is for, with its choice of classes.
        book: Says what boxes cost.
        source: Where boxes come from; see :func:`draw_boxed`.
        costs: What the book is called, for the record.
        backbone: The frozen network; see :class:`Backbone`.
        weights: Of the backbone.
        seed: Another seed draws other images and windows.
        max_images: At most so many images.
        max_boxes: At most so many boxes, those that only hide something included.

    Raises:
        InvalidInputError: No images outside the chosen ones, an unknown backbone, or a book without a rate for boxes.
        DataError: No boxes, or a broken image or list.
    """
    generator = np.random.default_rng(seed)
    network = Backbone(backbone, weights)
    annotation_seconds(book, 1)  # a book that knows no boxes is told of before images are looked at
    boxed = draw_boxed(dataset, source, generator, max_images=max_images, max_boxes=max_boxes)
    images = dataset.base if isinstance(dataset, Selection) else dataset

    def cells_of(each: BoxedImage) -> BoxedCells:
        image_HW3 = images.image(each.image_id)
        sizes = zip(image_HW3.shape[:2], shown_size(*image_HW3.shape[:2]), strict=True)
        cell_sides = (CELL_PIXELS * own / shown for own, shown in sizes)
        return boxed_cells(network.features(image_HW3), each.boxes_K4, each.hidden_J4, *cell_sides)

    fitted = fit(boxed, cells_of, generator)
    drawn = sum(each.drawn for each in boxed)
    provenance = Provenance(
        boxes_from=describe(dataset, source),
        dataset=dataset.name,
        image_ids=tuple(each.image_id for each in boxed),
        boxes=drawn,
        boxes_learned=sum(len(each.boxes_K4) for each in boxed),
        seconds=float(annotation_seconds(book, drawn)),
        costs=costs,
        seed=seed,
        backbone=backbone,
        weights=weights,
        weights_sha256=network.sha256,
        cell_auc=fitted.cell_auc,
    )
    return Detector(score=fitted.score, calibration=fitted.calibration, provenance=provenance)


class DetectorPrior:
    """The maps of a detector, computed as they are asked for.

    Args:
        path: The detector's file.

    Raises:
        DataError: No whole detector, or its backbone has other weights by now.
    """

    def __init__(self, path: Path) -> None:
        self.detector = load_detector(path)
        made = self.detector.provenance
        self.backbone = Backbone(made.backbone, made.weights)
        if self.backbone.sha256 != made.weights_sha256:
            raise DataError(
                f"{path}: fitted on other weights of {made.backbone} ({made.weights}) than are here now; fit it again"
            )

    def map(self, image_HW3: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return map_HW of probabilities from 0 to 1."""
        height, width = image_HW3.shape[:2]
        return to_pixels(self.cells(image_HW3), height, width)

    def cells(self, image_HW3: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the objectness of the image's cells, from 0 to 1, of shape (h, w)."""
        return self.detector.probabilities(self.backbone.features(image_HW3))


def write_maps(
    prior: DetectorPrior,
    dataset: Dataset,
    image_ids: Sequence[str],
    folder: Path,
    *,
    on_image: Callable[[int, int], None] = lambda _done, _images: None,
) -> None:
    """Write a grey PNG of 16 bits an image into a new folder, all of them or none.

    Raises:
        RunFailedError: The folder cannot be written, or holds something other than such maps.
        DataError: A broken image.
    """
    with write_folder(folder, may_replace=_holds_maps) as place:
        for done, image_id in enumerate(image_ids, start=1):
            map_HW = prior.map(dataset.image(image_id))
            path = place / f"{image_id}.png"
            path.parent.mkdir(parents=True, exist_ok=True)  # ids of some data sets name a folder, too
            Image.fromarray(np.rint(map_HW * 65535).astype(np.uint16)).save(path)
            on_image(done, len(image_ids))


def _holds_maps(folder: Path) -> bool:
    return all(path.is_dir() or path.suffix == ".png" for path in folder.rglob("*"))
