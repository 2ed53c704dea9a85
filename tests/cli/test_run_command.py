"""``budgetseg run`` as a user calls it: precedence of settings, JSON alone on stdout, plan first."""

import json
import sys

import pytest

from budgetseg.cli.main import main
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan

SHORT = ["--backbone", "tiny", "--iterations", "3", "--batch", "4", "--device", "cpu"]


@pytest.fixture
def call(checked_call):
    return checked_call


def resolved(call, *arguments):
    import tomllib

    return tomllib.loads(call("run", "--dry-run", *arguments).out)


def test_json_stands_alone_on_stdout(call, photo_folder, tmp_path):
    options = ["--dataset", photo_folder, *SHORT, "--full-images", "6"]
    captured = call("run", *options, "--out", "run", "--json")
    assert json.loads(captured.out) == json.loads((tmp_path / "run" / "result.json").read_text())
    assert "buying 18 point + 6 full" in captured.err
    again = call("run", *options, "--out", "run")
    assert "finished" in again.err
    assert "mIoU" in again.out
    assert "the same hours buy" in again.out


def test_the_plan_is_said_before_anything_else(call, photo_folder):
    out = call("run", "--dataset", photo_folder, *SHORT, "--strategy", "point").out
    assert out.splitlines()[0].startswith("buying 24 point")


def test_a_plan_file_says_what_to_buy(call, tmp_path, photo_folder):
    plan = Plan(
        budget_hours=1.0,
        mix=Mix.of({"point": 5, "full": 2}),
        hours=0.2,
        predicted_miou=None,
        alternatives=(),
        pool=24,
        costs="voc2012",
        evidence=None,
    )
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_dict()))
    options = ["--dataset", photo_folder, *SHORT, "--json"]
    assert json.loads(call("run", "--plan", "plan.json", *options).out)["mix"] == {"point": 5, "full": 2}


def test_a_mix_says_what_to_buy(call, photo_folder, tmp_path):
    options = ["--dataset", photo_folder, *SHORT, "--mix", "full=2,point=5"]
    assert json.loads(call("run", *options, "--json").out)["mix"] == {"point": 5, "full": 2}
    first = call("run", "--dry-run", *options).out
    (tmp_path / "again.toml").write_text(first)
    assert call("run", "--dry-run", "--config", "again.toml").out == first
    (tmp_path / "budgetseg.toml").write_text('[run]\nmix = "full=1,image=3"\n')
    assert resolved(call)["mix"] == {"image": 3, "full": 1}
    assert resolved(call, "--mix", "box=4")["mix"] == {"box": 4}
    assert "mix" not in resolved(call, "--strategy", "point")


def test_what_is_bought_is_said_once(monkeypatch, capsys):
    for pair in (["--mix", "full=2", "--strategy", "point"], ["--mix", "full=2", "--plan", "plan.json"]):
        monkeypatch.setattr(sys, "argv", ["budgetseg", "run", "--dry-run", *pair])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 2
        assert "give one of them" in capsys.readouterr().err


def test_options_beat_environment_beats_files_beats_defaults(call, monkeypatch, tmp_path):
    assert resolved(call)["run"]["seed"] == 0
    user = tmp_path / "config" / "budgetseg" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text("[run]\nseed = 1\nfull_images = 11\n[train]\nlr = 0.25\n")
    assert resolved(call)["run"]["seed"] == 1
    (tmp_path / "budgetseg.toml").write_text("[run]\nseed = 2\n")
    assert (resolved(call)["run"]["seed"], resolved(call)["run"]["full_images"]) == (2, 11)
    assert resolved(call)["train"]["lr"] == 0.25
    (tmp_path / "mine.toml").write_text("[run]\nseed = 3\n[train]\nlr = 0.5\n")
    assert resolved(call, "--config", "mine.toml")["run"]["seed"] == 3
    assert resolved(call, "--config", "mine.toml")["train"]["lr"] == 0.5
    monkeypatch.setenv("BUDGETSEG_RUN_SEED", "4")
    assert resolved(call, "--config", "mine.toml")["run"]["seed"] == 4
    assert resolved(call, "--config", "mine.toml", "--seed", "5")["run"]["seed"] == 5
    assert resolved(call, "--seed", "5", "--set", "run.seed=6", "--set", "train.lr=0.75")["run"]["seed"] == 6


def test_config_show_names_the_origin_of_each_value(call, monkeypatch, tmp_path):
    (tmp_path / "budgetseg.toml").write_text('[plan]\nhours = "30"\n')
    monkeypatch.setenv("BUDGETSEG_RUN_SEED", "4")
    rows = {
        (row["command"], row["option"]): row for row in json.loads(call("config", "show", "--json").out)["settings"]
    }
    assert (rows["plan", "hours"]["value"], rows["plan", "hours"]["origin"]) == ("30", "budgetseg.toml")
    assert (rows["run", "seed"]["value"], rows["run", "seed"]["origin"]) == ("4", "environment BUDGETSEG_RUN_SEED")
    assert rows["run", "strategy"]["origin"] == "default"
    assert "plan.hours = 30  # budgetseg.toml" in call("config", "show", "--origin").out


def test_loss_weights_are_recipe_settings(call):
    train = resolved(call, "--loss-weights", "image=0.5,weak=0.25,unmarked-objectness=0.5")["train"]
    assert (train["image_weight"], train["weak_weight"]) == (0.5, 0.25)
    assert (train["objectness_weight"], train["unmarked_objectness_weight"]) == (0.2, 0.5)


def test_the_written_configuration_gives_the_same_run(call, tmp_path):
    first = call("run", "--dry-run", "--strategy", "squiggle", "--hours", "3", "--classes", "leaf,snail").out
    (tmp_path / "again.toml").write_text(first)
    assert call("run", "--dry-run", "--config", "again.toml").out == first


def test_background_clicks_come_from_the_option_or_the_plan(call, tmp_path):
    assert resolved(call)["run"]["background_clicks"] == 0
    call("plan", "--hours", "2", "--background-clicks", "3", "-o", "plan.json")
    assert resolved(call, "--plan", "plan.json")["run"]["background_clicks"] == 3
    assert resolved(call, "--plan", "plan.json", "--background-clicks", "1")["run"]["background_clicks"] == 1
    schedule = call("costs", "schedule", "plan.json", "--annotators", "1", "--json")
    planned = json.loads((tmp_path / "plan.json").read_text())["hours"]
    assert json.loads(schedule.out)["hours_spread"]["planned"] == pytest.approx(planned, rel=1e-6)
