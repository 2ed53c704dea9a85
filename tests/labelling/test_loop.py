"""The whole loop by its commands: plan, tasks, people (simulated), ingest, calibrate, run, plan again."""

import csv
import json
import re
import tomllib

import pytest

from budgetseg.cli.main import main

PAPER_RATES = {"label_s": 1.0, "first_click_s": 2.4}
TRUE_RATES = {"label_s": 1.5, "first_click_s": 3.6}


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Run a command in one folder; return what it printed as JSON."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def run_it(*arguments, code=0):
        monkeypatch.setattr("sys.argv", ["budgetseg", *map(str, arguments), "--json"])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        assert stopped.value.code == code, captured.err
        return json.loads(captured.out)

    return run_it


@pytest.mark.slow
def test_the_loop_runs_from_hours_to_hours(call, photo_folder, tmp_path):
    # Annotators who are half as slow again as the paper's.
    rates = "".join(f"[rates.{name}]\nseconds = {seconds}\n" for name, seconds in TRUE_RATES.items())
    (tmp_path / "people.toml").write_text(
        f'schema = "budgetseg.costbook/1"\nname = "people"\nextends = "voc2012"\n{rates}'
    )
    data = ["--dataset", photo_folder]
    kinds = call("plan", "--hours", "0.1", *data, "-o", "plan.json")["mix"]
    assert "point" in kinds
    made = call("tasks", "plan.json", "--images", photo_folder, "--granularity", "image-class", "-o", "tasks")
    classes = len(made["classes"])
    images = sum(kinds.values())
    assert made["images"] == images
    assert made["tasks"] - made["control_tasks"] == images * classes
    call(
        "rehearse",
        "tasks",
        *data,
        "--costs",
        "people.toml",
        "--people",
        "3",
        "--annotators",
        "perfect",
        "-o",
        "export.json",
    )
    got = call("ingest", "export.json", "--tasks", "tasks", "--plan", "plan.json", "-o", "annotations")
    assert got["kinds"] == kinds
    assert (got["rejected"], got["missing"], got["timed"]) == (0, {}, made["tasks"])
    assert all(row["right"] == row["controls"] for row in got["annotators"])
    with (tmp_path / "annotations" / "timings.csv").open() as file:
        seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    assert sum(seconds) / 3600 == pytest.approx(got["hours"])

    call("calibrate", "annotations/timings.csv", "--prior", "voc2012", "-o", "mine.toml")
    book = tomllib.loads((tmp_path / "mine.toml").read_text())
    measured = {name: float(book["rates"][name]["seconds"]) for name in TRUE_RATES}
    for name, seconds in TRUE_RATES.items():
        assert abs(measured[name] - seconds) < abs(PAPER_RATES[name] - seconds) / 2

    short = ["--iterations", "2", "--batch", "4", "--device", "cpu"]
    result = call("run", "--annotations", "annotations", *data, *short, "--out", "run")
    assert result["mix"] == kinds
    assert result["annotators"] == "people"
    assert result["hours"]["actual"] == pytest.approx(sum(_seconds_kept(tmp_path)) / 3600)
    again = call("plan", "--hours", "0.1", *data, "--current", "annotations", "--costs", "mine.toml")
    assert again["current"] == kinds
    assert again["costs"] == "mine.toml"


def _seconds_kept(folder):
    with (folder / "annotations" / "subset.csv").open() as file:
        return [float(row["seconds"]) for row in csv.DictReader(file)]


def test_what_is_trained_on_is_what_people_answered(call, photo_folder, tmp_path, plan_of):
    """Careless people fail their control images; their batches are done again and not trained on."""
    (tmp_path / "plan.json").write_text(json.dumps(plan_of({"point": 16}).to_dict()))
    call("tasks", "plan.json", "--images", photo_folder, "--batch", "10", "--controls", "2", "-o", "tasks")
    people = ["--people", "2", "--careless", "1", "--annotators", "perfect"]
    call("rehearse", "tasks", "--dataset", photo_folder, *people, "-o", "export.json")
    got = call("ingest", "export.json", "--tasks", "tasks", "--plan", "plan.json", "-o", "annotations", code=5)
    assert got["kinds"] == {"point": 8}
    assert got["missing"] == {"point": 8}
    assert got["rejected"] == 8
    with (tmp_path / "annotations" / "redo.csv").open() as file:
        assert len({row["image_id"] for row in csv.DictReader(file)}) == 8
    rejects = (tmp_path / "annotations" / "rejects.csv").read_text()
    # Careless people may be right by chance, but not every time.
    assert len(re.findall("its batch failed: [01] of 2 control images right, 2 needed", rejects)) == 8
