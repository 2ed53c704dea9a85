"""The plain loop computes what ours does, and what is derived from measured times is what it says."""

import json
import time

import pytest
import torch

from budgetseg.bench.load import TrainLoad
from budgetseg.bench.plain_loop import _Images, plain_logits, plain_losses
from budgetseg.bench.rates import matmul_tflops, median_gap, peak_bytes, seconds_each
from budgetseg.bench.train import TrainBench, bench_train
from budgetseg.errors import InvalidInputError
from budgetseg.learn.train import batch_loss

CPU = torch.device("cpu")
SMALL = {"backbone": "tiny", "batch": 4, "crop": 40, "classes": 3, "steps": 3, "device": "cpu"}


@pytest.mark.parametrize("objective", ["all", "full", "weak"])
def test_the_plain_loop_has_our_batches_logits_and_losses(objective):
    load = TrainLoad(**SMALL, objective=objective)
    recipe, network = load.recipe(5), load.network()
    training_set = load.training_set(recipe)
    assert [batch.objectness_BHW is None for batch in training_set.batches(0)] == [objective == "full"]
    ours = training_set.batches(2)[0]
    items = [_Images(training_set, recipe.crop)[view] for view in training_set.views(2)]
    plain = {name: torch.stack([item[name] for item in items]) for name in items[0]}
    assert torch.equal(plain["image"], ours.images_B3HW)
    assert torch.equal(plain["labels"], ours.labels_BHW)
    network.eval()  # a second forward pass in training mode would move its statistics
    logits_BCHW = network(ours.images_B3HW)
    assert torch.allclose(plain_logits(network, ours.images_B3HW), logits_BCHW, atol=1e-5)
    # scores of some size, or all losses are near those of equal probabilities
    logits_BCHW = 50 * logits_BCHW
    expected_B = batch_loss(logits_BCHW, ours, recipe, [1, 2], mixed=training_set.has_both)
    assert torch.allclose(plain_losses(logits_BCHW, plain, recipe, mixed=training_set.has_both), expected_B, rtol=1e-4)
    assert training_set.has_both == (objective == "all")


def test_a_bench_measures_and_prints_one_document():
    found = bench_train(TrainLoad(**SMALL), against=True)
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert document["schema"] == "budgetseg.bench-train/1"
    assert document["batch"] == 4
    assert document["backbone"] == "tiny"
    assert document["images_per_second"] == pytest.approx(4 / document["step_seconds"])
    assert document["speed_up"] == pytest.approx(document["plain_step_seconds"] / document["step_seconds"])
    assert document["peak_bytes"] > 1e6


def test_operations_are_those_of_the_convolutions():
    """tiny's convolutions and upsampling, counted by hand: 2 operations a weight and place, times three."""
    found = bench_train(TrainLoad(**SMALL | {"crop": 64, "steps": 1}), against=False)
    places = {16: 32**2, 32: 16**2, 64: 8**2, 96: 4**2}
    convolutions = [(3, 16)] + [(a, b) for a, b in ((16, 32), (32, 32), (32, 64), (64, 64), (64, 96), (96, 96))]
    forward = sum(2 * 9 * a * b * places[b] for a, b in convolutions)
    forward += sum(2 * depth * 3 * places[depth] for depth in (32, 64, 96))  # classifiers
    forward += sum(2 * 3 * (n * n * 2 * n + n * 2 * n * 2 * n) for n in (4, 8))  # each scale to the next, twice as fine
    forward += 2 * 3 * (16 * 16 * 64 + 16 * 64 * 64)
    assert found.step_flops == 3 * 4 * forward
    assert found.plain_step_seconds is None
    assert found.to_dict()["speed_up"] is None


def test_shares_follow_from_times():
    found = TrainBench(
        load=TrainLoad(),
        device="this",
        threads=1,
        batch=20,
        crop=320,
        step_seconds=0.1,
        bare_seconds=0.08,
        step_flops=5 * 10**12,
        matmul_tflops=200.0,
        peak_bytes=1,
        plain_step_seconds=0.4,
    )
    assert found.images_per_second == pytest.approx(200)
    assert found.tflops == pytest.approx(50)
    assert found.matmul_share == pytest.approx(0.25)
    assert found.outside_share == pytest.approx(0.2)
    assert found.speed_up == pytest.approx(4)


def test_medians_and_rates():
    assert median_gap([0, 1, 3, 103]) == 2
    assert seconds_each(lambda _: time.sleep(0.02), 3, CPU, warm_up=1) == pytest.approx(0.02, rel=0.9)
    called = []
    seconds_each(called.append, 3, CPU, warm_up=2)
    assert called == [0, 1, 2, 3, 4]
    assert 1e-4 < matmul_tflops(CPU, "fp32") < 100
    assert peak_bytes(CPU) > 1e7


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"classes": 1}, "--classes: expected at least 2"),
        ({"objective": "half"}, "--objective: expected one of all, full, weak"),
        ({"precision": "fp8"}, "--precision: expected one of fp32"),
        ({"steps": 0}, "--steps: expected at least 1"),
    ],
)
def test_wrong_options_are_said(wrong, said):
    with pytest.raises(InvalidInputError, match=said):
        TrainLoad(**SMALL | wrong)
