"""Reader of COCO folders: ``annotations/`` with JSON files of instances (see `coco_json`), and folders of images.

``annotations/instances_train*.json`` and ``instances_val*.json`` are the splits. Or there is one JSON file,
``annotations/instances*.json`` or ``annotations.json``, and ``val.txt`` names the validation images, ``train.txt`` the
training images, or all others where it is absent. The images of ``instances_train2017.json`` lie in ``train2017/``,
``images/train2017/`` or ``images/``.

Where objects overlap the smaller is on top (`layers`). A crowd is void where no object is. What nobody annotated is
background. Counting a data set reads areas as they were annotated and draws no mask, for COCO has 118,000 images.

Shape suffixes: H rows, W columns.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.coco_drawing import area_of, region_of
from budgetseg.data.coco_json import CocoFile, CocoImage, read_coco
from budgetseg.data.dataset import BACKGROUND, Counts, Instances
from budgetseg.data.disk import OnDisk, require_size
from budgetseg.data.instances import Found
from budgetseg.data.layers import stack
from budgetseg.data.lists import Listing, read_listing
from budgetseg.data.pixels import Header, read_header
from budgetseg.data.problem import BrokenFileError

__all__ = ["CocoImages", "looks_like_coco", "open_coco"]

_VAL_FIX = "write the names of the validation images into it, one a line, or use --val-list"


def _named(root: Path, split: str) -> list[Path]:
    return sorted((root / "annotations").glob(f"instances_{split}*.json"))


def _single(root: Path) -> list[Path]:
    beside = [root / "annotations.json", root / "_annotations.coco.json"]
    return [*sorted((root / "annotations").glob("instances*.json")), *(path for path in beside if path.is_file())]


def looks_like_coco(root: Path) -> bool:
    """Tell whether a folder is meant as COCO: it has annotation files, and no masks."""
    return bool(_single(root)) and not (root / "masks").is_dir()


class CocoImages(OnDisk):
    """A data set whose objects are drawn in annotation files of COCO."""

    def __init__(
        self,
        root: Path,
        *,
        classes: tuple[str, ...],
        images: Mapping[str, CocoImage],
        folders: Mapping[Path, Path],
        train: Listing,
        val: Listing,
        notes: tuple[str, ...],
    ) -> None:
        """Take all images by id, and the folder of images of each annotation file."""
        super().__init__(root, classes=classes, train=train, val=val, notes=notes)
        self._images = images
        self._folders = folders
        self._last: tuple[str, NDArray[np.uint8], Instances] | None = None

    def _entry(self, image_id: str) -> CocoImage:
        if image_id in self._images:
            return self._images[image_id]
        raise self.missing_image(next(iter(self._folders)), image_id)

    def image_file(self, image_id: str) -> Path:
        """The photograph's file.

        Raises:
            BrokenFileError: No annotation file lists it.
        """
        entry = self._entry(image_id)
        return self._folders[entry.file] / entry.file_name

    def labels(self, image_id: str) -> frozenset[int]:
        """The classes of the annotated objects, hidden ones too: all that is needed to choose images, and quick."""
        return frozenset(each.class_index for each in self._entry(image_id).annotations if not each.crowd)

    def counts(self, image_id: str) -> Counts:
        """Pixels and instances of each class as annotated, without drawing: what overlaps counts for both.

        Raises:
            BrokenFileError: An annotation of the image is broken.
        """
        entry = self._entry(image_id)
        pixels_C = np.zeros(len(self.classes), np.int64)
        instances_C = np.zeros_like(pixels_C)
        free = entry.height * entry.width
        for each in entry.annotations:
            # An object so small that it holds no centre of a pixel was annotated all the same.
            area = max(round(area_of(each, entry)), 1)
            free -= area
            if not each.crowd:
                pixels_C[each.class_index] += area
                instances_C[each.class_index] += 1
        pixels_C[BACKGROUND] = max(free, 0)
        return pixels_C, instances_C

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """The class of each pixel, uint8 of shape (H, W): an index into ``classes``, or 255.

        Raises:
            BrokenFileError: An annotation of the image is broken.
        """
        return self._drawn(image_id)[0].copy()

    def find(self, image_id: str) -> Found:
        """The annotated objects; crowds are none.

        Raises:
            BrokenFileError: An annotation of the image is broken.
        """
        made = self._drawn(image_id)[1]
        instances = Instances(classes=made.classes, map_HW=made.map_HW.copy())
        return Found(instances=instances, drawn=len(made.classes), boxed=0, connected=0)

    def notes_about(self, ids: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002 - the same for any images
        """What is to be said of how lists were found; every instance is exact, so no mask is drawn to say so."""
        return self._notes

    def _drawn(self, image_id: str) -> tuple[NDArray[np.uint8], Instances]:
        # Whoever asks for the mask of an image asks for its instances next.
        last = self._last
        if last is None or last[0] != image_id:
            entry = self._entry(image_id)
            objects = [each for each in entry.annotations if not each.crowd]
            crowds = [each for each in entry.annotations if each.crowd]
            mask_HW, instances = stack(
                [region_of(each, entry) for each in objects],
                [each.class_index for each in objects],
                [region_of(each, entry) for each in crowds],
                (entry.height, entry.width),
            )
            self._last = last = (image_id, mask_HW, instances)
        return last[1], last[2]

    def check_size(self, image_id: str) -> None:
        """Compare the size in the annotation file with that of the image.

        Raises:
            BrokenFileError: They differ, or the image is missing.
        """
        entry = self._entry(image_id)
        listed = Header(height=entry.height, width=entry.width, orientation=1)
        require_size(entry.file, f'entry of "{entry.file_name}"', listed, read_header(self.image_file(image_id)))


def _image_folder(root: Path, file: CocoFile) -> Path:
    """Choose the folder that holds the first image; where none does, checking names the files that are missing."""
    name = file.path.stem.removeprefix("instances_")
    places = [root / name, root / "images" / name, root / "images", root]
    first = next((image.file_name for image in file.images.values()), "")
    held = next((place for place in places if first and (place / first).is_file()), None)
    return held or next((place for place in places[:-1] if place.is_dir()), places[0])


def _two(root: Path) -> tuple[CocoFile, CocoFile]:
    found = []
    for split in ("train", "val"):
        files = _named(root, split)
        if len(files) != 1:
            got = ", ".join(path.name for path in files) or "none"
            what = f"expected one annotation file of this name, got {got}"
            raise BrokenFileError(root / "annotations" / f"instances_{split}*.json", what, "leave one there")
        found.append(read_coco(files[0]))
    train, val = found
    if train.classes != val.classes:
        what = f"expected the categories of {train.path.name}, got others"
        raise BrokenFileError(val.path, what, "use annotation files with the same categories")
    twice = sorted(train.images.keys() & val.images.keys())
    if twice:
        what = f'{len(twice)} images such as "{twice[0]}" are also in {train.path.name}'
        raise BrokenFileError(val.path, what, "list each image in one of the two")
    return train, val


def open_coco(root: Path, *, train_list: Path | None = None, val_list: Path | None = None) -> CocoImages:
    """Open a COCO folder; its annotation files are read, its images are not.

    Args:
        root: The folder that holds ``annotations``.
        train_list: Names of the training images, instead of those of the training file or ``train.txt``.
        val_list: The same for validation.

    Raises:
        BrokenFileError: An annotation file or list is missing or broken.
    """
    notes: tuple[str, ...] = ()
    fix = "put it there or name another list"
    if _named(root, "train") or _named(root, "val"):
        files = _two(root)
        train, val = (Listing(file=file.path, ids=tuple(file.images)) for file in files)
        train = train if train_list is None else read_listing(train_list, fix=fix)
        val = val if val_list is None else read_listing(val_list, fix=fix)
    else:
        found = _single(root)
        if len(found) > 1:
            what = f"expected one annotation file, or instances_train and instances_val, got {found[1].name} too"
            raise BrokenFileError(found[0], what, "leave one there")
        file = read_coco(found[0])
        files = (file, file)
        val = read_listing(val_list or root / "val.txt", fix=_VAL_FIX)
        if train_list is not None or (root / "train.txt").is_file():
            train = read_listing(train_list or root / "train.txt", fix=fix)
        else:
            train = Listing(file=file.path, ids=tuple(sorted(file.images.keys() - set(val.ids))))
            notes = (
                f"{root}: no train.txt, so the {len(train.ids):,} images that {val.file.name} does not name are it",
            )
    return CocoImages(
        root,
        classes=files[0].classes,
        images={**files[0].images, **files[1].images},
        folders={file.path: _image_folder(root, file) for file in files},
        train=train,
        val=val,
        notes=notes,
    )
