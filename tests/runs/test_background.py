"""Runs that buy clicks on the background: charged, recorded, trained on, and never silently missing."""

import csv
import json
from fractions import Fraction

import numpy as np
import pytest

from budgetseg.costs import load_book
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.data.index import index_images
from budgetseg.data.open import open_dataset
from budgetseg.errors import InvalidInputError
from budgetseg.runs import run as run_module


def rows_of(folder):
    with (folder / "subset.csv").open() as file:
        return list(csv.DictReader(file))


def test_they_are_charged_to_the_second_and_recorded(small_run, photo_folder, tmp_path, recorder):
    mix = {"full": 4, "squiggle": 5, "image": 15}
    plain = small_run(mix=mix, out=tmp_path / "plain")
    result = small_run(mix=mix, background_clicks=2)
    assert "background_clicks" not in plain
    assert (result["hours"]["actual"] - plain["hours"]["actual"]) * 3600 == pytest.approx(5 * 2 * 0.9)
    assert result["hours_by_kind"]["image"] == plain["hours_by_kind"]["image"]
    given = {"asked": 2, "images": 5, "clicks": 10, "images_without": 0, "images_short": 0, "source": "simulated"}
    assert result["background_clicks"] == given
    assert recorder.plans[-1].background_clicks == 2
    assert json.loads((tmp_path / "run" / "plan.json").read_text())["background_clicks"] == 2
    before, after = rows_of(tmp_path / "plain"), rows_of(tmp_path / "run")
    for old, new in zip(before, after, strict=True):
        clicks = 2 if new["kind"] == "squiggle" else 0
        assert new["image_id"] == old["image_id"]
        assert float(new["seconds"]) == pytest.approx(float(old["seconds"]) + 0.9 * clicks)
        assert (int(new["background_clicks"]), "background_clicks" in old) == (clicks, False)


def test_planning_and_running_agree_to_the_second(small_run, photo_folder):
    index = index_images(open_dataset(photo_folder), "train")
    book = load_book("voc2012", background_clicks=3)
    planned = 24 * seconds_per_image(book, "point", index.workload)
    result = small_run(strategy="point", background_clicks=3)
    assert result["hours"]["actual"] == pytest.approx(float(planned / 3600), abs=1e-9)
    # Hours that pay for all images with their clicks buy all; a second less does not.
    enough = small_run(strategy="point", background_clicks=3, hours=f"{float(planned / 3600):.6f}", how={"force": True})
    assert enough["mix"] == {"point": 24}
    less = (planned - Fraction(1)) / 3600
    short = small_run(strategy="point", background_clicks=3, hours=f"{float(less):.6f}", how={"force": True})
    assert short["mix"] == {"point": 23}


def test_they_are_labelled_pixels_of_the_background(small_run, monkeypatch):
    seen = []
    original = run_module.examples

    def watched(*arguments):
        for example in original(*arguments):
            seen.append(example.target)
            yield example

    monkeypatch.setattr(run_module, "examples", watched)
    small_run(strategy="squiggle", images=6, background_clicks=2, annotators="perfect", train={"background_share": 0.3})
    for target in seen:
        of_background_P = target.labels_P == 0
        assert np.count_nonzero(of_background_P) == 2
        assert target.weights_P[of_background_P].sum() == pytest.approx(0.3, rel=1e-5)
        assert target.weights_P.sum() == pytest.approx(1.0, rel=1e-5)
        assert target.present_C[0]


def test_what_a_file_lacks_is_said(small_run, photo_folder, tmp_path, recorder):
    ids = (photo_folder / "train.txt").read_text().split()
    file = tmp_path / "background.json"
    click = {"cls": 0, "x": 1, "y": 1}
    file.write_text(json.dumps({image_id: [click] * min(k, 2) for k, image_id in enumerate(sorted(ids)[:23])}))
    result = small_run(strategy="point", background_clicks=2, background_points=str(file))
    given = result["background_clicks"]
    assert (given["images"], given["images_without"], given["images_short"], given["clicks"]) == (24, 2, 1, 43)
    assert given["source"] == str(file)
    expected = f"background clicks ({file}): 2 of 24 images have none and 1 fewer than 2; they are paid all the same"
    assert expected in recorder.notices
    # An edited file makes another run.
    file.write_text(json.dumps({image_id: [click] for image_id in ids}))
    with pytest.raises(InvalidInputError, match="another run"):
        small_run(strategy="point", background_clicks=2, background_points=str(file))


def test_a_run_without_clicks_or_strokes_says_that_it_has_none(small_run, recorder):
    result = small_run(strategy="image", images=5, background_clicks=1)
    assert result["background_clicks"]["images"] == 0
    assert "--background-clicks: no image of clicks or strokes is bought, so there are none" in recorder.notices


def test_masks_that_random_points_are_drawn_from_show_the_background_for_nothing(small_run, tmp_path):
    plain = small_run(strategy="random-points", images=4, out=tmp_path / "plain")
    result = small_run(strategy="random-points", images=4, background_clicks=1)
    assert result["hours"] == plain["hours"]
    assert result["background_clicks"]["clicks"] == 4


def test_what_is_annotated_already_cannot_be_taken_over_yet(small_run, tmp_path):
    small_run(strategy="point", images=4, background_clicks=1, out=tmp_path / "first")
    with pytest.raises(InvalidInputError, match=r"row 2: .* holds background clicks, which --current cannot take over"):
        small_run(strategy="point", images=6, current=str(tmp_path / "first"))
    with pytest.raises(InvalidInputError, match="--background-clicks: leave it out with --current"):
        small_run(strategy="point", images=6, background_clicks=1, current=str(tmp_path / "first"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"background_clicks": -1}, "--background-clicks: expected a whole number >= 0, got -1"),
        ({"background_points": "x.json"}, "--background-points: say how many an image are bought"),
        ({"background_clicks": 1, "background_points": "no.json"}, "no.json: cannot read this file"),
        ({"background_clicks": 1, "train": {"background_share": 1.5}}, "train.background_share: expected a share"),
    ],
)
def test_bad_settings_are_named(small_run, settings, message):
    with pytest.raises(InvalidInputError, match=message):
        small_run(strategy="point", images=4, **settings)
