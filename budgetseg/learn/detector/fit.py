"""Learning to score windows: ridge regression on the share of each window that boxes cover.

The share is what a map needs of a window. The overlap with the best box (intersection over union), which detectors of
whole objects learn, gives windows inside a large object low scores: on training photographs it reaches an AUC of 0.68
where the share reaches 0.91.

Shape suffixes: N windows of all images, F numbers that describe a window (D features inside, D of contrast, G of
geometry), K boxes, h rows and w columns of cells, C cells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.errors import DataError
from budgetseg.learn.detector.auc import auc
from budgetseg.learn.detector.boxes import BoxedImage
from budgetseg.learn.detector.detector import Calibration, LinearScore, cell_scores
from budgetseg.learn.detector.examples import BoxedCells, WindowSample, sample_windows

__all__ = ["Fitted", "calibrate", "fit", "ridge"]

SHRINKAGE: Final = 1.5
"""Of the ridge regression of standardised numbers, as a share of the number of windows. Chosen on masks of training
photographs; what the boxes themselves would choose, 0.05 to 0.5, is worse by 0.01: they are no outlines."""
FOLDS: Final = 5
NEWTON_STEPS: Final = 25


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """What :func:`fit` found."""

    score: LinearScore
    calibration: Calibration
    cell_auc: float
    """Of mean window scores for cells in boxes against others, in images left out."""


def fit(
    boxed: Sequence[BoxedImage],
    cells_of: Callable[[BoxedImage], BoxedCells],
    generator: np.random.Generator,
) -> Fitted:
    """Fit a score of windows and its calibration.

    The calibration is found on images that were left out (5 folds over images), so that it does not take the scores of
    learned images for those of new ones.

    Args:
        boxed: The images.
        cells_of: Looks at one: its features and which cells its boxes cover.
        generator: Draws windows and folds.

    Raises:
        DataError: Boxes cover all of every image, or nothing.
    """
    images = [cells_of(image) for image in boxed]
    samples = [sample_windows(image, generator) for image in images]
    fold_of = generator.permutation(len(images)) % min(FOLDS, len(images))
    known_C = np.concatenate([image.known_hw.ravel() for image in images])
    objects_C = np.concatenate([image.covered_hw.ravel() >= 0.5 for image in images])[known_C]
    scores_C = np.concatenate(_left_out(images, samples, fold_of))[known_C]
    cell_auc = auc(scores_C, objects_C)
    if cell_auc is None:
        raise DataError("objectness: the boxes cover all of the images, or nothing of them; draw other images")
    return Fitted(score=ridge(samples), calibration=calibrate(scores_C, objects_C), cell_auc=cell_auc)


def _left_out(
    images: Sequence[BoxedCells], samples: Sequence[WindowSample], fold_of: NDArray[np.integer]
) -> list[NDArray[np.float64]]:
    """The cells' scores of each image by a fit without its fold (with a single image, by its own)."""
    scores: dict[int, NDArray[np.float64]] = {}
    for fold in range(int(fold_of.max()) + 1):
        score = ridge([sample for k, sample in enumerate(samples) if fold_of[k] != fold] or samples)
        for k, image in enumerate(images):
            if fold_of[k] == fold:
                scores[k] = cell_scores(score, image.features_Dhw).ravel()
    return [scores[k] for k in range(len(images))]


def ridge(samples: Sequence[WindowSample], shrinkage: float = SHRINKAGE) -> LinearScore:
    r"""Regress the covered share of windows on their standardised descriptions.

    .. math:: w = (Z^T Z + \lambda N I)^{-1} Z^T (y - \bar y)

    with lambda the shrinkage.
    """
    description_NF = np.concatenate([sample.description_NF for sample in samples])
    share_N = np.concatenate([sample.share_N for sample in samples])
    mean_F, scale_F = description_NF.mean(axis=0), description_NF.std(axis=0) + 1e-6
    standard_NF = (description_NF - mean_F) / scale_F
    gram_FF = standard_NF.T @ standard_NF + shrinkage * len(share_N) * np.eye(len(mean_F))
    weight_F = np.linalg.solve(gram_FF, standard_NF.T @ (share_N - share_N.mean())) / scale_F
    depth = samples[0].features
    return LinearScore(
        inside_D=weight_F[:depth],
        contrast_D=weight_F[depth : 2 * depth],
        geometry_G=weight_F[2 * depth :],
        offset=float(share_N.mean() - mean_F @ weight_F),
    )


def calibrate(scores_C: NDArray[np.float64], objects_C: NDArray[np.bool_]) -> Calibration:
    """Fit the logistic curve of greatest likelihood (Newton's method); one that would fall is made flat."""
    centre, spread = scores_C.mean(), scores_C.std() + 1e-9
    design_C2 = np.stack([(scores_C - centre) / spread, np.ones_like(scores_C)], axis=1)
    slope_intercept_2 = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        p_C = 1 / (1 + np.exp(-(design_C2 @ slope_intercept_2).clip(-30, 30)))
        # A ridge of one cell's worth keeps the curve finite where scores separate the cells without error.
        gradient_2 = design_C2.T @ (objects_C - p_C) - slope_intercept_2
        hessian_22 = (design_C2.T * (p_C * (1 - p_C))) @ design_C2 + np.eye(2)
        slope_intercept_2 = slope_intercept_2 + np.linalg.solve(hessian_22, gradient_2)
    slope, intercept = slope_intercept_2
    if slope <= 0:
        share = objects_C.mean()
        return Calibration(slope=0.0, intercept=float(np.log(share / (1 - share))))
    return Calibration(slope=float(slope / spread), intercept=float(intercept - slope * centre / spread))
