"""Boundary IoU by brute force and in closed form, and the unsure border."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from budgetseg.annotate.boundary import band, band_width, boundary_iou, offset_share
from budgetseg.annotate.unsure import without_border

MASK = arrays(np.bool_, (7, 9))
CLASSES = arrays(np.uint8, (7, 9), elements=st.sampled_from([0, 1, 2, 255]))


def near(y: int, x: int, far: int, height: int, width: int) -> list[tuple[int, int]]:
    """Pixels within ``far`` king's steps of (x, y), those beyond the image included."""
    return [(r, c) for r in range(y - far, y + far + 1) for c in range(x - far, x + far + 1)]


def band_by_hand(mask_HW: np.ndarray, width: int) -> set[tuple[int, int]]:
    height, columns = mask_HW.shape

    def outside(r: int, c: int) -> bool:
        return not (0 <= r < height and 0 <= c < columns) or not mask_HW[r, c]

    return {
        (y, x)
        for y, x in zip(*np.nonzero(mask_HW), strict=True)
        if any(outside(r, c) for r, c in near(y, x, width, height, columns))
    }


@given(one_HW=MASK, other_HW=MASK, width=st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_equals_the_equation_by_brute_force(one_HW: np.ndarray, other_HW: np.ndarray, width: int) -> None:
    one, other = band_by_hand(one_HW, width), band_by_hand(other_HW, width)
    assert {(int(y), int(x)) for y, x in zip(*np.nonzero(band(one_HW, width)), strict=True)} == one
    expected = len(one & other) / len(one | other) if one | other else 1.0
    assert boundary_iou(one_HW, other_HW, width) == pytest.approx(expected)


def test_the_band_is_two_per_cent_of_the_diagonal() -> None:
    assert (band_width(375, 500), band_width(128, 96), band_width(5, 5)) == (12, 3, 1)


@pytest.mark.parametrize("off", [-4, -1, 0, 2, 5])
def test_an_edge_that_is_off_everywhere_gives_the_closed_form(off: int) -> None:
    """A half plane: (d - s) / (d + s), but for the image's own border, which the strip in the middle is far from."""
    truth_HW, drawn_HW = np.zeros((400, 100), bool), np.zeros((400, 100), bool)
    truth_HW[:, :50], drawn_HW[:, : 50 + off] = True, True
    middle = (slice(180, 220), slice(20, 100))
    one, other = band(truth_HW, 10)[middle], band(drawn_HW, 10)[middle]
    found = np.count_nonzero(one & other) / np.count_nonzero(one | other)
    assert found == pytest.approx((10 - abs(off)) / (10 + abs(off)))
    assert offset_share(found) == pytest.approx(abs(off) / 10)


@given(mask_HW=CLASSES, unsure=st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_the_border_is_what_lies_near_another_class(mask_HW: np.ndarray, unsure: int) -> None:
    height, width = mask_HW.shape
    trained_HW = without_border(mask_HW, unsure)
    border_HW = np.zeros((height, width), bool)
    for y, x in np.ndindex(height, width):
        around = {mask_HW[r, c] for r, c in near(y, x, unsure, height, width) if 0 <= r < height and 0 <= c < width}
        border_HW[y, x] = mask_HW[y, x] != 255 and len(around - {255}) > 1
    unknown_HW = trained_HW == 255
    assert (unknown_HW[mask_HW == 255]).all()
    assert not (unknown_HW & ~border_HW & (mask_HW != 255)).any()
    assert (trained_HW[~unknown_HW] == mask_HW[~unknown_HW]).all()
    # What is border and was kept is a region of nothing but border.
    kept_HW = border_HW & ~unknown_HW
    for y, x in zip(*np.nonzero(kept_HW), strict=True):
        for r, c in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if 0 <= r < height and 0 <= c < width and mask_HW[r, c] == mask_HW[y, x]:
                assert kept_HW[r, c]


def test_a_thing_that_is_all_border_is_kept() -> None:
    mask_HW = np.zeros((20, 30), np.uint8)
    mask_HW[4:7, 4:7], mask_HW[4:18, 12:26] = 1, 1
    trained_HW = without_border(mask_HW, 2)
    assert (trained_HW[4:7, 4:7] == 1).all()
    assert (trained_HW[6:16, 14:24] == 1).all()
    assert (trained_HW == 1).sum() == 9 + 100
    assert (without_border(mask_HW, 0) == mask_HW).all()
