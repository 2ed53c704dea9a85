"""Reader of SBD, the Semantic Boundaries Dataset (Hariharan et al. 2011), such as ``benchmark_RELEASE/dataset``.

``img/*.jpg``, ``cls/*.mat`` (``GTcls.Segmentation``: classes), ``inst/*.mat`` (``GTinst.Segmentation``: objects,
``GTinst.Categories``: their classes), and the lists. The classes are VOC's 20; SBD draws no void.

SBD's ``train.txt`` shares images with VOC's validation list. So ``train_noval.txt``, which leaves them out, is the
training list where it is there, and a note says which was read.

Shape suffixes: H rows, W columns.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.dataset import VOID
from budgetseg.data.lists import read_listing
from budgetseg.data.paired import Layout, MaskFiles, files_by_id
from budgetseg.data.pixels import Header
from budgetseg.data.problem import BrokenFileError
from budgetseg.data.voc import VOC_CLASSES

__all__ = ["looks_like_sbd", "sbd_layout"]

_PARTS = ("img", "cls", "inst")
_FIX = "replace the file or take it off the lists"


def looks_like_sbd(root: Path) -> bool:
    """Tell whether a folder is meant as SBD: two of its three parts are there."""
    return sum((root / part).is_dir() for part in _PARTS) >= 2


def _struct(path: Path, name: str) -> Any:
    """Read one structure of a MATLAB file."""
    from scipy.io import loadmat  # half a second to import, and needed for this format alone

    try:
        return loadmat(path, variable_names=[name], squeeze_me=True, struct_as_record=False)[name]
    except FileNotFoundError as error:
        raise BrokenFileError(path, "this file is missing", "put it there or take it off the lists") from error
    except KeyError as error:
        raise BrokenFileError(path, f"expected {name}, as SBD's files hold, and it is not there", _FIX) from error
    # On bytes that are no MATLAB file loadmat raises whatever it stumbles over, zlib.error and IndexError among others.
    except Exception as error:
        what = f"expected a MATLAB file ({' '.join(str(error).split()) or type(error).__name__})"
        raise BrokenFileError(path, what, _FIX) from error


def _segmentation(path: Path, name: str) -> tuple[NDArray[np.uint8], Any]:
    """Return the pixels of a structure, uint8 of shape (H, W), and the structure."""
    struct = _struct(path, name)
    pixels_HW = getattr(struct, "Segmentation", None)
    if not isinstance(pixels_HW, np.ndarray) or pixels_HW.ndim != 2 or pixels_HW.dtype.kind not in "ui":
        raise BrokenFileError(path, f"expected {name}.Segmentation, a matrix of whole numbers", _FIX)
    if pixels_HW.size and not 0 <= pixels_HW.min() <= pixels_HW.max() <= VOID:
        got = f"{pixels_HW.min()} to {pixels_HW.max()}"
        raise BrokenFileError(path, f"{name}.Segmentation: expected numbers from 0 to {VOID}, got {got}", _FIX)
    return pixels_HW.astype(np.uint8), struct


def _labels(path: Path) -> NDArray[np.uint8]:
    return _segmentation(path, "GTcls")[0]


def _size(path: Path) -> Header:
    height, width = _labels(path).shape
    return Header(height=height, width=width, orientation=1)


def _objects(path: Path) -> NDArray[np.uint8]:
    object_HW, struct = _segmentation(path, "GTinst")
    listed = np.size(getattr(struct, "Categories", ()))
    if (most := object_HW.max(initial=0, where=object_HW != VOID)) > listed:
        what = f"GTinst.Categories: expected a class for each of {most} objects, got {listed}"
        raise BrokenFileError(path, what, _FIX)
    return object_HW


def sbd_layout(root: Path, *, train_list: Path | None = None, val_list: Path | None = None) -> Layout:
    """Find the parts of an SBD folder.

    Args:
        root: The folder that holds ``img``.
        train_list: Another training list.
        val_list: Another validation list.

    Raises:
        BrokenFileError: A folder or list is missing.
    """
    for part in _PARTS:
        if not (root / part).is_dir():
            raise BrokenFileError(root / part, "SBD needs this folder", f"put it there (needed: {', '.join(_PARTS)})")
    fix = "put it there or name another list"
    val = read_listing(val_list or root / "val.txt", fix=fix, first_word=True)
    notes: tuple[str, ...] = ()
    if train_list is None:
        without_val = root / "train_noval.txt"
        train_list = without_val if without_val.is_file() else root / "train.txt"
        shares = "leaves out VOC's validation images" if train_list == without_val else "shares images with VOC's"
        end = "" if train_list == without_val else " validation list; do not validate on that"
        notes = (f"{root}: trains on {train_list.name}, which {shares}{end}",)
    return Layout(
        root=root,
        classes=VOC_CLASSES,
        class_list="PASCAL VOC's 20 classes",
        images=files_by_id(root / "img"),
        masks=files_by_id(root / "cls", (".mat",)),
        objects=files_by_id(root / "inst", (".mat",)),
        image_place="img/{}.jpg",
        mask_place="cls/{}.mat",
        mask_files=MaskFiles(size=_size, labels=_labels, objects=_objects),
        train=read_listing(train_list, fix=fix, first_word=True),
        val=val,
        notes=notes,
    )
