"""``budgetseg costs schedule``: from a plan on disk to days and money; what is assumed goes to stderr."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from budgetseg.cli.costs import app
from budgetseg.errors import BudgetsegError

PLAN = {
    "schema": "budgetseg.plan/1",
    "budget_hours": 60.0,
    "mix": {"point": 6500, "full": 300},
    "hours": 59.8778,
    "predicted_miou": None,
    "alternatives": [],
    "costs": "voc2012",
    "evidence": None,
    "workload": {"classes_asked": 20.0, "classes_present": 1.5, "instances": 2.8},
}
BOOK = """schema = "budgetseg.costbook/1"
extends = "voc2012"
[labour]
currency = "EUR"
wage_per_hour = 12
hours_per_day = 6
speed_log_sd = 0.3
[labour.kinds.full]
who = "expert"
"""


@pytest.fixture
def plan(tmp_path: Path) -> str:
    return written(tmp_path)


def written(folder: Path, **changes: object) -> str:
    path = folder / "plan.json"
    path.write_text(json.dumps({**PLAN, **changes}), encoding="utf-8")
    (folder / "mine.toml").write_text(BOOK, encoding="utf-8")
    return str(path)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["schedule", *arguments])


def answer(*arguments: str) -> Any:
    result = invoke(*arguments, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_days_without_a_labour_part_and_no_money(plan: str) -> None:
    result = invoke(plan, "--annotators", "4", "--start", "2027-01-11")
    # 59.9 h / 4 / 6 h = 2.5 days
    assert "4 x anyone, 6 h a day: 3 working days, 2027-01-11 to 2027-01-13" in result.stdout
    assert "No money: voc2012 has no [labour].wage_per_hour, nor a wage or price of point, full" in result.stdout
    assert "voc2012: [labour] does not say, so assumed: paid_per_labelling = 1, hours_per_day = 6" in result.stderr
    assert "no log_sd: label_s, first_click_s, polygon_s; assumed 0.642" in result.stderr
    assert "medians, counted as longer means, by rather too little: first_click_s" in result.stderr
    document = answer(plan, "--annotators", "4", "--start", "2027-01-11")
    assert document["schema"] == "budgetseg.schedule/1"
    assert (document["money"], document["currency"], document["unpriced"]) == (None, None, ["point", "full"])
    assert (document["working_days"], document["last_day"]) == (3, "2027-01-13")
    assert document["hours_spread"]["limit"] == 60
    # Clicks are medians: 6,500 x 1.5 clicks take 1.23 times 2.4 s.
    assert document["hours_spread"]["expected"] == pytest.approx(59.8778 + 6500 * 1.5 * 2.4 * 0.2288 / 3600, abs=0.01)
    assert 0.5 < document["hours_spread"]["chance_of_overrun"] < 0.9


def test_options_stand_for_the_books_keys(plan: str) -> None:
    options = ["--annotators", "4", "--wage", "10.50", "--currency", "USD", "--hours-per-day", "7.5"]
    document = answer(plan, *options)
    assert document["money"] == pytest.approx(59.87778 * 10.5)
    assert (document["currency"], document["working_days"]) == ("USD", 2)
    assert "hours_per_day" not in document["labour"]["assumed"]
    assert "hours_per_day" not in invoke(plan, *options).stderr


def test_experts_and_a_crowd(plan: str, tmp_path: Path) -> None:
    options = [plan, "--costs", str(tmp_path / "mine.toml"), "--annotators", "expert=1,crowd=4"]
    document = answer(*options)
    assert document["teams"].keys() == {"expert", "crowd"}
    assert [document["kinds"][kind]["team"] for kind in ("point", "full")] == ["crowd", "expert"]
    assert document["money_spread"]["planned"] == document["money"]
    table = invoke(*options).stdout
    assert f"{document['money']:,.2f}" in table
    for value in document["money_spread"]["enough"].values():
        assert f"{value:,.1f}" in table
    assert "No money" not in table


def test_a_plan_of_another_book_is_told(plan: str) -> None:
    told = "the plan reckons 59.9 h, these images take"
    assert told in invoke(plan, "--costs", "polygons-54s", "--json").stderr
    assert told not in invoke(plan, "--json").stderr


@pytest.mark.parametrize(
    ("changes", "arguments", "message"),
    [
        ({}, ["--annotators", "expert=1.5"], "--annotators: expected each name once as name=people,name=people, got"),
        ({}, ["--annotators", "0"], "annotators: anyone: expected a number from 1"),
        ({}, ["--annotators", "many"], "--annotators: expected each name once"),
        ({}, ["--start", "11.1.2027"], '--start: expected a day such as 2027-01-11, got "11.1.2027"'),
        ({}, ["--wage", "12"], "--wage: money without a currency; give --currency, as in --currency EUR"),
        ({}, ["--currency", " "], '--currency: expected a short name such as "EUR", got " "'),
        ({}, ["--wage", "-1", "--currency", "EUR"], "--wage: expected money for an hour at work, a number from 0"),
        ({}, ["--hours-per-day", "x"], "--hours-per-day: expected a number, got 'x'"),
        (
            {"costs": "mine"},
            [],
            'plan.json: its cost book "mine" is neither a shipped one nor a file here; give it with --costs',
        ),
        ({"workload": None}, [], "plan.json: workload: lacks the key 'classes_asked'"),
        ({"workload": {"classes_asked": 1, "classes_present": 2, "instances": 2}}, [], "workload: classes per image"),
        ({"mix": {}}, [], "images: expected at least one image"),
        ({"schema": "budgetseg.result/1"}, [], 'expected a plan ("schema": "budgetseg.plan/1")'),
    ],
)
def test_bad_input(tmp_path: Path, changes: dict[str, object], arguments: list[str], message: str) -> None:
    result = invoke(written(tmp_path, **changes), *arguments)
    assert isinstance(result.exception, BudgetsegError), result.output
    assert result.exception.exit_code == 2
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert result.stdout == ""
