"""Brush masks: vectors that the official SDK wrote (label-studio-sdk 2.1.2), and the SDK itself where it is there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from budgetseg.labelling.brush import brush_of_mask, mask_of_brush, pack, unpack

SQUARE = [0, 0, 0, 60, 57, 27, 254, 27, 0, 159, 255, 11, 128, 0]
NOISE = [0, 0, 0, 64, 57, 27, 252, 96, 22, 255, 240, 216, 4, 127, 241, 128, 71, 255, 24, 4, 127, 224]
LITERAL = [0, 0, 0, 12, 57, 27, 248, 0, 0, 0, 128, 4, 0, 24, 0, 128, 2, 128, 12, 0, 56, 1, 0, 4, 128, 20, 0, 88]


def test_vectors_of_the_official_sdk_are_read():
    expected = np.zeros((3, 5), bool)
    expected[1, 2:4] = True
    np.testing.assert_array_equal(mask_of_brush(SQUARE, 3, 5), expected)
    noise = np.array([[0, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]], bool)
    np.testing.assert_array_equal(mask_of_brush(NOISE, 4, 4), noise)
    np.testing.assert_array_equal(unpack(LITERAL, 12), np.arange(12))


def test_a_run_of_literal_values_is_read():
    """By hand: 3 values of 8 bits, sizes 3 4 8 16; flag 0, size 0, length 3 - 1, then 1, 2, 3."""
    head = "0" * 30 + "11" + "00111" + "0010" + "0011" + "0111" + "1111"
    bits = head + "0" + "00" + "010" + "00000001" + "00000010" + "00000011"
    bits += "0" * (-len(bits) % 8)
    content = [int(bits[k : k + 8], 2) for k in range(0, len(bits), 8)]
    assert unpack(content, 3).tolist() == [1, 2, 3]


@settings(max_examples=60, deadline=None)
@given(arrays(bool, st.tuples(st.integers(1, 20), st.integers(1, 20))))
def test_what_is_written_is_read_back(mask_HW):
    np.testing.assert_array_equal(mask_of_brush(brush_of_mask(mask_HW), *mask_HW.shape), mask_HW)


@settings(max_examples=40, deadline=None)
@given(arrays(np.uint8, st.integers(1, 300)))
def test_any_values_are_read_back(values_N):
    np.testing.assert_array_equal(unpack(pack(values_N), len(values_N)), values_N)


def test_runs_longer_than_a_length_can_say_are_split():
    values_N = np.full(200_000, 7)
    np.testing.assert_array_equal(unpack(pack(values_N), len(values_N)), values_N)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SQUARE[:-3], "ends after 11 bytes"),
        ([], "ends after 0 bytes"),
        ([0, 0, 0, 64, *SQUARE[4:]], "expected 60 values, it holds 64"),
        ([255, 255, 255, 255, *SQUARE[4:]], "expected 60 values, it holds 4,294,967,295"),
        ([0, 0, 0, 300], "whole numbers from 0 to 255"),
        (["x"], "whole numbers from 0 to 255"),
        ([*SQUARE[:6], 254, 27, 255, 255, 255, 255, 255], "past the last value|ends after"),
    ],
)
def test_what_is_no_brush_is_refused(content, why):
    with pytest.raises(ValueError, match=why):
        mask_of_brush(content, 3, 5)


def test_the_official_sdk_agrees():
    brush = pytest.importorskip("label_studio_sdk.converter.brush", reason="needs label-studio-sdk, the oracle")
    generator = np.random.default_rng(0)
    for _ in range(50):
        mask_HW = generator.random(generator.integers(1, 40, 2)) < generator.random()
        np.testing.assert_array_equal(mask_of_brush(brush.mask2rle(mask_HW * np.uint8(255)), *mask_HW.shape), mask_HW)
        back = np.array(brush.decode_rle(brush_of_mask(mask_HW))).reshape(*mask_HW.shape, 4)
        np.testing.assert_array_equal(back[..., 3] > 0, mask_HW)
