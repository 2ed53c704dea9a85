"""Lists of image ids: one a line, in the order of the file, repeated ones kept so that they can be named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from budgetseg.data.problem import BrokenFileError, Problem

__all__ = ["IMAGE_SUFFIXES", "Listing", "both_splits", "image_id_of", "read_lines", "read_listing", "repeated"]

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The image ids that a list names."""

    file: Path
    """The list; or the folder, when the ids were not read from a list."""
    ids: tuple[str, ...]
    """In the order of the file; an id that stands there twice is here twice."""
    lines: tuple[int, ...] = ()
    """For each id its line, from 1; empty when the ids were not read from a list."""

    def place(self, image_id: str) -> str:
        """Say where an id comes from: ``line 3 names "cat"``."""
        if not self.lines:
            return f'"{image_id}" is asked for'
        return f'line {self.lines[self.ids.index(image_id)]} names "{image_id}"'


def image_id_of(text: str) -> str:
    """Return the id in an entry: its last path part without an image suffix (``JPEGImages/a.jpg`` is ``a``)."""
    name = PurePosixPath(text).name
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in IMAGE_SUFFIXES else name


def read_lines(path: Path, fix: str) -> list[tuple[int, str]]:
    """Read the lines of a text file that hold something, each with its number from 1.

    Raises:
        BrokenFileError: The file is missing or not UTF-8 text; ``fix`` ends the message.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BrokenFileError(path, f"cannot read this list ({error.strerror or error})", fix) from error
    except UnicodeDecodeError as error:
        raise BrokenFileError(path, f"expected text in UTF-8, byte {error.start} is not", "save it as UTF-8") from error
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def read_listing(path: Path, *, fix: str, first_word: bool = False) -> Listing:
    """Read a list of image ids, file names or paths.

    Args:
        path: The list.
        fix: What to tell the user to do when the list is not there.
        first_word: Take the first word of each line only, for lists that pair an image with a label or a mask.

    Raises:
        BrokenFileError: The list is missing or not text.
    """
    lines = read_lines(path, fix)
    ids = tuple(image_id_of(line.split()[0] if first_word else line) for _, line in lines)
    return Listing(file=path, ids=ids, lines=tuple(number for number, _ in lines))


def repeated(listing: Listing) -> Iterator[Problem]:
    """Yield a problem for each id that a list names more than once."""
    seen: dict[str, int] = {}
    for image_id, line in zip(listing.ids, listing.lines, strict=False):
        if image_id in seen:
            what = f'duplicate id "{image_id}" on lines {seen[image_id]} and {line}'
            yield Problem(file=str(listing.file), what=what, fix="remove one of the lines")
        else:
            seen[image_id] = line


def both_splits(train: Listing, val: Listing) -> Iterable[Problem]:
    """Yield a problem for each id that is in both splits: training on it would flatter the score."""
    for image_id in sorted(set(train.ids) & set(val.ids)):
        what = f"duplicate id: {val.place(image_id)}, which is also in the training list {train.file}"
        yield Problem(file=str(val.file), what=what, fix="remove it from one of the two lists")
