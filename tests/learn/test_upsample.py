"""Upsampling by matrices against torch's own interpolation and transposed convolution."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from budgetseg.learn.upsample import bilinear_matrix, deconvolution_matrix, summed, upsample


@settings(max_examples=40, deadline=None)
@given(h=st.integers(1, 9), w=st.integers(1, 9), height=st.integers(1, 50), width=st.integers(1, 50))
def test_bilinear_upsampling_equals_torch_interpolation(h: int, w: int, height: int, width: int) -> None:
    if height < h or width < w:  # torch reads two cells also where it shrinks an image; so do we, but that is not used
        height, width = max(height, h), max(width, w)
    values_BChw = torch.rand(2, 3, h, w, generator=torch.Generator().manual_seed(h * 10 + w))
    expected = functional.interpolate(values_BChw, (height, width), mode="bilinear", align_corners=False)
    actual = upsample(values_BChw, bilinear_matrix(h, height), bilinear_matrix(w, width))
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("stride", "offset", "kept"), [(32, 19, 224), (32, 0, 64), (8, 3, 50)])
def test_deconvolution_equals_a_cropped_transposed_convolution(stride: int, offset: int, kept: int) -> None:
    cells = -(-(offset + kept) // stride)
    scores_BChw = torch.rand(1, 2, cells, cells, generator=torch.Generator().manual_seed(0))
    # The bilinear kernel as FCN defines it: 1 - |i - centre| / factor on both axes.
    factor, size = stride, 2 * stride
    tap = 1 - (torch.arange(size) - (factor - 0.5)).abs() / factor
    kernel = torch.zeros(2, 2, size, size)
    kernel[0, 0] = kernel[1, 1] = tap[:, None] * tap[None, :]
    full = functional.conv_transpose2d(scores_BChw, kernel, stride=stride)
    expected = full[:, :, offset : offset + kept, offset : offset + kept]
    matrix = deconvolution_matrix(cells, kept, stride=stride, offset=offset)
    torch.testing.assert_close(upsample(scores_BChw, matrix, matrix), expected, rtol=1e-5, atol=1e-5)


def test_scales_are_summed_at_the_size_of_the_finest() -> None:
    sizes = {1.0: (8, 12), 10.0: (4, 6), 100.0: (2, 3)}
    fine, middle, coarse = (torch.full((1, 2, *size), value) for value, size in sizes.items())
    torch.testing.assert_close(summed([fine, middle, coarse]), torch.full((1, 2, 8, 12), 111.0))


def test_an_evaluation_does_not_spoil_the_next_training() -> None:
    scores_BChw = torch.rand(1, 1, 3, 3, requires_grad=True)
    with torch.inference_mode():
        upsample(scores_BChw, bilinear_matrix(3, 11), bilinear_matrix(3, 11))
    upsample(scores_BChw, bilinear_matrix(3, 11), bilinear_matrix(3, 11)).sum().backward()
    assert scores_BChw.grad is not None
    torch.testing.assert_close(scores_BChw.grad.sum(), torch.tensor(121.0))


def test_a_scene_cut_in_half_by_classes_keeps_its_border_in_the_middle() -> None:
    scores_BChw = torch.tensor([[-1.0, -1.0, 1.0, 1.0]]).expand(1, 1, 4, 4)
    result = upsample(scores_BChw, bilinear_matrix(4, 32), bilinear_matrix(4, 32))
    assert (result[..., :16] < 0).all()
    assert (result[..., 16:] > 0).all()
