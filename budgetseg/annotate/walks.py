"""Paths over pixels: straight rays, and wandering that stays where it may.

Shape suffixes: H rows, W columns; T steps.
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pixel", "corners", "ray", "wander"]

Pixel = tuple[int, int]
"""(x, y)."""

TURN = 0.12
"""Standard deviation of the change of heading at each step of one pixel, in radians."""
SWINGS = tuple(
    tuple(side * sign * n * math.pi / 6 for n in range(7) for sign in ((1, -1) if n else (1,))) for side in (1, -1)
)
"""Changes of heading to try, the smallest first, to the one side first or to the other."""
PATIENCE = 6
"""Steps a new pixel before a path gives up finding more."""


def ray(height: int, width: int, start: Pixel, angle: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows (T,) of the pixels from ``start`` (left out) straight to the border of the image."""
    x, y = start
    dx, dy = math.cos(angle), math.sin(angle)
    to_x = ((width - x - 0.5) if dx > 0 else (x + 0.5)) / max(abs(dx), 1e-9)
    to_y = ((height - y - 0.5) if dy > 0 else (y + 0.5)) / max(abs(dy), 1e-9)
    steps_T = np.arange(1, math.ceil(min(to_x, to_y)))
    x_T = np.floor(x + 0.5 + steps_T * dx).astype(np.int64)
    y_T = np.floor(y + 0.5 + steps_T * dy).astype(np.int64)
    return x_T, y_T


def wander(
    allowed_HW: NDArray[np.bool_], start: Pixel, angle: float, pixels: int, generator: np.random.Generator
) -> list[Pixel]:
    """A winding path of 8-connected pixels that never leaves ``allowed_HW``.

    It keeps its heading but for small random turns, and turns away where it meets a border.

    Args:
        allowed_HW: Where it may go; ``start`` is one of these pixels.
        start: First pixel.
        angle: First heading, in radians.
        pixels: Distinct pixels wanted, the first included; fewer are given where no more can be reached in time.
        generator: Source of the turns.
    """
    height, width = allowed_HW.shape
    allowed = allowed_HW.tobytes()  # indexing bytes is several times faster than indexing an array
    turns = generator.normal(0.0, TURN, PATIENCE * pixels).tolist()
    sides = (generator.random(PATIENCE * pixels) < 0.5).tolist()
    path = [start]
    seen = {start}
    x, y = start[0] + 0.5, start[1] + 0.5
    for turn, side in zip(turns, sides, strict=True):
        if len(seen) >= pixels:
            break
        angle += turn
        for swing in SWINGS[side]:
            heading = angle + swing
            new_x, new_y = x + math.cos(heading), y + math.sin(heading)
            column, row = math.floor(new_x), math.floor(new_y)
            if 0 <= column < width and 0 <= row < height and allowed[row * width + column]:
                break
            # From the centre of the pixel each of its eight neighbours is one step away.
            x, y = math.floor(x) + 0.5, math.floor(y) + 0.5
        else:
            break
        x, y, angle = new_x, new_y, heading
        if (column, row) != path[-1]:
            path.append((column, row))
            seen.add((column, row))
    return path


def corners(path: list[Pixel]) -> tuple[Pixel, ...]:
    """The same path without the vertices at which it goes straight on in one of the eight directions."""
    kept = path[:1]
    for before, here, after in zip(path, path[1:], path[2:], strict=False):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            kept.append(here)
    return (*kept, *path[-1:]) if len(path) > 1 else tuple(kept)
