"""``budgetseg bench accuracy`` as a user calls it: printed commands are the runs, and runs become the tables."""

import json
import shlex
import tomllib

import pytest

from budgetseg.accuracy.trial import Setup, Trial
from budgetseg.plan.mix import Mix
from budgetseg.runs.config import config_text

TINY = ["--backbone", "tiny", "--iterations", "1", "--batch", "2", "--crop", "64", "--device", "cpu"]
FEW = ["--seeds", "1", "--few-seeds", "1", "--sizes", "", "--hours", "0.4=0.5", "--mix", "full=2,point=6"]


@pytest.fixture
def call(checked_call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # no cell is folded
    return checked_call


def test_a_dry_run_prints_runs_commands_and_hours(call, tmp_path):
    options = ["--set", "run.limit=60", "--seeds", "1", "--few-seeds", "1", "--sizes", "20,80", "--hours", "1"]
    told = call("bench", "accuracy", *options, "--mix", "full=10,point=40", "--dry-run")
    assert "left out: 80 images: there are 60" in told.err
    again = call("bench", "accuracy", *options, "--mix", "full=10,point=40", "--dry-run", "--json")
    document = json.loads(again.out)
    names = {run["name"] for run in document["runs"]}
    assert {"point-60-s0", "full-20-s0", "full-10+point-40-s0", "full-10-s0", "point-40-after10-s0"} <= names
    for run in document["runs"]:
        assert f"{run['command']}\n" in told.out
        assert f"{run['name']} " in told.out
        assert f"{run['hours']:.2f}" in told.out
        assert (run["state"], run["miou"]) == ("to run", None)
    assert document["missing"] == len(names) == len(document["runs"])
    assert f"{document['compute_hours']:.2f} compute hours" in told.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "trial",
    [
        Trial(mix=Mix.of({"point": 40})),
        Trial(mix=Mix.of({"point": 40}), skip=10, seed=3),
        Trial(mix=Mix.of({"full": 10, "point": 40, "image": 7}), seed=2),
    ],
)
def test_a_printed_command_is_the_run(call, trial, tmp_path):
    (tmp_path / "clicks.json").write_text("{}")
    options = {"run.dataset": "a folder", "run.classes": "cat,dog", "run.points": "clicks.json"}
    options |= {"run.instances": "boxes.json", "run.backbone": "efficientnet_lite0", "run.costs": "coco-polygons"}
    options |= {"train.preset": "paper", "train.iterations": "9", "train.batch": "3", "train.crop": "64"}
    setup = Setup(folder=tmp_path / "r", options=options, overrides={"train.lr": "0.5", "train.batch": "5"})
    words = shlex.split(setup.command(trial))
    assert words[:2] == ["budgetseg", "run"]
    assert words[-2:] == ["--out", str(tmp_path / "r" / trial.name)]
    told = tomllib.loads(call("run", *words[2:], "--dry-run").out)
    assert told == tomllib.loads(config_text(setup.spec(trial)))
    assert (told["train"]["batch"], told["run"]["skip"], told["run"]["seed"]) == (5, trial.skip, trial.seed)


def test_from_nothing_to_the_tables(call, photo_folder, tmp_path):
    kinds = ["--kinds", "point", "--curves", "", "--hybrids", "full+point"]
    options = ["--dataset", photo_folder, "--set", "run.limit=12", *TINY, *FEW, *kinds]
    first = call("bench", "accuracy", *options)
    assert "0 of " in first.out
    assert "12 point = " in first.out
    assert "full + point: masks alone win " in first.out
    assert "one seed: no spread" in first.out
    assert "(1 seed)" in first.out
    document = json.loads(call("bench", "accuracy", *options, "--json").out)
    for run in document["runs"]:
        result = json.loads((tmp_path / run["folder"] / "result.json").read_text())
        assert (run["state"], run["miou"]) == ("finished", result["miou"])
        assert (result["mix"], result["seed"], result["command"]) == (run["mix"], run["seed"], run["command"])
        assert result["hours"]["actual"] == pytest.approx(run["hours"])
    again = call("bench", "accuracy", *options, "--table", "mixes")
    assert "buying" not in again.out + again.err  # finished runs are not repeated
    assert "of full's" not in again.out
    other = call("bench", "accuracy", *options, "--set", "train.lr=0.5", code=2)
    assert "holds a run of other settings" in other.err


def test_a_run_that_fails_does_not_stop_the_others(call, photo_folder, tmp_path):
    options = ["--dataset", photo_folder, *TINY, *FEW, "--table", "mixes"]
    (tmp_path / "runs/accuracy").mkdir(parents=True)
    (tmp_path / "runs/accuracy/full-2+point-6-s0").write_text("in the way")
    stopped = call("bench", "accuracy", *options, "--part", "1/2", "--json", code=5)
    assert "1 of 2 runs failed: full-2+point-6-s0" in stopped.err
    states = {run["name"]: run["state"] for run in json.loads(stopped.out)["runs"]}
    # The second run is another process's.
    assert states == {"full-2+point-6-s0": "to run", "full-2-s0": "to run", "point-6-after2-s0": "finished"}
    assert "full-2+point-6-s0: failed: " in stopped.err


def test_the_tables_show_what_the_runs_hold(call, tmp_path):
    options = ["--set", "run.limit=60", "--seeds", "2", "--few-seeds", "2", "--sizes", "20", "--hours", "0.5,1"]
    options += ["--mix", "full=10,point=40", "--kinds", "point", "--curves", "", "--hybrids", "full+point"]
    for run in json.loads(call("bench", "accuracy", *options, "--dry-run", "--json").out)["runs"]:
        masks, clicks = run["mix"].get("full", 0), run["mix"].get("point", 0)
        miou = 10.0 + run["seed"] + min(masks, 30) + 0.1 * clicks
        (tmp_path / run["folder"]).mkdir(parents=True)
        (tmp_path / run["folder"] / "result.json").write_text(json.dumps({"status": "completed", "miou": miou}))
    told = call("bench", "accuracy", *options)
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    assert "buying" not in told.out + told.err
    # 60 clicks reach 16.5 on average; 60 masks 40.5, and 20 of them 30.5.
    assert any(line.startswith("point 60 ") and "16.5 ± 0.7 (2) 40.7% ± 0.7% 85%, not met" in line for line in lines)
    assert any(
        line.startswith("60 point = fewer than 20 masks (95%: fewer than 20 to fewer than 20)") for line in lines
    )
    assert any("less than" in line and "hours' worth of masks (goal 2, not met)" in line for line in lines)
    assert "40 point + 10 full 24.5 ± 0.7 (2) full 20.5 ± 0.7 (2) +4.0 ± 0.0 does not hurt" in lines
    document = json.loads(call("bench", "accuracy", *options, "--json").out)
    assert document["missing"] == 0
    leads = [row["lead"]["difference"]["mean"] for row in document["hours"] if len(row["kinds"]) == 2]
    shown = [line for line in lines if line.startswith(("0.5 full + point", "1 full + point"))]
    assert len(leads) == len(shown) == 2
    for lead, line in zip(leads, shown, strict=True):
        assert f" {lead:+.1f} (" in line
    (win,) = document["masks_win"]
    assert any(line.startswith("full + point: masks alone win ") for line in lines)
    assert win["kinds"] == ["full", "point"]


def test_a_wrong_table_is_named_before_anything_is_read(call):
    wrong = call("bench", "accuracy", "--table", "kind", "--dataset", "nowhere", code=2)
    assert 'did you mean "kinds"' in wrong.err
