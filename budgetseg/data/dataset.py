"""What a data set is to the rest of budgetseg: images, class masks and instances, by id.

Shape suffixes: H rows, W columns, 3 colours, C classes. Class 0 is the background; 255 in a mask is void (unknown,
never scored).
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["BACKGROUND", "VOID", "Counts", "Dataset", "Instances", "Split"]

BACKGROUND = 0
VOID = 255

Split = Literal["train", "val"]
Counts = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Pixels of each class of one image, void nowhere, and instances of each class; both of shape (C,)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Instances:
    """The object instances of one image.

    ``classes[k]`` is the class of instance k. ``map_HW`` (int32) holds k + 1 where instance k is the visible owner of
    the pixel and 0 elsewhere; an instance that is listed but hidden owns no pixel.
    """

    classes: tuple[int, ...]
    map_HW: NDArray[np.int32]


class Dataset(Protocol):
    """A fully annotated data set. Every method is deterministic; arrays are fresh and the caller's to change."""

    name: str
    """What messages call it: ``scenes``, or the folder."""

    classes: tuple[str, ...]
    """Class names by index in the masks; ``classes[0]`` is ``background``."""

    source_classes: tuple[int, ...]
    """For each class, its index in the files it was read from (they differ after ``--classes``)."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how the data set is read, a sentence each; commands print it once, on stderr."""
        return ()

    def ids(self, split: Split) -> tuple[str, ...]:
        """Image ids of a split, sorted; no id is in both."""

    def image(self, image_id: str) -> NDArray[np.uint8]:
        """The photograph, uint8 RGB of shape (H, W, 3)."""

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """The class of each pixel, uint8 of shape (H, W): an index into ``classes``, or 255."""

    def instances(self, image_id: str) -> Instances:
        """The instances of the image's object classes; at least one for each class present in the mask."""

    def counts(self, image_id: str) -> Counts:
        """The pixels of each class and the instances of each object class of one image."""
        mask_HW, classes = self.mask(image_id), len(self.classes)
        pixels_C = np.bincount(mask_HW[mask_HW != VOID], minlength=classes)
        instance_classes = np.asarray(self.instances(image_id).classes, np.int64)
        return pixels_C, np.bincount(instance_classes, minlength=classes)
