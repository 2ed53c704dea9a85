"""What was learned: a linear score of windows, and the probability that a cell's mean score stands for.

Shape suffixes: N windows, D features, G numbers of :func:`window_geometry`, h rows and w columns of cells.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetseg.learn.detector.windows import cell_means, sliding_windows, window_geometry, window_means

__all__ = ["Calibration", "Detector", "LinearScore", "Provenance", "cell_scores", "window_scores"]


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearScore:
    r"""The score of a window.

    .. math:: s = a \cdot \bar f_{in} + b \cdot (\bar f_{in} - \bar f_{ring}) + g \cdot \text{geometry} + c

    with the mean features inside the window and in the ring around it. It is fitted to the share of the window that
    annotators' boxes cover.
    """

    inside_D: NDArray[np.float64]
    contrast_D: NDArray[np.float64]
    geometry_G: NDArray[np.float64]
    offset: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    r"""From the mean score of a cell's windows to the probability that the cell lies in an object's box.

    .. math:: P = 1 / (1 + e^{-(\text{slope} \cdot s + \text{intercept})})
    """

    slope: float
    """Never negative, so that probabilities keep the order of the scores."""
    intercept: float

    def __call__(self, scores_hw: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return probabilities of the same shape."""
        odds_hw = (self.slope * scores_hw + self.intercept).clip(-30, 30)
        return np.asarray(1 / (1 + np.exp(-odds_hw)), np.float64)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a detector was made of, to be read by people."""

    boxes_from: str
    """A sentence."""
    dataset: str
    image_ids: tuple[str, ...]
    boxes: int
    """Drawn by annotators, those that only hide something included."""
    boxes_learned: int
    """Of them, those that were learned as objects."""
    seconds: float
    """Annotation seconds of all the boxes."""
    costs: str
    """The cost book that says so."""
    seed: int
    backbone: str
    weights: str
    weights_sha256: str
    cell_auc: float
    """Of mean window scores for cells in boxes against others, in images left out of the fit (5 folds)."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "image_ids": list(self.image_ids)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Detector:
    """A fitted detector."""

    score: LinearScore
    calibration: Calibration
    provenance: Provenance

    def probabilities(self, features_Dhw: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the objectness of each cell, from 0 to 1, of shape (h, w)."""
        return self.calibration(cell_scores(self.score, features_Dhw))


def window_scores(score: LinearScore, features_Dhw: NDArray[np.floating]) -> NDArray[np.float64]:
    """Score the sliding windows of an image: scores_N.

    The score is linear, so features are projected before they are summed over windows: two maps instead of D.
    """
    rows, columns = features_Dhw.shape[1:]
    windows_N4 = sliding_windows(rows, columns)
    projected_2hw = np.tensordot(np.stack([score.inside_D, score.contrast_D]), features_Dhw, axes=1)
    inside_N2, contrast_N2 = window_means(projected_2hw, windows_N4)
    where_N = window_geometry(windows_N4, rows, columns) @ score.geometry_G
    return np.asarray(inside_N2[:, 0] + contrast_N2[:, 1] + where_N + score.offset, np.float64)


def cell_scores(score: LinearScore, features_Dhw: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return for each cell the mean score of the windows that contain it, of shape (h, w)."""
    rows, columns = features_Dhw.shape[1:]
    return cell_means(sliding_windows(rows, columns), window_scores(score, features_Dhw), rows, columns)
