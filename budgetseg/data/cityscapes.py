"""Reader of Cityscapes (Cordts et al. 2016): ``leftImg8bit/<split>/<city>/`` with ``gtFine/`` or ``gtCoarse/`` beside.

A folder with ``gtFine`` is read with its fine masks; name its ``gtCoarse`` for the coarse ones, which train on
``train_extra`` too, where its images are there, and validate on the fine masks, where those are.

The classes are the 19 that are evaluated; all other labels are void. So class 0, the background, has no pixel: nobody
is asked about it and no mask teaches it. But image labels and boxes take for granted that an image holds some, and
where a network predicts it, it counts in the mIoU as a class of IoU 0. A note says so.

An object is what has one number in ``*_instanceIds.png``: each car, a group of cars that was drawn as one, and all
there is of a class whose objects are not told apart, such as the road.

Shape suffixes: H rows, W columns.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.dataset import BACKGROUND, VOID
from budgetseg.data.lists import Listing, read_listing
from budgetseg.data.paired import PNG_MASKS, Files, Layout, MaskFiles
from budgetseg.data.pixels import opened, read_mask
from budgetseg.data.problem import BrokenFileError

__all__ = ["CITYSCAPES_CLASSES", "cityscapes_layout", "looks_like_cityscapes"]

# The label of each class in the files, as Cityscapes numbers them; in the order of its training ids.
_LABELS = {
    7: "road",
    8: "sidewalk",
    11: "building",
    12: "wall",
    13: "fence",
    17: "pole",
    19: "traffic light",
    20: "traffic sign",
    21: "vegetation",
    22: "terrain",
    23: "sky",
    24: "person",
    25: "rider",
    26: "car",
    27: "truck",
    28: "bus",
    31: "train",
    32: "motorcycle",
    33: "bicycle",
}
CITYSCAPES_CLASSES = ("background", *_LABELS.values())
_MOST = 33
_NO_LABEL = 255  # -1, a licence plate, in 8 bits
_OBJECTS_OF_LABEL = 1000
"""Object k of label l is numbered 1000 l + k; what is no single object has the label's own number."""

_IMAGES = "leftImg8bit"


def looks_like_cityscapes(root: Path) -> bool:
    """Tell whether a folder is meant as Cityscapes, or as the ``gtFine`` or ``gtCoarse`` of one."""
    if root.name in {"gtFine", "gtCoarse"}:
        return (root.parent / _IMAGES).is_dir()
    return (root / _IMAGES).is_dir() or (root / "gtFine").is_dir()


def _labels(path: Path) -> NDArray[np.uint8]:
    """Read a ``labelIds`` file as indices of `CITYSCAPES_CLASSES`."""
    label_HW = read_mask(path)
    if label_HW.size and (strange := label_HW[(label_HW > _MOST) & (label_HW != _NO_LABEL)]).size:
        what = (
            f"label {strange[0]} on {(strange == strange[0]).sum()} pixels: expected Cityscapes's labels, 0 to {_MOST}"
        )
        raise BrokenFileError(path, what, "use the labelIds files, not trainIds or colours")
    index_L = np.full(256, VOID, np.uint8)
    index_L[[*_LABELS]] = np.arange(1, len(_LABELS) + 1)
    return index_L[label_HW]


def _objects(path: Path) -> NDArray[np.uint8]:
    """Read an ``instanceIds`` file and number its objects anew, from 1; what is of no class is none."""
    with opened(path, "object mask") as picture:
        if picture.format != "PNG" or picture.mode not in {"I;16", "I", "L"}:
            what = f"expected a PNG of 16-bit numbers, got {picture.format} (mode {picture.mode})"
            raise BrokenFileError(path, what, "use the instanceIds files")
        number_HW = np.array(picture).astype(np.int64)
    pixels_O = np.bincount(number_HW.ravel())
    numbers = np.flatnonzero(pixels_O)
    own = np.where(numbers < _OBJECTS_OF_LABEL, numbers, numbers // _OBJECTS_OF_LABEL)
    kept = numbers[np.isin(own, [*_LABELS])]
    if len(kept) >= VOID:
        raise BrokenFileError(path, f"expected fewer than {VOID} objects, got {len(kept)}", "use the instanceIds files")
    index_O = np.full(len(pixels_O), BACKGROUND, np.uint8)
    index_O[kept] = np.arange(1, len(kept) + 1)
    return index_O[number_HW]


def _by_frame(folder: Path, ending: str) -> Files:
    """List the files of all cities by what comes before ``ending``: city, sequence and frame."""
    found: dict[str, tuple[Path, ...]] = {}
    for path in sorted(folder.glob(f"*/*{ending}")):
        frame = path.name.removesuffix(ending)
        found[frame] = (*found.get(frame, ()), path)
    return found


def _listing(path: Path) -> Listing:
    listed = read_listing(path, fix="put it there or name another list", first_word=True)
    ids = tuple(each.removesuffix(f"_{_IMAGES}") for each in listed.ids)
    return Listing(file=path, ids=ids, lines=listed.lines)


def cityscapes_layout(root: Path, *, train_list: Path | None = None, val_list: Path | None = None) -> Layout:
    """Find the parts of Cityscapes; image ids are ``<city>_<sequence>_<frame>``.

    Args:
        root: The folder that holds ``leftImg8bit``, or its ``gtFine`` or ``gtCoarse``.
        train_list: Names of the training images, instead of all of the split.
        val_list: The same for validation.

    Raises:
        BrokenFileError: A folder or list is missing.
    """
    kind = root.name if root.name in {"gtFine", "gtCoarse"} else "gtFine"
    root = root.parent if root.name == kind else root
    for part in (_IMAGES, kind):
        if not (root / part / "train").is_dir():
            what = f"Cityscapes needs this folder with {kind} masks"
            fix = "put it there" if kind == "gtCoarse" else "put it there, or name the folder gtCoarse for coarse masks"
            raise BrokenFileError(root / part / "train", what, fix)
    extra = kind == "gtCoarse" and (root / _IMAGES / "train_extra").is_dir()
    val_kind = "gtFine" if (root / "gtFine" / "val").is_dir() else kind
    sources = [("train", kind), *([("train_extra", kind)] if extra else []), ("val", val_kind)]
    images: dict[str, tuple[Path, ...]] = {}
    masks, objects = images.copy(), images.copy()
    ids: dict[str, list[str]] = {"train": [], "val": []}
    for split, masks_kind in sources:
        found = _by_frame(root / _IMAGES / split, f"_{_IMAGES}.png")
        images |= found
        masks |= _by_frame(root / masks_kind / split, f"_{masks_kind}_labelIds.png")
        objects |= _by_frame(root / masks_kind / split, f"_{masks_kind}_instanceIds.png")
        ids["val" if split == "val" else "train"] += found
    listings = {
        split: Listing(file=root / _IMAGES / split, ids=tuple(found)) if own is None else _listing(own)
        for (split, found), own in zip(ids.items(), (train_list, val_list), strict=True)
    }
    notes = [f"{root}: no pixel is background, but image labels and boxes assume some and teach it"]
    parts = " and ".join(split for split, _ in sources[:-1])
    if kind == "gtCoarse":
        notes.append(f"{root}: trains on the coarse masks of {parts}, validates on {val_kind}")
    return Layout(
        root=root,
        classes=CITYSCAPES_CLASSES,
        class_list="Cityscapes's 19 classes",
        images=images,
        masks=masks,
        objects=objects,
        image_place=f"{_IMAGES}/*/*/{{}}_{_IMAGES}.png",
        mask_place=f"{kind}/*/*/{{}}_{kind}_labelIds.png",
        mask_files=MaskFiles(size=PNG_MASKS.size, labels=_labels, objects=_objects),
        train=listings["train"],
        val=listings["val"],
        notes=tuple(notes),
    )
