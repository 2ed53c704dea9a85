"""Targets against brute force and closed forms."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.annotate import Annotation, Box, Click, Stroke, target_of
from budgetseg.annotate.raster import disc_pixels, line_pixels, stroke_pixels
from budgetseg.errors import InvalidInputError


def annotation(**fields) -> Annotation:
    return Annotation(**{"image_id": "a", "kind": "point", "width": 12, "height": 9, "present": (1,), **fields})


def as_dict(target) -> dict[tuple[int, int], tuple[int, float]]:
    rows = zip(target.xy_P2.tolist(), target.labels_P.tolist(), target.weights_P.tolist(), strict=True)
    return {(x, y): (label, weight) for (x, y), label, weight in rows}


def test_clicks_share_one():
    clicks = (Click(cls=1, x=3, y=2), Click(cls=2, x=5, y=5), Click(cls=1, x=0, y=8, rank=2))
    target = target_of(annotation(clicks=clicks, present=(1, 2)), 4)
    third = pytest.approx(1 / 3)
    assert as_dict(target) == {(3, 2): (1, third), (5, 5): (2, third), (0, 8): (1, third)}
    assert (target.dense_HW, target.strong) == (None, False)
    assert target.present_C.tolist() == [True, True, True, False]
    assert (target.xy_P2.dtype, target.labels_P.dtype, target.weights_P.dtype) == (np.int32, np.uint8, np.float32)


def test_rank_weights_are_powers_of_a_half_over_their_sum():
    clicks = tuple(Click(cls=1, x=k, y=0, rank=k + 1) for k in range(4))
    target = target_of(annotation(clicks=clicks), 2, rank_weights=True)
    assert target.weights_P == pytest.approx(np.array([8, 4, 2, 1]) / 15)


def test_confidence_multiplies():
    clicks = (Click(cls=1, x=0, y=0, confidence=0.9), Click(cls=1, x=1, y=0, confidence=0.3))
    assert target_of(annotation(clicks=clicks), 2).weights_P == pytest.approx([0.75, 0.25])


def test_no_click_gives_no_pixel_and_the_background():
    target = target_of(annotation(present=()), 3)
    assert target.xy_P2.shape == (0, 2)
    assert target.labels_P.shape == target.weights_P.shape == (0,)
    assert target.present_C.tolist() == [True, False, False]


def test_patches_are_discs_cut_by_the_border():
    target = target_of(annotation(clicks=(Click(cls=1, x=1, y=1),)), 2, patch_radius=2)
    expected = {(x, y) for x in range(12) for y in range(9) if (x - 1) ** 2 + (y - 1) ** 2 <= 4}
    assert set(as_dict(target)) == expected
    assert target.weights_P == pytest.approx(1 / len(expected))


def test_annotators_who_agree_on_a_pixel_add_up_and_the_heavier_class_keeps_it():
    clicks = (
        Click(cls=1, x=4, y=4, annotator=0),
        Click(cls=1, x=4, y=4, annotator=1),
        Click(cls=2, x=4, y=4, annotator=2),
        Click(cls=2, x=7, y=7, annotator=2),
    )
    target = target_of(annotation(clicks=clicks, present=(1, 2)), 3)
    assert as_dict(target) == {(4, 4): (1, pytest.approx(2 / 3)), (7, 7): (2, pytest.approx(1 / 3))}


def test_a_full_mask_is_strong_and_passed_on():
    mask_HW = np.arange(108, dtype=np.uint8).reshape(9, 12) % 3
    target = target_of(annotation(kind="full", mask_HW=mask_HW, present=(1, 2)), 3)
    assert target.strong
    assert np.array_equal(target.dense_HW, mask_HW)
    assert target.xy_P2.shape == (0, 2)


def test_the_smaller_box_is_on_top_and_the_rest_is_background():
    boxes = (Box(cls=2, x_min=3, y_min=3, x_max=4, y_max=4), Box(cls=1, x_min=1, y_min=2, x_max=8, y_max=6))
    target = target_of(annotation(kind="box", boxes=boxes, present=(1, 2)), 3)
    for y in range(9):
        for x in range(12):
            expected = 2 if x in (3, 4) and y in (3, 4) else 1 if 1 <= x <= 8 and 2 <= y <= 6 else 0
            assert target.dense_HW[y, x] == expected
    assert not target.strong


def test_no_box_says_that_all_is_background():
    target = target_of(annotation(kind="box", present=()), 3)
    assert (target.dense_HW == 0).all()


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        ({"clicks": (Click(cls=5, x=0, y=0),)}, {}),
        ({"clicks": (Click(cls=1, x=12, y=0),)}, {}),
        ({"present": (7,)}, {}),
        ({}, {"patch_radius": -1}),
    ],
)
def test_nonsense_is_refused(fields, options):
    with pytest.raises(InvalidInputError):
        target_of(annotation(**fields), 3, **options)


click = st.builds(
    Click,
    cls=st.integers(1, 3),
    x=st.integers(0, 11),
    y=st.integers(0, 8),
    rank=st.integers(1, 5),
    confidence=st.floats(0.1, 1),
)


@settings(deadline=None)
@given(st.lists(click, max_size=8).map(tuple), st.booleans(), st.integers(0, 3))
def test_against_brute_force(clicks, rank_weights, radius):
    target = target_of(annotation(clicks=clicks, present=(1, 2, 3)), 4, rank_weights=rank_weights, patch_radius=radius)
    said: dict[tuple[int, int], dict[int, float]] = {}
    for c in clicks:
        for x in range(12):
            for y in range(9):
                if math.dist((x, y), (c.x, c.y)) <= radius:
                    of_pixel = said.setdefault((x, y), {})
                    of_pixel[c.cls] = of_pixel.get(c.cls, 0) + c.confidence * (
                        0.5 ** (c.rank - 1) if rank_weights else 1
                    )
    kept = {pixel: max(classes.items(), key=lambda item: (item[1], -item[0])) for pixel, classes in said.items()}
    total = sum(weight for _, weight in kept.values())
    found = as_dict(target)
    assert found.keys() == kept.keys()
    for pixel, (_, weight) in kept.items():
        assert found[pixel][1] == pytest.approx(weight / total, rel=1e-5)
        rivals = [w for w in said[pixel].values() if w == pytest.approx(weight)]
        assert len(rivals) > 1 or found[pixel][0] == kept[pixel][0]
    assert not clicks or target.weights_P.sum() == pytest.approx(1, rel=1e-5)


corner = st.tuples(st.integers(0, 11), st.integers(0, 8))


@settings(deadline=None)
@given(corner, corner)
def test_lines_are_connected_and_close_to_straight(a, b):
    pixels = line_pixels(*a, *b)
    assert (pixels[0], pixels[-1]) == (a, b)
    assert len(pixels) == max(abs(a[0] - b[0]), abs(a[1] - b[1])) + 1
    for p, q in pairwise(pixels):
        assert max(abs(p[0] - q[0]), abs(p[1] - q[1])) == 1
    for x, y in pixels:
        length = math.dist(a, b) or 1
        off = abs((b[0] - a[0]) * (a[1] - y) - (a[0] - x) * (b[1] - a[1])) / length
        assert off <= 0.5 + 1e-9


@settings(deadline=None)
@given(st.lists(corner, min_size=1, max_size=5).map(tuple), st.integers(1, 5))
def test_strokes_hold_their_middle_and_no_pixel_beyond_the_pen(points, width):
    stroke = Stroke(cls=1, points=points, width=width)
    pixels = set(map(tuple, stroke_pixels(stroke, 9, 12).tolist()))
    ends = [*points, points[-1]]
    middle = {p for a, b in pairwise(ends) for p in line_pixels(*a, *b)}
    assert middle <= pixels
    assert all(min(math.dist(p, m) for m in middle) <= width / 2 + 0.5 for p in pixels)
    if width == 1:
        assert middle == pixels


@settings(deadline=None)
@given(corner, st.integers(0, 6))
def test_discs(centre, radius):
    found = set(map(tuple, disc_pixels(*centre, radius, 9, 12).tolist()))
    assert found == {(x, y) for x in range(12) for y in range(9) if math.dist((x, y), centre) <= radius}


def test_rank_weights_stand_undivided_where_the_text_is_followed():
    clicks = tuple(Click(cls=1, x=k, y=0, rank=k + 1) for k in range(3))
    printed = target_of(annotation(clicks=clicks), 2, rank_weights=True, normalised=False)
    assert printed.weights_P.tolist() == [1, 0.5, 0.25]
    # Uniform weights are 1/n in the text too.
    assert target_of(annotation(clicks=clicks), 2, normalised=False).weights_P == pytest.approx([1 / 3] * 3)


def test_background_clicks_get_a_share_of_the_weight():
    clicks = (Click(cls=1, x=0, y=0), Click(cls=2, x=1, y=0), Click(cls=1, x=2, y=0), Click(cls=0, x=9, y=8))
    alike = target_of(annotation(clicks=clicks), 3)
    assert as_dict(alike)[9, 8] == (0, pytest.approx(1 / 4))
    shared = target_of(annotation(clicks=clicks), 3, background_share=0.5)
    sixth = pytest.approx(1 / 6)
    assert as_dict(shared) == {
        (0, 0): (1, sixth),
        (1, 0): (2, sixth),
        (2, 0): (1, sixth),
        (9, 8): (0, pytest.approx(1 / 2)),
    }
    assert shared.present_C.tolist() == [True, True, False]
    ranked = target_of(annotation(clicks=clicks[:1]), 3, rank_weights=True, background_share=0.5)
    assert ranked.weights_P == pytest.approx([1.0])  # no background click to share with
    alone = target_of(annotation(clicks=clicks[3:]), 3, background_share=0.2)
    assert as_dict(alone) == {(9, 8): (0, pytest.approx(1.0))}


def test_a_background_click_is_heard_beside_a_stroke():
    stroke = Stroke(cls=1, points=((0, 4), (9, 4)), width=1)
    target = target_of(annotation(strokes=(stroke,), clicks=(Click(cls=0, x=5, y=0),)), 2, background_share=0.25)
    weights = as_dict(target)
    assert weights.pop((5, 0)) == (0, pytest.approx(0.25))
    assert weights == {(x, 4): (1, pytest.approx(0.075)) for x in range(10)}
