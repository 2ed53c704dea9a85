"""Clicks on the background: as often right as real ones, where real ones fall, and as they stand in a file."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from budgetseg.annotate import AnnotationSet, simulate
from budgetseg.annotate.background import distances
from budgetseg.annotate.background_fit import gather
from budgetseg.annotate.errors import HUMAN, PERFECT
from budgetseg.annotate.fit import fit_model
from budgetseg.annotate.observed import observe
from budgetseg.annotate.real_clicks import read_background_clicks
from budgetseg.data.open import open_dataset
from budgetseg.errors import DataError, InvalidInputError


def on_background(annotation):
    return tuple(click for click in annotation.clicks if click.cls == 0)


def annotated(dataset, kind="point", **options):
    return simulate(dataset, dict.fromkeys(dataset.ids("train"), kind), seed=3, **options)


def landed(dataset, annotations):
    return Counter(
        int(dataset.mask(image_id)[click.y, click.x])
        for image_id, annotation in annotations.items()
        for click in on_background(annotation)
    )


@pytest.mark.parametrize("kind", ["image", "point", "allpoints", "squiggle", "box", "full"])
def test_they_come_on_top_of_clicks_and_strokes_alone(discs, kind):
    without, made = annotated(discs, kind).annotations, annotated(discs, kind, background_clicks=2).annotations
    for image_id, annotation in made.items():
        extra = on_background(annotation)
        assert len(extra) == (2 if kind in ("point", "allpoints", "squiggle") else 0)
        rest = tuple(click for click in annotation.clicks if click.cls != 0)
        assert (rest, annotation.strokes, annotation.present) == (
            without[image_id].clicks,
            without[image_id].strokes,
            without[image_id].present,
        )


def test_more_of_them_begin_with_the_same(discs):
    fewer, more = (annotated(discs, background_clicks=count).annotations for count in (1, 4))
    assert all(on_background(more[i])[:1] == on_background(fewer[i]) for i in fewer)
    assert len({on_background(annotation) for annotation in more.values()}) == len(more)


def test_several_people_click_each(discs):
    made = annotated(discs, annotators=3, background_clicks=2).annotations
    for annotation in made.values():
        assert Counter(click.annotator for click in on_background(annotation)) == {0: 2, 1: 2, 2: 2}
        assert len({(click.x, click.y) for click in on_background(annotation)}) > 3


@pytest.mark.parametrize("options", [{"errors": PERFECT}, {"placement": "uniform"}])
def test_without_errors_all_are_on_the_background(discs, options):
    assert set(landed(discs, annotated(discs, background_clicks=20, **options).annotations)) == {0}


def test_they_miss_at_their_rates(many_discs):
    errors = replace(HUMAN, background_wrong=0.02, background_void=0.03)
    seen = landed(many_discs, annotated(many_discs, errors=errors, background_clicks=10).annotations)
    clicks = seen.total()
    assert clicks == 10 * 700
    void = seen.pop(255) / clicks
    assert void == pytest.approx(0.03, abs=4 * (0.03 / clicks) ** 0.5)
    assert sum(seen[cls] for cls in (1, 2, 3)) / clicks == pytest.approx(0.02, abs=4 * (0.02 / clicks) ** 0.5)


def test_an_image_without_background_gets_none(discs):
    class Covered(type(discs)):
        def mask(self, image_id):
            return np.full((self.height, self.width), 1, np.uint8)

    covered = Covered(3)
    assert [on_background(a) for a in annotated(covered, background_clicks=2).annotations.values()] == [()] * 3


def test_distances_by_brute_force():
    of_background_hw = np.random.default_rng(0).random((9, 13)) < 0.8
    things_P, border_P = distances(of_background_hw, 13)
    others = np.argwhere(~of_background_hw)
    for place, (row, column) in enumerate(np.argwhere(of_background_hw)):
        assert things_P[place] * 13 == pytest.approx(np.hypot(*(others - (row, column)).T).min())
        assert border_P[place] * 13 == min(row, column, 8 - row, 12 - column) + 0.5
    assert np.isinf(distances(np.ones((3, 4), bool), 4)[0]).all()


def test_a_saved_set_keeps_them_and_errors_are_counted_apart(discs, tmp_path):
    made = annotated(discs, background_clicks=2)
    made.save(tmp_path / "set")
    again = AnnotationSet.load(tmp_path / "set")
    assert all(again.annotations[i].clicks == annotation.clicks for i, annotation in made.annotations.items())
    seen, plain = observe(again, discs)["point"], observe(annotated(discs), discs)["point"]
    assert (seen.pixels, seen.wrong, seen.background_clicks) == (plain.pixels, plain.wrong, 80)
    assert (plain.background_clicks, plain.background_wrong) == (0, None)


def write(tmp_path, document):
    path = tmp_path / "background.json"
    path.write_text(json.dumps(document))
    return path


def test_real_ones_are_the_first_of_the_file_and_stay_in_the_image(discs, tmp_path):
    ids = discs.ids("train")
    rows = [{"cls": 0, "x": 3.7, "y": 4}, {"cls": 0, "x": 160, "y": 120.5}, {"cls": 0, "x": 9, "y": 9}]
    points = read_background_clicks(write(tmp_path, {ids[0]: rows, ids[1]: rows[:1], ids[2]: []}), discs)
    made = annotated(discs, background_clicks=2, background_points=points).annotations
    assert [(click.x, click.y) for click in on_background(made[ids[0]])] == [(3, 4), (159, 119)]
    assert [len(on_background(made[i])) for i in ids[:4]] == [2, 1, 0, 0]
    with pytest.raises(InvalidInputError, match="holds one annotator an image, got 2"):
        annotated(discs, background_clicks=1, background_points=points, annotators=2)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"cls": 4, "x": 1, "y": 1}, "click 1: expected cls 0, the background, got 4; clicks on objects are --points"),
        ({"cls": 0, "x": 1}, "click 1: y is missing"),
        ({"cls": 0, "x": "1", "y": 1}, "click 1: expected a number for x, got '1'"),
        (7, "click 1: expected an object"),
    ],
)
def test_bad_files_are_named(discs, tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        read_background_clicks(write(tmp_path, {discs.ids("train")[0]: [row]}), discs)


@pytest.mark.slow
def test_real_ones_err_and_fall_as_the_simulated_ones(shared):
    """The rate on all the images at hand; quantiles of the distances to things and to the border on a part of them."""
    folder = shared / "data" / "voc-animals"
    dataset = open_dataset(folder)
    points = read_background_clicks(folder / "human_background_points.json", dataset)
    ids = (*dataset.ids("train"), *dataset.ids("val"))
    real: Counter[int] = Counter()
    for image_id in ids:
        mask_HW = dataset.mask(image_id)
        real.update(int(mask_HW[click.y, click.x]) for click in points.background(image_id, *mask_HW.shape))
    assert real.total() == 6178
    assert real[255] / 6178 == pytest.approx(HUMAN.background_void, abs=1e-4)
    assert 1 - (real[0] + real[255]) / 6178 == pytest.approx(HUMAN.background_wrong, abs=1e-4)

    few = ids[::12]
    made = simulate(dataset, dict.fromkeys(few, "point"), seed=0, background_clicks=3).annotations
    found = {"real": [], "simulated": []}
    for image_id in few:
        of_background_HW = dataset.mask(image_id) == 0
        height, width = of_background_HW.shape
        number_HW = np.cumsum(of_background_HW).reshape(height, width) - 1
        both_P2 = np.stack(distances(of_background_HW, max(height, width)), axis=1) if of_background_HW.any() else None
        for whose, clicks in (
            ("real", points.background(image_id, height, width)),
            ("simulated", on_background(made[image_id])),
        ):
            found[whose] += [both_P2[number_HW[c.y, c.x]] for c in clicks if of_background_HW[c.y, c.x]]
    quantiles = {
        whose: np.quantile(np.stack(rows), [0.1, 0.25, 0.5, 0.75, 0.9], axis=0) for whose, rows in found.items()
    }
    assert np.abs(quantiles["simulated"] - quantiles["real"]).max() < 0.03
    model_F = fit_model(gather(dataset, points, few[::3], np.random.default_rng(0)))
    assert (model_F[:5] > 0).all()  # people keep clear of things
