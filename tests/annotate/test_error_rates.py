"""Annotators err as often as they are asked to, within 0.5 points or two standard errors."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.annotate import HUMAN, PERFECT, ErrorRates, observe, simulate
from budgetseg.annotate.astray import chances
from budgetseg.annotate.mistakes import spread_rate
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.data.open import open_dataset


def close(share: float, asked: float, count: int) -> bool:
    return abs(share - asked) <= max(0.005, 2 * math.sqrt(asked * (1 - asked) / count))


def by_mark(annotation, mask_HW):
    """Pixels, those on another class and those on void, of each click or stroke."""
    if annotation.strokes:
        pixels = [(s.cls, stroke_pixels(s, *mask_HW.shape).T) for s in annotation.strokes]
    else:
        pixels = [(c.cls, np.array([[c.x], [c.y]])) for c in annotation.clicks]
    seen = [(cls, mask_HW[y, x]) for cls, (x, y) in pixels]
    return [(len(s), np.count_nonzero((s != 255) & (s != cls)), np.count_nonzero(s == 255)) for cls, s in seen]


def assert_reached(marks, wrong, void):
    """Within 0.5 points, or two standard errors of a ratio of sums over marks, whose pixels err together."""
    count_N, *off_2N = np.array(marks, float).T
    for name, off_N, asked in zip(("wrong", "void"), off_2N, (wrong, void), strict=True):
        share = off_N.sum() / count_N.sum()
        error = math.sqrt(((off_N - share * count_N) ** 2).sum()) / count_N.sum()
        assert abs(share - asked) <= max(0.005, 2 * error), f"{name}: {share:.4f} for {asked}, error {error:.4f}"


def simulated_marks(dataset, kind, people):
    """Of people who are independent of each other."""
    made = simulate(dataset, dict.fromkeys(dataset.ids("train"), kind), seed=11, annotators=people, spread=1.0)
    return [mark for i, annotation in made.annotations.items() for mark in by_mark(annotation, dataset.mask(i))]


def of_kind(dataset, kind):
    """Observed rates of human annotators."""
    return observe(simulate(dataset, dict.fromkeys(dataset.ids("train"), kind), seed=11), dataset)[kind]


def test_labels_miss_one_class_in_a_hundred(many_discs):
    rates = of_kind(many_discs, "image")
    assert close(rates.classes_missed, 0.010, 1800)
    assert rates.classes_invented == 0


def test_points(many_discs):
    rates = of_kind(many_discs, "point")
    assert close(rates.wrong, 0.072, rates.pixels)
    assert close(rates.void, 0.008, rates.pixels)
    assert close(rates.classes_missed, 0.010, 1800)


def test_allpoints(many_discs):
    rates = of_kind(many_discs, "allpoints")
    assert close(rates.wrong, 0.148, rates.pixels)
    assert close(rates.void, 0.016, rates.pixels)
    assert close(rates.instances_missed, 0.079, 2200)


def test_boxes_and_masks_miss_nothing(discs):
    boxes = of_kind(discs, "box")
    assert (boxes.classes_missed, boxes.instances_missed) == (0, 0)
    assert of_kind(discs, "full").classes_missed == 0


RATES = pytest.mark.parametrize(
    ("kind", "wrong", "void"), [("point", 0.072, 0.008), ("allpoints", 0.148, 0.016), ("squiggle", 0.063, 0.014)]
)


@pytest.mark.parametrize(("images", "people"), [("many_discs", 1), ("discs", 16)])
def test_squiggles(images, people, request):
    assert_reached(simulated_marks(request.getfixturevalue(images), "squiggle", people), 0.063, 0.014)


@pytest.mark.slow
@RATES
def test_real_images_reach_their_rates(shared, kind, wrong, void):
    folder = shared / "data" / "voc-animals"
    dataset = open_dataset(folder, instances=folder / "animal_boxes.json", limit=200)
    assert_reached(simulated_marks(dataset, kind, people=8 if kind == "squiggle" else 30), wrong, void)


@pytest.mark.parametrize("share", [0.1, 0.3, 1.0])
def test_drafts_balance_in_expectation(share):
    """What is expected of the drafts, from the equations themselves."""
    excess_32 = [(-6.3, -1.4 / share), (44.0, 4.0 - 1.4 / share), (-6.0, 30.0 - 1.4 / share)]
    wrong, void = chances(excess_32)
    expected_2 = np.array([1 - wrong - void, wrong, void]) @ np.array(excess_32)
    assert expected_2 == pytest.approx([0, 0], abs=1e-6)


def test_chances_stay_chances():
    assert chances([(-9.0, -9.0), (-8.0, -9.0), (-9.0, -8.0)]) == (1.0, 0.0)
    assert chances([(0.0, 0.0), (0.0, 0.0), (0.0, 0.0)]) == (0.0, 0.0)


def test_later_clicks_err_more_often_than_first_ones(many_discs):
    made = simulate(many_discs, dict.fromkeys(many_discs.ids("train"), "allpoints"), seed=0)
    wrong = {True: [], False: []}
    for image_id, annotation in made.annotations.items():
        mask_HW = many_discs.mask(image_id)
        several = {click.cls for click in annotation.clicks if click.rank > 1}
        for click in annotation.clicks:
            if click.cls in several:
                seen = mask_HW[click.y, click.x]
                wrong[click.rank == 1].append(seen not in (click.cls, 255))
    # Things of like size have the ratio 2.5.
    assert np.mean(wrong[False]) > 1.7 * np.mean(wrong[True])


@pytest.mark.parametrize("rate", [0.0, 0.3, 1.0])
def test_rates_can_be_set(discs, rate):
    rates = ErrorRates(click_wrong=rate)
    made = observe(simulate(discs, dict.fromkeys(discs.ids("train"), "point"), seed=0, errors=rates), discs)["point"]
    assert abs(made.wrong - rate) <= 2.5 * math.sqrt(rate * (1 - rate) / made.pixels)


def test_small_things_are_got_wrong_more_often(many_discs):
    rates = ErrorRates(click_wrong=0.3, smaller_things=HUMAN.smaller_things)
    made = simulate(many_discs, dict.fromkeys(many_discs.ids("train"), "point"), seed=0, errors=rates)
    small, large = [], []
    for image_id, annotation in made.annotations.items():
        mask_HW = many_discs.mask(image_id)
        if len(annotation.clicks) < 2:
            continue
        by_size = sorted(annotation.clicks, key=lambda c: np.count_nonzero(mask_HW == c.cls))
        for click, list_ in ((by_size[0], small), (by_size[-1], large)):
            list_.append(mask_HW[click.y, click.x] not in (click.cls, 255))
    assert np.mean(small) > 1.3 * np.mean(large)


@settings(deadline=None)
@given(st.floats(0, 1), st.lists(st.floats(0.01, 100), min_size=1, max_size=9))
def test_a_rate_is_shared_out_whole(rate, odds):
    chances = spread_rate(rate, np.array(odds))
    assert chances.mean() == pytest.approx(rate, abs=1e-9)
    assert ((chances >= 0) & (chances <= 1 + 1e-9)).all()
    order = np.argsort(odds)
    assert (np.diff(chances[order]) >= -1e-9).all()
    free = (chances > 0) & (chances < 1 - 1e-9)
    assert np.ptp((chances / odds)[free]) <= 1e-6 * (chances / odds)[free].max() if free.any() else True


def test_a_slip_stays_near_the_border(discs):
    rates = ErrorRates(click_wrong=1.0)
    for image_id, annotation in simulate(
        discs, dict.fromkeys(discs.ids("train"), "point"), seed=0, errors=rates
    ).annotations.items():
        mask_HW = discs.mask(image_id)
        for click in annotation.clicks:
            y, x = np.nonzero(mask_HW == click.cls)
            assert np.hypot(x - click.x, y - click.y).min() < 0.6 * discs.width


def test_where_there_is_no_void_no_click_is_on_void():
    from budgetseg.annotate.slips import slip

    mask_HW = np.zeros((20, 30), np.uint8)
    mask_HW[5:15, 5:15] = 1
    generator = np.random.default_rng(0)
    assert slip(mask_HW, 1, 8, 9, onto="void", generator=generator) == (8, 9)
    x, y = slip(mask_HW, 1, 8, 9, onto="class", generator=generator)
    assert mask_HW[y, x] == 0
    everywhere_HW = np.ones((20, 30), np.uint8)
    assert slip(everywhere_HW, 1, 8, 9, onto="class", generator=generator) == (8, 9)


def test_a_class_without_clicks_is_not_present(many_discs):
    """Presence follows the clicks, as in the released code."""
    never = ErrorRates(class_missed=0.5)
    for annotation in simulate(
        many_discs, dict.fromkeys(many_discs.ids("train")[:100], "point"), seed=0, errors=never
    ).annotations.values():
        assert annotation.present == tuple(sorted({click.cls for click in annotation.clicks}))


BOUNDARY = ("coarse_boundary_iou", "assisted_boundary_iou")


def test_perfect_has_no_rate_but_zero():
    names = [name for name in PERFECT.__dataclass_fields__ if name not in ("name", "later_things", *BOUNDARY)]
    assert all(getattr(PERFECT, name) == 0 for name in names)
    assert all(getattr(HUMAN, name) > 0 for name in names)
    assert all(getattr(PERFECT, name) == 1 > getattr(HUMAN, name) > 0 for name in BOUNDARY)


class RarelyVoid:
    """A data set of which only one image in four has void."""

    def __init__(self, dataset) -> None:
        self.dataset, self.name, self.classes = dataset, "rarely void", dataset.classes
        self.source_classes, self.ids, self.image = dataset.source_classes, dataset.ids, dataset.image
        self.instances = dataset.instances

    def mask(self, image_id):
        mask_HW = self.dataset.mask(image_id)
        if int(image_id[4:]) % 4:
            mask_HW[mask_HW == 255] = 0
        return mask_HW


@pytest.mark.parametrize(("kind", "asked"), [("point", 0.008), ("allpoints", 0.016), ("squiggle", 0.014)])
def test_where_few_images_have_void_the_rate_is_reached_on_these(many_discs, kind, asked):
    dataset = RarelyVoid(many_discs)
    made = simulate(dataset, dict.fromkeys(dataset.ids("train"), kind), seed=0)
    assert abs(observe(made, dataset)[kind].void - asked) <= 0.005


def test_a_rate_that_no_image_can_hold_is_not_forced(discs):
    dataset = RarelyVoid(discs)
    dataset.mask = lambda image_id: np.where(discs.mask(image_id) == 255, 0, discs.mask(image_id)).astype(np.uint8)
    made = simulate(dataset, dict.fromkeys(dataset.ids("train"), "point"), seed=0, errors=ErrorRates(click_void=0.5))
    assert observe(made, dataset)["point"].void == 0
    assert observe(made, dataset)["point"].wrong == 0
