"""The formats of data sets that are read from a folder: how each is known, and what opens it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from budgetseg.data.cityscapes import cityscapes_layout, looks_like_cityscapes
from budgetseg.data.coco import looks_like_coco, open_coco
from budgetseg.data.disk import OnDisk
from budgetseg.data.folders import folder_layout, looks_like_folders
from budgetseg.data.paired import Layout, PairedImages
from budgetseg.data.sbd import looks_like_sbd, sbd_layout
from budgetseg.data.voc import looks_like_voc, voc_layout

__all__ = ["FORMATS", "Format"]


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format."""

    what: str
    """For messages: ``a VOC devkit (JPEGImages/, ...)``."""
    looks_like: Callable[[Path], bool]
    """Tells whether a folder is meant as this format, whole or not."""
    open: Callable[..., OnDisk]
    """Takes the folder and, by name, ``train_list`` and ``val_list``: paths or None."""
    places: tuple[Path, ...] = (Path(),)
    """Where below the named folder it may lie."""
    takes_train_set: bool = False
    """Whether ``open`` also takes ``train_set``."""


def _paired(layout: Callable[..., Layout]) -> Callable[..., OnDisk]:
    return lambda root, **lists: PairedImages(layout(root, **lists))


FORMATS = (
    Format(
        what="a VOC devkit (JPEGImages/, SegmentationClass/, ImageSets/Segmentation/)",
        looks_like=looks_like_voc,
        open=_paired(voc_layout),
        places=(Path(), Path("VOC2012"), Path("VOCdevkit") / "VOC2012"),
        takes_train_set=True,
    ),
    Format(
        what="SBD (img/, cls/, inst/)",
        looks_like=looks_like_sbd,
        open=_paired(sbd_layout),
        places=(Path(), Path("dataset"), Path("benchmark_RELEASE") / "dataset"),
    ),
    Format(
        what="Cityscapes (leftImg8bit/, gtFine/ or gtCoarse/)",
        looks_like=looks_like_cityscapes,
        open=_paired(cityscapes_layout),
    ),
    Format(
        what="a COCO folder (annotations/instances_train*.json and instances_val*.json)",
        looks_like=looks_like_coco,
        open=open_coco,
    ),
    Format(
        what="a folder with images/, masks/, classes.txt and val.txt",
        looks_like=looks_like_folders,
        open=_paired(folder_layout),
    ),
)
"""In the order in which they are tried."""
