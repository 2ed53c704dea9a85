"""Run-length masks: what an encoder written here wrote is decoded to the same mask, and COCO's own tool agrees."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from budgetseg.data.rle import check_runs, fill_runs, runs_of_text

masks = arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def runs_of(mask_HW: np.ndarray) -> list[int]:
    runs = [(value, len(list(group))) for value, group in groupby(mask_HW.T.ravel().tolist())]
    return [0] * runs[0][0] + [length for _, length in runs]


def text_of(runs: list[int]) -> str:
    text = ""
    for k, run in enumerate(runs):
        number = run - runs[k - 2] if k > 2 else run
        while True:
            group, number = number & 31, number >> 5
            last = number == (-1 if group & 16 else 0)
            text += chr(48 + group + (0 if last else 32))
            if last:
                break
    return text


@given(mask_HW=masks)
@settings(max_examples=200, deadline=None)
def test_runs_give_back_the_mask(mask_HW: np.ndarray) -> None:
    check_runs(runs_of(mask_HW), *mask_HW.shape)
    np.testing.assert_array_equal(fill_runs(runs_of(mask_HW), *mask_HW.shape), mask_HW)


@given(runs=st.lists(st.integers(0, 2**31), max_size=12))
@settings(max_examples=300, deadline=None)
def test_text_gives_back_the_runs(runs: list[int]) -> None:
    assert runs_of_text(text_of(runs)) == runs


@given(mask_HW=masks, stretch=st.integers(1, 90))
@settings(max_examples=200, deadline=None)
def test_coco_s_own_tool_agrees(mask_HW: np.ndarray, stretch: int) -> None:
    coco_mask = pytest.importorskip("pycocotools.mask")
    large_HW = np.repeat(mask_HW, stretch, axis=0)  # long runs need several characters
    encoded = coco_mask.encode(np.asfortranarray(large_HW.astype(np.uint8)))
    text = encoded["counts"].decode()
    assert text == text_of(runs_of(large_HW))
    np.testing.assert_array_equal(fill_runs(runs_of_text(text), *large_HW.shape), large_HW)


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ([3], r"expected runs of 6 pixels in all \(3 x 2\), got 3"),
        ([7], "got 7"),
        ([7, -1], "expected runs of whole numbers >= 0, got -1"),
        ([3, 3.0], "got 3.0"),
        ([5, True], "got True"),
    ],
)
def test_runs_that_are_none_are_refused(runs: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_runs(runs, 2, 3)


@pytest.mark.parametrize(("text", "message"), [("0 0", r"character 2: expected .* got ' '"), ("0Q", "ends within")])
def test_text_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        runs_of_text(text)
