"""Data sets that are folders of image files with a mask file of the same name for each.

A `Layout` says where the files lie (one reader a file makes one: `voc.py`, `folders.py`); `PairedImages` reads them.
Nothing but file names, listed boxes and instance counts is kept in memory.

Shape suffixes: H rows, W columns, 3 colours.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.boxes import Box
from budgetseg.data.dataset import Dataset, Instances, Split
from budgetseg.data.instances import SMALLEST_COMPONENT_PIXELS, Found, find_instances
from budgetseg.data.lists import IMAGE_SUFFIXES, Listing, both_splits, repeated
from budgetseg.data.pixels import Header, check_labels, read_header, read_image, read_mask
from budgetseg.data.problem import BrokenFileError, Problem

__all__ = ["Layout", "PairedImages", "files_by_id"]


def files_by_id(folder: Path, suffixes: Sequence[str] = IMAGE_SUFFIXES) -> Mapping[str, tuple[Path, ...]]:
    """List the pictures of a folder by image id (the name without its suffix); a sound folder has one for each."""
    found: dict[str, tuple[Path, ...]] = {}
    for name in sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else ():
        stem, _, suffix = name.rpartition(".")
        if stem and f".{suffix.lower()}" in suffixes and not name.startswith("."):
            found[stem] = (*found.get(stem, ()), folder / name)
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where the files of a data set lie."""

    root: Path
    classes: tuple[str, ...]
    class_list: str
    """Where the classes are listed, for messages."""
    image_folder: Path
    mask_folders: tuple[Path, ...]
    """The first that holds a mask of the image counts."""
    object_folder: Path | None = None
    """Masks of object indices, where there are any."""
    train: Listing
    val: Listing
    instance_list: Path | None = None
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class PairedImages(Dataset):
    """A data set on disk in a `Layout`; see `Dataset` for what its methods return."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.name = layout.root.resolve().name
        self.classes = layout.classes
        self.source_classes = tuple(range(len(layout.classes)))
        self._images = files_by_id(layout.image_folder)
        self._masks: dict[str, tuple[Path, ...]] = {}
        for folder in reversed(layout.mask_folders):
            self._masks |= files_by_id(folder, (".png",))
        self._objects = files_by_id(layout.object_folder, (".png",)) if layout.object_folder else {}
        self._counts: dict[str, tuple[int, int, int]] = {}

    def listing(self, split: Split) -> Listing:
        """The list that a split was read from."""
        return self.layout.train if split == "train" else self.layout.val

    def ids(self, split: Split) -> tuple[str, ...]:
        """Image ids of a split, sorted, each once."""
        return tuple(sorted(set(self.listing(split).ids)))

    def image_file(self, image_id: str) -> Path:
        """The photograph's file.

        Raises:
            BrokenFileError: There is none.
        """
        if image_id in self._images:
            return self._images[image_id][0]
        place = next(
            (each.place(image_id) for each in (self.layout.train, self.layout.val) if image_id in each.ids), ""
        )
        file = self.layout.image_folder / f"{image_id}.jpg"
        raise BrokenFileError(
            file, f"this image is missing ({place or 'no list names it'})", "put it there or take it off the list"
        )

    def mask_file(self, image_id: str) -> Path:
        """The class mask's file.

        Raises:
            BrokenFileError: There is none.
        """
        if image_id in self._masks:
            return self._masks[image_id][0]
        file = self.layout.mask_folders[0] / f"{image_id}.png"
        raise BrokenFileError(file, "this mask is missing", f'put it there or take "{image_id}" off the list')

    def image(self, image_id: str) -> NDArray[np.uint8]:
        """The photograph, uint8 RGB of shape (H, W, 3), in the orientation in which it is stored.

        Raises:
            BrokenFileError: It is missing or broken.
        """
        return read_image(self.image_file(image_id))

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """The class of each pixel, uint8 of shape (H, W): an index into ``classes``, or 255.

        Raises:
            BrokenFileError: It is missing, broken, or holds a label outside the class list.
        """
        file = self.mask_file(image_id)
        mask_HW = read_mask(file)
        check_labels(mask_HW, len(self.classes), file, self.layout.class_list)
        return mask_HW

    def instances(self, image_id: str) -> Instances:
        """The instances: drawn objects, else listed boxes, else 8-connected regions of at least 10 pixels.

        Raises:
            BrokenFileError: The mask or the object mask is missing or broken.
        """
        return self._find(image_id).instances

    def _find(self, image_id: str) -> Found:
        mask_HW, object_HW = self.mask(image_id), None
        if image_id in self._objects:
            file = self._objects[image_id][0]
            object_HW = read_mask(file, "object mask")
            if object_HW.shape != mask_HW.shape:
                header = Header(height=object_HW.shape[0], width=object_HW.shape[1], orientation=1)
                raise _other_size(file, "object mask", header, f"{mask_HW.shape[1]} x {mask_HW.shape[0]}")
        found = find_instances(mask_HW, object_HW=object_HW, boxes=self.layout.boxes.get(image_id, ()))
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
                self._find(image_id)
        drawn, boxed, connected = (sum(self._counts[image_id][kind] for image_id in ids) for kind in range(3))
        if not boxed + connected:
            return self.layout.notes
        parts = ((drawn, "from object masks"), (boxed, "from listed boxes"))
        counted = [f"{count:,} {source}" for count, source in parts if count]
        if connected:
            counted += [f"{connected:,} are 8-connected regions of at least {SMALLEST_COMPONENT_PIXELS} pixels"]
        mean = (drawn + boxed + connected) / len(ids)
        note = f"{self.name}: instances are approximate: {', '.join(counted)}; mean {mean:.2f} an image"
        return (*self.layout.notes, f"{note} over {len(ids):,} training images")

    def list_problems(self, split: Split) -> Iterator[Problem]:
        """Yield what is wrong with the list of a split: repeated ids; for ``val`` also ids of both splits."""
        yield from repeated(self.listing(split))
        if split == "val":
            yield from both_splits(self.layout.train, self.layout.val)

    def image_problems(self, image_id: str) -> tuple[Problem, ...]:
        """Return all that is wrong with the files of one image. Sizes are compared before pixels are decoded."""
        # A missing mask spoils several checks and is told once.
        return tuple(dict.fromkeys(self._image_problems(image_id)))

    def _image_problems(self, image_id: str) -> Iterator[Problem]:
        for files in (self._images.get(image_id, ()), self._masks.get(image_id, ())):
            if len(files) > 1:
                what = f'duplicate id "{image_id}": {" and ".join(file.name for file in files)} are there'
                yield Problem(file=str(files[0].parent), what=what, fix="remove or rename one of the files")
        checks: tuple[Callable[[str], object], ...] = (
            self._check_sizes,
            self.image,
            self._find,
        )  # finding instances decodes mask and object mask
        for check in checks:
            try:
                check(image_id)
            except BrokenFileError as error:
                yield error.problem

    def _check_sizes(self, image_id: str) -> None:
        header = read_header(self.image_file(image_id))
        _same_size(self.mask_file(image_id), "mask", header)
        for box in self.layout.boxes.get(image_id, ()):
            if min(box.xmin, box.ymin) < -1 or box.xmax > header.width + 1 or box.ymax > header.height + 1:
                what = f"{image_id}: box {[*box[1:]]} lies outside the image ({header})"
                raise BrokenFileError(Path(str(self.layout.instance_list)), what, "scale the boxes with the images")


def _other_size(file: Path, kind: str, header: Header, expected: str, fix: str = "") -> BrokenFileError:
    return BrokenFileError(file, f"this {kind} is {header}, its image is {expected}", fix or "draw it at that size")


def _same_size(file: Path, kind: str, image: Header) -> None:
    header = read_header(file, kind)
    if header.size == image.size:
        return
    if image.orientation >= 5 and header.size == image.size[::-1]:
        fix = f"the image has EXIF orientation {image.orientation}, which is not applied: save the image upright"
        raise _other_size(file, kind, header, str(image), fix)
    raise _other_size(file, kind, header, str(image))
