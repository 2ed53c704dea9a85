"""The index of run directories: always what the directories say, whatever became of the file."""

import csv
import io
import json
import os
import random
import shutil
import sqlite3

import pytest

from budgetseg.plan.evidence import read_evidence
from budgetseg.runs.directory import RESULT_SCHEMA, RunDirectory
from budgetseg.runs.export import evidence_csv
from budgetseg.runs.index import INDEX, open_index


def result(**other):
    known = {
        "schema": RESULT_SCHEMA,
        "status": "completed",
        "strategy": "point",
        "mix": {"point": 7},
        "hours": {"planned": 2.0, "actual": 1.5},
        "seed": 3,
        "miou": 41.5,
        "iou": {"background": 90.0, "a, b": None, "cat": 30.0},
        "dataset": "scenes",
        "classes": ["background", "a, b", "cat"],
        "backbone": "tiny",
        "recipe": "modern",
        "iterations": 5,
        "seconds_train": 3.0,
        "seconds_measure": 1.0,
        "reason": None,
    }
    return known | other


def put(folder, **other):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.json").write_text(json.dumps({"fingerprint": "x"}))
    (folder / "result.json").write_text(json.dumps(result(**other)))


def listed(folder):
    with open_index(folder) as index:
        return {record.name: (record.status, record.miou) for record in index.records()}


def test_the_index_follows_the_directories(tmp_path):
    assert listed(tmp_path / "nothing") == {}
    put(tmp_path / "a")
    put(tmp_path / "group" / "b", miou=20.0)
    (tmp_path / "other").mkdir()
    (tmp_path / ".hidden").mkdir()
    put(tmp_path / ".hidden" / "c")
    assert listed(tmp_path) == {"a": ("completed", 41.5), "group/b": ("completed", 20.0)}
    put(tmp_path / "a", miou=50.25)
    put(tmp_path / "d", status="failed", miou=None, reason="no memory")
    shutil.rmtree(tmp_path / "group")
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "state.json").write_text("{}")
    assert listed(tmp_path) == {"a": ("completed", 50.25), "d": ("failed", None), "e": ("stopped", None)}
    with RunDirectory(tmp_path / "e").locked():
        assert listed(tmp_path)["e"] == ("running", None)
    (tmp_path / "e" / "result.json").write_text("{")
    assert listed(tmp_path)["e"] == ("unreadable", None)
    assert listed(tmp_path / "a") == {"a": ("completed", 50.25)}  # a run directory itself


def test_any_history_ends_where_a_new_index_would(tmp_path):
    rng = random.Random(4)
    for step in range(30):
        name = tmp_path / f"run{rng.randrange(6)}"
        choice = rng.random()
        if choice < 0.3 and name.exists():
            shutil.rmtree(name)
        else:
            put(name, miou=float(step), status=rng.choice(["completed", "failed", "interrupted"]))
        kept = listed(tmp_path)
        (tmp_path / INDEX).unlink()
        assert kept == listed(tmp_path)


@pytest.mark.parametrize("content", [b"not a database", b"", None, "cut"])
def test_a_broken_index_is_made_anew(tmp_path, content):
    put(tmp_path / "a")
    before = listed(tmp_path)
    path = tmp_path / INDEX
    if content is None:
        path.unlink()
    elif content == "cut":
        whole = path.read_bytes()
        path.write_bytes(whole[:100] + os.urandom(len(whole) - 100))
    else:
        path.write_bytes(content)
    assert listed(tmp_path) == before
    assert sqlite3.connect(path).execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_an_index_of_another_version_is_made_anew(tmp_path):
    put(tmp_path / "a")
    listed(tmp_path)
    database = sqlite3.connect(tmp_path / INDEX)
    with database:
        database.execute("DROP TABLE runs")
        database.execute("CREATE TABLE runs (path)")
        database.execute("PRAGMA user_version = 99")
    database.close()
    assert listed(tmp_path) == {"a": ("completed", 41.5)}


def test_an_index_that_lacks_a_table_is_made_anew(tmp_path):
    put(tmp_path / "a")
    listed(tmp_path)
    database = sqlite3.connect(tmp_path / INDEX)
    with database:
        database.execute("DROP TABLE results")
    database.close()
    put(tmp_path / "a", miou=2.0)
    assert listed(tmp_path) == {"a": ("completed", 2.0)}
    assert sqlite3.connect(tmp_path / INDEX).execute("SELECT count(*) FROM results").fetchone() == (1,)


def test_where_no_index_can_be_written_there_is_one_all_the_same(tmp_path, monkeypatch):
    put(tmp_path / "a")
    connect = sqlite3.connect

    def refused(place, **options):
        if place != ":memory:":
            return connect("file:/nowhere/index.sqlite?mode=ro", uri=True, **options)
        return connect(place, **options)

    monkeypatch.setattr("budgetseg.runs.index.sqlite3.connect", refused)
    assert listed(tmp_path) == {"a": ("completed", 41.5)}
    assert not (tmp_path / INDEX).exists()


def test_an_index_in_use_is_not_waited_for_for_ever(tmp_path, monkeypatch):
    put(tmp_path / "a")
    listed(tmp_path)
    monkeypatch.setattr("budgetseg.runs.index._WAIT_SECONDS", 0.05)
    other = sqlite3.connect(tmp_path / INDEX, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    put(tmp_path / "b")
    assert set(listed(tmp_path)) == {"a", "b"}
    other.execute("ROLLBACK")
    other.close()
    assert set(listed(tmp_path)) == {"a", "b"}


def test_exported_runs_are_the_evidence_that_the_folder_is(tmp_path):
    put(tmp_path / "a")
    put(
        tmp_path / "b",
        mix={"point": 5, "full": 2},
        strategy="hybrid",
        miou=44.0,
        iou={"background": 91.0, "a, b": 12.0, "cat": 31.0},
    )
    put(tmp_path / "c", status="failed", miou=None)
    put(tmp_path / "g" / "d", mix={"full": 4}, strategy="full", iterations=9)
    with open_index(tmp_path) as index:
        text = evidence_csv(index)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows] == ["a", "b", "g/d"]
    assert rows[1] | {"point": "5", "full": "2", "miou": "44.0", "hours": "1.5", "seed": "3"} == rows[1]
    assert [(row["iou_cat"], row["iou_a, b"]) for row in rows] == [("30.0", ""), ("31.0", "12.0"), ("30.0", "")]
    path = tmp_path / "evidence.csv"
    path.write_text(text)
    for recipe in ("modern tiny 5 iterations", "modern tiny 9 iterations"):
        ours, theirs = (read_evidence(of, recipe=recipe) for of in (path, tmp_path))
        assert ours.counts_RK.tolist() == theirs.counts_RK.tolist()
        assert ours.miou_R.tolist() == theirs.miou_R.tolist()
        assert (ours.dataset, ours.recipe) == (theirs.dataset, theirs.recipe)
        assert {of: iou.tolist() for of, iou in ours.class_iou.items()} == {
            of: iou.tolist() for of, iou in theirs.class_iou.items()
        }
