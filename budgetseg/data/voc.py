"""Reader of PASCAL VOC devkit folders, such as ``VOCdevkit/VOC2012``.

``JPEGImages/``, ``SegmentationClass/`` and ``ImageSets/Segmentation/{train,val}.txt`` must be there;
``SegmentationObject/`` and ``SegmentationClassAug/`` (masks of the images that SBD added) may be, and a ``classes.txt``
for own classes in this layout (one a line, background first).

The paper trains on more images than VOC's own training list: on VOC's and SBD's (Hariharan et al. 2011), without those
of VOC's validation list, 10,582 images (Bearman et al. 2016, sec. 5). For VOC's test server it trains on those of the
validation list too, 12,031 images (sec. 5.5): ``trainval``.
"""

from pathlib import Path
from typing import Literal

from budgetseg.data.folders import read_classes
from budgetseg.data.lists import Listing, read_listing
from budgetseg.data.paired import Layout, files_by_id
from budgetseg.data.problem import BrokenFileError

__all__ = ["PAPER_IMAGES", "VOC_CLASSES", "TrainSet", "looks_like_voc", "paper_listing", "voc_layout"]

TrainSet = Literal["voc", "paper", "trainval"]
PAPER_IMAGES = 10_582
TRAINVAL_IMAGES = 12_031
# fmt: off
VOC_CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
    "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)
# fmt: on
_PARTS = ("JPEGImages", "SegmentationClass", "ImageSets")
_LISTS = Path("ImageSets") / "Segmentation"


def looks_like_voc(root: Path) -> bool:
    """Tell whether a folder is meant as a devkit: two of its three parts are there."""
    return sum((root / part).is_dir() for part in _PARTS) >= 2


def _sbd_union(folder: Path, root: Path, val: Listing) -> Listing:
    fix = "put SBD's train.txt and val.txt there"
    lists = [root / _LISTS / "train.txt", folder / "train.txt", folder / "val.txt"]
    ids = {image_id for path in lists for image_id in read_listing(path, fix=fix, first_word=True).ids}
    return Listing(file=folder, ids=tuple(sorted(ids - set(val.ids))))


def paper_listing(root: Path, val: Listing) -> Listing:
    """Return the paper's training images: ``train_aug.txt``, else VOC's and SBD's without VOC's validation images.

    Raises:
        BrokenFileError: Neither the list nor a folder ``sbd`` with SBD's two lists is there.
    """
    for name in ("train_aug.txt", "trainaug.txt"):
        if (root / _LISTS / name).is_file():
            return read_listing(root / _LISTS / name, fix="", first_word=True)
    if (root / "sbd").is_dir():
        return _sbd_union(root / "sbd", root, val)
    raise BrokenFileError(
        root / _LISTS / "train_aug.txt",
        "the paper's training list is not here",
        f"put it here, or SBD's train.txt and val.txt into {root / 'sbd'}, or name their folder as the training list",
    )


def voc_layout(
    root: Path, *, train_set: TrainSet = "voc", train_list: Path | None = None, val_list: Path | None = None
) -> Layout:
    """Find the parts of a devkit folder.

    Args:
        root: The folder that holds ``JPEGImages``.
        train_set: ``voc`` for ``train.txt``, ``paper`` for the paper's 10,582 images, ``trainval`` for those and the
            validation images.
        train_list: Another training list; or a folder with SBD's ``train.txt`` and ``val.txt``, for the paper's images.
        val_list: Another validation list.

    Raises:
        BrokenFileError: A folder or list is missing.
    """
    for part in _PARTS:
        if not (root / part).is_dir():
            what = "a VOC devkit folder needs this folder"
            raise BrokenFileError(root / part, what, f"put it there (needed: {', '.join(_PARTS)})")
    fix = "put it there or name another list"
    val = read_listing(val_list or root / _LISTS / "val.txt", fix=fix, first_word=True)
    notes: tuple[str, ...] = ()
    if train_set != "voc" or (train_list is not None and train_list.is_dir()):
        train = paper_listing(root, val) if train_list is None else _sbd_union(train_list, root, val)
        wanted = PAPER_IMAGES
        if train_set == "trainval":
            train = Listing(file=train.file, ids=tuple(sorted({*train.ids, *val.ids})))
            wanted = TRAINVAL_IMAGES
        if len(train.ids) != wanted:
            notes = (f"{train.file}: {len(train.ids):,} training images, the paper's list has {wanted:,}",)
    else:
        train = read_listing(train_list or root / _LISTS / "train.txt", fix=fix, first_word=True)
    own_classes = root / "classes.txt"
    classes = read_classes(own_classes) if own_classes.is_file() else VOC_CLASSES
    masks = files_by_id(root / "SegmentationClass", (".png",))
    return Layout(
        root=root,
        classes=classes,
        class_list=str(own_classes) if own_classes.is_file() else "PASCAL VOC's 20 classes",
        images=files_by_id(root / "JPEGImages"),
        masks={**files_by_id(root / "SegmentationClassAug", (".png",)), **masks},
        objects=files_by_id(root / "SegmentationObject", (".png",)),
        image_place="JPEGImages/{}.jpg",
        mask_place="SegmentationClass/{}.png",
        train=train,
        val=val,
        trains_on_val=train_set == "trainval",
        notes=notes,
    )
