"""Coarse and assisted masks: as far off as asked for, simple in shape, and outlines there and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from budgetseg.annotate import HUMAN, PERFECT, ErrorRates, observe, simulate, target_of
from budgetseg.annotate.annotator import Manner
from budgetseg.annotate.coarse import polygons_of
from budgetseg.annotate.drawn import Crop
from budgetseg.annotate.outlines import area, fill, rings, significance
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.simulate import annotate_image
from budgetseg.data.dataset import Instances
from budgetseg.data.open import open_dataset
from budgetseg.data.scenes import Scenes
from budgetseg.errors import InvalidInputError

KINDS = pytest.mark.parametrize("kind", ["coarse", "assisted"])
MASK = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(mask_hw=MASK, step=st.integers(1, 3))
@settings(deadline=None)
def test_rings_enclose_the_mask_and_nothing_else(mask_hw, step):
    found = rings(mask_hw)
    assert sum(area(ring) for ring in found) == mask_hw.sum()
    if found:
        assert np.array_equal(fill(found, *mask_hw.shape, step), mask_hw[step // 2 :: step, step // 2 :: step])
    for ring in found:  # right angles only, and no vertex in a straight line
        sides = np.diff(ring, axis=0, append=ring[:1])
        assert ((sides == 0).sum(axis=1) == 1).all()
        assert ((sides * np.roll(sides, 1, axis=0)).sum(axis=1) == 0).all()


def test_parts_that_touch_at_a_corner_have_rings_of_their_own():
    assert [area(ring) for ring in rings(np.eye(3, dtype=bool))] == [1, 1, 1]


@pytest.mark.parametrize("tolerance", [1.0, 3.0, 8.0])
def test_a_polygon_strays_no_farther_than_its_tolerance(tolerance):
    y_hw, x_hw = np.mgrid[:90, :120]
    angle_hw = np.arctan2(y_hw - 45, x_hw - 60)
    (ring,) = rings(np.hypot(x_hw - 60, y_hw - 45) < 30 + 9 * np.cos(5 * angle_hw))
    kept = np.flatnonzero(significance(ring, 0.5) > tolerance)
    corners = ring[np.append(kept, kept[0])]
    ways = np.linspace(0, 1, 300)[:, None, None]
    along = (corners[None, :-1] * (1 - ways) + corners[None, 1:] * ways).reshape(-1, 2)
    assert np.hypot(*(ring[:, None] - along[None]).transpose(2, 0, 1)).min(axis=1).max() <= tolerance + 0.2
    assert 3 <= len(kept) < 0.5 * len(ring)


@pytest.fixture(scope="module")
def photographs(shared):
    return open_dataset(shared / "data" / "voc-animals", limit=40)


def asked(kind, iou):
    return ErrorRates(**{f"{kind}_boundary_iou": iou})


def edges(dataset, kind, errors, seed=0):
    made = simulate(dataset, dict.fromkeys(dataset.ids("train"), kind), seed=seed, errors=errors)
    return observe(made, dataset)[kind]


@KINDS
@pytest.mark.parametrize("iou", [0.45, 0.6, 0.8, 0.9])
class TestTheSettingIsReached:
    def test_on_discs(self, discs, kind, iou):
        assert edges(discs, kind, asked(kind, iou)).boundary_iou == pytest.approx(iou, abs=0.02)

    def test_on_scenes(self, kind, iou):
        assert edges(Scenes(train=30, val=1), kind, asked(kind, iou)).boundary_iou == pytest.approx(iou, abs=0.02)

    def test_on_photographs(self, photographs, kind, iou):
        assert edges(photographs, kind, asked(kind, iou)).boundary_iou == pytest.approx(iou, abs=0.02)


@KINDS
def test_people_err_as_the_human_rates_say(discs, kind):
    rates = edges(discs, kind, HUMAN, seed=3)
    assert rates.boundary_iou == pytest.approx(getattr(HUMAN, f"{kind}_boundary_iou"), abs=0.02)
    assert (rates.classes_missed, rates.classes_invented, rates.pixels) == (0, 0, 0)


@KINDS
def test_without_errors_the_truth_is_drawn(discs, kind):
    made = simulate(discs, dict.fromkeys(discs.ids("train"), kind), seed=0, errors=PERFECT).annotations
    assert all(np.array_equal(a.mask_HW, discs.mask(i)) and a.unsure == 0 for i, a in made.items())
    assert edges(discs, kind, PERFECT).boundary_iou == 1


@KINDS
def test_another_seed_draws_another_mask_and_void_stays(discs, kind):
    ids = discs.ids("train")
    one, other = (simulate(discs, dict.fromkeys(ids, kind), seed=s).annotations for s in (0, 1))
    assert sum(not np.array_equal(one[i].mask_HW, other[i].mask_HW) for i in ids) > 0.9 * len(ids)
    assert all(((one[i].mask_HW == 255) == (discs.mask(i) == 255)).all() for i in ids)


@KINDS
def test_an_inexact_mask_trains_as_a_mask_with_an_unsure_border(discs, kind):
    for image_id in discs.ids("train")[:10]:
        drawn = simulate(discs, {image_id: kind}, seed=0, errors=asked(kind, 0.5)).annotations[image_id]
        assert drawn.unsure == 1  # (1 - 0.5) / (1 + 0.5) of a band of 4 pixels
        target = target_of(drawn, 4)
        known_HW = target.dense_HW != 255
        assert target.strong
        assert known_HW.sum() < (drawn.mask_HW != 255).sum()
        assert (target.dense_HW[known_HW] == drawn.mask_HW[known_HW]).all()


@KINDS
def test_a_small_thing_is_drawn_on_top_of_the_large_one_around_it(kind):
    away_HW = np.hypot(*np.mgrid[-60:60, -80:80])
    map_HW = np.where(away_HW < 4, 1, np.where(away_HW < 50, 2, 0)).astype(np.int32)
    instances = Instances(classes=(3, 1), map_HW=map_HW)
    mask_HW = np.array([0, 3, 1], np.uint8)[map_HW]
    picture = Picture(image_id="ring", mask_HW=mask_HW, read_instances=lambda: instances)
    drawn = annotate_image(picture, kind, Manner(errors=asked(kind, 0.6)), seed=0)
    assert drawn.present == (1, 3)
    assert 15 < np.count_nonzero(drawn.mask_HW == 3) < 100  # 49 in truth; no polygon has so small a hole


def test_polygons_have_few_vertices(discs, monkeypatch):
    """Counted where they are filled in."""
    counted = []
    monkeypatch.setattr("budgetseg.annotate.coarse.fill", lambda polygons, *_: counted.append(polygons))
    mask_hw = np.hypot(*np.mgrid[-60:60, -60:60]) < 40
    crop = Crop(top=0, left=0, thing_hw=mask_hw, void_hw=np.zeros_like(mask_hw), band=10)
    polygons_of(crop, np.random.default_rng(0))(4.0, 1)
    ((polygon,),) = counted
    assert 6 <= len(polygon) <= 14


def test_a_boundary_iou_is_a_share():
    with pytest.raises(InvalidInputError, match="coarse_boundary_iou"):
        asked("coarse", 1.2)
