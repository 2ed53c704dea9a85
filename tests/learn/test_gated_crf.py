"""The gated CRF loss against its equation, pair by pair."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.learn.batches import Batch
from budgetseg.learn.gated_crf import RADIUS, SHRINK, SIGMA_RGB, SIGMA_XY, gated_crf_loss
from budgetseg.learn.recipe import MODERN
from budgetseg.learn.train import batch_loss


def by_pairs(probability_ChW, image_3hw):
    """The equation, read off a map of cells."""
    _, height, width = probability_ChW.shape
    total = 0.0
    for y in range(height):
        for x in range(width):
            for v in range(max(0, y - RADIUS), min(height, y + RADIUS + 1)):
                for u in range(max(0, x - RADIUS), min(width, x + RADIUS + 1)):
                    if (v, u) == (y, x):
                        continue
                    near = ((v - y) ** 2 + (u - x) ** 2) / (2 * SIGMA_XY**2)
                    colours = float(((image_3hw[:, y, x] - image_3hw[:, v, u]) ** 2).sum()) / (2 * SIGMA_RGB**2)
                    alike = float((probability_ChW[:, y, x] * probability_ChW[:, v, u]).sum())
                    total += math.exp(-near - colours) * (1 - alike)
    return total / (height * width)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(2, 4), st.integers(0, 10**6))
def test_it_is_the_sum_over_pairs(height, width, classes, seed):
    generator = torch.Generator().manual_seed(seed)
    scores_BChw = torch.randn(2, classes, height, width, generator=generator) * 2
    image_B3hw = torch.rand(2, 3, height, width, generator=generator) * 0.3
    grown = [cells.repeat_interleave(SHRINK, 2).repeat_interleave(SHRINK, 3) for cells in (scores_BChw, image_B3hw)]
    expected = [
        by_pairs(scores_Chw.softmax(0).double(), image_3hw.double())
        for scores_Chw, image_3hw in zip(scores_BChw, image_B3hw, strict=True)
    ]
    assert gated_crf_loss(*grown).tolist() == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_the_same_certain_class_everywhere_costs_nothing():
    logits_BCHW = torch.zeros(1, 3, 32, 32)
    logits_BCHW[:, 1] = 60
    assert gated_crf_loss(logits_BCHW, torch.rand(1, 3, 32, 32)).item() == pytest.approx(0, abs=1e-5)


def test_a_border_is_cheaper_where_colours_change():
    side, half = 16 * SHRINK, 8 * SHRINK
    logits_BCHW = torch.zeros(1, 2, side, side)
    logits_BCHW[:, 0, :, :half], logits_BCHW[:, 1, :, half:] = 9, 9
    along_B3HW = torch.zeros(1, 3, side, side)
    along_B3HW[..., half:] = 1
    across_B3HW = along_B3HW.transpose(2, 3)
    assert gated_crf_loss(logits_BCHW, along_B3HW).item() < 0.05 * gated_crf_loss(logits_BCHW, across_B3HW).item()


def test_its_gradient_moves_an_undecided_pixel_to_its_like():
    side, middle = 3 * SHRINK, slice(SHRINK, 2 * SHRINK)
    logits_BCHW = torch.zeros(1, 2, side, side)
    logits_BCHW[:, 1] = 5
    logits_BCHW[:, :, middle, middle] = 0
    logits_BCHW.requires_grad_()
    gated_crf_loss(logits_BCHW, torch.full((1, 3, side, side), 0.5)).sum().backward()
    inside_C = logits_BCHW.grad[0, :, middle, middle].sum(dim=(1, 2))
    assert inside_C[1] < 0 < inside_C[0]


def test_sizes_that_are_no_multiple_of_a_cell():
    loss_B = gated_crf_loss(torch.randn(3, 4, 33, 38), torch.rand(3, 3, 33, 38))
    assert loss_B.shape == (3,)
    assert bool(torch.isfinite(loss_B).all())


def test_the_recipe_weighs_it_where_marks_can_be_spread():
    """A mask, a mark, no mark, and labels everywhere."""
    generator = torch.Generator().manual_seed(0)
    logits_BCHW, images_B3HW = torch.randn(4, 3, 48, 48, generator=generator), torch.rand(4, 3, 48, 48)
    labels_BHW = torch.full((4, 48, 48), 255)
    labels_BHW[0], labels_BHW[1, 4, 5], labels_BHW[3] = 1, 1, 0
    batch = Batch(
        images_B3HW=images_B3HW,
        labels_BHW=labels_BHW,
        weights_BHW=torch.full((4, 48, 48), 1 / 48**2),
        present_BC=torch.tensor([[True, True, False]] * 4),
        objectness_BHW=None,
        strong_B=torch.tensor([True, False, False, False]),
        marked_B=torch.tensor([True, True, False, True]),
    )
    losses = [
        batch_loss(logits_BCHW, batch, replace(MODERN, crf_weight=weight, weak_weight=0.5), [1, 2], mixed=True)
        for weight in (0.0, 0.3)
    ]
    added_B = losses[1] - losses[0]
    assert added_B[[0, 2, 3]].tolist() == [0, 0, 0]
    term = gated_crf_loss(logits_BCHW[1:2], images_B3HW[1:2]).item()
    assert added_B[1].item() == pytest.approx(0.5 * 0.3 * term, rel=1e-4)
