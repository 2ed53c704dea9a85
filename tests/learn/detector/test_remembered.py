"""Remembered maps are the very same bits, are of this detector and image, and cost no second look."""

import dataclasses

import numpy as np
import pytest

from budgetseg.learn.detector.file import save_detector
from budgetseg.learn.detector.prior import DetectorPrior
from budgetseg.learn.detector.remembered import RememberedPrior


@pytest.fixture
def file(detector, tmp_path):
    save_detector(tmp_path / "d.safetensors", detector)
    return tmp_path / "d.safetensors"


@pytest.fixture
def images(scenes):
    return {image_id: scenes.image(image_id)[: 128 - 8 * k] for k, image_id in enumerate(scenes.ids("val")[:3])}


@pytest.fixture
def looks(monkeypatch):
    """How often an image goes through the network."""
    seen = []
    original = DetectorPrior.cells

    def watched(self, image_HW3):
        seen.append(image_HW3.shape)
        return original(self, image_HW3)

    monkeypatch.setattr(DetectorPrior, "cells", watched)
    return seen


def test_the_same_bits_without_a_second_look(file, images, looks, tmp_path):
    plain = {image_id: DetectorPrior(file).map(image_HW3) for image_id, image_HW3 in images.items()}
    looks.clear()
    for expected_looks in (3, 0):
        prior = RememberedPrior(file, tmp_path / "memory.npz")
        for image_id, image_HW3 in images.items():
            np.testing.assert_array_equal(prior(image_id, image_HW3), plain[image_id])
        assert len(looks) == expected_looks
        prior.save()
        looks.clear()


def test_another_detector_or_another_size_is_looked_at_anew(file, detector, images, looks, tmp_path):
    def carry_out():
        prior = RememberedPrior(file, tmp_path / "memory.npz")
        for image_id, image_HW3 in images.items():
            prior(image_id, image_HW3)
        prior.save()

    carry_out()
    looks.clear()
    save_detector(file, dataclasses.replace(detector, provenance=dataclasses.replace(detector.provenance, seed=9)))
    carry_out()
    assert len(looks) == 3
    first = next(iter(images))
    RememberedPrior(file, tmp_path / "memory.npz")(first, images[first][:-20])
    assert len(looks) == 4


def test_nothing_is_written_without_need_and_a_broken_memory_is_none(file, images, looks, tmp_path):
    memory = tmp_path / "memory.npz"
    RememberedPrior(file, memory).save()
    assert not memory.exists()
    first, image_HW3 = next(iter(images.items()))
    prior = RememberedPrior(file, memory)
    prior(first, image_HW3)
    prior.save()
    content, written = memory.read_bytes(), memory.stat().st_mtime_ns
    again = RememberedPrior(file, memory)
    again(first, image_HW3)
    again.save()
    assert memory.stat().st_mtime_ns == written
    for bad in (b"", b"no archive", content[:-30], content[: len(content) // 2]):
        memory.write_bytes(bad)
        looks.clear()
        RememberedPrior(file, memory)(first, image_HW3)
        assert len(looks) == 1
