"""A split of a data set as a table: one row an image, what costs and planning need to know of it.

Shape suffixes: N images, C classes (background included at 0).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.workload import Workload
from budgetseg.data.dataset import BACKGROUND, Dataset, Split

__all__ = ["Index", "index_images"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Index:
    """The images of one split; rows are in the order of ``ids``."""

    ids: tuple[str, ...]
    pixels_NC: NDArray[np.int64]
    """Pixels of each class in each image; void pixels are counted nowhere."""
    instances_NC: NDArray[np.int64]
    """Instances of each object class in each image; column 0 is 0."""

    @property
    def present_NC(self) -> NDArray[np.bool_]:
        """Which object classes are present; the background column is False, for nobody is asked about it."""
        present_NC = self.pixels_NC > 0
        present_NC[:, BACKGROUND] = False
        return present_NC

    @property
    def classes_asked(self) -> int:
        """Object classes, about each of which an annotator is asked."""
        return int(self.pixels_NC.shape[1]) - 1

    @property
    def classes_present_N(self) -> NDArray[np.int64]:
        """Number of object classes present in each image."""
        return np.asarray(self.present_NC.sum(axis=1), np.int64)

    @property
    def instances_N(self) -> NDArray[np.int64]:
        """Number of instances in each image."""
        return np.asarray(self.instances_NC.sum(axis=1), np.int64)

    @property
    def workload(self) -> Workload:
        """The mean image of the split."""
        return Workload.mean(
            classes_asked=self.classes_asked,
            classes_present_N=self.classes_present_N.tolist(),
            instances_N=self.instances_N.tolist(),
        )


def index_images(dataset: Dataset, split: Split) -> Index:
    """Count classes and instances in every image of a split, for which most formats read every mask."""
    ids = dataset.ids(split)
    pixels_NC = np.zeros((len(ids), len(dataset.classes)), np.int64)
    instances_NC = np.zeros_like(pixels_NC)
    for row, image_id in enumerate(ids):
        pixels_NC[row], instances_NC[row] = dataset.counts(image_id)
    return Index(ids=ids, pixels_NC=pixels_NC, instances_NC=instances_NC)
