"""The switches between the paper's text and its released code, each against a value computed by hand."""

import math
from dataclasses import replace

import pytest
import torch

from budgetseg.learn.batches import Batch
from budgetseg.learn.losses import image_loss
from budgetseg.learn.optimiser import make_optimiser
from budgetseg.learn.recipe import MODERN, PAPER
from budgetseg.learn.train import batch_loss

# One image of two pixels and two classes: the first pixel says class 1 with probability 3/4, the second with 1/5.
P_C1 = (3 / 4, 1 / 5)
LOGITS = torch.tensor([[[[0.0, 0.0]], [[math.log(p / (1 - p)) for p in P_C1]]]], dtype=torch.float64)
PRIOR = (0.9, 0.4)


def batch(labels, *, strong, present=(True, False)):
    labels_BHW = torch.tensor([[labels]])
    labelled_BHW = (labels_BHW != 255).float()
    return Batch(
        images_B3HW=torch.zeros(1, 3, 1, 2),
        labels_BHW=labels_BHW,
        weights_BHW=labelled_BHW / labelled_BHW.sum(),
        present_BC=torch.tensor([present]),
        objectness_BHW=torch.tensor([[PRIOR]]),
        strong_B=torch.tensor([strong]),
        marked_B=labelled_BHW.any().reshape(1),
    )


def loss(labels, *, strong=False, **switches):
    recipe = replace(PAPER, **switches)
    return float(batch_loss(LOGITS, batch(labels, strong=strong), recipe, [1], mixed=False))


def prior_term(pixel):
    return -PRIOR[pixel] * math.log(P_C1[pixel]) - (1 - PRIOR[pixel]) * math.log(1 - P_C1[pixel])


# Class 0 is present, best at the second pixel (4/5); class 1 is absent, best at the first (3/4).
PRESENT, ABSENT = -math.log(4 / 5), -math.log(1 - 3 / 4)


@pytest.mark.parametrize("weight", [1.0, 0.5, 0.0])
def test_the_absent_class_term_has_a_weight(weight):
    assert float(image_loss(LOGITS, torch.tensor([[True, False]]), weight)) == pytest.approx(PRESENT + weight * ABSENT)
    assert loss([255, 0], objectness_weight=0, point_weight=0, absent_weight=weight) == pytest.approx(
        PRESENT + weight * ABSENT, rel=1e-6
    )


def test_objectness_is_of_the_unlabelled_pixels_or_of_all():
    alone = {"image_weight": 0, "point_weight": 0}
    assert loss([255, 0], **alone) == pytest.approx(prior_term(0), rel=1e-6)
    everywhere = (prior_term(0) + prior_term(1)) / 2
    assert loss([255, 0], **alone, objectness_where="all") == pytest.approx(everywhere, rel=1e-6)


def test_objectness_weighs_another_amount_on_images_without_a_labelled_pixel():
    weights = {"image_weight": 0, "point_weight": 0, "objectness_weight": 0.2, "unmarked_objectness_weight": 0.7}
    assert loss([255, 0], **weights) == pytest.approx(0.2 * prior_term(0), rel=1e-6)
    unmarked = 0.7 * (prior_term(0) + prior_term(1)) / 2
    assert loss([255, 255], **weights) == pytest.approx(unmarked, rel=1e-6)
    one = batch([255, 255], strong=False)
    outside = replace(one, marked_B=torch.tensor([True]))  # its click lies outside the window
    assert float(batch_loss(LOGITS, outside, replace(PAPER, **weights), [1], mixed=False)) == pytest.approx(
        0.2 / 0.7 * unmarked, rel=1e-6
    )
    both = Batch(**{name: torch.cat([getattr(b, name) for b in (one, outside)]) for name in vars(one)})
    loss_B = batch_loss(LOGITS.expand(2, -1, -1, -1), both, replace(PAPER, **weights), [1], mixed=False)
    assert loss_B.tolist() == pytest.approx([unmarked, 0.2 / 0.7 * unmarked], rel=1e-6)


@pytest.mark.parametrize(("recipe", "marked"), [(PAPER, 1.0), (MODERN, 0.2)])
def test_the_presets_trust_the_prior_fully_where_only_classes_are_named(recipe, marked):
    assert (recipe.objectness_weight, recipe.unmarked_objectness_weight) == (marked, 1.0)


def test_masks_may_take_the_image_loss_as_well():
    pixels = -math.log(3 / 4) - math.log(4 / 5)
    assert loss([1, 0], strong=True) == pytest.approx(pixels, rel=1e-6)
    assert loss([1, 0], strong=True, mask_image_weight=0.5) == pytest.approx(
        pixels + 0.5 * (PRESENT + ABSENT), rel=1e-6
    )
    assert loss([1, 0], strong=True, mask_image_weight=1, absent_weight=0) == pytest.approx(pixels + PRESENT, rel=1e-6)


@pytest.mark.parametrize(("recipe", "decay"), [(PAPER, 0.0), (replace(PAPER, bias_decay=True), 5e-4), (MODERN, 1e-2)])
def test_biases_decay_or_not(recipe, decay):
    weights, biases = make_optimiser(torch.nn.Conv2d(1, 1, 1), recipe).param_groups
    assert (weights["weight_decay"], biases["weight_decay"]) == (recipe.weight_decay, decay)
