"""Places and runs as text, in pixels: ``x,y;x,y`` and ``3, 5, 7``.

Shape suffixes: H rows, W columns; h, w of a box; P points, 2 is (x, y).
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.labelling.answer import check_places

__all__ = ["anywhere_of_text", "box_runs", "points_of_text", "whole_number"]

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MOST_POINTS: Final = 100_000
_LONGEST_NUMBER: Final = 30


def points_of_text(text: str, width: int, height: int, least: int = 1) -> NDArray[np.float64]:
    """Return points, of shape (P, 2).

    Raises:
        ValueError: Something else, too few or far too many, or a point off the image.
    """
    return check_places(anywhere_of_text(text, least), width, height)


def anywhere_of_text(text: str, least: int = 1) -> NDArray[np.float64]:
    """Return points that may lie off the image, of shape (P, 2).

    Raises:
        ValueError: Something else, or too few or far too many.
    """
    pairs = text.strip().strip(";").split(";")
    if not least <= len(pairs) <= _MOST_POINTS:
        raise ValueError(f"expected at least {least} point{'s' if least > 1 else ''} as x,y;x,y, got {len(pairs)}")
    return np.array([_pair(pair) for pair in pairs])


def _pair(text: str) -> tuple[float, float]:
    x, comma, y = (part.strip() for part in text.partition(","))
    if not comma or not all(len(part) <= _LONGEST_NUMBER and _NUMBER.fullmatch(part) for part in (x, y)):
        raise ValueError(f'expected points as x,y;x,y in pixels, got "{text[:30]}"')
    return float(x), float(y)


def whole_number(text: str | None, what: str) -> int:
    """Return a number of at least 0.

    Raises:
        ValueError: Something else.
    """
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise ValueError(f"expected {what} to be a whole number, got {text if text is None else text[:30]!r}")
    return int(text)


def box_runs(text: str, box: tuple[int, int, int, int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the mask of runs inside a box, the background first, row by row (CVAT's ``mask@rle``).

    Args:
        text: Lengths of the runs, separated by commas.
        box: left, top, width and height.
        size: Width and height of the image.

    Returns:
        Mask of shape (H, W).

    Raises:
        ValueError: The box leaves the image, or the runs do not fill it.
    """
    left, top, box_width, box_height = box
    width, height = size
    if not (1 <= box_width <= width - left and 1 <= box_height <= height - top):
        raise ValueError(f"expected a mask inside the {width} x {height} pixels of the image")
    parts = text.split(",")
    if len(parts) > 2 * box_width * box_height + 1:
        raise ValueError("more runs than pixels")
    runs = [whole_number(part.strip(), "a run") for part in parts]
    if sum(runs) != box_width * box_height:
        raise ValueError(
            f"expected runs of {box_width * box_height:,} pixels ({box_width} x {box_height}), got {sum(runs):,}"
        )
    mask_HW = np.zeros((height, width), bool)
    inside_hw = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(box_height, box_width)
    mask_HW[top : top + box_height, left : left + box_width] = inside_hw
    if not mask_HW.any():
        raise ValueError("the mask marks no pixel")
    return mask_HW
