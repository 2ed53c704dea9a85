"""The images to annotate: those of a folder, or the training images of a data set; and images with known answers.

Pixels are as they are stored, as everywhere in this project: no EXIF turn is applied, neither here nor on the page.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from budgetseg.data.dataset import Dataset, Split
from budgetseg.data.open import open_dataset
from budgetseg.data.paired import files_by_id
from budgetseg.data.pixels import read_header
from budgetseg.errors import DataError, InvalidInputError
from budgetseg.labelling.controls import known_answer

__all__ = ["Photo", "is_plain_folder", "known_photos", "photos_of"]

_TYPES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_MOST_BYTES: Final = 64 * 2**20
_MOST_PIXELS: Final = 10**8


@dataclass(frozen=True, kw_only=True, eq=False)
class Photo:
    """One image."""

    image_id: str
    width: int
    height: int
    read: Callable[[], tuple[bytes, str]]
    """Gives the file's content and its media type."""
    boxes: tuple[tuple[str, tuple[int, int, int, int]], ...] | None = None
    """Where the answer is known: each instance's class and tight box, x_min, y_min, x_max, y_max, borders included."""


def is_plain_folder(source: str) -> bool:
    """Whether a folder holds images itself, rather than being a data set."""
    return Path(source).is_dir() and bool(files_by_id(Path(source)))


def photos_of(source: str, limit: int | None) -> tuple[Photo, ...]:
    """Return the images of a folder, or the training images of a data set.

    Args:
        source: A folder of images, or the name or folder of a data set.
        limit: Only the first so many.

    Raises:
        DataError: There are none, or one cannot be read.
        InvalidInputError: A limit below 1.
    """
    if limit is not None and limit < 1:
        raise InvalidInputError(f"--limit: expected a number of images >= 1, got {limit}")
    if is_plain_folder(source):
        files = files_by_id(Path(source))
        for image_id, paths in files.items():
            if len(paths) > 1:
                raise DataError(f"{paths[1]}: {paths[0].name} has the same id, {image_id}; rename one of the two")
        return tuple(_of_file(image_id, paths[0]) for image_id, paths in list(files.items())[:limit])
    dataset = open_dataset(source, limit=limit)
    return tuple(_of_dataset(dataset, image_id) for image_id in dataset.ids("train"))


def known_photos(source: str, classes: Sequence[str], *, split: Split = "val", limit: int = 200) -> tuple[Photo, ...]:
    """Return images of a data set with what is to be seen in them, of the classes that are asked about.

    Raises:
        DataError: The data set cannot be read.
        InvalidInputError: It has none of the classes.
    """
    dataset = open_dataset(source)
    if not set(classes) & set(dataset.classes[1:]):
        raise InvalidInputError(
            f"--controls: {source} knows none of the classes {', '.join(classes)}; it has "
            f"{', '.join(dataset.classes[1:])}"
        )
    return tuple(
        _of_dataset(dataset, image_id, known_answer(dataset, image_id, classes).boxes)
        for image_id in dataset.ids(split)[:limit]
    )


def _of_file(image_id: str, path: Path) -> Photo:
    header = read_header(path, kind="image")
    if header.width * header.height > _MOST_PIXELS:
        raise DataError(f"{path}: {header} pixels are too many to show; make it smaller")

    def read() -> tuple[bytes, str]:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise DataError(f"{path}: expected an image of at most 64 MiB; make it smaller")
        return content, _TYPES[path.suffix.lower()]

    return Photo(image_id=image_id, width=header.width, height=header.height, read=read)


def _of_dataset(
    dataset: Dataset, image_id: str, boxes: tuple[tuple[str, tuple[int, int, int, int]], ...] | None = None
) -> Photo:
    height, width = dataset.image(image_id).shape[:2]

    def read() -> tuple[bytes, str]:
        content = io.BytesIO()
        Image.fromarray(dataset.image(image_id)).save(content, format="PNG", compress_level=1)
        return content.getvalue(), "image/png"

    return Photo(image_id=image_id, width=width, height=height, read=read, boxes=boxes)
