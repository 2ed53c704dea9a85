"""`budgetseg report`: one document or a few lines on stdout, the page beside it, and errors with their codes."""

import json

import pytest
import typer
from typer.testing import CliRunner

from budgetseg.cli.report import report
from budgetseg.errors import DataError, RunFailedError

app = typer.Typer()
app.command()(report)

RESULT = {
    "schema": "budgetseg.result/1",
    "status": "completed",
    "strategy": "hybrid",
    "backbone": "tiny",
    "recipe": "modern",
    "dataset": "scenes",
    "classes": ["background", "cat"],
    "seed": 0,
    "mix": {"point": 900, "full": 100},
    "hours": {"planned": 12.2, "actual": 12.1},
    "hours_by_kind": {"point": 5.5, "full": 6.6},
    "pool": 1000,
    "validation_images": 200,
    "costs": "voc2012",
    "miou": 61.25,
    "miou_interval": {"low": 59.0, "high": 63.5, "level": 0.95},
    "iou": {"background": 80.0, "cat": 42.5},
    "iterations": 400,
    "seconds_train": 30.0,
    "device": "cpu",
    "command": "budgetseg run --strategy hybrid",
}


@pytest.fixture
def runs(tmp_path):
    for name, changes in (("good", {}), ("lost", {"status": "failed", "miou": None, "reason": "loss is not finite"})):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "result.json").write_text(json.dumps(RESULT | changes))
    return tmp_path / "runs"


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_verdict_is_printed_and_the_page_written(runs, tmp_path):
    result = call(runs, "-o", tmp_path / "page.html")
    assert result.exit_code == 0
    assert "With 12.1 h, hybrid (900 point + 100 full) reaches 61.2" in " ".join(result.stdout.split())
    assert "left out: lost: failed: loss is not finite" in result.stderr
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_json_is_the_value_alone(runs, tmp_path):
    result = call(runs, "-o", tmp_path / "page.html", "--json")
    document = json.loads(result.stdout)
    assert document["schema"] == "budgetseg.report/1"
    assert document["comparisons"][0]["frontier"][0]["miou"] == 61.25
    assert document["comparisons"][0]["classes"] == {"background": {"hybrid": 80.0}, "cat": {"hybrid": 42.5}}
    assert document["skipped"] == [{"name": "lost", "reason": "failed: loss is not finite"}]
    assert document["runs"][0]["hours_by_kind"] == {"point": 5.5, "full": 6.6}
    assert (tmp_path / "page.html").is_file()


def test_the_page_goes_to_report_html_by_default(runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call().exit_code == 0
    assert (tmp_path / "report.html").is_file()


def test_nothing_to_report_on(tmp_path):
    result = call(tmp_path / "none", "-o", tmp_path / "page.html")
    assert isinstance(result.exception, DataError)
    assert result.exception.exit_code == 4
    assert not (tmp_path / "page.html").exists()


def test_a_place_that_cannot_be_written(runs, tmp_path):
    (tmp_path / "file").write_text("")
    result = call(runs, "-o", tmp_path / "file" / "page.html")
    assert isinstance(result.exception, RunFailedError)
