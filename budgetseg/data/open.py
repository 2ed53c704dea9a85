"""From a name or a path to a data set: the embedded scenes, a VOC devkit, or a folder of images and masks."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from budgetseg.data.boxes import read_boxes
from budgetseg.data.dataset import Dataset
from budgetseg.data.folders import folder_layout, looks_like_folders
from budgetseg.data.paired import Layout, PairedImages
from budgetseg.data.select import Selection
from budgetseg.data.voc import TrainSet, looks_like_voc, voc_layout
from budgetseg.errors import DataError, InvalidInputError

__all__ = ["open_dataset"]

_KNOWN = (
    "a VOC devkit (JPEGImages/, SegmentationClass/, ImageSets/Segmentation/), "
    "a folder with images/, masks/, classes.txt and val.txt, or the name scenes"
)
_DEVKITS = (Path(), Path("VOC2012"), Path("VOCdevkit") / "VOC2012")


def _layout(root: Path, train_set: TrainSet, train_list: Path | None, val_list: Path | None) -> Layout:
    if not root.is_dir():
        got = "this is a file" if root.exists() else "there is no such folder and no data set of this name"
        raise DataError(f"{root}: {got}; expected {_KNOWN}")
    for devkit in _DEVKITS:
        if looks_like_voc(root / devkit):
            return voc_layout(root / devkit, train_set=train_set, train_list=train_list, val_list=val_list)
    if looks_like_folders(root):
        if train_set != "voc":
            raise InvalidInputError(f'{root}: the training set "{train_set}" is for VOC devkits; leave it out here')
        return folder_layout(root, train_list=train_list, val_list=val_list)
    raise DataError(f"{root}: this folder holds no known data set; expected {_KNOWN}")


def open_dataset(
    name_or_path: str | Path | None = None,
    *,
    classes: Sequence[str] = (),
    limit: int | None = None,
    instances: Path | None = None,
    train_set: TrainSet = "voc",
    train_list: Path | None = None,
    val_list: Path | None = None,
) -> Dataset:
    """Open a data set. Files are looked at when they are asked for; `budgetseg.data.check` looks at all of them.

    Args:
        name_or_path: None or ``scenes`` for the embedded scenes (a folder of that name is ``./scenes``); else a VOC
            devkit, a folder that holds ``VOCdevkit/VOC2012``, or a folder of images and masks.
        classes: Keep the images that hold only these classes, and at least one of them, numbered in this order.
        limit: Keep the first so many training images of the list, after the choice of classes.
        instances: Instance list (see `budgetseg.data.boxes`) for images without object masks.
        train_set: For VOC: its own training list, or the ``paper``'s 10,582 images.
        train_list: A training list; for VOC also a folder with SBD's two lists.
        val_list: A validation list.

    Raises:
        DataError: Nothing known is there, or a list, class list or instance list is missing or broken.
        InvalidInputError: An unknown class, a limit below 1, or options that do not fit each other.
    """
    if train_set not in {"voc", "paper"}:
        raise InvalidInputError(f'expected the training set "voc" or "paper", got "{train_set}"')
    dataset: Dataset
    if name_or_path is None or name_or_path == "scenes":
        if instances or train_list or val_list or train_set != "voc":
            raise InvalidInputError("the embedded scenes take no lists or instances; name a data set folder with them")
        from budgetseg.data.scenes import Scenes

        dataset = Scenes()
    else:
        if train_set == "paper" and train_list is not None and not train_list.is_dir():
            raise InvalidInputError(f'{train_list}: give this list or the training set "paper", not both')
        layout = _layout(Path(name_or_path), train_set, train_list, val_list)
        if instances is not None:
            boxes = read_boxes(instances, len(layout.classes))
            if not boxes.keys() & {*layout.train.ids, *layout.val.ids}:
                raise DataError(f"{instances}: names none of the images of {layout.root}; give the list made for them")
            layout = replace(layout, instance_list=instances, boxes=boxes)
        dataset = PairedImages(layout)
    if classes or limit is not None:
        return Selection(dataset, classes=classes, limit=limit)
    return dataset
