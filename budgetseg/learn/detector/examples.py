"""What a boxed image teaches: windows drawn from it, and the share of each that boxes cover.

Shape suffixes: N windows, F numbers that describe a window, K boxes of sides xmin, ymin, xmax, ymax, D features, h rows
and w columns of cells.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.learn.detector.windows import sliding_windows, window_geometry, window_means

__all__ = ["BoxedCells", "WindowSample", "boxed_cells", "cover", "sample_windows"]

WINDOWS_A_KIND: Final = 200
"""Of each image at most so many windows that boxes cover by half, and as many others."""
LARGEST_HIDDEN_SHARE: Final = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class BoxedCells:
    """An image as the fit sees it."""

    features_Dhw: NDArray[np.floating]
    covered_hw: NDArray[np.float64]
    """Share of each cell that lies in boxes to learn."""
    hidden_hw: NDArray[np.float64]
    """Share that lies in hiding boxes and in no box to learn."""

    @property
    def known_hw(self) -> NDArray[np.bool_]:
        """Cells of which is known whether an object is there."""
        return self.hidden_hw <= LARGEST_HIDDEN_SHARE


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowSample:
    """Windows of one image."""

    description_NF: NDArray[np.float64]
    share_N: NDArray[np.float64]
    """Share of each window that boxes cover, from 0 to 1."""
    features: int
    """D: how many of the F are means inside; as many are contrasts."""


def boxed_cells(
    features_Dhw: NDArray[np.floating],
    boxes_K4: NDArray[np.floating],
    hidden_J4: NDArray[np.floating],
    cell_height: float,
    cell_width: float,
) -> BoxedCells:
    """Lay boxes in pixels over cells of so many pixels."""
    rows, columns = features_Dhw.shape[1:]
    cells = np.array([cell_width, cell_height, cell_width, cell_height])
    covered_hw = cover(boxes_K4 / cells, rows, columns)
    either_hw = cover(np.concatenate([boxes_K4, hidden_J4]) / cells, rows, columns)
    return BoxedCells(features_Dhw=features_Dhw, covered_hw=covered_hw, hidden_hw=either_hw - covered_hw)


def cover(boxes_K4: NDArray[np.floating], rows: int, columns: int, *, parts: int = 8) -> NDArray[np.float64]:
    """Return the share of each cell that lies in any of the boxes (in cells), to an eighth of a cell a side."""
    inside_HW = np.zeros((rows * parts, columns * parts), bool)
    for left, top, right, bottom in np.rint(boxes_K4 * parts).astype(int).clip(min=0):
        inside_HW[top:bottom, left:right] = True
    return np.asarray(inside_HW.reshape(rows, parts, columns, parts).mean(axis=(1, 3)), np.float64)


def sample_windows(image: BoxedCells, generator: np.random.Generator) -> WindowSample:
    """Draw windows that hidden objects cover by a tenth at most, half of them covered by boxes, as far as there are."""
    rows, columns = image.covered_hw.shape
    windows_N4 = sliding_windows(rows, columns)
    shares_N2, _ = window_means(np.stack([image.covered_hw, image.hidden_hw]), windows_N4)
    seen_N = shares_N2[:, 1] <= LARGEST_HIDDEN_SHARE
    covered_N = shares_N2[:, 0] >= 0.5
    drawn_N = np.concatenate(
        [generator.permutation(np.flatnonzero(seen_N & kind_N))[:WINDOWS_A_KIND] for kind_N in (covered_N, ~covered_N)]
    )
    inside_ND, contrast_ND = window_means(image.features_Dhw, windows_N4[drawn_N])
    geometry_NG = window_geometry(windows_N4[drawn_N], rows, columns)
    return WindowSample(
        description_NF=np.concatenate([inside_ND, contrast_ND, geometry_NG], axis=1),
        share_N=shares_N2[drawn_N, 0],
        features=len(image.features_Dhw),
    )
