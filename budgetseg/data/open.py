"""From a name or a path to a data set: the embedded scenes, VOC 2012, or a folder in one of the formats."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from budgetseg.data.boxes import read_boxes
from budgetseg.data.dataset import Dataset
from budgetseg.data.disk import OnDisk
from budgetseg.data.download import Tell
from budgetseg.data.formats import FORMATS
from budgetseg.data.paired import PairedImages
from budgetseg.data.scene_names import is_scenes, open_scenes
from budgetseg.data.select import Selection
from budgetseg.data.voc import TrainSet
from budgetseg.data.voc2012 import NAME, fetch
from budgetseg.errors import DataError, InvalidInputError

__all__ = ["open_dataset"]

_KNOWN = f"{', '.join(each.what for each in FORMATS)}, or one of the names scenes and {NAME}"


def _on_disk(root: Path, train_set: TrainSet, train_list: Path | None, val_list: Path | None) -> OnDisk:
    if not root.is_dir():
        got = "this is a file" if root.exists() else "there is no such folder and no data set of this name"
        raise DataError(f"{root}: {got}; expected {_KNOWN}")
    for each in FORMATS:
        for folder in (root / place for place in each.places):
            if not each.looks_like(folder):
                continue
            if each.takes_train_set:
                return each.open(folder, train_set=train_set, train_list=train_list, val_list=val_list)
            if train_set != "voc":
                what = f'the training set "{train_set}" is for VOC devkits'
                raise InvalidInputError(f"{root}: {what}; leave it out here")
            return each.open(folder, train_list=train_list, val_list=val_list)
    raise DataError(f"{root}: this folder holds no known data set; expected {_KNOWN}")


def _with_boxes(dataset: OnDisk, instances: Path) -> OnDisk:
    if not isinstance(dataset, PairedImages):
        raise InvalidInputError(f"{instances}: {dataset.root} says itself where its instances are; leave the list out")
    boxes = read_boxes(instances, len(dataset.classes))
    if not boxes.keys() & {*dataset.ids("train"), *dataset.ids("val")}:
        raise DataError(f"{instances}: names none of the images of {dataset.root}; give the list made for them")
    return PairedImages(replace(dataset.layout, instance_list=instances, boxes=boxes))


def open_dataset(
    name_or_path: str | Path | None = None,
    *,
    classes: Sequence[str] = (),
    limit: int | None = None,
    instances: Path | None = None,
    train_set: TrainSet = "voc",
    train_list: Path | None = None,
    val_list: Path | None = None,
    tell: Tell = lambda _: None,
) -> Dataset:
    """Open a data set. Files are looked at when they are asked for; `budgetseg.data.check` looks at all of them.

    Args:
        name_or_path: None or ``scenes`` for the embedded scenes (a folder of that name is ``./scenes``), with settings
            as in `budgetseg.data.scene_names`; ``voc2012`` for VOC 2012, downloaded where it was not before; else a
            folder in one of `budgetseg.data.formats`.
        classes: Keep the images that hold only these classes, and at least one of them, numbered in this order.
        limit: Keep the first so many training images of the list, after the choice of classes.
        instances: Instance list (see `budgetseg.data.boxes`) for images without object masks.
        train_set: For VOC: its own training list, the ``paper``'s 10,582 images, or ``trainval``, its 12,031.
        train_list: A training list; for VOC also a folder with SBD's two lists.
        val_list: A validation list.
        tell: Told of the progress of a download.

    Raises:
        DataError: Nothing known is there, or a list, class list or instance list is missing or broken.
        InvalidInputError: An unknown class, a limit below 1, or options that do not fit each other.
    """
    if train_set not in get_args(TrainSet):
        raise InvalidInputError(f'expected the training set "voc", "paper" or "trainval", got "{train_set}"')
    dataset: Dataset
    name = "scenes" if name_or_path is None else str(name_or_path)
    if is_scenes(name) and not isinstance(name_or_path, Path):
        if instances or train_list or val_list or train_set != "voc":
            raise InvalidInputError("the embedded scenes take no lists or instances; name a data set folder with them")
        dataset = open_scenes(name)
    else:
        if train_set != "voc" and train_list is not None and not train_list.is_dir():
            raise InvalidInputError(f'{train_list}: give this list or the training set "{train_set}", not both')
        root = fetch(tell) if name == NAME else Path(name)
        files = _on_disk(root, train_set, train_list, val_list)
        dataset = files if instances is None else _with_boxes(files, instances)
    if classes or limit is not None:
        return Selection(dataset, classes=classes, limit=limit)
    return dataset
