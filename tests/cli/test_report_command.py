"""`budgetseg report`: one document or a few lines on stdout, the page beside it, and errors with their codes."""

import json

import pytest
import typer
from typer.testing import CliRunner

from budgetseg.cli.report import report
from budgetseg.errors import DataError, InvalidInputError, RunFailedError

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


@pytest.fixture
def many(tmp_path):
    """Masks at three budgets, and a hybrid: four mixes that the planner can be fitted to."""
    for name, hours, miou, mix in (
        ("full-2", 2.0, 30.0, {"full": 30}),
        ("full-4", 4.0, 38.0, {"full": 60}),
        ("full-8", 8.0, 45.0, {"full": 120}),
        ("hybrid-4", 4.0, 41.0, {"point": 260, "full": 36}),
    ):
        point = mix.get("point", 0) * 22.1 / 3600
        spent = {"full": hours - point, **({"point": point} if point else {})}
        changes = {
            "strategy": name.split("-")[0],
            "mix": mix,
            "hours": {"planned": hours, "actual": hours},
            "hours_by_kind": spent,
            "miou": miou,
            "miou_interval": None,
        }
        (tmp_path / "many" / name).mkdir(parents=True)
        (tmp_path / "many" / name / "result.json").write_text(json.dumps(RESULT | changes))
    return tmp_path / "many"


def test_a_memo_is_written_beside_the_page(many, tmp_path):
    arguments = ("--memo", tmp_path / "memo.html", "--hours", "4", "--wage", "20", "--annotators", "2")
    result = call(
        many, "-o", tmp_path / "page.html", *arguments, "--start", "2027-01-11", "--miou-worth", "90", "--json"
    )
    assert result.exit_code == 0, result.exception
    memo = json.loads(result.stdout)["memo"]
    assert memo["schema"] == "budgetseg.memo/1"
    assert memo["plan"]["budget_hours"] == 4
    assert memo["work"]["money"] == pytest.approx(20 * memo["plan"]["hours"], rel=1e-3)
    assert (memo["work"]["people"], memo["work"]["last_day"]) == ({"anyone": 2}, "2027-01-11")
    assert memo["stop"]["worth"] == 90
    assert not any("wage" in line.lower() for line in memo["assumed"])
    assert (tmp_path / "memo.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "20.00 USD (the wage that was given)" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_verdict_is_about_the_hours_that_are_given(many, tmp_path):
    verdict = call(many, "-o", tmp_path / "page.html", "--hours", "4").stdout
    assert verdict.startswith("With 4 h, hybrid (260 point + 36 full)")
    within = call(many, "-o", tmp_path / "page.html", "--hours", "3").stdout
    assert "With 2 h, full (30 images) reaches 30.0 mIoU" in " ".join(within.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--annotators", "2"), "--annotators: belongs to --memo FILE"),
        (("--start", "2027-01-11"), "--start: belongs to --memo FILE"),
        (("--miou-worth", "5"), "--miou-worth: belongs to --memo FILE"),
        (("--hours", "1"), "--hours 1: the cheapest of these runs took 12.1 h"),
        (("--wage", "ten"), "--wage"),
        (("--memo", "memo.html"), "4 different mixes"),
        (("--memo", "memo.html", "--miou-worth", "0"), "--miou-worth: expected money above 0"),
    ],
)
def test_what_does_not_go_together_is_one_line(arguments, said, runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call(runs, *arguments)
    assert isinstance(result.exception, InvalidInputError)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)
