"""``budgetseg bench surfaces`` as a user calls it: from a design to evidence, and on from where it stopped."""

import csv
import json

import pytest

from budgetseg.plan.evidence import read_evidence

DESIGN = """
[mixes.few]
"full=20%" = 2
"full=2,point=50%" = 1
[surfaces.three]
dataset = "scenes:classes=3,size=1.4,train=10,val=3,height=48,width=64"
mixes = "few"
source = "made, for a test"
train = { iterations = 2, batch = 2, crop = 48 }
[surfaces.two]
dataset = "scenes:classes=2,train=10,val=3,height=48,width=64"
mixes = "few"
train = { iterations = 1, batch = 2, crop = 48 }
[surfaces.photos]
dataset = "photographs"
mixes = "few"
run = { classes = ["beetle", "leaf", "melon", "snail"], backbone = "tiny" }
train = { iterations = 1, batch = 2, crop = 48 }
"""


@pytest.fixture
def call(checked_call, tmp_path):
    (tmp_path / "design.toml").write_text(DESIGN)

    def run_it(*options, code=0):
        return checked_call("bench", "surfaces", "--design", "design.toml", *options, code=code)

    return run_it


def rows_of(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def test_a_dry_run_tells_and_does_nothing(call, tmp_path):
    told = call("--dry-run")
    assert "photos: skipped, it is measured on photographs; give their folder as --dataset-root" in told.err
    assert "budgetseg run --mix full=2,point=5 --seed 0 --dataset scenes:classes=3" in told.out
    assert [path.name for path in tmp_path.iterdir()] == ["design.toml"]
    document = json.loads(call("--dry-run", "--json", "--only", "two").out)
    assert (document["schema"], document["missing"]) == ("budgetseg.surfaces/1", 3)
    (surface,) = document["surfaces"]
    assert (surface["name"], surface["pool"], surface["classes"]) == ("two", 10, 2)
    assert surface["recipe"] == "modern tiny 1 x 2 at 48 px"
    assert [run["mix"] for run in surface["runs"]] == [{"full": 2}, {"point": 5, "full": 2}, {"full": 2}]


def test_from_a_design_to_evidence(call, tmp_path, photo_folder):
    options = ("--device", "cpu", "-o", "evidence.csv")
    table = tmp_path / "evidence.csv"
    call(*options, "--only", "two", "--part", "1/2")
    assert not table.exists()  # not before the surface is whole
    call(*options, "--only", "two")
    two = rows_of(table)
    assert list(two[0]) == ["dataset", "recipe", "seed", "point", "full", "miou", "source"]
    assert [row["dataset"] for row in two] == ["two"] * 3
    evidence = read_evidence(table)
    assert (evidence.dataset, evidence.recipe) == ("two", "modern tiny 1 x 2 at 48 px")
    assert not evidence.ignored_columns

    done = call(*options, "--dataset-root", photo_folder, "--json")
    document = json.loads(done.out)
    assert document["missing"] == 0
    assert document["surfaces"][0]["alone"]["full"]["mix"] == {"full": 2}
    assert document["surfaces"][0]["best_mix"]["mix"] == {"point": 5, "full": 2}
    assert "two, run" not in done.err  # finished runs are not repeated
    assert "photos, run 1 of 3" in done.err
    rows = rows_of(table)
    assert [row["dataset"] for row in rows] == ["three"] * 3 + ["two"] * 3 + ["photos"] * 3
    assert rows[3:6] == two
    assert {row["source"] for row in rows} == {"made, for a test", surface_dataset("two"), "photographs"}
    runs = [run for surface in document["surfaces"] for run in surface["runs"]]
    assert [float(row["miou"]) for row in rows] == [pytest.approx(run["miou"], abs=0.005) for run in runs]


def surface_dataset(name):
    return DESIGN.split(f"[surfaces.{name}]")[1].split('"')[1]


def test_a_failing_run_is_reported_and_the_others_are_carried_out(call, tmp_path):
    (tmp_path / "runs/surfaces/two/full-2-s0").mkdir(parents=True)
    (tmp_path / "runs/surfaces/two/full-2-s0/notes.txt").write_text("mine")
    done = call("--device", "cpu", "--only", "two", "-o", "evidence.csv", code=5)
    assert "1 of 3 runs of two failed: two/full-2-s0" in done.err
    assert (tmp_path / "runs/surfaces/two/full-2-s1/result.json").exists()
    assert not (tmp_path / "evidence.csv").exists()


def test_a_folder_of_other_settings_is_refused_before_anything_runs(call, tmp_path):
    call("--device", "cpu", "--only", "two")
    (tmp_path / "design.toml").write_text(DESIGN.replace("iterations = 1", "iterations = 3"))
    done = call("--device", "cpu", "--only", "three,two", code=2)
    assert "holds a run of other settings; choose another --runs" in done.err
    assert not (tmp_path / "runs/surfaces/three").exists()
