"""A training set on a device gives the batches of the same set on the host, where Pillow looks through the windows."""

import numpy as np
import pytest
import torch

from budgetseg.annotate.target import Target
from budgetseg.learn.batches import Example, TrainingSet
from budgetseg.learn.device_data import DeviceSet, on_device
from budgetseg.learn.recipe import MODERN, with_settings

CPU = torch.device("cpu")
A_COLOUR = 1 / 255
CANVAS = (40, 56)


def example(number, generator):
    """A mask, a few clicks, a stroke or nothing, on images of several shapes, kept smaller than their annotations."""
    height, width = [(60, 80), (90, 64), (50, 50)][number % 3]
    strong, stroke = number % 2 == 0, number % 4 == 1
    mask_HW = generator.integers(0, 4, (6, 8)).repeat(20, axis=0).repeat(20, axis=1)[:height, :width].astype(np.uint8)
    mask_HW[mask_HW == 3] = 255
    count = 60 if stroke else 0 if number == 3 else 5
    pixels = np.arange(count) * 1 + 10 * width if stroke else generator.choice(height * width, count, replace=False)
    xy_P2 = np.stack([pixels % width, pixels // width], axis=1)[: 0 if strong else count]
    weights_P = generator.random(len(xy_P2))
    target = Target(
        dense_HW=mask_HW if strong else None,
        xy_P2=xy_P2.astype(np.int32),
        labels_P=generator.integers(0, 3, len(xy_P2), dtype=np.uint8),
        weights_P=(weights_P / max(weights_P.sum(), 1e-9)).astype(np.float32),
        present_C=generator.random(3) < 0.5,
        strong=strong,
    )
    smooth_HW3 = generator.integers(0, 256, (height // 4, width // 4, 3), dtype=np.uint8)
    return Example(
        image_HW3=smooth_HW3.repeat(2, axis=0).repeat(2, axis=1),
        height=height,
        width=width,
        target=target,
        objectness_HW=generator.random((height // 2, width // 3)).astype(np.float32),
    )


@pytest.fixture(scope="module", params=[1.0, 1.4, 3.0])
def sets(request):
    generator = np.random.default_rng(3)
    recipe = with_settings(MODERN, {"batch": 8, "zoom": request.param})
    host = TrainingSet([example(number, generator) for number in range(24)], recipe, CANVAS, seed=2)
    return host, DeviceSet(host, CPU)


def pairs(sets, part=slice(None)):
    for iteration in range(6):
        (host,), (device,) = (each.batches(iteration, part) for each in sets)
        yield host, device


def test_colours_agree_within_the_rounding_of_one(sets):
    different = []
    for host, device in pairs(sets):
        assert device.images_B3HW.shape == host.images_B3HW.shape
        assert device.images_B3HW.is_contiguous(memory_format=torch.channels_last)
        gap = (device.images_B3HW - host.images_B3HW).abs()
        assert float(gap.max()) <= A_COLOUR * 1.001
        different.append(float((gap > 1e-6).float().mean()))
    assert np.mean(different) < 0.03  # whole images are the worst: many of their values are whole numbers


def test_priors_agree_within_rounding(sets):
    for host, device in pairs(sets):
        assert torch.allclose(device.objectness_BHW, host.objectness_BHW, atol=2e-5)


def test_clicks_and_strokes_agree_exactly(sets):
    for host, device in pairs(sets):
        weak_B = ~host.strong_B
        assert bool((host.labels_BHW[weak_B] != 255).any())
        assert torch.equal(device.labels_BHW[weak_B], host.labels_BHW[weak_B])
        assert torch.equal(device.weights_BHW[weak_B], host.weights_BHW[weak_B])
        assert torch.equal(device.present_BC, host.present_BC)
        assert torch.equal(device.strong_B, host.strong_B)
        assert torch.equal(device.marked_B, host.marked_B)
        assert device.labels_BHW.dtype == host.labels_BHW.dtype


def test_masks_agree_but_for_pixels_between_two(sets):
    """Pillow counts positions in 1/65,536 of a pixel: on a border between two pixels it may take the other one.

    Whole images (zoom 1) have the most such positions.
    """
    for host, device in pairs(sets):
        strong_B = host.strong_B
        same = device.labels_BHW[strong_B] == host.labels_BHW[strong_B]
        assert float(same.float().mean()) > 0.98
        assert torch.allclose(device.weights_BHW.sum(dim=(1, 2)), host.weights_BHW.sum(dim=(1, 2)), atol=1e-5)


def test_a_part_is_those_rows(sets):
    for (host, device), (_, whole) in zip(pairs(sets, slice(1, None, 3)), pairs(sets), strict=True):
        assert len(host) == len(device) == 3
        assert torch.equal(device.images_B3HW, whole.images_B3HW[1::3])
        assert torch.equal(device.labels_BHW, whole.labels_BHW[1::3])


def test_it_moves_only_where_it_fits(sets):
    host, _ = sets
    stored = 24 * 44 * 40 * 3 + 12 * 90 * 80 + 24 * 45 * 26 * 4
    assert isinstance(on_device(host, CPU, free_bytes=4 * stored), DeviceSet)
    assert on_device(host, CPU, free_bytes=4 * stored - 1) is host
    assert on_device(host, CPU) is host  # main memory is where it lies already
    each_its_own = TrainingSet(host.examples, MODERN, None, seed=0)
    assert on_device(each_its_own, CPU, free_bytes=10**9) is each_its_own
