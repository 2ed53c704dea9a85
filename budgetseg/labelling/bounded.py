"""Exports are read as a whole, so a file of more than a gigabyte is refused before memory runs out."""

from pathlib import Path
from typing import Final

from budgetseg.errors import InvalidInputError

__all__ = ["LARGEST_BYTES", "refuse_large"]

LARGEST_BYTES: Final = 1 << 30


def refuse_large(path: Path) -> None:
    """Require a file of a size that can be read.

    Raises:
        InvalidInputError: It is missing or too large.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    if size > LARGEST_BYTES:
        raise InvalidInputError(f"{path}: larger than {LARGEST_BYTES >> 20:,} MiB; export fewer tasks at a time")
