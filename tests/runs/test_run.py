"""Runs end to end: what lies in the folder, every strategy, and every way a run can go wrong."""

import csv
import json

import numpy as np
import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import BudgetsegError, BudgetTooSmallError, InvalidInputError, RunFailedError
from budgetseg.learn.evaluate import mean_iou
from budgetseg.plan.plan import read_plan
from budgetseg.runs.config import read_config, spec_of
from budgetseg.runs.directory import RunDirectory
from budgetseg.runs.strategy import STRATEGIES


def test_a_finished_run_leaves_everything_that_its_result_says(small_run, tmp_path, recorder):
    result = small_run()
    folder = tmp_path / "run"
    assert json.loads((folder / "result.json").read_text()) == result
    assert result["schema"] == "budgetseg.result/1"
    assert (result["status"], result["mix"], result["pool"]) == ("completed", {"point": 18, "full": 6}, 24)
    with (folder / "subset.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["kind"] for row in rows] == ["full"] * 6 + ["point"] * 18
    assert sum(float(row["seconds"]) for row in rows) / 3600 == pytest.approx(result["hours"]["actual"])
    assert sum(result["hours_by_kind"].values()) == pytest.approx(result["hours"]["actual"])
    confusion_NCC = np.load(folder / "confusion.npy", allow_pickle=False)
    assert confusion_NCC.shape == (8, 8, 8)
    assert float(mean_iou(confusion_NCC.sum(axis=0))) == pytest.approx(result["miou"])
    assert result["miou_interval"]["low"] <= result["miou"] <= result["miou_interval"]["high"]
    assert read_plan(folder / "plan.json") == recorder.plans[0]
    assert {other["name"] for other in result["alternatives"]} <= set(KINDS)
    assert (folder / "checkpoints" / "best.safetensors").exists()
    samples = json.loads((folder / "samples" / "samples.json").read_text())
    assert all((folder / "samples" / sample[what]).exists() for sample in samples for what in ("image", "truth"))
    logged = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in logged] == list(range(1, 7))


def test_a_run_can_be_repeated_from_its_configuration(small_run, tmp_path, recorder):
    first = small_run(strategy="squiggle", images=9)
    tables = read_config(tmp_path / "run" / "config.toml")
    spec = spec_of(tables["run"], tables["train"], tables.get("mix"))
    assert spec.fingerprint == json.loads((tmp_path / "run" / "state.json").read_text())["fingerprint"]
    recorder.iterations.clear()
    again = small_run(strategy="squiggle", images=9)
    assert again == first
    assert recorder.iterations == []  # finished: nothing is done twice
    assert any("finished" in text for text in recorder.notices)


def test_the_same_run_elsewhere_gives_the_same_numbers(small_run, tmp_path):
    first = small_run(out=tmp_path / "a")
    second = small_run(out=tmp_path / "b")
    assert (first["miou"], first["iou"], first["miou_interval"]) == (
        second["miou"],
        second["iou"],
        second["miou_interval"],
    )
    weights = [(tmp_path / name / "checkpoints" / "best.safetensors").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]


# Every row of the paper's Table 1: strategy, objectness.
TABLE_1 = [
    ("image", "none"),
    ("image", "center"),
    ("point", "none"),
    ("point", "center"),
    ("allpoints", "center"),
    ("allpoints-weighted", "center"),
    ("point-3annotators", "center"),
    ("random-annotators", "center"),
    ("random-points", "center"),
    ("full", "none"),
    ("hybrid", "center"),
    ("squiggle", "center"),
]


FEW_SCENES = "scenes:train=16,val=12"  # all 200 validation scenes would take most of the time
NOT_IN_THE_PAPER = [(kind, "none") for kind in KINDS if kind not in dict(TABLE_1)]


@pytest.mark.parametrize(("strategy", "objectness"), [*TABLE_1, *NOT_IN_THE_PAPER])
def test_every_strategy_runs_end_to_end_on_the_embedded_scenes(small_run, strategy, objectness):
    result = small_run(strategy=strategy, objectness=objectness, dataset=FEW_SCENES, train={"iterations": 2})
    assert result["status"] == "completed"
    assert 0 < result["miou"] < 100
    assert sum(result["mix"].values()) == 16


def test_every_strategy_is_a_row_or_a_kind():
    assert {strategy for strategy, _ in TABLE_1} | set(KINDS) | {"two-stage"} == set(STRATEGIES)  # see test_search.py


def test_a_plan_is_bought_as_it_says(small_run):
    result = small_run(mix={"squiggle": 7, "box": 3, "full": 2})
    assert (result["strategy"], result["mix"]) == ("plan", {"squiggle": 7, "box": 3, "full": 2})


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_can_be_bought_beside_masks_and_clicks(small_run, kind):
    mix = {"point": 5, "full": 2} | {kind: 6}
    assert small_run(mix=mix, train={"iterations": 2})["mix"] == mix


def test_the_paper_preset_trains_whole_images(small_run):
    result = small_run(train={"preset": "paper", "iterations": 3, "batch": 2})
    assert (result["recipe"], result["status"]) == ("paper", "completed")


def test_hours_left_over_are_said(small_run, recorder):
    result = small_run(strategy="image", hours="3")
    assert result["hours"]["actual"] < result["hours"]["planned"] == 3
    assert any("left over" in text for text in recorder.notices)


def test_a_loss_that_is_not_finite_fails_with_its_reason(small_run, tmp_path):
    with pytest.raises(RunFailedError, match=r"iteration \d+: the loss is (nan|inf); lower train.lr"):
        small_run(train={"lr": 1e30, "iterations": 20})
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert (result["status"], result["miou"]) == ("failed", None)
    assert "the loss is" in result["reason"]


def test_another_run_is_not_overwritten(small_run, tmp_path):
    first = small_run()
    with pytest.raises(InvalidInputError, match="holds another run"):
        small_run(seed=1)
    assert json.loads((tmp_path / "run" / "result.json").read_text()) == first
    assert small_run(seed=1, how={"force": True})["seed"] == 1


def test_foreign_files_are_left_alone(small_run, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("years of work")
    for how in ({}, {"force": True}):
        with pytest.raises(InvalidInputError, match="holds files that are no run"):
            small_run(how=how)
    assert (tmp_path / "run" / "thesis.txt").read_text() == "years of work"


def test_a_file_where_the_folder_should_be(small_run, tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(RunFailedError, match="cannot make this run's folder"):
        small_run()
    assert (tmp_path / "run").read_text() == "a file"


def test_a_folder_in_use_is_refused(small_run, tmp_path):
    with RunDirectory(tmp_path / "run").locked(), pytest.raises(RunFailedError, match="in use by another process"):
        small_run()


def test_what_cannot_be_paid_leaves_nothing_behind(small_run, tmp_path):
    with pytest.raises(BudgetTooSmallError, match="do not buy the 6 full masks"):
        small_run(hours="0.01")
    assert not (tmp_path / "run" / "result.json").exists()
    assert small_run()["status"] == "completed"


def test_resume_insists_on_something_to_go_on_with(small_run, tmp_path):
    with pytest.raises(InvalidInputError, match="there is no run to go on with"):
        small_run(how={"resume": True})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strategy": "hybird"}, 'unknown strategy "hybird" .did you mean "hybrid"'),
        ({"hours": "3", "images": 4}, "--hours and --images: give one of them"),
        ({"images": 0}, "--images: expected a whole number >= 1"),
        ({"sede": 1}, 'unknown setting "run.sede" .did you mean "seed"'),
        ({"annotators": "robots"}, "run.annotators: expected one of human, perfect"),
    ],
)
def test_bad_settings_are_named(small_run, settings, message):
    with pytest.raises(InvalidInputError, match=message):
        small_run(**settings)


def test_an_edited_cost_book_makes_another_run(small_run, tmp_path):
    book = tmp_path / "mine.toml"
    book.write_text('schema = "budgetseg.costbook/1"\n[rates]\nlabel_s = 1.0\nfirst_click_s = 2.4\n')
    first = small_run(strategy="point", costs=str(book))
    book.write_text('schema = "budgetseg.costbook/1"\n[rates]\nlabel_s = 1.0\nfirst_click_s = 4.8\n')
    with pytest.raises(InvalidInputError, match="holds another run"):
        small_run(strategy="point", costs=str(book))
    assert small_run(strategy="point", costs=str(book), how={"force": True})["hours"] != first["hours"]


def test_a_missing_objectness_map_is_found_before_training(small_run, tmp_path, recorder):
    (tmp_path / "maps").mkdir()
    with pytest.raises(BudgetsegError, match="maps"):
        small_run(objectness=f"maps:{tmp_path / 'maps'}")
    assert recorder.iterations == []
    assert not (tmp_path / "run" / "result.json").exists()
