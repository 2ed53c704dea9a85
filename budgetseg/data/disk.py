"""Data sets on disk, whatever their format: what listing, counting and checking need of one.

Nothing but file names, lists and instance counts is kept in memory; pixels are decoded when they are asked for.

Shape suffixes: H rows, W columns, 3 colours.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.dataset import BACKGROUND, VOID, Dataset, Instances, Split
from budgetseg.data.instances import SMALLEST_COMPONENT_PIXELS, Found
from budgetseg.data.lists import Listing, both_splits, repeated
from budgetseg.data.pixels import Header, read_image
from budgetseg.data.problem import BrokenFileError, Problem

__all__ = ["OnDisk", "labels_of", "require_size"]


def labels_of(mask_HW: NDArray[np.uint8]) -> frozenset[int]:
    """Return the object classes that a mask holds."""
    pixels_L = np.bincount(mask_HW.ravel(), minlength=VOID + 1)
    return frozenset(np.flatnonzero(pixels_L[:VOID]).tolist()) - {BACKGROUND}


class OnDisk(Dataset):
    """A data set whose images and masks are files; see `Dataset` for what its methods return."""

    def __init__(
        self, root: Path, *, classes: tuple[str, ...], train: Listing, val: Listing, notes: tuple[str, ...] = ()
    ) -> None:
        """Name the folder, its classes (background first), its lists, and what must be known of how they were found."""
        self.root = root
        self.name = root.resolve().name
        self.classes = classes
        self.source_classes = tuple(range(len(classes)))
        self._listings: dict[Split, Listing] = {"train": train, "val": val}
        self._notes = notes
        self._counts: dict[str, tuple[int, int, int]] = {}

    @abstractmethod
    def image_file(self, image_id: str) -> Path:
        """The photograph's file.

        Raises:
            BrokenFileError: There is none.
        """

    @abstractmethod
    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """The class of each pixel, uint8 of shape (H, W): an index into ``classes``, or 255.

        Raises:
            BrokenFileError: It is missing, broken, or holds a label outside the class list.
        """

    @abstractmethod
    def find(self, image_id: str) -> Found:
        """The instances, and how they were found.

        Raises:
            BrokenFileError: What they are read from is missing or broken.
        """

    @abstractmethod
    def check_size(self, image_id: str) -> None:
        """Compare the sizes of image and mask, without decoding pixels where the format allows it.

        Raises:
            BrokenFileError: They differ, or a file is missing.
        """

    def labels(self, image_id: str) -> frozenset[int]:
        """The object classes of an image.

        Raises:
            BrokenFileError: What they are read from is missing or broken.
        """
        return labels_of(self.mask(image_id))

    def listing(self, split: Split) -> Listing:
        """The list that a split was read from."""
        return self._listings[split]

    def ids(self, split: Split) -> tuple[str, ...]:
        """Image ids of a split, sorted, each once."""
        return tuple(sorted(set(self.listing(split).ids)))

    def missing_image(self, file: Path, image_id: str) -> BrokenFileError:
        """The error for an image that a list names and that is not there."""
        place = next((each.place(image_id) for each in self._listings.values() if image_id in each.ids), "")
        what = f"this image is missing ({place or 'no list names it'})"
        return BrokenFileError(file, what, "put it there or take it off the list")

    def image(self, image_id: str) -> NDArray[np.uint8]:
        """The photograph, uint8 RGB of shape (H, W, 3), in the orientation in which it is stored.

        Raises:
            BrokenFileError: It is missing or broken.
        """
        return read_image(self.image_file(image_id))

    def instances(self, image_id: str) -> Instances:
        """The instances: drawn objects, else listed boxes, else 8-connected regions of at least 10 pixels.

        Raises:
            BrokenFileError: What they are read from is missing or broken.
        """
        return self._found(image_id).instances

    def _found(self, image_id: str) -> Found:
        found = self.find(image_id)
        self._counts[image_id] = found.drawn, found.boxed, found.connected
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """What was approximated for the training images, and the mean; reads the masks not read for it before."""
        return self.notes_about(self.ids("train"))

    def notes_about(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Say of these images which instances are approximate, with the mean number an image."""
        for image_id in ids:
            if image_id not in self._counts:
                self._found(image_id)
        drawn, boxed, connected = (sum(self._counts[image_id][kind] for image_id in ids) for kind in range(3))
        if not boxed + connected:
            return self._notes
        parts = ((drawn, "from object masks"), (boxed, "from listed boxes"))
        counted = [f"{count:,} {source}" for count, source in parts if count]
        if connected:
            counted += [f"{connected:,} are 8-connected regions of at least {SMALLEST_COMPONENT_PIXELS} pixels"]
        mean = (drawn + boxed + connected) / len(ids)
        note = f"{self.name}: instances are approximate: {', '.join(counted)}; mean {mean:.2f} an image"
        return (*self._notes, f"{note} over {len(ids):,} training images")

    def list_problems(self, split: Split) -> Iterator[Problem]:
        """Yield what is wrong with the list of a split: repeated ids; for ``val`` also ids of both splits."""
        yield from repeated(self.listing(split))
        if split == "val":
            yield from both_splits(self.listing("train"), self.listing("val"))

    def image_problems(self, image_id: str) -> tuple[Problem, ...]:
        """Return all that is wrong with the files of one image. Sizes are compared before pixels are decoded."""
        # A missing mask spoils several checks and is told once.
        return tuple(dict.fromkeys(self._image_problems(image_id)))

    def _image_problems(self, image_id: str) -> Iterator[Problem]:
        # Finding instances decodes mask and object mask.
        checks: tuple[Callable[[str], object], ...] = (self.check_size, self.image, self._found)
        for check in checks:
            try:
                check(image_id)
            except BrokenFileError as error:
                yield error.problem


def require_size(file: Path, kind: str, got: Header, image: Header) -> None:
    """Require that a mask has the size of its image.

    Raises:
        BrokenFileError: It has another; where the image lies on its side by its EXIF tag, the message says so.
    """
    if got.size == image.size:
        return
    fix = "draw it at that size"
    if image.orientation >= 5 and got.size == image.size[::-1]:
        fix = f"the image has EXIF orientation {image.orientation}, which is not applied: save the image upright"
    raise BrokenFileError(file, f"this {kind} is {got}, its image is {image}", fix)
