"""Windows against brute force, clicks kept through resizing, and batches that depend on the iteration alone."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from budgetseg.annotate.target import Target
from budgetseg.learn.batches import Example, TrainingSet, Window, canvas_of, labels_in_window, look_through
from budgetseg.learn.recipe import MODERN, with_settings

SIZE = (48, 64)


def sparse(points, labels, weights=None, *, strong=False):
    count = len(points)
    return Target(
        dense_HW=None,
        xy_P2=np.array(points, np.int32).reshape(count, 2),
        labels_P=np.array(labels, np.uint8),
        weights_P=np.full(count, 1 / max(count, 1), np.float32) if weights is None else np.array(weights, np.float32),
        present_C=np.array([True, True, False]),
        strong=strong,
    )


def dense(mask_HW, *, strong=True):
    nothing = sparse([], [])
    return Target(
        dense_HW=mask_HW,
        xy_P2=nothing.xy_P2,
        labels_P=nothing.labels_P,
        weights_P=nothing.weights_P,
        present_C=nothing.present_C,
        strong=strong,
    )


def example(target, seed=0):
    image_HW3 = np.random.default_rng(seed).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    return Example(image_HW3=image_HW3, height=SIZE[0], width=SIZE[1], target=target, objectness_HW=None)


def no_window(**settings):
    return with_settings(MODERN, {"zoom": 1, "flip": False, "batch": 1, **settings})


windows = st.builds(
    lambda share, across, down, mirrored: Window(
        left=across * (1 - share), top=down * (1 - share), share=share, mirrored=mirrored
    ),
    st.floats(0.5, 1.0),
    st.floats(0, 1),
    st.floats(0, 1),
    st.booleans(),
)


@given(window=windows, to_size=st.tuples(st.integers(8, 80), st.integers(8, 80)))
def test_a_window_shows_the_pixel_that_brute_force_finds(window, to_size):
    column_HW = np.tile(np.arange(SIZE[1], dtype=np.uint8), (SIZE[0], 1))
    row_HW = np.tile(np.arange(SIZE[0], dtype=np.uint8)[:, None], (1, SIZE[1]))
    shown_x = look_through(column_HW, window, to_size, Image.Resampling.NEAREST)
    shown_y = look_through(row_HW, window, to_size, Image.Resampling.NEAREST)
    for y in range(0, to_size[0], 7):
        for x in range(0, to_size[1], 7):
            across = (x + 0.5) / to_size[1]
            across = 1 - across if window.mirrored else across
            expected_x = SIZE[1] * (window.left + window.share * across)
            expected_y = SIZE[0] * (window.top + window.share * (y + 0.5) / to_size[0])
            assert abs(int(shown_x[y, x]) + 0.5 - expected_x) <= 0.51
            assert abs(int(shown_y[y, x]) + 0.5 - expected_y) <= 0.51


@given(window=windows, x=st.integers(0, SIZE[1] - 1), y=st.integers(0, SIZE[0] - 1))
def test_a_click_lands_where_its_pixel_lands(window, x, y):
    """The same window must move a click as it moves a mask, to within the pixel that rounding may cost."""
    mask_HW = np.zeros(SIZE, np.uint8)
    mask_HW[y, x] = 1
    big = (SIZE[0] * 2, SIZE[1] * 2)  # enlarged, so that the nearest-neighbour mask keeps the pixel
    where = np.argwhere(look_through(mask_HW, window, big, Image.Resampling.NEAREST) == 1)
    clicked = np.argwhere(labels_in_window(example(sparse([(x, y)], [1])), window, big)[0] == 1)
    if len(where) == 0:
        return
    if len(clicked) == 0:  # the pixel's centre lies outside, its edge inside
        assert min(where.min(), big[0] - 1 - where[:, 0].max(), big[1] - 1 - where[:, 1].max()) == 0
        return
    assert np.abs(where - clicked[0]).max(axis=1).min() <= 1


def test_an_image_stays_marked_when_its_click_is_out_of_sight():
    images = [example(sparse([(0, 0)], [1])), example(sparse([], [])), example(dense(np.ones(SIZE, np.uint8)))]
    set_ = TrainingSet(images, with_settings(MODERN, {"batch": 3, "zoom": 8.0, "mixing": "proportional"}), SIZE, seed=0)
    out_of_sight = 0
    for iteration in range(10):
        batch = set_.batches(iteration)[0]
        kind_of_B = [set_.examples[row].target for row in set_.rows(iteration)]
        assert batch.marked_B.tolist() == [target is not images[1].target for target in kind_of_B]
        clicked = batch.labels_BHW[kind_of_B.index(images[0].target)]
        out_of_sight += bool((clicked == 255).all())
    assert out_of_sight > 0


def test_shrinking_keeps_every_click_and_all_weight():
    points = [(x, y) for x in range(1, 64, 9) for y in range(1, 48, 9)]
    set_ = TrainingSet([example(sparse(points, [1] * len(points)))], no_window(crop=32), (24, 32), seed=0)
    batch = set_.batches(0)[0]
    assert int((batch.labels_BHW == 1).sum()) == len(points)
    assert float(batch.weights_BHW.sum()) == pytest.approx(1.0)
    # a stroke's neighbouring pixels fall together and keep their weight together
    stroke = [(x, 10) for x in range(64)]
    set_ = TrainingSet([example(sparse(stroke, [1] * 64))], no_window(crop=32), (24, 32), seed=0)
    batch = set_.batches(0)[0]
    assert int((batch.labels_BHW == 1).sum()) == 32
    assert float(batch.weights_BHW.sum()) == pytest.approx(1.0)


def test_balanced_batches_hold_half_masks_however_few_there_are():
    masks = [example(dense(np.zeros(SIZE, np.uint8)), seed) for seed in range(3)]
    clicks = [example(sparse([(1, 1)], [1]), seed) for seed in range(60)]
    balanced = TrainingSet(masks + clicks, with_settings(MODERN, {"batch": 8}), SIZE, seed=0)
    assert [sum(row < 3 for row in balanced.rows(t)) for t in range(20)] == [4] * 20
    proportional = TrainingSet(masks + clicks, with_settings(MODERN, {"batch": 9, "mixing": "proportional"}), SIZE, 0)
    assert sum(row < 3 for t in range(7) for row in proportional.rows(t)) == 3  # one lap: each image once


def test_a_lap_shows_every_image_once_and_laps_differ():
    set_ = TrainingSet(
        [example(sparse([(1, 1)], [1]), s) for s in range(12)], with_settings(MODERN, {"batch": 4}), SIZE, 1
    )
    laps = [[row for t in range(3 * lap, 3 * lap + 3) for row in set_.rows(t)] for lap in range(3)]
    assert all(sorted(lap) == list(range(12)) for lap in laps)
    assert laps[0] != laps[1] != laps[2]


def test_a_batch_depends_on_seed_and_iteration_alone():
    examples = [example(sparse([(5, 5)], [1]), s) for s in range(6)]
    recipe = with_settings(MODERN, {"batch": 3})
    first, again = (TrainingSet(examples, recipe, SIZE, seed=4) for _ in range(2))
    first.batches(0), first.batches(1)  # what came before must not matter
    assert torch.equal(first.batches(5)[0].images_B3HW, again.batches(5)[0].images_B3HW)
    other = TrainingSet(examples, recipe, SIZE, seed=5)
    assert not torch.equal(first.batches(5)[0].images_B3HW, other.batches(5)[0].images_B3HW)


def test_whole_images_keep_their_size():
    set_ = TrainingSet(
        [example(dense(np.zeros(SIZE, np.uint8)), s) for s in range(3)], no_window(batch=3, crop=0), None, 0
    )
    batches = set_.batches(0)
    assert [tuple(batch.images_B3HW.shape) for batch in batches] == [(1, 3, *SIZE)] * 3


@pytest.mark.parametrize(
    ("sizes", "canvas"),
    [
        ([(96, 128)] * 5, (96, 128)),
        ([(500, 375)] * 5, (128, 96)),
        ([(375, 500)] * 3 + [(500, 375)] * 2, (128, 128)),
    ],
)
def test_the_canvas_keeps_a_common_shape_and_is_square_otherwise(sizes, canvas):
    assert canvas_of(sizes, 128) == canvas
