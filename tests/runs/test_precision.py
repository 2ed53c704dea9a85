"""How precisely an mIoU is known, told from confusions: against fresh data sets, and the bootstrap over images."""

import json
from pathlib import Path

import numpy as np
import pytest

from budgetseg.costs import PASCAL_VOC_2012, load_book, validation_size
from budgetseg.errors import InvalidInputError
from budgetseg.learn.evaluate import mean_iou, miou_interval
from budgetseg.runs.precision import measured_spreads, read_spreads

SHARES = np.array([0.5, 0.3, 0.12])
NAMES = ("background", "cat", "dog", "yak")


def simulate(images: int, generator: np.random.Generator) -> np.ndarray:
    """Return confusions of images that hold background and some classes, each found more or less well."""
    classes = len(NAMES)
    confusion_NCC = np.zeros((images, classes, classes), np.int64)
    holds_NC = generator.random((images, classes - 1)) < SHARES
    for confusion_CC, holds_C in zip(confusion_NCC, holds_NC, strict=True):
        area = int(generator.lognormal(7, 0.8))
        for truth in [0, *(np.flatnonzero(holds_C) + 1)]:
            found = generator.beta(2, 1) if truth else generator.beta(12, 1)
            elsewhere = generator.integers(classes)
            pixels = 4 * area if truth == 0 else area
            confusion_CC[truth, truth] += int(found * pixels)
            confusion_CC[truth, elsewhere] += pixels - int(found * pixels)
    return confusion_NCC


@pytest.fixture(scope="module")
def confusion_NCC() -> np.ndarray:
    return simulate(1500, np.random.default_rng(1))


def test_the_spread_over_fresh_data_sets(confusion_NCC: np.ndarray) -> None:
    """s, k and the formula from one set of 1,500 images foretell how 400 sets of 300 others differ."""
    spreads = measured_spreads(confusion_NCC, NAMES, "test")
    generator = np.random.default_rng(2)
    totals_SCC = np.stack([simulate(300, generator).sum(axis=0) for _ in range(400)])
    foretold = (spreads.variance_of_one_image / 300) ** 0.5
    assert mean_iou(totals_SCC).std() == pytest.approx(foretold, rel=0.1)
    iou_SC = (
        100
        * np.diagonal(totals_SCC, axis1=1, axis2=2)
        / (totals_SCC.sum(axis=1) + totals_SCC.sum(axis=2) - np.diagonal(totals_SCC, axis1=1, axis2=2))
    )
    for column, one in enumerate((spreads.background, *spreads.objects)):
        assert iou_SC[:, column].std() == pytest.approx(one.points / (one.share * 300) ** 0.5, rel=0.15)


def test_so_many_images_have_a_bootstrap_interval_of_that_width(confusion_NCC: np.ndarray) -> None:
    spreads = measured_spreads(confusion_NCC, NAMES, "test")
    size = validation_size(load_book("voc2012"), PASCAL_VOC_2012, spreads, precision=2)
    assert 200 < size.images < 1500
    interval = miou_interval(confusion_NCC[: size.images], np.random.default_rng(0))
    assert (interval.high - interval.low) / 2 == pytest.approx(2, rel=0.12)


def test_shares_and_covariance(confusion_NCC: np.ndarray) -> None:
    spreads = measured_spreads(confusion_NCC, NAMES, "test")
    assert spreads.background.share == 1
    assert [one.share for one in spreads.objects] == pytest.approx(SHARES, abs=0.04)
    # Nothing depends on how many times the same images are there.
    twice = measured_spreads(np.concatenate([confusion_NCC, confusion_NCC]), NAMES, "test")
    assert twice.covariance == pytest.approx(spreads.covariance)
    assert [one.points for one in twice.objects] == pytest.approx([one.points for one in spreads.objects])
    # Two classes that are taken for each other alike rise and fall together: the variance of their mean is double.
    found_N = np.random.default_rng(4).integers(20, 100, 50)
    alike_NCC = np.stack([np.array([[found, 100 - found], [100 - found, found]]) for found in found_N])
    assert measured_spreads(alike_NCC, ("background", "cat"), "test").covariance == pytest.approx(2)
    # Classes whose images have nothing to do with each other: no covariance but rounding.
    apart_NCC = np.zeros((400, 2, 2), np.int64)
    generator = np.random.default_rng(3)
    for row, class_ in enumerate(np.arange(400) % 2):
        hit = generator.integers(1, 100)
        apart_NCC[row, class_, class_] = hit
    perfect = measured_spreads(apart_NCC, ("background", "cat"), "test")
    assert (perfect.objects[0].points, perfect.covariance) == (0, 1)


def write_run(folder: Path, confusion_NCC: np.ndarray, names: object) -> Path:
    np.save(folder / "confusion.npy", confusion_NCC)
    (folder / "result.json").write_text(json.dumps({"classes": names}), encoding="utf-8")
    return folder


def test_a_run_on_disk(tmp_path: Path, confusion_NCC: np.ndarray) -> None:
    folder = write_run(tmp_path, confusion_NCC, list(NAMES))
    assert read_spreads(folder) == measured_spreads(confusion_NCC, NAMES, str(folder))


def test_folders_that_are_no_runs(tmp_path: Path, confusion_NCC: np.ndarray) -> None:
    with pytest.raises(InvalidInputError, match=r"result\.json: cannot read this file"):
        read_spreads(tmp_path)
    for names in (None, list(NAMES[:3]), "abcd"):
        with pytest.raises(InvalidInputError, match=r"confusion\.npy: expected \(images, classes, classes\)"):
            read_spreads(write_run(tmp_path, confusion_NCC, names))
    unseen_NCC = confusion_NCC.copy()
    unseen_NCC[:, 3] = 0
    with pytest.raises(InvalidInputError, match="no validation image holds yak"):
        read_spreads(write_run(tmp_path, unseen_NCC, list(NAMES)))
    (tmp_path / "confusion.npy").write_bytes(b"nothing")
    with pytest.raises(InvalidInputError, match=r"confusion\.npy: cannot read the confusions of a run"):
        read_spreads(tmp_path)
