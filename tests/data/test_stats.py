"""The statistics against plain loops over the masks, and the interval of a sample against simulation."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from budgetseg.data.dataset import VOID
from budgetseg.data.index import index_images
from budgetseg.data.scenes import Scenes
from budgetseg.data.stats import DataStats, Spread
from budgetseg.errors import BudgetsegError

counts = arrays(np.int64, st.tuples(st.integers(2, 12), st.integers(1, 4)), elements=st.integers(0, 5))


def test_masks_are_counted_as_by_hand() -> None:
    scenes = Scenes(train=30, val=0)
    found = DataStats.from_index("scenes", scenes.classes, index_images(scenes, "train"))
    ids = scenes.ids("train")
    masks = [scenes.mask(image_id) for image_id in ids]
    objects = [scenes.instances(image_id).classes for image_id in ids]
    known = sum(int((mask_HW != VOID).sum()) for mask_HW in masks)
    assert (found.images, found.pool, found.source) == (30, 30, "masks")
    for k, each in enumerate(found.classes, start=1):
        assert each.name == scenes.classes[k]
        assert each.images == sum(bool((mask_HW == k).any()) for mask_HW in masks)
        assert each.image_share == pytest.approx(each.images / 30)
        assert each.instances == sum(classes.count(k) for classes in objects)
        assert each.area_share == pytest.approx(sum(int((mask_HW == k).sum()) for mask_HW in masks) / known)
    assert found.background_share is not None
    assert found.background_share + sum(each.area_share or 0 for each in found.classes) == pytest.approx(1)
    assert found.instances_per_image.mean == Fraction(sum(map(len, objects)), 30)
    assert found.instances_per_image.sd == pytest.approx(stdev(map(len, objects)))
    assert found.classes_per_image.most == max(len(set(classes)) for classes in objects)
    assert found.instances_per_image.interval is None


@given(counts_NK=counts)
@settings(max_examples=100, deadline=None)
def test_a_count_by_hand_is_counted_as_by_loops_and_its_flags_make_a_workload(counts_NK: np.ndarray) -> None:
    from budgetseg.costs.workload import Workload

    names = [f"c{k}" for k in range(counts_NK.shape[1])]
    found = DataStats.from_counts("sheet", names, counts_NK)
    rows = counts_NK.tolist()
    assert float(found.instances_per_image.mean) == pytest.approx(mean(sum(row) for row in rows))
    assert float(found.classes_per_image.mean) == pytest.approx(mean(sum(x > 0 for x in row) for row in rows))
    assert [each.instances for each in found.classes] == [sum(column) for column in zip(*rows, strict=True)]
    assert [each.images for each in found.classes] == [sum(x > 0 for x in column) for column in zip(*rows, strict=True)]
    words = found.flags.split()
    assert words[::2] == ["--classes", "--classes-per-image", "--instances-per-image"]
    rounded = Workload.of(*words[1::2])  # rounding must not leave fewer instances than classes
    assert abs(rounded.instances - found.workload.instances) <= Fraction(1, 2000)


def test_the_interval_covers_the_mean_of_the_pool_19_times_in_20() -> None:
    rng = np.random.default_rng(0)
    pool_N = rng.poisson(2.8, 400)
    covered = 0
    for _ in range(2000):
        spread = Spread.of(rng.choice(pool_N, 100, replace=False), sampled_from=400, sample=True)
        low, high = spread.interval or (0.0, 0.0)
        covered += low <= pool_N.mean() <= high
    # 2,000 draws of 95% have a standard deviation of 0.5%.
    assert 0.935 <= covered / 2000 <= 0.965


def test_the_standard_error_is_the_textbooks() -> None:
    count_N = np.array([1, 2, 2, 5])
    spread = Spread.of(count_N, sample=True)
    assert spread.standard_error == pytest.approx(3**0.5 / 2)
    assert spread.interval == pytest.approx((0, 2.5 + 3.182446 * 3**0.5 / 2), abs=1e-5)  # t(3) from a table
    assert Spread.of(count_N, sampled_from=16, sample=True).standard_error == pytest.approx(3**0.5 / 2 * 0.75**0.5)
    assert Spread.of(count_N, sampled_from=4, sample=True).standard_error == 0


def test_too_little_to_count_is_refused(make_folders: Callable[..., Path]) -> None:
    from budgetseg.data import open_dataset

    with pytest.raises(BudgetsegError, match="sheet: expected at least 2 counted images, got 1; count more"):
        DataStats.from_counts("sheet", ["cat"], np.ones((1, 1), np.int64))
    with pytest.raises(BudgetsegError, match="--pool: expected at least the 3 images counted in sheet, got 2"):
        DataStats.from_counts("sheet", ["cat"], np.ones((3, 1), np.int64), pool=2)
    dataset = open_dataset(make_folders({}, {"a": np.ones((4, 4), np.uint8)}))
    with pytest.raises(BudgetsegError, match="got an empty split; budgetseg data check says why") as caught:
        DataStats.from_index(dataset.name, dataset.classes, index_images(dataset, "train"))
    assert caught.value.exit_code == 4
