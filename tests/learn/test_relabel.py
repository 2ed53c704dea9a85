"""Self-training: what a network may say about images that people annotated weakly."""

import numpy as np
import pytest
import torch

from budgetseg.annotate.target import Target
from budgetseg.learn.batches import Example
from budgetseg.learn.relabel import chosen, relabelled

SIZE = (40, 60)


def target(*, points=(), labels=(), present=(True, True, False), dense_HW=None, strong=False):
    return Target(
        dense_HW=dense_HW,
        xy_P2=np.array(points, np.int32).reshape(-1, 2),
        labels_P=np.array(labels, np.uint8),
        weights_P=np.full(len(labels), 1 / max(1, len(labels)), np.float32),
        present_C=np.array(present),
        strong=strong,
    )


def probabilities(*per_class, rows=20, columns=30):
    return torch.tensor(per_class)[:, None, None].expand(-1, rows, columns).clone()


def test_only_classes_that_are_present_are_chosen():
    labels_HW = chosen(probabilities(0.1, 0.2, 0.7), target(), SIZE, 0.0)
    assert labels_HW.shape == (20, 30)
    assert labels_HW.dtype == np.uint8
    assert np.unique(labels_HW).tolist() == [1]


def test_marks_stay_where_they_are():
    made = target(points=[(0, 0), (59, 39), (31, 20)], labels=[1, 1, 1])
    labels_HW = chosen(probabilities(0.9, 0.05, 0.05), made, SIZE, 0.0)
    assert sorted(map(tuple, np.argwhere(labels_HW == 1).tolist())) == [(0, 0), (10, 15), (19, 29)]


def test_unsure_pixels_stay_unknown_but_for_marks():
    probability_CHW = probabilities(0.3, 0.2, 0.5)  # among the first two: 0.6 and 0.4
    probability_CHW[:, 0, 0] = torch.tensor([0.45, 0.05, 0.5])  # 0.9 and 0.1
    labels_HW = chosen(probability_CHW, target(points=[(30, 20)], labels=[1]), SIZE, 0.7)
    assert labels_HW[0, 0] == 0
    assert labels_HW[10, 15] == 1
    assert (labels_HW == 255).sum() == 20 * 30 - 2


def test_outside_all_boxes_is_background():
    boxes_HW = np.zeros(SIZE, np.uint8)
    boxes_HW[10:30, 20:50] = 1
    labels_HW = chosen(probabilities(0.2, 0.8, 0.0), target(dense_HW=boxes_HW), SIZE, 0.0)
    expected_HW = np.zeros((20, 30), np.uint8)
    expected_HW[5:15, 10:25] = 1
    assert np.array_equal(labels_HW, expected_HW)


class Brightness(torch.nn.Module):
    """Class 1 where a pixel is bright, more so on the right of the image; class 2 everywhere else."""

    def forward(self, images_B3HW):
        bright_BHW = images_B3HW.mean(dim=1) * 20 - 10
        return torch.stack([torch.zeros_like(bright_BHW), bright_BHW, torch.full_like(bright_BHW, 3.0)], dim=1)


@pytest.mark.parametrize("canvas", [None, (20, 30)])
def test_weak_examples_are_relabelled_and_masks_are_left(canvas):
    image_HW3 = np.zeros((*SIZE, 3), np.uint8)
    image_HW3[10:20, 30:50] = 255
    weak = target(points=[(5, 5)], labels=[1])
    strong = target(dense_HW=np.ones(SIZE, np.uint8), strong=True)
    prior_HW = np.ones(SIZE, np.float32)
    examples = [
        Example(image_HW3=image_HW3, height=SIZE[0], width=SIZE[1], target=made, objectness_HW=prior_HW)
        for made in (strong, weak, weak)
    ]
    done = []
    made = relabelled(
        Brightness(), examples, canvas=canvas, confidence=0.0, device=torch.device("cpu"), on_image=done.append
    )
    assert done == [1, 2]
    assert made[0].target is strong
    assert all(example.objectness_HW is None for example in made)
    rows, columns = canvas or SIZE
    expected_HW = np.zeros((rows, columns), np.uint8)
    expected_HW[10 * rows // 40 : 20 * rows // 40, 30 * columns // 60 : 50 * columns // 60] = 1
    expected_HW[5 * rows // 40, 5 * columns // 60] = 1
    for example in made[1:]:
        assert not example.target.strong
        assert example.target.present_C.tolist() == [True, True, False]
        assert len(example.target.labels_P) == 0
        wrong_HW = example.target.dense_HW != expected_HW
        assert wrong_HW.mean() < 0.03  # borders, when the image is shrunk
        assert not wrong_HW[expected_HW == 1][0]


def test_the_image_and_its_mirror_image_are_seen():
    class Left(torch.nn.Module):
        def forward(self, images_B3HW):
            logits_BCHW = torch.zeros(len(images_B3HW), 2, *images_B3HW.shape[2:])
            logits_BCHW[:, 1, :, :30] = 4
            logits_BCHW[:, 0, :, 30:] = 1
            return logits_BCHW

    image_HW3 = np.zeros((*SIZE, 3), np.uint8)
    example = Example(
        image_HW3=image_HW3,
        height=SIZE[0],
        width=SIZE[1],
        target=target(present=(True, True)),
        objectness_HW=None,
    )
    (made,) = relabelled(
        Left(), [example], canvas=None, confidence=0.0, device=torch.device("cpu"), on_image=lambda _: None
    )
    # Seen alone, the right half would be background; with its mirror image class 1 has (0.98 + 0.27) / 2.
    assert np.unique(made.target.dense_HW).tolist() == [1]
