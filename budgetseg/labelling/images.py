"""The images that tasks are about: a folder of photographs, a list of paths or addresses, or a data set.

Shape suffixes: H rows, W columns, 3 colours.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from PIL import Image

from budgetseg.data.dataset import Dataset, Split
from budgetseg.data.disk import OnDisk
from budgetseg.data.formats import FORMATS
from budgetseg.data.lists import IMAGE_SUFFIXES, image_id_of, read_lines
from budgetseg.data.open import open_dataset
from budgetseg.data.pixels import read_header
from budgetseg.data.scene_names import is_scenes
from budgetseg.data.select import Selection
from budgetseg.data.voc2012 import NAME
from budgetseg.errors import DataError, InvalidInputError

__all__ = ["Places", "Source", "find_images", "is_dataset", "of_dataset", "placed"]

_WEB = ("http://", "https://")
_QUALITY = 95


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """One image."""

    image_id: str
    file: Path | None = None
    """Where it lies; None for one on the web, or that is made and not read."""
    address: str = ""
    """Where the annotation tool finds it; empty until `placed` says."""
    width: int | None = None
    """Pixels; None where the image was not looked at."""
    height: int | None = None
    dataset: Dataset | None = None
    """Makes the image where there is no file."""
    known_as: str = ""
    """Its id in the data set, where the tasks call it otherwise."""
    copied_as: str = ""
    """Suffix of a copy, where that is to be another one than the file's own."""

    @property
    def own_id(self) -> str:
        """Its id in the data set."""
        return self.known_as or self.image_id

    @property
    def own_suffix(self) -> str:
        """Of its file, or of what is made of it."""
        return ".png" if self.file is None else self.file.suffix.lower()

    @property
    def file_name(self) -> str:
        """Of a copy."""
        return f"{quote(self.image_id, safe=' ()+,@=')}{self.copied_as or self.own_suffix}"

    def content(self) -> bytes:
        """The bytes of a copy."""
        if self.file is not None and self.copied_as in ("", self.own_suffix):
            return self.file.read_bytes()
        out = io.BytesIO()
        picture = self._picture()
        if self.copied_as in (".jpg", ".jpeg"):
            picture.convert("RGB").save(out, format="JPEG", quality=_QUALITY)
        else:
            picture.save(out, format="PNG")
        return out.getvalue()

    def _picture(self) -> Image.Image:
        if self.file is not None:
            with Image.open(self.file) as picture:
                return picture.copy()
        assert self.dataset is not None
        return Image.fromarray(self.dataset.image(self.own_id))


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where an annotation tool finds the images."""

    how: str = "path"
    """``path``: where they lie; ``copy``: in a folder ``images`` beside the tasks; else the beginning of an address."""

    @property
    def copies(self) -> bool:
        """Whether they are copied."""
        return self.how == "copy"


def is_dataset(name: str) -> bool:
    """Tell whether a name is that of a data set, not of a plain folder of photographs or a list."""
    path = Path(name)
    if not path.exists():
        return True
    return path.is_dir() and any(each.looks_like(path / place) for each in FORMATS for place in each.places)


def find_images(name: str) -> tuple[tuple[Source, ...], Dataset | None]:
    """Return the images that a folder, a list or a data set's training split names, and the data set.

    Raises:
        DataError: Nothing is there, or an id stands twice.
    """
    if is_dataset(name):
        if not (Path(name).exists() or is_scenes(name) or name == NAME):
            raise DataError(
                f"{name}: there is no such folder or list; expected a folder of images, a list of paths or URLs, or a "
                f"data set (a folder, scenes or {NAME})"
            )
        dataset = open_dataset(name)
        return of_dataset(dataset, "train"), dataset
    path = Path(name)
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix.lower() in IMAGE_SUFFIXES)
        found = [Source(image_id=each.stem, file=each) for each in files]
    else:
        found = [_listed(line, path.parent, f"{path}: line {number}") for number, line in _lines(path)]
    if not found:
        raise DataError(f"{path}: no images ({', '.join(IMAGE_SUFFIXES)}); name a folder, a list or a data set")
    return _once(found, path), None


def of_dataset(dataset: Dataset, split: Split) -> tuple[Source, ...]:
    """The images of a split."""
    files = dataset.base if isinstance(dataset, Selection) else dataset
    return tuple(
        Source(image_id=each, file=files.image_file(each) if isinstance(files, OnDisk) else None, dataset=dataset)
        for each in dataset.ids(split)
    )


def placed(source: Source, places: Places, *, root: Path | None = None) -> Source:
    """Say where the annotation tool finds an image, and how large it is.

    Args:
        source: The image.
        places: The choice.
        root: Folder that the tool serves files from; addresses are relative to it. None names files by their path.

    Raises:
        InvalidInputError: The choice does not fit the image.
        BrokenFileError: The file is no image.
    """
    if source.address:
        return source
    if source.file is None and places.how == "path":
        raise InvalidInputError(f"{source.image_id}: this image is made, not a file; add --place copy")
    sized = source
    if source.file is not None:
        header = read_header(source.file)
        sized = replace(source, width=header.width, height=header.height)
    elif source.dataset is not None:
        height, width = source.dataset.image(source.own_id).shape[:2]
        sized = replace(source, width=width, height=height)
    name = source.file_name if source.file is None or places.copies else source.file.name
    if places.copies:
        return replace(sized, address=f"images/{name}")
    if places.how != "path":
        return replace(sized, address=f"{places.how.rstrip('/')}/{quote(name)}")
    assert source.file is not None
    path = source.file.resolve()
    if root is None:
        return replace(sized, address=str(path))
    if not path.is_relative_to(root.resolve()):
        raise InvalidInputError(f"{source.file}: lies outside --root {root}, from which the tool serves files")
    return replace(sized, address=path.relative_to(root.resolve()).as_posix())


def _lines(path: Path) -> list[tuple[int, str]]:
    return read_lines(path, "name a folder, a list or a data set")


def _listed(line: str, folder: Path, where: str) -> Source:
    if line.startswith(_WEB):
        image_id = image_id_of(urlsplit(line).path)
        if not image_id:
            raise DataError(f"{where}: {line} does not end with the name of an image")
        return Source(image_id=image_id, address=line)
    file = folder / line
    if not file.is_file():
        raise DataError(f"{where}: there is no file {file}")
    return Source(image_id=image_id_of(file.name), file=file)


def _once(sources: Iterable[Source], where: Path) -> tuple[Source, ...]:
    by_id: dict[str, Source] = {}
    for source in sources:
        if source.image_id in by_id:
            raise DataError(f'{where}: two images are called "{source.image_id}"; rename one')
        by_id[source.image_id] = source
    return tuple(by_id.values())
