"""The noise of a difference, against scipy's t test and a bootstrap written as a loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from budgetseg.report.difference import Difference, bootstrap_deviation, difference, seed_half_width
from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import gather

mious = st.lists(st.floats(0, 100).map(lambda miou: round(miou, 4)), min_size=2, max_size=6)


@given(mious, mious)
def test_seed_interval_is_that_of_the_t_test(one, other):
    one[0], other[0] = one[1] + 1.0, other[1] - 1.0  # a t test of constants is undefined
    low, high = ttest_ind(one, other).confidence_interval(0.95)
    assert seed_half_width(one, other) == pytest.approx((high - low) / 2, rel=1e-6)


def test_one_seed_each_says_nothing_about_seeds():
    assert seed_half_width([50.0], [40.0]) is None
    assert seed_half_width([50.0, 51.0], [40.0]) > 5  # two seeds: hardly anything


def confusions(generator, images=30, classes=3):
    return generator.integers(1, 50, (images, classes, classes))


def miou_of(confusion_CC):
    ious = []
    for c in range(len(confusion_CC)):
        union = confusion_CC[c].sum() + confusion_CC[:, c].sum() - confusion_CC[c, c]
        if union:
            ious.append(confusion_CC[c, c] / union)
    return 100 * sum(ious) / len(ious)


def test_bootstrap_equals_a_loop_over_draws():
    generator = np.random.default_rng(5)
    one, other = confusions(generator), confusions(generator)
    one[:, 2], one[:, :, 2] = 0, 0  # a class that one side neither has nor predicts
    draws = generator.integers(0, 30, (4000, 30))
    loop = np.std([miou_of(one[draw].sum(axis=0)) - miou_of(other[draw].sum(axis=0)) for draw in draws])
    ours = bootstrap_deviation([one], [other], np.random.default_rng(0))
    assert ours == pytest.approx(loop, rel=0.1)


def test_what_is_hard_about_an_image_cancels():
    one = confusions(np.random.default_rng(1))
    assert bootstrap_deviation([one], [one], np.random.default_rng(0)) == 0
    shuffled = one[::-1]
    assert bootstrap_deviation([one], [shuffled], np.random.default_rng(0)) > 0.5


def test_sources_add_as_squares_and_the_unknown_is_left_out():
    both = Difference(mean=6.0, seed_half_width=3.0, image_half_width=4.0)
    assert both.half_width == 5.0
    assert both.clear
    assert not Difference(mean=-4.9, seed_half_width=3.0, image_half_width=4.0).clear
    assert Difference(mean=6.0, seed_half_width=None, image_half_width=4.0).half_width == 4.0
    unknown = Difference(mean=6.0, seed_half_width=None, image_half_width=None)
    assert unknown.half_width is None
    assert not unknown.clear


@pytest.mark.parametrize("damage", ["missing", "truncated", "other shape", "pickle"])
def test_an_unusable_confusion_file_leaves_the_images_out(make_run, tmp_path, damage):
    make_run("a")
    path = make_run("b", strategy="full", miou=50) / "confusion.npy"
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:-10])
    elif damage == "other shape":
        np.save(path, np.ones((3, 2, 2), dtype=np.int64))
    else:
        np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    one, other = gather(read_runs(tmp_path / "runs")[0])
    assert difference(one, other).image_half_width is None
