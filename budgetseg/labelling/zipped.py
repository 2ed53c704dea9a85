"""A file that may have come in an archive, as CVAT's XML always does; nothing is unpacked to the disk."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.bounded import LARGEST_BYTES, refuse_large

__all__ = ["content_of"]

_BEGINS: Final = (b"PK\x03\x04", b"PK\x05\x06")
"""The second of an archive of nothing."""


def content_of(path: Path, member: str) -> bytes:
    """Return what a file holds, or, where it is a ZIP archive, the one file of that name in it.

    Raises:
        InvalidInputError: It is missing, too large, or an archive that is broken or holds no or several such files.
        OSError: It cannot be read.
    """
    refuse_large(path)
    with path.open("rb") as file:
        if file.read(4) not in _BEGINS:
            file.seek(0)
            return file.read()
    try:
        with zipfile.ZipFile(path) as archive:
            named = [info for info in archive.infolist() if PurePosixPath(info.filename).name == member]
            if len(named) != 1:
                raise InvalidInputError(
                    f"{path}: expected one {member} in this archive, got {len(named)}; unpack it and name the files"
                )
            if named[0].file_size > LARGEST_BYTES:
                raise InvalidInputError(
                    f"{path}: {member} is larger than {LARGEST_BYTES >> 20:,} MiB; export fewer tasks at a time"
                )
            with archive.open(named[0]) as packed:
                return packed.read(LARGEST_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InvalidInputError(
            f"{path}: cannot read this archive ({error}); unpack it and name the {member}"
        ) from error
