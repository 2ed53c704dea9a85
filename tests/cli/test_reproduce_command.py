"""``budgetseg reproduce`` as a user calls it: printed commands are the runs, the paper's values stand beside ours."""

import json
import shlex
import shutil
import tomllib

import numpy as np
import pytest
from PIL import Image

from budgetseg.data import VOC_CLASSES
from budgetseg.reproduce.experiment import TABLES
from budgetseg.reproduce.set_up import Setup
from budgetseg.runs.config import config_text

SHORT = ["--backbone", "tiny", "--iterations", "1", "--device", "cpu"]


@pytest.fixture
def call(checked_call):
    return checked_call


@pytest.mark.parametrize("table", TABLES)
def test_a_dry_run_prints_values_commands_and_hours(call, table, tmp_path):
    out = call("reproduce", table, "--dry-run").out
    document = json.loads(call("reproduce", table, "--dry-run", "--json").out)
    assert len(document["rows"]) == len(TABLES[table])
    for row in document["rows"]:
        assert row["name"] in " ".join(out.split())
        assert f"{row['paper']['low']:.1f}" in out
        assert f"{row['command']}\n" in out
        assert (row["ours"], row["state"]) == (None, "to run")
    assert f"{document['gpu_hours']:.2f} GPU hours" in out
    assert "303 images a second" in out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("follow", ["code", "text"])
@pytest.mark.parametrize("table", TABLES)
def test_the_printed_commands_are_the_runs(call, table, follow, tmp_path):
    (tmp_path / "clicks.json").write_text("{}")
    options = {"dataset": "devkit", "points": "clicks.json", "objectness": "maps:a folder"}
    setup = Setup(folder=tmp_path / "r", follow=follow, overrides={"train.lr": "0.5", "run.limit": "7"}, **options)
    for experiment in TABLES[table]:
        words = shlex.split(setup.command(experiment))
        assert words[:2] == ["budgetseg", "run"]
        assert words[-2:] == ["--out", str(tmp_path / "r" / follow / experiment.name)]
        told = tomllib.loads(call("run", *words[2:], "--dry-run").out)
        assert told == tomllib.loads(config_text(setup.spec(experiment)))


def test_the_points_of_figure_5_have_their_hours_and_their_flags(call):
    out = " ".join(call("reproduce", "figure5", "--dry-run").out.split())
    assert "73.86 (printed: 79 *)" in out
    assert "12,301 images, a slip for 12,031" in out
    document = json.loads(call("reproduce", "figure5", "--dry-run", "--json").out)
    hours = {point["name"]: (point["hours"], point["printed_hours"]) for point in document["published"]}
    assert hours["point, test set"] == (73.86, 79.0)
    assert hours["Pathak et al. (ICCV), object sizes"] == (None, None)


def test_deviations_tell_text_code_and_switch(call):
    out = call("reproduce", "deviations").out
    document = json.loads(call("reproduce", "deviations", "--json").out)
    for each in document["deviations"]:
        assert f"{each['name']}\n  text: {each['text']}\n  code: {each['code']}\n" in out
    assert "text: --set train.batch=20; code: --set train.batch=1" in out


def test_a_wrong_side_or_row_is_named(call):
    assert "--follow: expected code or text" in call("reproduce", "table1", "--follow", "txt", code=2).err
    assert 'did you mean "hybrid"' in call("reproduce", "table1", "--rows", "hybird", code=2).err


def make_devkit(root, shared, train, val):
    """A small devkit of shared photographs with the paper's list, and one more image to test on."""
    source = shared / "data/voc-animals"
    lists = root / "ImageSets/Segmentation"
    for folder in ("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"):
        (root / folder).mkdir(parents=True)
    ids = {name: (source / f"ImageSets/Segmentation/{name}.txt").read_text().split() for name in ("train", "val")}
    train_ids, val_ids, test_ids = ids["train"][:train], ids["val"][:val], ids["val"][val : val + 2]
    for name, some in (("train", train_ids), ("train_aug", train_ids), ("val", val_ids), ("test", test_ids)):
        (lists / f"{name}.txt").write_text("\n".join(some) + "\n")
    for image_id in (*train_ids, *val_ids, *test_ids):
        shutil.copy(source / f"JPEGImages/{image_id}.jpg", root / "JPEGImages")
    for image_id in (*train_ids, *val_ids):
        shutil.copy(source / f"SegmentationClass/{image_id}.png", root / "SegmentationClass")
    return test_ids


def test_tables_from_photographs_to_the_servers_files(call, shared, tmp_path):
    test_ids = make_devkit(tmp_path / "devkit", shared, train=4, val=2)
    points = shared / "data/voc-animals/human_points.json"
    options = ["--dataset", "devkit", "--points", points, *SHORT]
    small = ["--rows", "point-obj,hybrid", "--set", "run.full_images=2"]
    first = call("reproduce", "table1", *options, *small, "--json")
    document = json.loads(first.out)
    for row in document["rows"]:
        result = json.loads((tmp_path / row["folder"] / "result.json").read_text())
        assert (row["state"], row["ours"]) == ("finished", result["miou"])
        assert row["deviation"] == pytest.approx(result["miou"] - row["paper"]["low"])
        assert result["annotators"] == "real clicks"
        assert result["command"] == row["command"]
    assert result["mix"] == {"point": 2, "full": 2}
    again = call("reproduce", "table1", *options, *small)
    assert "buying" not in again.out  # finished runs are skipped
    assert "0 rows to train" in again.out
    # A run of other settings in the same place is neither shown nor overwritten.
    other = call("reproduce", "table1", *options, "--rows", "hybrid", "--set", "run.full_images=1", code=2)
    assert "holds a run of other settings" in other.err

    figure = call("reproduce", "figure5", *options)
    assert "2 images that measure are trained on" in figure.err
    assert "to submit" in figure.out
    run = "runs/reproduce/code/point-trainval"
    sent = json.loads(call("reproduce", "submission", run, "--dataset", "devkit", "-o", "sent", "--json").out)
    files = sorted((tmp_path / "sent/results/VOC2012/Segmentation/comp6_test_cls").iterdir())
    assert sent["images"] == len(files) == 2
    assert [file.stem for file in files] == sorted(test_ids)
    for file in files:
        with Image.open(file) as picture, Image.open(tmp_path / f"devkit/JPEGImages/{file.stem}.jpg") as photograph:
            assert (picture.mode, picture.size) == ("P", photograph.size)
            assert picture.getpalette()[:6] == [0, 0, 0, 128, 0, 0]
            assert np.asarray(picture).max() < len(VOC_CLASSES)
    (tmp_path / run / "test_miou.txt").write_text("44.0")
    told = json.loads(call("reproduce", "figure5", *options, "--json").out)["rows"][0]
    assert (told["state"], told["ours"]) == ("finished", 44.0)


def test_a_row_that_fails_does_not_stop_the_others(call, shared, tmp_path):
    make_devkit(tmp_path / "devkit", shared, train=4, val=2)
    options = ["--dataset", "devkit", *SHORT, "--rows", "full-883,image"]
    stopped = call("reproduce", "table3", *options, code=5)
    assert "full-883: failed: 883 images asked for, the training split holds 4" in stopped.err
    assert "1 of 2 rows failed: full-883" in stopped.err
    told = json.loads(call("reproduce", "table3", *options, "--dry-run", "--json").out)
    assert {row["name"]: row["state"] for row in told["rows"]} == {"full-883": "to run", "image": "finished"}


def test_a_submission_needs_a_finished_run_of_all_classes(call, shared, tmp_path):
    make_devkit(tmp_path / "devkit", shared, train=4, val=2)
    missing = call("reproduce", "submission", "nowhere", "--dataset", "devkit", "-o", "sent", code=2)
    assert "no finished run" in missing.err
