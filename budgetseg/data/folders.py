"""Reader of plain folders: ``images/``, ``masks/`` (PNGs of class indices, 255 void) and ``classes.txt``.

``classes.txt`` holds one class a line, the background first: line 1 is index 0. ``val.txt`` lists the validation
images; ``train.txt`` the training images, or all others where it is absent.
"""

from pathlib import Path

from budgetseg.data.dataset import VOID
from budgetseg.data.lists import Listing, read_lines, read_listing
from budgetseg.data.paired import Layout, files_by_id
from budgetseg.data.problem import BrokenFileError

__all__ = ["folder_layout", "looks_like_folders", "read_classes"]

_CLASSES_FIX = "write one class name a line, the background first"


def looks_like_folders(root: Path) -> bool:
    """Tell whether a folder is meant as images and masks."""
    return (root / "images").is_dir() or (root / "masks").is_dir()


def read_classes(path: Path) -> tuple[str, ...]:
    """Read class names, one a line; the line number less 1 is the index in the masks.

    Raises:
        BrokenFileError: The list is missing, does not begin with the background, names a class twice, or has fewer than
            2 or more than 255 classes.
    """
    lines = read_lines(path, _CLASSES_FIX)
    names = [name for _, name in lines]
    for number, name in lines:
        if names.count(name) > 1:
            what = f'duplicate class "{name}" (line {number})'
            raise BrokenFileError(path, what, "give every class its own name")
    if [number for number, _ in lines] != list(range(1, len(lines) + 1)):
        raise BrokenFileError(path, "an empty line between classes leaves their indices open", _CLASSES_FIX)
    if not 2 <= len(names) <= VOID:
        what = f"expected the background and 1 to {VOID - 1} object classes, got {len(names)} lines"
        raise BrokenFileError(path, what, _CLASSES_FIX)
    if names[0].strip("_").lower() != "background":
        what = f'line 1 is index 0 of the masks: expected "background", got "{names[0]}"'
        raise BrokenFileError(path, what, _CLASSES_FIX)
    return ("background", *names[1:])


def _other_images(image_folder: Path, val: Listing) -> Listing:
    return Listing(file=image_folder, ids=tuple(sorted(files_by_id(image_folder).keys() - set(val.ids))))


def folder_layout(root: Path, *, train_list: Path | None = None, val_list: Path | None = None) -> Layout:
    """Find the parts of an image + mask folder.

    Args:
        root: The folder that holds ``images``.
        train_list: A training list elsewhere than ``train.txt``.
        val_list: A validation list elsewhere than ``val.txt``.

    Raises:
        BrokenFileError: A folder or list is missing; for a missing ``val.txt`` the message says how to make one.
    """
    for part in ("images", "masks"):
        if not (root / part).is_dir():
            raise BrokenFileError(root / part, "a folder of images and masks needs this folder", "put it there")
    classes = read_classes(root / "classes.txt")
    val_file = val_list or root / "val.txt"
    val = read_listing(val_file, fix="write the names of the validation images into it, one a line, or use --val-list")
    train_file = train_list or root / "train.txt"
    notes: tuple[str, ...] = ()
    if train_list is not None or train_file.is_file():
        train = read_listing(train_file, fix="put it there or name another list")
    else:
        train = _other_images(root / "images", val)
        notes = (f"{root}: no train.txt, so the {len(train.ids):,} images that {val.file.name} does not name are it",)
    return Layout(
        root=root,
        classes=classes,
        class_list=str(root / "classes.txt"),
        images=files_by_id(root / "images"),
        masks=files_by_id(root / "masks", (".png",)),
        image_place="images/{}.jpg",
        mask_place="masks/{}.png",
        train=train,
        val=val,
        notes=notes,
    )
