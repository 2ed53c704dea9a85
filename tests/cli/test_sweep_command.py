"""``budgetseg sweep`` and ``budgetseg runs`` as a user calls them."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from budgetseg.runs.directory import RESULT_SCHEMA, RunDirectory
from budgetseg.sweep.progress import Best, Progress
from budgetseg.sweep.task import Outcome

SMALL = ["--limit", "12", "--iterations", "4", "--batch", "2", "--backbone", "tiny", "--device", "cpu"]


@pytest.fixture
def small(photo_folder):
    return [
        "sweep",
        "--dataset",
        photo_folder,
        *SMALL,
        "--strategies",
        "point,full",
        "--hours",
        "0.02,9",
        "--seeds",
        "1",
    ]


def test_a_dry_run_prints_runs_hours_compute_and_commands_that_are_the_runs(checked_call, small, tmp_path):
    told = json.loads(checked_call(*small, "--dry-run", "--json").out)
    assert (told["schema"], told["missing"]) == ("budgetseg.sweep/1", 3)
    assert told["notes"][0].startswith("full, 0.02 h: left out: 0.02 h do not buy one image at full")
    text = checked_call(*small, "--dry-run", "--images-per-second", "10").out
    for run in told["runs"]:
        assert run["name"] in text
        assert f"{run['command']}\n" in text
        assert run["state"] == "to run"
        words = [*shlex.split(run["command"])[1:], "--dry-run"]
        config = checked_call(*words).out
        assert f'strategy = "{run["strategy"]}"' in config
    assert "about 2 s of compute in one process (10 training images a second)" in text
    assert not (tmp_path / "runs").exists()


def test_a_sweep_carries_runs_out_reports_failures_and_goes_on(checked_call, small, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    # One of its folders cannot become a run: it holds somebody's files.
    planned = json.loads(checked_call(*small, "--dry-run", "--json").out)["runs"]
    broken = tmp_path / "runs" / planned[1]["name"]
    RunDirectory(broken).folder.mkdir(parents=True)
    (broken / "notes.txt").write_text("somebody's notes")
    told = checked_call(*small, "--measure-every", "4", "--jobs", "1", "--json", code=5)
    document = json.loads(told.out)
    states = {run["name"]: run["state"] for run in document["runs"]}
    assert sorted(states.values()) == ["finished", "finished", "to run"]
    assert "holds files that are no run" in told.err
    assert (broken / "notes.txt").read_text() == "somebody's notes"
    (broken / "notes.txt").unlink()
    checked_call(*shlex.split(planned[1]["command"])[1:])  # the run is an ordinary one
    looked = tmp_path / "runs" / planned[0]["name"] / "metrics.jsonl"
    assert ["miou" in json.loads(line) for line in looked.read_text().splitlines()] == [False, False, False, True]
    again = checked_call(*small, "--jobs", "1")
    assert ": mIoU" not in again.err  # finished runs are not repeated
    assert "all 3 runs are finished" in again.out

    listed = checked_call("runs", "list").out
    assert "3 runs: 3 completed" in listed
    name = planned[1]["name"]
    assert "mIoU" in checked_call("runs", "show", name).out
    compared = checked_call("runs", "compare", planned[0]["name"], name).out
    assert "run.hours" in compared or "run.strategy" in compared
    checked_call("runs", "export", "--csv", "evidence.csv")
    for evidence in ("evidence.csv", "runs"):
        plan = json.loads(checked_call("plan", "--evidence", evidence, "--hours", "0.1", "--json").out)
        assert plan["predicted_miou"] is not None
    page = checked_call("report", "runs", "-o", "report.html")
    assert "3 runs in report.html" in page.out


def test_printed_commands_use_options_that_there_are():
    from dataclasses import fields

    import typer

    from budgetseg.cli.main import app
    from budgetseg.runs.command import run_command
    from budgetseg.runs.spec import RunSpec

    options = {text for option in typer.main.get_command(app).commands["run"].params for text in option.opts}
    names = [f"run.{field.name}" for field in fields(RunSpec) if field.name not in ("mix", "train")]
    names += [f"train.{name}" for name in ("preset", "iterations", "batch", "crop", "lr", "flip")]
    words = shlex.split(run_command(dict.fromkeys(names, "x"), Path("out"), "full=1"))
    assert {word for word in words if word.startswith("--")} <= options
    assert words[-2:] == ["--out", "out"]


def fake(folder, **other):
    folder.mkdir(parents=True)
    (folder / "state.json").write_text('{"fingerprint": "x"}')
    known = {"schema": RESULT_SCHEMA, "status": "completed", "miou": 30.0, "seed": 0, "strategy": "point"}
    (folder / "result.json").write_text(json.dumps(known | other))


def test_lists_are_filtered_sorted_and_keep_names_on_their_line(checked_call, tmp_path):
    fake(tmp_path / "runs" / "a", miou=20.0)
    fake(tmp_path / "runs" / "b", miou=40.0, strategy="full")
    fake(tmp_path / "runs" / "c", status="failed", miou=None, reason="no\nmemory\x1b[2J")
    told = checked_call("runs", "list", "--sort", "miou")
    lines = told.out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["b", "a", "c"]
    assert len(lines) == 5
    assert "\x1b" not in told.out
    document = json.loads(checked_call("runs", "list", "--status", "completed", "--strategy", "full", "--json").out)
    assert [run["name"] for run in document["runs"]] == ["b"]
    assert "no\nmemory" in json.loads(checked_call("runs", "show", "c", "--json").out)["reason"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["runs", "list", "nowhere"], 4, "nowhere: expected a folder of runs, there is none"),
        (["runs", "list", ".", "--sort", "mlou"], 2, 'unknown column "mlou" (did you mean "miou"?)'),
        (["runs", "show", "x", "--runs", "."], 2, 'no run is called "x"'),
        (["runs", "compare", "x", "--runs", "."], 2, "give two runs or more"),
        (["runs", "export", "."], 4, "no finished run is there to export"),
        (["sweep", "--dataset", "my"], 2, "--hours: say which budgets"),
        (["sweep", "--set", "run.seed=1"], 2, "--set run.seed: the sweep sets this itself"),
        (["sweep", "no.toml"], 2, "no.toml: cannot read this file"),
    ],
)
def test_bad_input_is_a_line(checked_call, words, code, message):
    told = checked_call(*words, code=code)
    assert message in told.err
    assert told.err.count("\n") == 1


def test_the_display_is_a_table_on_a_terminal_and_lines_elsewhere(capsys, monkeypatch):
    from budgetseg.cli.sweep_drawing import SweepDisplay, time_text

    progress = Progress(
        total=9,
        done=4,
        running=2,
        elsewhere=0,
        failed=1,
        seconds_left=700.0,
        best=Best(name="full-h2", miou=51.26, hours=1.96),
    )
    assert progress.left == 2
    display = SweepDisplay()
    display.moved(progress)
    assert capsys.readouterr().err == ""  # not more than a line every half minute
    display._said_at -= 31
    display.moved(progress)
    line = capsys.readouterr().err
    assert line == (
        "done 4 of 9, running 2, failed 1, left 2, time left about 12 min, best so far 51.3 mIoU for 1.96 h (full-h2)\n"
    )
    run = type("Run", (), {"name": "full-h2", "hours": 1.96})()
    display.ended(run, Outcome(status="failed", reason="no memory"), 3.0, progress)
    assert capsys.readouterr().err == "[5/9] full-h2: failed: no memory\n"
    assert [time_text(seconds) for seconds in (45, 700, 9000)] == ["45 s", "12 min", "2.5 h"]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "150")
    with SweepDisplay() as shown:
        shown.moved(progress)
    drawn = capsys.readouterr().err
    assert "time left" in drawn
    assert "51.3 mIoU" in drawn
