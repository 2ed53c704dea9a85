"""Paths over pixels."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.annotate.annotation import Stroke
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.annotate.walks import corners, ray, wander


@settings(deadline=None)
@given(st.integers(0, 19), st.integers(0, 9), st.floats(0, 2 * math.pi))
def test_a_ray_is_straight_and_ends_at_the_border(x, y, angle):
    x_T, y_T = ray(10, 20, (x, y), angle)
    assert ((x_T >= 0) & (x_T < 20) & (y_T >= 0) & (y_T < 10)).all()
    along = np.arange(1, len(x_T) + 1)
    assert (
        np.hypot(x_T - x - along * math.cos(angle), y_T - y - along * math.sin(angle)) <= math.sqrt(0.5) + 1e-9
    ).all()
    end = (x + 0.5 + (len(x_T) + 1) * math.cos(angle), y + 0.5 + (len(x_T) + 1) * math.sin(angle))
    assert not (1e-6 < end[0] < 20 - 1e-6 and 1e-6 < end[1] < 10 - 1e-6)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 7), st.integers(1, 60))
def test_wandering_stays_where_it_may(seed, angle, pixels):
    generator = np.random.default_rng(seed)
    allowed_HW = generator.random((12, 15)) < 0.6
    allowed_HW[5, 7] = True
    path = wander(allowed_HW, (7, 5), angle, pixels, generator)
    assert path[0] == (7, 5)
    assert all(allowed_HW[y, x] for x, y in path)
    assert len(set(path)) <= pixels
    for (x0, y0), (x1, y1) in pairwise(path):
        assert max(abs(x0 - x1), abs(y0 - y1)) == 1


def test_wandering_finds_as_many_pixels_as_it_should():
    path = wander(np.ones((80, 80), bool), (40, 40), 0.3, 150, np.random.default_rng(0))
    assert len(set(path)) == 150
    corridor_HW = np.zeros((5, 60), bool)
    corridor_HW[2] = True
    assert len(set(wander(corridor_HW, (0, 2), 0.0, 60, np.random.default_rng(1)))) == 60


@pytest.mark.parametrize("seed", range(5))
def test_corners_draw_the_same_pixels(seed):
    path = wander(np.ones((30, 40), bool), (20, 15), seed, 80, np.random.default_rng(seed))
    kept = corners(path)
    assert len(kept) < len(path)
    pixels = stroke_pixels(Stroke(cls=1, points=kept, width=1), 30, 40)
    assert set(map(tuple, pixels.tolist())) == set(path)
    assert corners(path[:1]) == (path[0],)
