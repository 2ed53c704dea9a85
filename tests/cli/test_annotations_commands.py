"""The annotations commands, called as the command line calls them."""

import json

import pytest
from typer.testing import CliRunner

from budgetseg.cli.annotations import app
from budgetseg.costs import KINDS
from budgetseg.errors import DataError, InvalidInputError


def call(*arguments: str):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "set"
    result = call("simulate", "-o", path, "--kind", "allpoints", "--limit", 25, "--people", 2, "--json")
    assert result.exit_code == 0, result.exception
    document = json.loads(result.stdout)
    assert (document["schema"], document["images"]) == ("budgetseg.annotations-made/1", 25)
    assert "made-up scenes" in result.stderr
    return path


def test_show_counts(folder):
    document = json.loads(call("show", folder, "--json").stdout)
    assert document["schema"] == "budgetseg.annotations-summary/1"
    kind = document["kinds"]["allpoints"]
    lines = [json.loads(line) for line in (folder / "annotations.jsonl").read_text().splitlines()]
    assert kind["images"] == document["images"] == 25
    assert kind["clicks"] == sum(len(line["clicks"]) for line in lines)
    assert kind["observed"] is None


def test_show_measures_errors_against_the_masks(folder):
    document = json.loads(call("show", folder, "--dataset", "scenes", "--limit", 25, "--json").stdout)
    observed = document["kinds"]["allpoints"]["observed"]
    assert observed["pixels"] == document["kinds"]["allpoints"]["clicks"]
    assert 0.03 < observed["wrong"] < 0.35


def test_tables_say_the_same(folder):
    plain = call("show", folder).stdout
    assert "allpoints" in plain
    assert "25" in plain
    assert "wrong" not in plain
    assert "wrong" in call("show", folder, "--dataset", "scenes", "--limit", 25).stdout


@pytest.mark.parametrize("kind", ["coarse", "assisted"])
def test_inexact_masks_are_made_kept_and_measured(tmp_path, kind):
    made = call("simulate", "-o", tmp_path / "set", "--kind", kind, "--limit", 20)
    assert made.exit_code == 0, made.exception
    rates = json.loads(call("show", tmp_path / "set", "--dataset", "scenes", "--json").stdout)["kinds"][kind]
    assert rates["masks"] == 20
    assert rates["observed"]["boundary_iou"] == pytest.approx({"coarse": 0.6, "assisted": 0.8}[kind], abs=0.02)
    assert "boundary IoU" in call("show", tmp_path / "set", "--dataset", "scenes").stdout


def test_the_help_names_every_kind():
    assert all(kind in call("simulate", "--help").stdout for kind in KINDS)


def test_show_needs_a_data_set_to_choose_classes_of(folder):
    assert isinstance(call("show", folder, "--classes", "cat").exception, InvalidInputError)


def test_show_refuses_another_folder(tmp_path):
    assert isinstance(call("show", tmp_path).exception, DataError)


@pytest.mark.parametrize(
    "option", [("--kind", "dots"), ("--annotators", "humn"), ("--merge", "x"), ("--placement", "x")]
)
def test_simulate_refuses_unknown_names(tmp_path, option):
    result = call("simulate", "-o", tmp_path / "set", "--limit", 3, *option)
    assert isinstance(result.exception, InvalidInputError)
    assert option[1] in str(result.exception)
    assert not (tmp_path / "set").exists()


def test_audit(tmp_path):
    file = tmp_path / "clicks.csv"
    file.write_text("image_id,cls,rank,mask_cls\na,1,1,1\na,2,1,0\n")
    document = json.loads(call("audit", file, "--json").stdout)
    assert (document["schema"], document["first_wrong"]) == ("budgetseg.click-audit/1", 0.5)
    assert "50.00 %" in call("audit", file).stdout
    assert isinstance(call("audit", tmp_path / "none.csv").exception, DataError)


def test_background_clicks_can_be_simulated_and_read(outcome, photo_folder, tmp_path):
    options = ("annotations", "simulate", "--dataset", photo_folder, "--kind", "squiggle")
    code, _, err = outcome(*options, "-o", "set", "--background-clicks", "2", "--annotators", "perfect")
    assert code == 0, err
    code, out, err = outcome("annotations", "show", "set", "--dataset", photo_folder)
    assert code == 0, err
    assert "48 of the clicks are meant for the background; 0.00 % are on an object" in " ".join(out.split())
    (tmp_path / "bad.json").write_text("[]")
    code, _, err = outcome(*options, "-o", "other", "--background-clicks", "1", "--background-points", "bad.json")
    assert (code, "bad.json: expected one object" in err) == (4, True)
