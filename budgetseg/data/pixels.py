"""Reading photographs and class masks, with an error that names the file and what mends it.

Pixels are read in the orientation in which they are stored; an EXIF orientation tag is never applied, because class
masks carry none. A mask that was drawn on the turned picture has another shape, which ``data check`` finds.

Shape suffixes: H rows, W columns, 3 colours.
"""

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from budgetseg.data.dataset import VOID
from budgetseg.data.problem import BrokenFileError

__all__ = ["Header", "check_labels", "opened", "read_header", "read_image", "read_mask"]

_EXIF_ORIENTATION = 0x0112
_IMAGE_MODES = frozenset({"RGB", "RGBA", "L", "LA", "P", "PA", "CMYK", "YCbCr", "1"})
_PNG_GREY = 0
_SAVE_AS_INDEX = "save the class indices as an 8-bit palette or grayscale PNG"


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a picture file says of itself before its pixels are decoded."""

    height: int
    width: int
    orientation: int
    """EXIF orientation 1..8; 1 is upright, 5..8 are shown with sides swapped."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns as stored."""
        return self.height, self.width

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"


@contextlib.contextmanager
def opened(path: Path, kind: str) -> Iterator[Image.Image]:
    """Open a picture; whatever Pillow raises while it is used becomes an error that names the file."""
    try:
        with Image.open(path) as picture:
            yield picture
    except BrokenFileError:
        raise
    except FileNotFoundError as error:
        raise BrokenFileError(path, f"this {kind} is missing", "put it there or take it off the lists") from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError) as error:
        what = f"broken {kind} ({' '.join(str(error).split())})"
        raise BrokenFileError(path, what, "replace the file or take it off the lists") from error


def read_header(path: Path, kind: str = "image") -> Header:
    """Read size and orientation without decoding pixels; see :func:`read_image` for the errors."""
    with opened(path, kind) as picture:
        width, height = picture.size
        # Cameras write JPEGs; asking a PNG for EXIF would decode its pixels.
        orientation = picture.getexif().get(_EXIF_ORIENTATION, 1) if picture.format in {"JPEG", "MPO"} else 1
        return Header(height=height, width=width, orientation=orientation)


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a photograph as RGB, uint8 of shape (H, W, 3), as stored (EXIF orientation is not applied).

    Raises:
        BrokenFileError: The file is missing, truncated, no image, or deeper than 8 bits a channel.
    """
    with opened(path, "image") as picture:
        if picture.mode not in _IMAGE_MODES:
            raise BrokenFileError(path, f"expected 8 bits a channel, got mode {picture.mode}", "save it as 8-bit RGB")
        if picture.mode == "P" and "transparency" in picture.info:
            return np.array(picture.convert("RGBA").convert("RGB"))
        return np.array(picture.convert("RGB"))


def read_mask(path: Path, kind: str = "mask") -> NDArray[np.uint8]:
    """Read the indices of a mask, uint8 of shape (H, W): palette entries or 8-bit grey values, never colours.

    Raises:
        BrokenFileError: The file is missing, truncated, not a PNG, in colour, or not of 8 bits.
    """
    with opened(path, kind) as picture:
        if picture.format != "PNG":
            raise BrokenFileError(path, f"expected a PNG {kind}, this is {picture.format}", _SAVE_AS_INDEX)
        if picture.mode in {"RGB", "RGBA", "LA", "PA"}:
            what = f"expected one class index a pixel, got colours or alpha (mode {picture.mode})"
            raise BrokenFileError(path, what, f"{_SAVE_AS_INDEX}, not its colours")
        with path.open("rb") as file:
            bits, colour_type = struct.unpack("BB", file.read(26)[24:26])
        # Pillow stretches grey values of fewer than 8 bits to 0..255, which would turn class 1 into another class.
        if picture.mode not in {"P", "L"} or (colour_type == _PNG_GREY and bits != 8):
            what = f"expected 8 bits a pixel, got {bits} (mode {picture.mode})"
            raise BrokenFileError(path, what, _SAVE_AS_INDEX)
        return np.array(picture)


def check_labels(mask_HW: NDArray[np.uint8], classes: int, path: Path, class_list: str) -> None:
    """Check that a mask holds nothing but class indices below ``classes`` and void.

    Args:
        mask_HW: The mask.
        classes: How many classes there are, background included.
        path: Its file, for the message.
        class_list: Where the classes are listed, for the message.

    Raises:
        BrokenFileError: It holds another label; the message says which and on how many pixels.
    """
    pixels_L = np.bincount(mask_HW.ravel(), minlength=VOID + 1)
    outside = [int(label) for label in np.flatnonzero(pixels_L[classes:VOID]) + classes]
    if outside:
        more = f" (and {len(outside) - 1} more such labels)" if len(outside) > 1 else ""
        what = (
            f"label {outside[0]} on {pixels_L[outside[0]]} pixels{more}: outside the class list ({class_list}): "
            f"0 to {classes - 1}, or {VOID} for void"
        )
        raise BrokenFileError(path, what, "correct the mask, or add the class to the list")
