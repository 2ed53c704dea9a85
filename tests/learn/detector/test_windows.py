"""Windows against loops over cells: means, rings, and the mean score of the windows that contain a cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetseg.learn.detector.windows import (
    cell_means,
    sliding_windows,
    surroundings,
    window_geometry,
    window_means,
)

SIZES = [(1, 1), (4, 4), (5, 17), (12, 16), (30, 40)]


def inside(window, row, column):
    left, top, right, bottom = window
    return left <= column < right and top <= row < bottom


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_windows_cover_every_cell_once_listed_and_stay_inside(rows, columns):
    windows_N4 = sliding_windows(rows, columns)
    assert len({tuple(window) for window in windows_N4}) == len(windows_N4)
    left_N, top_N, right_N, bottom_N = windows_N4.T
    assert (left_N >= 0).all()
    assert (top_N >= 0).all()
    assert (left_N < right_N).all()
    assert (top_N < bottom_N).all()
    assert right_N.max() == columns
    assert bottom_N.max() == rows
    for row in range(rows):
        for column in range(columns):
            assert any(inside(window, row, column) for window in windows_N4)


def test_a_photograph_has_some_thousand_windows_of_several_sizes_and_shapes():
    windows_N4 = sliding_windows(30, 40)
    assert 1000 <= len(windows_N4) <= 5000
    shapes = {(right - left, bottom - top) for left, top, right, bottom in windows_N4.tolist()}
    assert {(3, 3), (8, 8), (4, 8), (8, 4)} <= shapes
    for shape in shapes:  # each reaches all four borders
        own_N4 = np.array([w for w in windows_N4.tolist() if (w[2] - w[0], w[3] - w[1]) == shape])
        assert (*own_N4[:, :2].min(axis=0), *own_N4[:, 2:].max(axis=0)) == (0, 0, 40, 30)
    assert all(max(shape) <= 2.1 * min(shape) for shape in shapes)


@pytest.mark.parametrize(("rows", "columns"), SIZES[1:4])
def test_means_and_contrasts_are_those_of_a_loop(rows, columns):
    generator = np.random.default_rng(3)
    map_Dhw = generator.normal(size=(3, rows, columns)).astype(np.float32)
    windows_N4 = sliding_windows(rows, columns)
    inside_ND, contrast_ND = window_means(map_Dhw, windows_N4)
    grown_N4 = surroundings(windows_N4, rows, columns)
    for n in generator.permutation(len(windows_N4))[:40]:
        own, ring = [], []
        for row in range(rows):
            for column in range(columns):
                if inside(windows_N4[n], row, column):
                    own.append(map_Dhw[:, row, column])
                elif inside(grown_N4[n], row, column):
                    ring.append(map_Dhw[:, row, column])
        mean_D = np.mean(own, axis=0)
        around_D = np.mean(ring, axis=0) if ring else mean_D
        np.testing.assert_allclose(inside_ND[n], mean_D, atol=1e-5)
        np.testing.assert_allclose(contrast_ND[n], mean_D - around_D, atol=1e-5)


def test_rings_are_a_quarter_wide_and_end_at_the_border():
    windows_N4 = np.array([[10, 10, 18, 14], [0, 0, 3, 3], [37, 27, 40, 30]])
    expected = [[8, 9, 20, 15], [0, 0, 4, 4], [36, 26, 40, 30]]
    np.testing.assert_array_equal(surroundings(windows_N4, 30, 40), expected)


def test_geometry_is_in_shares_of_the_image():
    (whole, quarter) = window_geometry(np.array([[0, 0, 40, 30], [0, 0, 20, 15]]), 30, 40)
    np.testing.assert_allclose(whole, [0, 0, 0, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(quarter, [-0.25, -0.25, 0.0625, 0.0625, np.log(0.25), 0], atol=1e-12)


@given(seed=st.integers(0, 1000), rows=st.integers(1, 7), columns=st.integers(1, 7), windows=st.integers(1, 6))
def test_a_cell_gets_the_mean_score_of_the_windows_that_contain_it(seed, rows, columns, windows):
    generator = np.random.default_rng(seed)
    corners_N22 = np.sort(
        [[generator.integers(0, side + 1, 2) for side in (columns, rows)] for _ in range(windows)], axis=2
    )
    corners_N22[:, :, 1] = np.maximum(corners_N22[:, :, 1], corners_N22[:, :, 0] + 1)
    corners_N22 = np.minimum(corners_N22, [[[columns - 1, columns], [rows - 1, rows]]])
    windows_N4 = corners_N22.transpose(0, 2, 1).reshape(windows, 4)
    scores_N = generator.normal(size=windows)
    found_hw = cell_means(windows_N4, scores_N, rows, columns)
    for row in range(rows):
        for column in range(columns):
            own = [s for window, s in zip(windows_N4, scores_N, strict=True) if inside(window, row, column)]
            assert found_hw[row, column] == pytest.approx(np.mean(own) if own else scores_N.min(), abs=1e-9)
