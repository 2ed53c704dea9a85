"""``budgetseg bench report`` and ``bench runs``: made-up runs are read like real ones, and the figures are of them."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from budgetseg.bench.browser import open_page
from budgetseg.bench.made_runs import make_runs
from budgetseg.cli.bench import app
from budgetseg.errors import InvalidInputError, RunFailedError
from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import gather
from budgetseg.report.samples import sample_grid
from budgetseg.runs.index import open_index


def test_made_up_runs_are_whole(tmp_path):
    make_runs(tmp_path, 55, np.random.default_rng(1))
    runs, skipped = read_runs(tmp_path)
    assert skipped == ()
    assert len(runs) == 55
    assert {run.seed for run in runs} == {0, 1}
    for run in runs[::9]:
        sum_CC = np.load(run.path / "confusion.npy").sum(axis=0)
        iou = 100 * sum_CC.diagonal() / (sum_CC.sum(0) + sum_CC.sum(1) - sum_CC.diagonal())
        assert run.miou == pytest.approx(iou.mean())
        assert run.hours <= (run.budget_hours or 0) * 1.05
    assert sample_grid(gather(runs)).rows
    with open_index(tmp_path) as index:
        assert {record.status for record in index.records()} == {"completed"}


def test_a_list_is_timed_beside_reading_every_result():
    document = json.loads(CliRunner().invoke(app, ["runs", "--runs", "30", "--repeats", "1", "--json"]).stdout)
    assert (document["schema"], document["runs"]) == ("budgetseg.bench-runs/1", 30)
    assert document["ratio"] == pytest.approx(document["reading_cpu_seconds"] / document["list_cpu_seconds"])
    assert document["list_seconds"] > 0


def test_a_report_is_timed_until_its_first_chart(chromium):
    done = CliRunner().invoke(app, ["report", "--runs", "10", "--repeats", "1", "--browser", chromium, "--json"])
    document = json.loads(done.stdout)
    assert (document["schema"], document["runs"]) == ("budgetseg.bench-report/1", 10)
    assert 3 < document["megabytes"] < 10
    assert 0 < document["open_seconds"] < 300
    assert document["make_seconds"] > 0


def test_a_page_without_a_chart_is_no_figure(chromium, tmp_path):
    (tmp_path / "page.html").write_text("<body>nothing</body>")
    with pytest.raises(RunFailedError, match="drew no chart"):
        open_page(chromium, tmp_path / "page.html")
    assert open_page(chromium, tmp_path / "page.html", charts=False).seconds > 0


def test_a_browser_that_is_not_there_is_said():
    done = CliRunner().invoke(app, ["report", "--browser", "no-such-browser"])
    assert isinstance(done.exception, InvalidInputError)
    assert "no-such-browser is not there" in str(done.exception)
