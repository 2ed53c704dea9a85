"""Sliding windows over the cells of a feature map: which there are, their means, and what they say of each cell.

Shape suffixes: N windows; 4 the sides x0, y0, x1, y1 in cells, the last two exclusive; D features; h rows and w columns
of cells; G numbers that say where a window lies.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["cell_means", "sliding_windows", "surroundings", "window_geometry", "window_means"]

SIDES_CELLS: Final = (3, 4, 6, 8)
"""Widths and heights. Larger windows blur the map: with sides up to the whole image, objects of training photographs
are told from background with an AUC lower by about 0.01."""
LARGEST_ASPECT: Final = 2.1
"""Ratio of the longer side to the shorter one."""
STEPS_A_SIDE: Final = 2
"""Windows of one shape are half a side apart, so that each cell lies in about four of them, whatever their shape."""
RING: Final = 0.25
"""Width of the ring around a window, as a share of its sides."""

Windows = NDArray[np.int64]


@lru_cache(maxsize=64)
def sliding_windows(rows: int, columns: int) -> Windows:
    """Return windows_N4 of every shape on a map of so many cells; together they cover every cell.

    A side that is longer than the map is cut to it. The array is kept for the next call: it cannot be changed.
    """
    found: dict[tuple[int, int, int, int], None] = {}
    for height in SIDES_CELLS:
        for width in SIDES_CELLS:
            if max(height, width) > LARGEST_ASPECT * min(height, width):
                continue
            for top in _starts(height, rows):
                for left in _starts(width, columns):
                    found[left, top, min(left + width, columns), min(top + height, rows)] = None
    windows_N4 = np.array(list(found), np.int64)
    windows_N4.setflags(write=False)
    return windows_N4


def _starts(side: int, cells: int) -> list[int]:
    """Where windows of one side begin: half a side apart, and one that ends at the border."""
    last = max(cells - side, 0)
    return [*range(0, last, max(1, side // STEPS_A_SIDE)), last]


def surroundings(windows_N4: Windows, rows: int, columns: int) -> Windows:
    """Return the windows grown by a quarter of their sides, one cell at least, within the map."""
    left_N, top_N, right_N, bottom_N = windows_N4.T
    across_N = np.ceil(RING * (right_N - left_N)).astype(np.int64)
    down_N = np.ceil(RING * (bottom_N - top_N)).astype(np.int64)
    return np.stack(
        [
            np.maximum(left_N - across_N, 0),
            np.maximum(top_N - down_N, 0),
            np.minimum(right_N + across_N, columns),
            np.minimum(bottom_N + down_N, rows),
        ],
        axis=1,
    )


def window_means(map_Dhw: NDArray[np.floating], windows_N4: Windows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean inside each window, and that minus the mean of the ring around it.

    A window that is the whole map has no ring; its contrast is 0.

    Returns:
        ``inside_ND`` and ``contrast_ND``.
    """
    rows, columns = map_Dhw.shape[1:]
    grown_N4 = surroundings(windows_N4, rows, columns)
    sums_Dhw = _integral(map_Dhw)
    inner_ND, outer_ND = _sums(sums_Dhw, windows_N4), _sums(sums_Dhw, grown_N4)
    cells_N1, ring_N1 = _areas(windows_N4)[:, None], (_areas(grown_N4) - _areas(windows_N4))[:, None]
    inside_ND = inner_ND / cells_N1
    ring_ND = np.where(ring_N1 > 0, (outer_ND - inner_ND) / np.maximum(ring_N1, 1), inside_ND)
    return inside_ND, inside_ND - ring_ND


def window_geometry(windows_N4: Windows, rows: int, columns: int) -> NDArray[np.float64]:
    """Return geometry_NG: the centre's offset from the image's, its square, the log of area and of aspect.

    Lengths are shares of the image's sides.
    """
    left_N, top_N, right_N, bottom_N = windows_N4.T / np.array([[columns], [rows], [columns], [rows]])
    x_N, y_N = (left_N + right_N) / 2 - 0.5, (top_N + bottom_N) / 2 - 0.5
    width_N, height_N = right_N - left_N, bottom_N - top_N
    return np.stack([x_N, y_N, x_N**2, y_N**2, np.log(width_N * height_N), np.log(width_N / height_N)], axis=1)


def cell_means(windows_N4: Windows, scores_N: NDArray[np.floating], rows: int, columns: int) -> NDArray[np.float64]:
    r"""Give each cell the mean score of the windows that contain it (section 5.1, "Objectness prior").

    .. math:: P_i = \frac{\sum_{n : i \in W_n} s_n}{|\{n : i \in W_n\}|}

    Cells that no window contains get the lowest score.
    """
    total_hw = _spread(windows_N4, scores_N, rows, columns)
    count_hw = np.rint(_spread(windows_N4, np.ones(len(windows_N4)), rows, columns))
    return np.where(count_hw > 0, total_hw / np.maximum(count_hw, 1), scores_N.min())


def _spread(windows_N4: Windows, values_N: NDArray[np.floating], rows: int, columns: int) -> NDArray[np.float64]:
    """Sum over each cell's windows: differences at their corners, then running sums along both axes."""
    left_N, top_N, right_N, bottom_N = windows_N4.T
    corners_hw = np.zeros((rows + 1, columns + 1))
    for y_N, x_N, sign in ((top_N, left_N, 1), (bottom_N, right_N, 1), (top_N, right_N, -1), (bottom_N, left_N, -1)):
        np.add.at(corners_hw, (y_N, x_N), sign * values_N)
    return corners_hw.cumsum(axis=0).cumsum(axis=1)[:rows, :columns]


def _integral(map_Dhw: NDArray[np.floating]) -> NDArray[np.float64]:
    depth, rows, columns = map_Dhw.shape
    sums_Dhw = np.zeros((depth, rows + 1, columns + 1))
    sums_Dhw[:, 1:, 1:] = map_Dhw.cumsum(axis=1, dtype=np.float64).cumsum(axis=2)
    return sums_Dhw


def _sums(sums_Dhw: NDArray[np.float64], windows_N4: Windows) -> NDArray[np.float64]:
    left_N, top_N, right_N, bottom_N = windows_N4.T
    corners_DN = (
        sums_Dhw[:, bottom_N, right_N]
        - sums_Dhw[:, top_N, right_N]
        - sums_Dhw[:, bottom_N, left_N]
        + sums_Dhw[:, top_N, left_N]
    )
    return corners_DN.T


def _areas(windows_N4: Windows) -> NDArray[np.int64]:
    left_N, top_N, right_N, bottom_N = windows_N4.T
    areas_N: NDArray[np.int64] = (right_N - left_N) * (bottom_N - top_N)
    return areas_N
