"""Polygons against the definition, pixel by pixel, and against COCO's own tool."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from budgetseg.data.polygons import area_of_polygon, fill_polygon

side = st.floats(-6, 26).map(lambda x: round(x, 2))
corners = st.lists(st.tuples(side, side), min_size=3, max_size=9)


def is_inside(polygon: list[tuple[float, float]], x: float, y: float) -> bool:
    """Cross every edge that a ray to the left meets."""
    inside = False
    for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y0 > y) != (y1 > y) and x0 + (y - y0) / (y1 - y0) * (x1 - x0) < x:
            inside = not inside
    return inside


def is_on_an_edge(polygon: list[tuple[float, float]], x: float, y: float) -> bool:
    """A centre on an edge is inside or outside by a convention, and rounding may decide."""
    return any(
        abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) < 1e-9 * (1 + abs(x1 - x0) + abs(y1 - y0))
        for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True)
    )


@given(polygon=corners)
@settings(max_examples=150, deadline=None)
def test_a_pixel_is_filled_where_its_centre_is_inside(polygon: list[tuple[float, float]]) -> None:
    filled_HW = fill_polygon([side for corner in polygon for side in corner], 18, 21)
    for y, x in np.ndindex(18, 21):
        if not is_on_an_edge(polygon, x + 0.5, y + 0.5):
            assert filled_HW[y, x] == is_inside(polygon, x + 0.5, y + 0.5)


def test_a_box_fills_its_pixels_and_nothing_more() -> None:
    filled_HW = fill_polygon([2, 3, 7, 3, 7, 5, 2, 5], 8, 9)
    expected_HW = np.zeros((8, 9), bool)
    expected_HW[3:5, 2:7] = True
    np.testing.assert_array_equal(filled_HW, expected_HW)
    assert fill_polygon([-9, -9, 99, -9, 99, 99, -9, 99], 8, 9).all()
    assert not fill_polygon([2.6, 3.6, 3.4, 3.6, 3.4, 4.4], 8, 9).any()  # between centres
    assert not fill_polygon([20, 20, 30, 20, 30, 30], 8, 9).any()


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # of pycocotools 2.0.11 with numpy 2
@pytest.mark.parametrize("seed", range(20))
def test_coco_s_own_tool_differs_on_outlines_only(seed: int) -> None:
    coco_mask = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(seed)
    angle_P = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius_P = 30 + rng.uniform(-5, 5, 6) @ np.sin(np.outer(np.arange(1, 7), angle_P + rng.uniform(0, 6)))
    corner_P2 = np.stack([60 + radius_P * np.cos(angle_P), 50 + radius_P * np.sin(angle_P)], axis=1)
    filled_HW = fill_polygon(corner_P2.ravel(), 100, 120)
    theirs_HW = coco_mask.decode(coco_mask.frPyObjects([corner_P2.ravel().tolist()], 100, 120))[..., 0] > 0
    outline_HW = ndimage.binary_dilation(filled_HW) & ~ndimage.binary_erosion(filled_HW)
    assert not ((filled_HW != theirs_HW) & ~outline_HW).any()
    assert (filled_HW != theirs_HW).sum() < 0.25 * outline_HW.sum()
    assert area_of_polygon(corner_P2.ravel()) == pytest.approx(filled_HW.sum(), rel=0.02)
    assert filled_HW.sum() == pytest.approx(theirs_HW.sum(), rel=0.03)  # neither is larger all around
