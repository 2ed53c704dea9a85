"""Run directories are found, read, or named with the reason."""

import json
from pathlib import Path

import pytest

from budgetseg.errors import DataError
from budgetseg.report import draw_page, read_report
from budgetseg.report.finished import read_runs


def test_runs_one_and_two_levels_below_are_found_in_order(make_run, tmp_path):
    make_run("b-full", strategy="full")
    make_run("sweep/point", strategy="point")
    make_run("a")
    finished, skipped = read_runs(tmp_path / "runs")
    assert [run.name for run in finished] == ["a", "b-full", "sweep/point"]
    assert skipped == ()


def test_a_single_run_directory_is_a_folder_of_one(make_run):
    finished, _ = read_runs(make_run("only", miou=41.5))
    assert [(run.name, run.miou) for run in finished] == [("only", 41.5)]


def test_every_value_is_that_of_the_files(make_run, tmp_path):
    path = make_run("r", hours=5.5, budget_hours=6.0, mix={"point": 40, "full": 2})
    document = json.loads((path / "result.json").read_text())
    (run,), _ = read_runs(tmp_path / "runs")
    assert run.hours == document["hours"]["actual"] == 5.5
    assert run.budget_hours == 6.0
    assert dict(run.mix) == document["mix"]
    assert dict(run.iou) == document["iou"]
    assert run.miou_interval == (document["miou"] - 2.5, document["miou"] + 2.25, 0.95)
    assert run.command == document["command"]
    assert run.environment["versions"]["torch"] == "2.6.0"
    assert run.config["seed"] == 0


def test_objectness_that_was_charged_is_part_of_the_hours(make_run):
    path = make_run("r", hours=6.0, hours_by_kind={"point": 5.25}, objectness_hours=0.75)
    (run,), _ = read_runs(path)
    assert run.hours_by_kind == {"point": 5.25, "objectness": 0.75}


@pytest.mark.parametrize(("charged", "hours"), [(True, {"point": 5.0, "validation": 1.0}), (False, {"point": 5.0})])
def test_validation_masks_are_hours_where_they_are_charged(make_run, tmp_path, charged, hours):
    validation = {"images": 15, "hours": 1.0, "charged": charged}
    make_run("r", hours_by_kind={"point": 5.0}, validation=validation)
    (run,), _ = read_runs(tmp_path / "runs")
    assert run.hours_by_kind == hours
    page = draw_page(read_report(tmp_path / "runs"))
    words = "are paid for: 1.00 h" if charged else "count as free; they would cost 1.00 h"
    assert f"Measuring: 15 validation masks {words}." in page


def broken_json(path: Path) -> None:
    (path / "result.json").write_text('{"schema": ')


def no_result(path: Path) -> None:
    (path / "result.json").unlink()


def change(**values):
    def apply(path: Path) -> None:
        document = json.loads((path / "result.json").read_text()) | values
        (path / "result.json").write_text(json.dumps({k: v for k, v in document.items() if v != "drop"}))

    return apply


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (no_result, "not finished"),
        (broken_json, "line 1: expected JSON"),
        (change(status="failed", miou=None, reason="loss is not finite at step 31"), "failed: loss is not finite"),
        (change(status="interrupted", miou=None, reason="stopped by SIGINT"), "interrupted: stopped by SIGINT"),
        (change(schema="budgetseg.result/9"), "budgetseg.result/1"),
        (change(miou=None), "not usable"),
        (change(miou=1e3), "miou: expected a number from 0 to 100"),
        (change(miou=float("nan")), "miou: expected a number"),
        (change(hours=3), "not usable"),
        (change(costs="drop"), "lacks the key 'costs'"),
        (change(miou_interval={"low": 60, "high": 50}), "low 60 is above high 50"),
        (lambda path: (path / "config.toml").write_text("seed = ="), "config.toml: not readable"),
    ],
)
def test_a_run_without_a_usable_result_is_listed_with_the_reason(make_run, tmp_path, damage, reason):
    make_run("good")
    damage(make_run("bad"))
    finished, skipped = read_runs(tmp_path / "runs")
    assert [run.name for run in finished] == ["good"]
    assert [run.name for run in skipped] == ["bad"]
    assert reason in skipped[0].reason
    assert str(tmp_path) not in skipped[0].reason


def test_a_folder_being_written_is_not_a_run(make_run, tmp_path):
    make_run("good")
    make_run(".good.tmp123")
    finished, skipped = read_runs(tmp_path / "runs")
    assert len(finished) == 1
    assert skipped == ()


def test_nothing_finished_says_what_to_do(make_run, tmp_path):
    with pytest.raises(DataError, match="got nothing; make one with: budgetseg run"):
        read_runs(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="found no run; make one"):
        read_runs(tmp_path / "empty")
    no_result(make_run("half"))
    with pytest.raises(DataError, match=r"found 1 that did not finish \(half: not finished"):
        read_runs(tmp_path / "runs")
    with pytest.raises(DataError, match="got a file"):
        read_runs(tmp_path / "runs" / "half" / "plan.json")
