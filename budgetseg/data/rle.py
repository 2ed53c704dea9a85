"""Run-length masks as COCO writes them: runs of 0 and 1 in turn, 0 first, down the columns from left to right.

Compressed, the runs are text. From the fourth on, each is written as its difference from the run two before; a number
is written in groups of 5 bits, lowest first, one a character (48 + bits, + 32 where another group follows), and its
last group carries the sign in bit 16, as in two's complement.

Shape suffixes: H rows, W columns.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["check_runs", "fill_runs", "runs_of_text"]

_FIRST = 48
_MORE = 0x20
_SIGN = 0x10


def runs_of_text(text: str) -> list[int]:
    """Read the lengths of the runs from compressed text.

    Raises:
        ValueError: A character that is none of the 64, or a number that does not end.
    """
    runs: list[int] = []
    number, bits = 0, 0
    for place, character in enumerate(text):
        group = ord(character) - _FIRST
        if not 0 <= group < 2 * _MORE:
            raise ValueError(f"character {place + 1}: expected one from 0 to o, got {character!r}")
        number |= (group & (_MORE - 1)) << bits
        bits += 5
        if group & _MORE:
            continue
        if group & _SIGN:
            number -= 1 << bits
        runs.append(number + (runs[-2] if len(runs) > 2 else 0))
        number, bits = 0, 0
    if bits:
        raise ValueError("the text ends within a number")
    return runs


def fill_runs(runs: Sequence[int], height: int, width: int) -> NDArray[np.bool_]:
    """Return the mask of runs that `check_runs` let pass, of shape (H, W)."""
    ones = np.arange(len(runs)) % 2 == 1
    return np.repeat(ones, runs).reshape(width, height).T


def check_runs(runs: Sequence[Any], height: int, width: int) -> None:
    """Require that runs fill a mask of H rows and W columns.

    Raises:
        ValueError: A run is no whole number of at least 0, or they do not add up to H x W pixels.
    """
    for run in runs:
        if isinstance(run, bool) or not isinstance(run, int) or run < 0:
            raise ValueError(f"expected runs of whole numbers >= 0, got {run!r}")
    if sum(runs) != height * width:
        raise ValueError(f"expected runs of {height * width} pixels in all ({width} x {height}), got {sum(runs)}")
