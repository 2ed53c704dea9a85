"""mIoU against torchmetrics and brute force, and an interval that covers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.learn.evaluate import class_iou, confusion, mean_iou, miou_interval


def maps(seed, classes=4, size=(20, 30), void=0.1):
    generator = np.random.default_rng(seed)
    truth_HW = generator.integers(0, classes, size).astype(np.uint8)
    prediction_HW = np.where(generator.random(size) < 0.6, truth_HW, generator.integers(0, classes, size))
    truth_HW[generator.random(size) < void] = 255
    return truth_HW, prediction_HW.astype(np.uint8)


@pytest.fixture(scope="module")
def jaccard_index():
    """Torchmetrics takes seconds to load, and no other test needs it."""
    from torchmetrics.classification import MulticlassJaccardIndex

    return MulticlassJaccardIndex


@given(seed=st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_miou_equals_torchmetrics(jaccard_index, seed):
    truth_HW, prediction_HW = maps(seed)
    ours = mean_iou(confusion(truth_HW, prediction_HW, 4))
    metric = jaccard_index(num_classes=4, ignore_index=255, average="macro")
    theirs = metric(torch.from_numpy(prediction_HW).long(), torch.from_numpy(truth_HW).long())
    assert float(ours) == pytest.approx(100 * float(theirs), abs=1e-4)


def test_rows_are_truth_and_void_is_not_counted():
    truth_HW = np.array([[0, 1, 255]], np.uint8)
    prediction_HW = np.array([[1, 1, 1]], np.uint8)
    assert confusion(truth_HW, prediction_HW, 2).tolist() == [[0, 1], [0, 1]]


def test_absent_classes_are_skipped_or_counted_zero():
    truth_HW = np.array([[0, 0, 1, 1]], np.uint8)
    matrix_CC = confusion(truth_HW, truth_HW, 4)
    assert np.isnan(class_iou(matrix_CC)).tolist() == [False, False, True, True]
    assert float(mean_iou(matrix_CC)) == 100.0
    assert float(mean_iou(matrix_CC, "zero")) == 50.0  # as the paper's released code does


def test_the_data_set_is_one_confusion_matrix_not_a_mean_over_images():
    first, second = (confusion(*maps(seed), 4) for seed in (1, 2))
    pooled = float(mean_iou(first + second))
    assert pooled != pytest.approx((float(mean_iou(first)) + float(mean_iou(second))) / 2, abs=1e-6)
    truths, predictions = zip(*(maps(seed) for seed in (1, 2)), strict=True)
    together = confusion(np.hstack(truths), np.hstack(predictions), 4)
    assert pooled == pytest.approx(float(mean_iou(together)))


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Validation sets of 60 images drawn from 4,000: the 95 % interval must hold the mIoU of all of them."""
    generator = np.random.default_rng(0)
    skill_N = generator.uniform(0.3, 0.95, 4000)
    confusion_NCC = np.zeros((4000, 2, 2), np.int64)
    for row, skill in enumerate(skill_N):
        hits = generator.binomial([300, 100], skill)
        confusion_NCC[row] = [[hits[0], 300 - hits[0]], [100 - hits[1], hits[1]]]
    truth = float(mean_iou(confusion_NCC.sum(axis=0)))
    held = 0
    for _ in range(200):
        drawn_NCC = confusion_NCC[generator.integers(0, 4000, 60)]
        interval = miou_interval(drawn_NCC, generator, resamples=300)
        held += interval.low <= truth <= interval.high
    assert 0.89 <= held / 200 <= 0.99


def test_the_interval_is_the_bootstrap_of_whole_images():
    confusion_NCC = np.stack([confusion(*maps(seed), 4) for seed in range(12)])
    interval = miou_interval(confusion_NCC, np.random.default_rng(3), resamples=4000)
    generator = np.random.default_rng(9)
    brute = [float(mean_iou(confusion_NCC[generator.integers(0, 12, 12)].sum(axis=0))) for _ in range(4000)]
    assert [interval.low, interval.high] == pytest.approx(np.quantile(brute, [0.025, 0.975]).tolist(), abs=0.15)
