"""From a mask to the rings around it, to polygons of few vertices, and back.

A ring runs along the cracks between pixels, the mask on its right; corners have whole coordinates, so that pixel (x, y)
is the square from (x, y) to (x + 1, y + 1). Holes have rings too, which run the other way.

Shape suffixes: h rows, w columns; P corners of a ring, V vertices, E edges, 2 is (x, y).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["area", "fill", "rings", "significance"]

Ring = NDArray[np.float64]

# Which way an outline goes on (0 east, 1 south, 2 west, 3 north), by how it came and the ways that leave the crossing,
# a bit each. Where two leave, turning right stays on the same pixel.
_TURNS = [
    [next((way % 4 for way in (heading + 1, heading, heading + 3) if ways & (1 << way % 4)), 0) for ways in range(16)]
    for heading in range(4)
]


def rings(mask_hw: NDArray[np.bool_]) -> list[Ring]:
    """The rings (P, 2) of the 4-connected parts of a mask and of their holes, at every corner one vertex."""
    padded = np.pad(mask_hw, 1)
    nw, ne, sw, se = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    # The ways that outlines leave each crossing of cracks, as bits.
    leaves_hw = ((se & ~ne) + 2 * (sw & ~se) + 4 * (nw & ~sw) + 8 * (ne & ~nw)).astype(np.uint8)
    across = leaves_hw.shape[1]
    leaves = leaves_hw.tobytes()  # indexing bytes is several times faster than indexing an array
    steps = (1, across, -1, -across)
    walked: set[int] = set()  # crossings left eastwards
    found = []
    for start in np.flatnonzero(leaves_hw & 1).tolist():
        if start in walked:
            continue
        corners: list[int] = []
        here, heading = start, 0
        while not corners or here != start or heading != 0:
            if heading == 0:
                walked.add(here)
            here += steps[heading]
            turn = _TURNS[heading][leaves[here]]
            if turn != heading:
                corners.append(here)
                heading = turn
        at_P = np.array(corners)
        found.append(np.stack([at_P % across, at_P // across], axis=1).astype(np.float64))
    return found


def area(ring_P2: Ring) -> float:
    """Pixels that a ring encloses; negative for a hole."""
    x_P, y_P = ring_P2[:, 0], ring_P2[:, 1]
    return float(np.roll(x_P, 1) @ y_P - x_P @ np.roll(y_P, 1)) / 2


def significance(ring_P2: Ring, least: float) -> NDArray[np.float64]:
    """How much each vertex (P,) matters: a polygon of those above a tolerance strays from the ring by no more than it.

    Douglas and Peucker (1973): a stretch between two vertices is replaced by its chord unless some vertex lies farther
    from it than the tolerance; the farthest one then splits it.

    Args:
        ring_P2: The ring.
        least: Tolerances below this one, in pixels, will not be asked about; 0 is returned there.
    """
    points_P = ring_P2[:, 0] + 1j * ring_P2[:, 1]
    count = len(points_P)
    first = int(np.argmax(np.abs(points_P - points_P.mean())))
    second = int(np.argmax(np.abs(points_P - points_P[first])))
    matters_P = np.zeros(count)
    matters_P[[first, second]] = np.inf
    twice_P = np.concatenate([points_P, points_P])
    low, high = min(first, second), max(first, second)
    stretches = [(low, high, np.inf), (high, low + count, np.inf)]
    while stretches:
        start, end, parent = stretches.pop()
        if end - start < 2:
            continue
        inner_N = twice_P[start + 1 : end] - twice_P[start]
        chord = twice_P[end] - twice_P[start]
        away_N = np.abs((inner_N * chord.conjugate()).imag) / max(abs(chord), 1e-9)
        farthest = int(np.argmax(away_N))
        matters = min(float(away_N[farthest]), parent)
        if matters <= least:
            continue
        at = start + 1 + farthest
        matters_P[at % count] = matters
        stretches += [(start, at, matters), (at, end, matters)]
    return matters_P


def fill(polygons: Sequence[Ring], height: int, width: int, step: int = 1) -> NDArray[np.bool_]:
    """The pixels whose centre lies inside (even-odd rule): those of every ``step``-th row and column.

    Args:
        polygons: Vertices (V, 2) of each; a hole is a polygon inside another.
        height: Rows.
        width: Columns.
        step: The first row and column taken is ``step // 2``.
    """
    corners_E2 = np.concatenate(polygons)
    after_E = np.arange(1, len(corners_E2) + 1)
    ends = np.cumsum([len(polygon) for polygon in polygons])
    after_E[ends - 1] = [0, *ends[:-1]]
    # In units of steps, from the centre of the first pixel.
    x0_E, y0_E = (corners_E2.T - (step // 2 + 0.5)) / step
    x1_E, y1_E = x0_E[after_E], y0_E[after_E]
    rows, columns = len(range(step // 2, height, step)), len(range(step // 2, width, step))
    y_h1 = np.arange(rows)[:, None]
    row_N, edge_N = np.nonzero((y0_E <= y_h1) != (y1_E <= y_h1))
    slope_N = (x1_E - x0_E)[edge_N] / (y1_E - y0_E)[edge_N]
    x_N = np.ceil(x0_E[edge_N] + (row_N - y0_E[edge_N]) * slope_N).clip(0, columns).astype(np.int64)
    crossings_hw = np.zeros((rows, columns + 1), np.uint8)
    np.add.at(crossings_hw, (row_N, x_N), np.uint8(1))
    # Sums may run over 255: that they are odd is kept.
    odd_hw = np.cumsum(crossings_hw[:, :columns], axis=1, dtype=np.uint8) & np.uint8(1)
    return odd_hw.view(np.bool_)
