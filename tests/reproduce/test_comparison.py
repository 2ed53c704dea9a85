"""Run folders beside the paper: what is finished, how far off, what is left to run."""

import json

import pytest

from budgetseg.data import VOC_CLASSES
from budgetseg.errors import InvalidInputError
from budgetseg.reproduce.comparison import compare
from budgetseg.reproduce.set_up import Setup


@pytest.fixture
def setup(tmp_path):
    return Setup(folder=tmp_path)


def finish(setup, name, miou, *, status="completed", fingerprint=None):
    folder = setup.folder / setup.follow / name
    folder.mkdir(parents=True)
    iou = dict.fromkeys(VOC_CLASSES, 50.0) | {"cat": None}
    (folder / "result.json").write_text(json.dumps({"status": status, "miou": miou, "iou": iou}))
    if fingerprint:
        (folder / "state.json").write_text(json.dumps({"fingerprint": fingerprint}))
    return folder


def rows(table, setup, *names):
    return {row.experiment.name: row for row in compare(table, setup, names, 303.0).rows}


def test_deviations_are_ours_less_the_papers(setup):
    finish(setup, "image", 31.0)
    finish(setup, "point-obj", 40.2)
    finish(setup, "hybrid", None, status="failed")
    found = rows("table1", setup)
    assert found["image"].deviation == pytest.approx(1.2)
    assert found["point-obj"].deviation == pytest.approx(-2.5)
    states = {name: row.state for name, row in found.items()}
    assert (states["image"], states["hybrid"], states["full"]) == ("finished", "stopped", "to run")
    assert found["hybrid"].miou is found["hybrid"].deviation is found["full"].deviation is None
    compared = compare("table1", setup, (), 303.0)
    assert len(compared.missing) == 12


def test_a_range_in_print_and_a_row_of_two_tables(setup):
    finish(setup, "image", 29.8)
    finish(setup, "point-radius-5", 43.6)
    found = rows("variations", setup)
    assert found["point-radius-5"].deviation == pytest.approx(0.5)
    assert found["image"].deviation == rows("table3", setup)["image"].deviation == 0


def test_table_2_compares_classes(setup):
    finish(setup, "image", 30.0)
    document = compare("table2", setup, ("image", "image-obj"), 303.0).to_dict()
    mine, missing = (row["classes"] for row in document["rows"])
    assert mine["background"] == {"paper": 60, "ours": 50.0, "deviation": -10.0}
    assert mine["cat"] == {"paper": 47, "ours": None, "deviation": None}
    assert missing["background"] == {"paper": 79, "ours": None, "deviation": None}
    assert "classes" not in compare("table1", setup, ("image",), 303.0).to_dict()["rows"][0]


def test_a_run_of_other_settings_is_not_taken_for_the_papers(setup):
    spec = setup.spec(compare("table1", setup, ("image",), 303.0).rows[0].experiment)
    folder = finish(setup, "image", 31.0, fingerprint=spec.fingerprint)
    assert rows("table1", setup)["image"].state == "finished"
    (folder / "state.json").write_text(json.dumps({"fingerprint": "another"}))
    row = rows("table1", setup)["image"]
    assert (row.state, row.miou) == ("other settings", None)


def test_hours_are_images_shown_over_images_a_second(setup):
    row = rows("table1", setup, "image")["image"]
    assert row.gpu_hours == pytest.approx(50_000 / 303 / 3600)
    text = compare("table1", Setup(folder=setup.folder, follow="text"), ("image", "full"), 100.0)
    assert text.gpu_hours == pytest.approx(2 * 50_000 * 20 / 100 / 3600)
    with pytest.raises(InvalidInputError, match="--images-per-second: expected a number > 0, got 0"):
        compare("table1", setup, (), 0.0)


def test_the_test_set_is_measured_by_the_server_alone(setup):
    folder = finish(setup, "point-trainval", 77.0)
    row = rows("figure5", setup)["point-trainval"]
    assert (row.state, row.miou, row.iou) == ("to submit", None, None)
    (folder / "test_miou.txt").write_text("44.1\n")
    row = rows("figure5", setup)["point-trainval"]
    assert (row.state, row.miou, round(row.deviation, 6)) == ("finished", 44.1, 0.5)
    (folder / "test_miou.txt").write_text("good\n")
    with pytest.raises(InvalidInputError, match=r'test_miou\.txt: expected the server.s mIoU.*got "good"'):
        rows("figure5", setup)


def test_a_result_that_is_none_is_named(setup):
    finish(setup, "image", "much")
    with pytest.raises(InvalidInputError, match=r"result\.json: expected miou and iou"):
        rows("table1", setup)
