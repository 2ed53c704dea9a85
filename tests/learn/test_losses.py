"""The four losses against plain loops in float64, against finite differences, and at scores of absurd size.

Shape suffixes: B images, C classes, H rows, W columns.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from budgetseg.errors import InvalidInputError
from budgetseg.learn.losses import image_loss, objectness_loss, pixel_loss, point_loss

Array = NDArray[Any]


class Reference:
    """The paper's formulas for one image, written as loops over pixels and classes."""

    def __init__(self, logits_CHW: Array) -> None:
        odds_CHW = np.exp(logits_CHW.astype(np.float64) - logits_CHW.max(axis=0))
        self.s_CHW = odds_CHW / odds_CHW.sum(axis=0)
        self.classes, self.height, self.width = logits_CHW.shape
        self.pixels = [(y, x) for y in range(self.height) for x in range(self.width)]

    def pixel(self, labels_HW: Array, reduction: str) -> float:
        terms = [-np.log(self.s_CHW[labels_HW[i]][i]) for i in self.pixels if labels_HW[i] != 255]
        total = float(sum(terms))
        return total / len(terms) if reduction == "mean" and terms else total

    def image(self, present_C: Array) -> float:
        here, gone = [], []
        for c in range(self.classes):
            best = max(self.pixels, key=lambda i: self.s_CHW[c][i])
            others = sum(self.s_CHW[k][best] for k in range(self.classes) if k != c)
            (here if present_C[c] else gone).append(-np.log(self.s_CHW[c][best] if present_C[c] else others))
        return float(sum(float(np.mean(terms)) for terms in (here, gone) if terms))

    def point(self, labels_HW: Array, weights_HW: Array | None) -> float:
        chosen = [i for i in self.pixels if labels_HW[i] != 255]
        alphas = {i: 1 / len(chosen) if weights_HW is None else float(weights_HW[i]) for i in chosen}
        return float(sum(-alphas[i] * np.log(self.s_CHW[labels_HW[i]][i]) for i in chosen))

    def objectness(self, p_HW: Array, objects: list[int], mask_HW: Array | None) -> float:
        terms = []
        for i in self.pixels:
            if mask_HW is None or mask_HW[i]:
                mass = sum(self.s_CHW[c][i] for c in objects)
                rest = sum(self.s_CHW[c][i] for c in range(self.classes) if c not in objects)
                terms.append(-p_HW[i] * np.log(mass) - (1 - p_HW[i]) * np.log(rest))
        return float(np.mean(terms)) if terms else 0.0


class Case:
    """Random inputs of every loss for a batch of images, some of them without a labelled pixel."""

    def __init__(self, seed: int, batch: int, classes: int, height: int, width: int) -> None:
        rng = np.random.default_rng(seed)
        self.logits_BCHW = rng.normal(0, 3, (batch, classes, height, width))
        self.labels_BHW = rng.integers(0, classes, (batch, height, width))
        self.labels_BHW[rng.random((batch, height, width)) < rng.random()] = 255
        self.labels_BHW[rng.random(batch) < 0.2] = 255
        self.present_BC = rng.random((batch, classes)) < rng.random()
        self.weights_BHW = rng.random((batch, height, width)) * 2
        self.p_BHW = rng.random((batch, height, width)).round(rng.integers(0, 3))
        self.mask_BHW = (rng.random((batch, height, width)) < rng.random()) & (rng.random((batch, 1, 1)) < 0.8)
        self.objects = sorted(rng.permutation(classes)[: rng.integers(1, classes)].tolist())


cases = st.builds(
    Case, st.integers(0, 2**32), st.integers(1, 3), st.integers(2, 6), st.integers(1, 6), st.integers(1, 6)
)


def losses_of(case: Case, logits_BCHW: Tensor) -> dict[str, Tensor]:
    """Every loss, by a name that the reference understands."""
    labels, weights = torch.from_numpy(case.labels_BHW), torch.from_numpy(case.weights_BHW)
    present, prior = torch.from_numpy(case.present_BC), torch.from_numpy(case.p_BHW)
    mask = torch.from_numpy(case.mask_BHW)
    return {
        "pixel sum": pixel_loss(logits_BCHW, labels),
        "pixel mean": pixel_loss(logits_BCHW, labels, reduction="mean"),
        "image": image_loss(logits_BCHW, present),
        "point": point_loss(logits_BCHW, labels),
        "point weighted": point_loss(logits_BCHW, labels, weights),
        "objectness": objectness_loss(logits_BCHW, prior, case.objects),
        "objectness masked": objectness_loss(logits_BCHW, prior, case.objects, mask),
    }


def reference_of(case: Case) -> dict[str, list[float]]:
    images = [(Reference(logits_CHW), b) for b, logits_CHW in enumerate(case.logits_BCHW)]
    return {
        "pixel sum": [image.pixel(case.labels_BHW[b], "sum") for image, b in images],
        "pixel mean": [image.pixel(case.labels_BHW[b], "mean") for image, b in images],
        "image": [image.image(case.present_BC[b]) for image, b in images],
        "point": [image.point(case.labels_BHW[b], None) for image, b in images],
        "point weighted": [image.point(case.labels_BHW[b], case.weights_BHW[b]) for image, b in images],
        "objectness": [image.objectness(case.p_BHW[b], case.objects, None) for image, b in images],
        "objectness masked": [image.objectness(case.p_BHW[b], case.objects, case.mask_BHW[b]) for image, b in images],
    }


NAMES = list(reference_of(Case(0, 1, 2, 1, 1)))


@settings(max_examples=60, deadline=None)
@given(case=cases)
def test_every_loss_equals_the_formula_written_as_loops(case: Case) -> None:
    for dtype, tolerance in ((torch.float64, 1e-10), (torch.float32, 1e-4)):
        for name, loss_B in losses_of(case, torch.from_numpy(case.logits_BCHW).to(dtype)).items():
            assert loss_B.dtype == dtype, name
            assert loss_B.shape == (len(case.logits_BCHW),), name
            np.testing.assert_allclose(
                loss_B.numpy(), reference_of(case)[name], rtol=tolerance, atol=tolerance, err_msg=name
            )


@pytest.mark.parametrize("name", NAMES)
def test_gradients_equal_finite_differences(name: str) -> None:
    for seed in range(2):
        case = Case(seed, 2, 4, 3, 2)
        logits_BCHW = torch.from_numpy(case.logits_BCHW).requires_grad_()
        loss: Callable[[Tensor], Tensor] = lambda logits, case=case: losses_of(case, logits)[name]  # noqa: E731
        assert torch.autograd.gradcheck(loss, (logits_BCHW,))


@pytest.mark.parametrize("name", NAMES)
def test_no_image_learns_from_another(name: str) -> None:
    case = Case(5, 3, 4, 4, 5)
    logits_BCHW = torch.from_numpy(case.logits_BCHW).requires_grad_()
    (gradient_BCHW,) = torch.autograd.grad(losses_of(case, logits_BCHW)[name][1], logits_BCHW)
    assert not gradient_BCHW[[0, 2]].any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16, torch.float64])
@pytest.mark.parametrize("name", NAMES)
def test_extreme_scores_give_the_right_finite_value_and_gradient(name: str, dtype: torch.dtype) -> None:
    case = Case(1, 2, 3, 4, 4)
    rng = np.random.default_rng(0)
    case.logits_BCHW = rng.choice([-1e4, 0.0, 1e4], case.logits_BCHW.shape)
    logits_BCHW = torch.from_numpy(case.logits_BCHW).to(dtype).requires_grad_()
    loss_B = losses_of(case, logits_BCHW)[name]
    assert loss_B.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert loss_B.isfinite().all()
    loss_B.sum().backward()
    assert logits_BCHW.grad is not None
    assert logits_BCHW.grad.isfinite().all()
    exact_B = losses_of(case, logits_BCHW.detach().double())[name]
    torch.testing.assert_close(loss_B.detach().double(), exact_B, rtol=1e-5, atol=1e-4)


def test_an_absent_class_that_is_certain_is_pushed_down_with_full_force() -> None:
    # Where S rounds to 1, log(1 - S) computed as such is -inf and a clamp would stop the gradient.
    logits_BCHW = torch.tensor([100.0, 0.0]).reshape(1, 2, 1, 1).requires_grad_()
    loss_B = image_loss(logits_BCHW, torch.tensor([[False, True]]))
    loss_B.sum().backward()
    assert loss_B.item() == pytest.approx(100.0 + 100.0)
    assert logits_BCHW.grad is not None
    torch.testing.assert_close(logits_BCHW.grad.flatten(), torch.tensor([2.0, -2.0]))


def test_the_best_pixel_is_that_of_the_probability_not_of_the_score() -> None:
    # Class 0 scores highest at pixel 0, where class 1 scores higher still: it is most probable at pixel 1.
    logits_BCHW = torch.tensor([[5.0, 2.0], [9.0, 0.0]]).reshape(1, 2, 1, 2).requires_grad_()
    image_loss(logits_BCHW, torch.tensor([[True, True]])).sum().backward()
    assert logits_BCHW.grad is not None
    expected = 0.5 * (1 / (1 + np.exp(2)))  # half of S - 1 at pixel 1, where S_0 = sigmoid(2)
    assert logits_BCHW.grad[0, 0, 0, 1].item() == pytest.approx(-expected, rel=1e-5)


def test_ties_are_settled_in_favour_of_the_first_pixel() -> None:
    logits_BCHW = torch.zeros(1, 3, 2, 2, requires_grad=True)
    loss_B = image_loss(logits_BCHW, torch.tensor([[True, True, False]]))
    loss_B.sum().backward()
    assert loss_B.item() == pytest.approx(np.log(3) - np.log(2 / 3))
    assert logits_BCHW.grad is not None
    assert logits_BCHW.grad[0, :, 0, 0].abs().min() > 0
    assert not logits_BCHW.grad[0, :, 0, 1].any()
    assert not logits_BCHW.grad[0, :, 1].any()


@pytest.mark.parametrize("present", [True, False])
def test_with_all_or_no_classes_present_one_term_is_zero(present: bool) -> None:
    case = Case(3, 2, 4, 3, 3)
    present_BC = torch.full((2, 4), present)
    loss_B = image_loss(torch.from_numpy(case.logits_BCHW), present_BC)
    expected = [Reference(image).image(np.full(4, present)) for image in case.logits_BCHW]
    np.testing.assert_allclose(loss_B.numpy(), expected)


def test_without_a_labelled_pixel_or_an_object_the_losses_are_zero_or_small_and_finite() -> None:
    logits_BCHW = torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
    unknown_BHW = torch.full((1, 4, 4), 255)
    nowhere_BHW = torch.zeros(1, 4, 4, dtype=torch.bool)
    no_object_BHW = torch.zeros(1, 4, 4)
    zeros = [
        pixel_loss(logits_BCHW, unknown_BHW),
        pixel_loss(logits_BCHW, unknown_BHW, reduction="mean"),
        point_loss(logits_BCHW, unknown_BHW),
        point_loss(logits_BCHW, unknown_BHW, torch.full((1, 4, 4), torch.nan)),
        objectness_loss(logits_BCHW, torch.full((1, 4, 4), torch.nan), [1, 2], nowhere_BHW),
    ]
    (gradient_BCHW,) = torch.autograd.grad(torch.cat(zeros).sum(), logits_BCHW)
    assert torch.cat(zeros).tolist() == [0.0] * 5
    assert not gradient_BCHW.any()
    background_BHW = logits_BCHW.softmax(dim=1)[:, 0]
    torch.testing.assert_close(
        objectness_loss(logits_BCHW, no_object_BHW, [1, 2]), -background_BHW.log().mean(dim=(1, 2))
    )


def test_a_prior_that_resizing_pushed_past_one_counts_as_one() -> None:
    logits_BCHW = torch.tensor([0.0, 30.0]).reshape(1, 2, 1, 1)
    assert objectness_loss(logits_BCHW, torch.full((1, 1, 1), 1 + 1e-6), [1]).item() >= 0


def test_weights_are_used_as_given() -> None:
    logits_BCHW = torch.zeros(1, 4, 1, 2)
    labels_BHW = torch.tensor([[[0, 3]]])
    weights_BHW = torch.tensor([[[3.0, 0.5]]])
    assert point_loss(logits_BCHW, labels_BHW, weights_BHW).item() == pytest.approx(3.5 * np.log(4))


@pytest.mark.parametrize("label", [-1, 4, 254, 256])
def test_a_label_that_is_no_class_is_named(label: int) -> None:
    labels_BHW = torch.zeros(1, 2, 2, dtype=torch.int64)
    labels_BHW[0, 1, 1] = label
    for loss in (pixel_loss, point_loss):
        with pytest.raises(ValueError, match=rf"expected 0\.\.3, or 255 for unknown, got {label}$"):
            loss(torch.zeros(1, 4, 2, 2), labels_BHW)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: pixel_loss(x, torch.zeros(2, 3, 4, dtype=torch.int32)),
        lambda x: pixel_loss(x, torch.zeros(2, 4, 3, dtype=torch.int64)),
        lambda x: pixel_loss(x, torch.zeros(2, 3, 4, dtype=torch.int64), reduction="none"),  # type: ignore[arg-type]
        lambda x: pixel_loss(x[0], torch.zeros(2, 3, 4, dtype=torch.int64)),
        lambda x: image_loss(x, torch.zeros(2, 5)),
        lambda x: image_loss(x, torch.zeros(2, 4, dtype=torch.bool)),
        lambda x: image_loss(x[:, :1], torch.zeros(2, 1, dtype=torch.bool)),
        lambda x: point_loss(x, torch.zeros(2, 3, 4, dtype=torch.int64), torch.zeros(2, 3)),
        lambda x: objectness_loss(x, torch.zeros(2, 3, 4), []),
        lambda x: objectness_loss(x, torch.zeros(2, 3, 4), range(5)),
        lambda x: objectness_loss(x, torch.zeros(2, 3, 4), [-1]),
        lambda x: objectness_loss(x, torch.full((2, 3, 4), 1.1), [1]),
        lambda x: objectness_loss(x, torch.full((2, 3, 4), torch.nan), [1]),
        lambda x: objectness_loss(x, torch.zeros(3, 4), [1]),
        lambda x: objectness_loss(x, torch.zeros(2, 3, 4), [1], torch.zeros(2, 3, 4)),
    ],
)
def test_inputs_that_do_not_fit_are_refused(call: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(InvalidInputError):
        call(torch.zeros(2, 5, 3, 4))
