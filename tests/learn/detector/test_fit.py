"""The regression and its calibration, against closed forms, scipy, and a world where the answer is known."""

import numpy as np
import pytest
from scipy.optimize import minimize

from budgetseg.errors import DataError
from budgetseg.learn.detector.auc import auc
from budgetseg.learn.detector.boxes import BoxedImage
from budgetseg.learn.detector.detector import LinearScore, cell_scores, window_scores
from budgetseg.learn.detector.examples import boxed_cells, cover, sample_windows
from budgetseg.learn.detector.fit import calibrate, fit, ridge
from budgetseg.learn.detector.windows import sliding_windows, window_geometry, window_means

ROWS, COLUMNS, DEPTH = 16, 20, 5


def world(generator, *, hidden=False):
    """An image whose first feature is 1 in its box, up to noise; with a hidden object that looks the same beside it."""
    left, top = generator.integers(0, 6), generator.integers(0, 5)
    box_4, other_4 = [left, top, left + 7, top + 8], [13, 9, 20, 16]
    features_Dhw = generator.normal(scale=0.5, size=(DEPTH, ROWS, COLUMNS))
    for x0, y0, x1, y1 in [box_4, other_4] if hidden else [box_4]:
        features_Dhw[0, y0:y1, x0:x1] += 1
    boxes_K4 = 8.0 * np.array([box_4])
    hidden_J4 = 8.0 * np.array([other_4]) if hidden else np.zeros((0, 4))
    return boxed_cells(features_Dhw, boxes_K4, hidden_J4, 8, 8)


def test_the_score_of_a_window_is_the_linear_form_it_says():
    generator = np.random.default_rng(0)
    features_Dhw = generator.normal(size=(DEPTH, ROWS, COLUMNS))
    score = LinearScore(
        inside_D=generator.normal(size=DEPTH),
        contrast_D=generator.normal(size=DEPTH),
        geometry_G=generator.normal(size=6),
        offset=0.3,
    )
    windows_N4 = sliding_windows(ROWS, COLUMNS)
    inside_ND, contrast_ND = window_means(features_Dhw, windows_N4)
    geometry_NG = window_geometry(windows_N4, ROWS, COLUMNS)
    expected_N = inside_ND @ score.inside_D + contrast_ND @ score.contrast_D + geometry_NG @ score.geometry_G + 0.3
    np.testing.assert_allclose(window_scores(score, features_Dhw), expected_N, atol=1e-9)


def test_boxes_cover_cells_by_their_area_and_overlaps_count_once():
    covered_hw = cover(np.array([[0.0, 0.0, 1.5, 1.0], [1.0, 0.0, 1.5, 2.0]]), 2, 3)
    np.testing.assert_allclose(covered_hw, [[1, 0.5, 0], [0, 0.5, 0]])


def test_no_window_shows_more_than_a_tenth_of_something_hidden():
    generator = np.random.default_rng(1)
    image = world(generator, hidden=True)
    assert image.hidden_hw.sum() > 10
    sample = sample_windows(image, generator)
    windows_N4 = sliding_windows(ROWS, COLUMNS)
    (hidden_N1, _), (covered_N1, _) = (
        window_means(each[None], windows_N4) for each in (image.hidden_hw, image.covered_hw)
    )
    visible_N = hidden_N1[:, 0] <= 0.1
    half_N = covered_N1[:, 0] >= 0.5
    assert (sample.share_N >= 0.5).sum() == min(200, (visible_N & half_N).sum())
    assert (sample.share_N < 0.5).sum() == min(200, (visible_N & ~half_N).sum())
    assert visible_N.sum() < len(windows_N4)


def test_ridge_minimises_what_it_says():
    generator = np.random.default_rng(2)
    samples = [sample_windows(world(generator), generator) for _ in range(3)]
    score = ridge(samples, 0.7)
    description_NF = np.concatenate([sample.description_NF for sample in samples])
    share_N = np.concatenate([sample.share_N for sample in samples])
    weight_F = np.concatenate([score.inside_D, score.contrast_D, score.geometry_G])
    error_N = description_NF @ weight_F + score.offset - share_N
    scale_F = description_NF.std(axis=0) + 1e-6
    gradient_F = (description_NF / scale_F).T @ error_N + 0.7 * len(share_N) * weight_F * scale_F
    np.testing.assert_allclose(gradient_F, 0, atol=1e-6)
    assert error_N.sum() == pytest.approx(0, abs=1e-6)


def test_calibration_is_the_likeliest_logistic_curve_and_never_falls():
    generator = np.random.default_rng(3)
    scores_C = generator.normal(0.4, 0.2, 3000)
    objects_C = generator.random(3000) < 1 / (1 + np.exp(-(6 * scores_C - 3)))

    def loss(parameters):
        odds_C = parameters[0] * scores_C + parameters[1]
        return np.logaddexp(0, odds_C).sum() - odds_C[objects_C].sum()

    slope, intercept = minimize(loss, [0.0, 0.0]).x
    found = calibrate(scores_C, objects_C)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept), rel=0.02)
    flat = calibrate(-scores_C, objects_C)
    assert flat.slope == 0
    np.testing.assert_allclose(flat(scores_C), objects_C.mean())


def boxed(images):
    return [BoxedImage(image_id=str(k), boxes_K4=np.zeros((1, 4)), hidden_J4=np.zeros((0, 4))) for k in range(images)]


def test_what_is_hidden_is_not_learned_as_background():
    generator = np.random.default_rng(4)
    images = [world(generator, hidden=True) for _ in range(12)]
    fitted = fit(boxed(12), lambda image: images[int(image.image_id)], generator)
    assert fitted.cell_auc > 0.9
    new = world(np.random.default_rng(99), hidden=True)
    scores_hw = cell_scores(fitted.score, new.features_Dhw)
    objects_hw = (new.covered_hw + new.hidden_hw) >= 0.5
    found = auc(scores_hw.ravel(), objects_hw.ravel())
    assert found is not None
    assert found > 0.9


def test_boxes_of_everything_or_nothing_teach_nothing():
    features_Dhw = np.random.default_rng(0).normal(size=(DEPTH, ROWS, COLUMNS))
    image = boxed_cells(features_Dhw, np.array([[0.0, 0, 8 * COLUMNS, 8 * ROWS]]), np.zeros((0, 4)), 8, 8)
    with pytest.raises(DataError, match="cover all"):
        fit(boxed(2), lambda _: image, np.random.default_rng(0))
