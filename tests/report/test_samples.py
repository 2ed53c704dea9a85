"""Sample images: chosen by rule, small, in VOC's colours; what is broken is said."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from budgetseg.data.colours import class_colour
from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import gather
from budgetseg.report.samples import sample_grid


@pytest.fixture
def grid(tmp_path):
    return lambda: sample_grid(gather(read_runs(tmp_path / "runs")[0]))


@pytest.mark.parametrize(
    ("index", "colour"),  # as the VOC devkit's own label images have them
    [
        (0, (0, 0, 0)),
        (1, (128, 0, 0)),
        (2, (0, 128, 0)),
        (15, (192, 128, 128)),
        (20, (0, 64, 128)),
        (255, (224, 224, 192)),
    ],
)
def test_class_colours_are_vocs(index, colour):
    assert class_colour(index) == colour


def test_the_masks_of_the_run_stand_in_the_page(make_run, grid):
    path = make_run("a", samples=("x1", "x2"))
    first = grid().rows[0]
    shown = Image.open(io.BytesIO(first.truth))
    assert shown.mode == "P"
    np.testing.assert_array_equal(np.asarray(shown), np.asarray(Image.open(path / "samples" / "00-truth.png")))
    assert shown.convert("RGB").getpixel((12, 12)) == (128, 0, 0)
    assert Image.open(io.BytesIO(first.image)).format == "JPEG"
    assert first.classes == ("cat",)


def test_images_that_most_runs_kept_come_first(make_run, grid):
    make_run("a", samples=("only-a", "both-1", "both-2"))
    make_run("b", strategy="full", miou=50, samples=("both-2", "both-1", "only-b"))
    found = grid()
    assert [row.image_id for row in found.rows] == ["both-1", "both-2", "only-a", "only-b"]
    assert [row.predictions.count(None) for row in found.rows] == [0, 0, 1, 1]


def test_at_most_24_predictions_and_256_pixels(make_run, grid):
    for number in range(7):
        path = make_run(f"{number}", strategy=f"s{number}", samples=tuple(f"i{n}" for n in range(9)))
        Image.new("RGB", (600, 300)).save(path / "samples" / "00-image.png")
        Image.new("P", (600, 300)).save(path / "samples" / "00-truth.png")
    found = grid()
    assert len(found.rows) * len(found.series) == 21
    assert Image.open(io.BytesIO(found.rows[0].image)).size == (256, 128)
    assert Image.open(io.BytesIO(found.rows[0].truth)).size == (256, 128)


def test_a_broken_sample_is_said_and_the_others_shown(make_run, grid):
    path = make_run("a", samples=("x1", "x2", "x3")) / "samples"
    (path / "00-truth.png").write_bytes(b"not a PNG")
    Image.new("RGB", (8, 8)).save(path / "01-prediction.png")
    found = grid()
    assert [row.image_id for row in found.rows] == ["x3"]
    assert "x1: not shown" in found.problems[0]
    assert "got mode RGB" in found.problems[1]


def test_a_broken_list_is_said(make_run, grid):
    make_run("a")
    path = make_run("b", strategy="full", samples=("x1",)) / "samples" / "samples.json"
    path.write_text(json.dumps([{"image_id": "x1"}]))
    found = grid()
    assert found.rows == ()
    assert found.problems == ("b: samples/samples.json is not usable: 'image'",)


def test_a_list_cannot_reach_outside_its_folder(make_run, grid, tmp_path):
    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8)).save(secret)
    path = make_run("a", samples=("x1",)) / "samples" / "samples.json"
    entries = json.loads(path.read_text())
    entries[0]["image"] = str(secret)
    path.write_text(json.dumps(entries))
    assert grid().rows == ()
