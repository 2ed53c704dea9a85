"""The sentence says no more than the runs do."""

import pytest

from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import gather
from budgetseg.report.verdict import hours_text, judge


@pytest.fixture
def verdict(tmp_path):
    return lambda: judge(gather(read_runs(tmp_path / "runs")[0]))


def seeds(make_run, strategy, values, **changes):
    for seed, miou in enumerate(values):
        make_run(f"{strategy}-{changes.get('hours', 6)}-{seed}", strategy=strategy, seed=seed, miou=miou, **changes)


def test_one_run_alone(make_run, verdict):
    make_run("a", miou=61.24)
    found = verdict()
    assert found.status == "only one"
    assert found.sentence == "With 6 h, hybrid (900 point + 100 full) reaches 61.2 (58.7 to 63.5) mIoU."
    assert "No other strategy was run" in found.caution
    assert found.difference is None


def test_repeated_and_apart(make_run, verdict):
    seeds(make_run, "hybrid", [61, 61.4, 60.6])
    seeds(make_run, "full", [51, 51.3, 50.7])
    seeds(make_run, "image", [20, 20.3, 20.7])
    found = verdict()
    assert found.status == "clear"
    assert found.sentence.startswith("With 6 h, hybrid (900 point + 100 full) reaches 61.0 ± 0.4 mIoU, 10.0 ± ")
    assert found.sentence.endswith(" above full (90 images), the next best at the same hours (51.0 ± 0.3).")
    assert "95 %, over 3 and 3 seeds and 40 validation images" in found.basis
    assert found.caution == ""


def test_repeated_and_within_noise(make_run, verdict):
    seeds(make_run, "hybrid", [61, 55, 64])
    seeds(make_run, "full", [60, 57, 61])
    found = verdict()
    assert found.status == "within noise"
    assert "cannot be told apart" in found.sentence
    assert "above" not in found.sentence


def test_single_runs_apart_are_not_called_clear(make_run, verdict):
    make_run("a", miou=61)
    make_run("b", strategy="full", miou=41)
    found = verdict()
    assert found.status == "not repeated"
    assert "20.0 ± " in found.sentence
    assert "Each is a single run" in found.caution
    assert "three seeds" in found.caution


def test_single_runs_close_together(make_run, verdict):
    make_run("a", miou=50.4)
    make_run("b", strategy="full", miou=50.0)
    found = verdict()
    assert found.status == "within noise"
    assert "Each is a single run" in found.caution


def test_without_any_interval_nothing_is_clear(make_run, verdict):
    make_run("a", miou=61, confusion=False, miou_interval=None)
    make_run("b", strategy="full", miou=41, confusion=False, miou_interval=None)
    found = verdict()
    assert found.status == "within noise"
    assert "±" not in found.sentence
    assert "No interval could be computed" in found.caution


def test_other_hours_are_said(make_run, verdict):
    seeds(make_run, "hybrid", [61, 61.4, 60.6])
    seeds(make_run, "full", [51, 51.3, 50.7], hours=2.0, budget_hours=2.0)
    found = verdict()
    assert found.status == "other hours"
    assert "full (90 images), the nearest in hours, reaches 51.0 ± 0.3 with 2 h" in found.sentence
    assert "had fewer. Run it with 6 h too." in found.caution


def test_a_pool_that_ended_is_the_same_budget(make_run, verdict):
    seeds(make_run, "hybrid", [61, 61.4, 60.6])
    seeds(make_run, "image", [51, 51.3, 50.7], hours=4.0, budget_hours=6.0)
    assert verdict().status == "clear"


def test_a_rival_at_equal_hours_beats_a_better_one_elsewhere(make_run, verdict):
    seeds(make_run, "hybrid", [61, 61.4, 60.6])
    seeds(make_run, "full", [60.9, 60.9, 60.9], hours=12.0, budget_hours=12.0)
    seeds(make_run, "point", [40, 40.3, 40.7])
    assert verdict().rival.series == "point"


def test_one_side_repeated(make_run, verdict):
    seeds(make_run, "hybrid", [61, 61.4, 60.6])
    make_run("full", strategy="full", miou=40)
    found = verdict()
    assert found.status == "clear"
    assert "full was run once" in found.caution
    assert "3 and 1 seeds" in found.basis


@pytest.mark.parametrize(
    ("hours", "text"), [(60.0, "60 h"), (58.79, "58.8 h"), (704.6, "705 h"), (0.25, "0.25 h"), (1200, "1,200 h")]
)
def test_hours_as_a_person_says_them(hours, text):
    assert hours_text(hours) == text
