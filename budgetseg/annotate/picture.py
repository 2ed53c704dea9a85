"""What a simulated annotator looks at: one image's mask, cut into things that can be pointed at.

Shape suffixes: H rows, W columns of the image; h, w of the crop around one thing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.data.dataset import BACKGROUND, VOID, Dataset, Instances

__all__ = ["Picture", "Regions", "Thing"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Thing:
    """The visible pixels of one instance, cut out of the image."""

    cls: int
    top: int
    left: int
    pixels_hw: NDArray[np.bool_]
    """Where the crop shows the instance and the mask has its class; at least one pixel."""

    def holds(self, x: int, y: int) -> bool:
        """Whether a pixel of the image is one of the thing's."""
        row, column = y - self.top, x - self.left
        height, width = self.pixels_hw.shape
        return 0 <= row < height and 0 <= column < width and bool(self.pixels_hw[row, column])


@dataclass(frozen=True, kw_only=True, eq=False)
class Regions:
    """The 4-connected regions of a class, in the smallest crop that holds them all."""

    top: int
    left: int
    labels_hw: NDArray[np.int32]
    """Number of the region, from 1; 0 where the class is not."""
    windows: tuple[tuple[slice, slice], ...]
    """The smallest part of the crop that holds each region, by number less 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """The truth about one image, of which annotators tell a part."""

    image_id: str
    mask_HW: NDArray[np.uint8]
    read_instances: Callable[[], Instances]

    @classmethod
    def of(cls, dataset: Dataset, image_id: str) -> "Picture":
        """The picture of one image of a data set."""
        return cls(
            image_id=image_id,
            mask_HW=dataset.mask(image_id),
            read_instances=lambda: dataset.instances(image_id),
        )

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.mask_HW.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.mask_HW.shape[1])

    @cached_property
    def present(self) -> tuple[int, ...]:
        """Object classes in the mask, sorted."""
        counts = np.bincount(self.mask_HW.ravel(), minlength=256)
        return tuple(int(c) for c in np.flatnonzero(counts) if c not in (BACKGROUND, VOID))

    @cached_property
    def has_void(self) -> bool:
        """Whether some pixel is unclassified."""
        return bool((self.mask_HW == VOID).any())

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """Every visible instance, in the data set's order; a class without one is a single thing, after the others."""
        instances = self.read_instances()
        things = []
        for k, window in enumerate(ndimage.find_objects(instances.map_HW, max_label=len(instances.classes))):
            if window is not None:
                owner_hw = instances.map_HW[window] == k + 1
                things += self._thing(int(instances.classes[k]), window, owner_hw)
        missing = set(self.present) - {thing.cls for thing in things}
        everywhere = (slice(0, self.height), slice(0, self.width))
        for missing_cls in sorted(missing):
            things += self._thing(missing_cls, everywhere, np.ones_like(self.mask_HW, bool))
        return tuple(things)

    def regions(self, cls: int) -> Regions:
        """The 4-connected regions of a present class."""
        if cls not in self._regions:
            of_class_HW = self.mask_HW == cls
            rows, columns = np.flatnonzero(of_class_HW.any(axis=1)), np.flatnonzero(of_class_HW.any(axis=0))
            top, left = int(rows[0]), int(columns[0])
            labels_hw, count = ndimage.label(of_class_HW[top : rows[-1] + 1, left : columns[-1] + 1])
            whole = (slice(0, labels_hw.shape[0]), slice(0, labels_hw.shape[1]))
            windows = (whole,) if count == 1 else tuple(ndimage.find_objects(labels_hw))
            self._regions[cls] = Regions(top=top, left=left, labels_hw=labels_hw, windows=windows)
        return self._regions[cls]

    @cached_property
    def _regions(self) -> dict[int, Regions]:
        return {}

    def _thing(self, cls: int, window: tuple[slice, slice], owner_hw: NDArray[np.bool_]) -> list[Thing]:
        pixels_hw = owner_hw & (self.mask_HW[window] == cls)
        rows, columns = np.flatnonzero(pixels_hw.any(axis=1)), np.flatnonzero(pixels_hw.any(axis=0))
        if not len(rows):
            return []
        top, left = int(rows[0]), int(columns[0])
        tight_hw = pixels_hw[top : rows[-1] + 1, left : columns[-1] + 1]
        return [Thing(cls=cls, top=window[0].start + top, left=window[1].start + left, pixels_hw=tight_hw)]
