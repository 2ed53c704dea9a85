"""Every part of a plan survives its document."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from budgetseg.costs import load_book
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.errors import InvalidInputError
from budgetseg.plan.candidates import read_candidates
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.coverage import frequencies_of
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.objective import Objective
from budgetseg.plan.plan import Plan, read_plan
from budgetseg.plan.purse import Bounds

GOALS = [Objective(), Objective(goal="p10"), Objective(goal="target", target_miou=20.0, confidence=0.7)]


def plan_of(surface: object, goal: Objective, **choices: object) -> Plan:
    return choose_plan(
        bounds=Bounds(seconds=Fraction(36_000), days=9, by=date(2027, 1, 29)),
        book=load_book("voc2012"),
        workload=PASCAL_VOC_2012,
        pool=9000,
        evidence=read_evidence("paper"),
        surface=surface,  # type: ignore[arg-type]
        frequencies=frequencies_of(PASCAL_VOC_2012, {"rare": 0.05}),
        objective=goal,
        **choices,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("goal", GOALS)
def test_document_and_back(goal: Objective, made_up: type, tmp_path: Path) -> None:
    surface = made_up(
        lambda point_M, full_M: 60 * (point_M + 9 * full_M) / (point_M + 9 * full_M + 900), scales=(0.9, 2.0)
    )
    plan = plan_of(surface, goal)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan.to_dict(), allow_nan=False), encoding="utf-8")
    assert read_plan(path) == plan
    document = plan.to_dict()
    assert document["objective"]["goal"] == goal.goal
    assert document["reasons"]["next_hour"]
    assert document["reasons"]["exchange"]
    assert document["reasons"]["break_even"]
    assert document["reasons"]["best_kinds"]
    assert document["two_stage"][0]["name"] == "rare"
    assert document["coverage"]["classes"][0]["images"]
    assert [one["name"] for one in document["limits"]] == ["hours", "time", "images"]
    assert (document["target"] is None) == (goal.goal != "target")


def test_a_row_of_a_table(made_up: type, tmp_path: Path) -> None:
    rows = tmp_path / "G.csv"
    rows.write_text("full,point\n10,0\n0,500\n", encoding="utf-8")
    surface = made_up(lambda point_M, full_M: (point_M + full_M) / 10)
    plan = plan_of(surface, Objective(), candidates=read_candidates(rows))
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan.to_dict(), allow_nan=False), encoding="utf-8")
    assert read_plan(path) == plan
    assert plan.to_dict()["candidate"] == {"file": str(rows), "row": 2, "line": 3}


def test_plans_of_before_can_be_read(made_up: type, tmp_path: Path) -> None:
    document = plan_of(made_up(lambda point_M, full_M: point_M / 10 + full_M), Objective()).to_dict()
    for key in ("objective", "target", "candidate", "limits", "reasons", "coverage", "two_stage", "advice"):
        del document[key]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_plan(path).reasons is None
    document["reasons"] = {"next_hour": [{"kind": "full"}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="not a usable plan"):
        read_plan(path)
