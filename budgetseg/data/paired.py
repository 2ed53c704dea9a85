"""Data sets with a mask file for each image file.

A `Layout` says where the files lie and how masks are read (one reader a file makes one: `voc.py`, `folders.py`,
`sbd.py`, `cityscapes.py`); `PairedImages` reads them.

Shape suffixes: H rows, W columns.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.boxes import Box
from budgetseg.data.dataset import Split
from budgetseg.data.disk import OnDisk, require_size
from budgetseg.data.instances import Found, find_instances
from budgetseg.data.lists import IMAGE_SUFFIXES, Listing, repeated
from budgetseg.data.pixels import Header, check_labels, read_header, read_mask
from budgetseg.data.problem import BrokenFileError, Problem

__all__ = ["PNG_MASKS", "Files", "Layout", "MaskFiles", "PairedImages", "files_by_id"]

Files = Mapping[str, tuple[Path, ...]]
"""Files by image id; a sound folder has one for each."""


def files_by_id(folder: Path, suffixes: Sequence[str] = IMAGE_SUFFIXES) -> Files:
    """List the files of a folder by image id (the name without its suffix)."""
    found: dict[str, tuple[Path, ...]] = {}
    for name in sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else ():
        stem, _, suffix = name.rpartition(".")
        if stem and f".{suffix.lower()}" in suffixes and not name.startswith("."):
            found[stem] = (*found.get(stem, ()), folder / name)
    return found


@dataclass(frozen=True, kw_only=True)
class MaskFiles:
    """How the mask files of a data set are read; each function raises a `BrokenFileError` that names the file."""

    size: Callable[[Path], Header]
    """Rows and columns, if possible without decoding pixels."""
    labels: Callable[[Path], NDArray[np.uint8]]
    """Class index of each pixel, uint8 of shape (H, W), 255 for void."""
    objects: Callable[[Path], NDArray[np.uint8]]
    """Object index of each pixel, uint8 of shape (H, W); 0 and 255 are none."""


PNG_MASKS = MaskFiles(
    size=partial(read_header, kind="mask"), labels=read_mask, objects=partial(read_mask, kind="object mask")
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where the files of a data set lie."""

    root: Path
    classes: tuple[str, ...]
    class_list: str
    """Where the classes are listed, for messages."""
    images: Files
    masks: Files
    objects: Files = field(default_factory=dict)
    """Masks of object indices, where there are any."""
    image_place: str
    """Where an image is looked for below ``root``, for messages: ``JPEGImages/{}.jpg``."""
    mask_place: str
    mask_files: MaskFiles = PNG_MASKS
    train: Listing
    val: Listing
    trains_on_val: bool = False
    """Whether the training list holds the validation images on purpose, for a model that others will measure."""
    instance_list: Path | None = None
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class PairedImages(OnDisk):
    """A data set on disk in a `Layout`."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout.root, classes=layout.classes, train=layout.train, val=layout.val, notes=layout.notes)
        self.layout = layout

    def image_file(self, image_id: str) -> Path:
        """The photograph's file.

        Raises:
            BrokenFileError: There is none.
        """
        if image_id in self.layout.images:
            return self.layout.images[image_id][0]
        raise self.missing_image(self.root / self.layout.image_place.format(image_id), image_id)

    def mask_file(self, image_id: str) -> Path:
        """The class mask's file.

        Raises:
            BrokenFileError: There is none.
        """
        if image_id in self.layout.masks:
            return self.layout.masks[image_id][0]
        file = self.root / self.layout.mask_place.format(image_id)
        raise BrokenFileError(file, "this mask is missing", f'put it there or take "{image_id}" off the list')

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """The class of each pixel, uint8 of shape (H, W): an index into ``classes``, or 255.

        Raises:
            BrokenFileError: It is missing, broken, or holds a label outside the class list.
        """
        file = self.mask_file(image_id)
        mask_HW = self.layout.mask_files.labels(file)
        check_labels(mask_HW, len(self.classes), file, self.layout.class_list)
        return mask_HW

    def find(self, image_id: str) -> Found:
        """The instances: drawn objects, else listed boxes, else 8-connected regions of at least 10 pixels.

        Raises:
            BrokenFileError: The mask or the object mask is missing or broken.
        """
        mask_HW, object_HW = self.mask(image_id), None
        if image_id in self.layout.objects:
            file = self.layout.objects[image_id][0]
            object_HW = self.layout.mask_files.objects(file)
            require_size(file, "object mask", _header(object_HW), _header(mask_HW))
        return find_instances(mask_HW, object_HW=object_HW, boxes=self.layout.boxes.get(image_id, ()))

    def list_problems(self, split: Split) -> Iterator[Problem]:
        """Yield what is wrong with the list of a split; see `OnDisk.list_problems`."""
        return repeated(self.listing(split)) if self.layout.trains_on_val else super().list_problems(split)

    def image_problems(self, image_id: str) -> tuple[Problem, ...]:
        """Return all that is wrong with the files of one image, first those that it has more than once."""
        return (*self._duplicates(image_id), *super().image_problems(image_id))

    def _duplicates(self, image_id: str) -> Iterator[Problem]:
        for files in (self.layout.images.get(image_id, ()), self.layout.masks.get(image_id, ())):
            if len(files) > 1:
                what = f'duplicate id "{image_id}": {" and ".join(file.name for file in files)} are there'
                yield Problem(file=str(files[0].parent), what=what, fix="remove or rename one of the files")

    def check_size(self, image_id: str) -> None:
        """Compare the sizes of image, mask and listed boxes.

        Raises:
            BrokenFileError: They differ, or a file is missing.
        """
        header = read_header(self.image_file(image_id))
        file = self.mask_file(image_id)
        require_size(file, "mask", self.layout.mask_files.size(file), header)
        for box in self.layout.boxes.get(image_id, ()):
            if min(box.xmin, box.ymin) < -1 or box.xmax > header.width + 1 or box.ymax > header.height + 1:
                what = f"{image_id}: box {[*box[1:]]} lies outside the image ({header})"
                raise BrokenFileError(Path(str(self.layout.instance_list)), what, "scale the boxes with the images")


def _header(mask_HW: NDArray[np.uint8]) -> Header:
    return Header(height=mask_HW.shape[0], width=mask_HW.shape[1], orientation=1)
