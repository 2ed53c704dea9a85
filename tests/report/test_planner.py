"""The planner on runs, and whether what it foretold came."""

from dataclasses import replace

import numpy as np
import pytest

from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.surface import counts_of
from budgetseg.report import read_report
from budgetseg.report.calibration import calibrate
from budgetseg.report.planner import evidence_from, planner_of, usable


def test_runs_are_the_evidence_that_a_folder_of_them_is(planned, planned_runs):
    mine = evidence_from(planned.comparisons[0].planner.runs)
    read = read_evidence(planned_runs)
    order, other = np.lexsort(mine.counts_RK.T), np.lexsort(read.counts_RK.T)
    np.testing.assert_array_equal(mine.counts_RK[order], read.counts_RK[other])
    assert sorted(mine.miou_R) == sorted(read.miou_R)
    assert (mine.dataset, mine.recipe) == (read.dataset, read.recipe)


def test_the_planner_buys_what_the_hours_pay_for(planned):
    comparison = planned.comparisons[0]
    assert [step.hours for step in comparison.planned] == [step.hours for step in comparison.steps]
    seconds = {"image": 20.0, "point": 22.1, "full": 239.7}
    for step in comparison.planned:
        assert step.spent <= step.hours + 1e-9
        assert step.spent == pytest.approx(sum(count * seconds[kind] for kind, count in step.mix) / 3600, rel=2e-3)
        assert step.expected.low < step.expected.mean < step.expected.high
    rising = [step.expected.mean for step in comparison.planned]
    assert rising[-1] > rising[0] + 10
    assert {step.trained for step in comparison.planned} == {True, False}
    for step in comparison.planned:
        bought = step.mix.to_dict()
        far = {
            run.name: sum(abs(run.mix.get(kind, 0) - bought.get(kind, 0)) * seconds[kind] for kind in seconds)
            for run in planned.runs
        }
        assert step.nearest.runs[0].name in [name for name, value in far.items() if value == min(far.values())]
        assert step.trained == any(
            run.mix.keys() == bought.keys() and all(abs(run.mix[kind] / bought[kind] - 1) <= 0.02 for kind in bought)
            for run in planned.runs
        )
        assert step.basis.startswith("expected" if step.trained else "foretold, no run bought this mix; nearest: ")


def test_variants_and_other_terms_are_left_out(planned):
    runs = planned.runs
    odd = [replace(runs[0], strategy="point-3annotators"), replace(runs[1], objectness="center")]
    assert usable([*runs, *odd]) == runs
    assert usable(odd[:1]) == ()


def test_too_few_mixes_are_no_evidence(planned):
    full = [run for run in planned.runs if run.strategy == "full"][:6]
    assert "there are 3" in planner_of(full, planned.comparisons[0].book)


def test_smaller_budgets_foretell_the_larger_ones(planned):
    calibration = planned.comparisons[0].calibration
    assert calibration.fitted == 16
    assert calibration.up_to_hours == 4
    measured = {run.name: run.miou for run in planned.runs}
    assert {one.run for one in calibration.foretold} == {
        run.name for run in planned.runs if run.budget_hours in (8.0, 16.0)
    }
    assert all(one.measured == measured[one.run] for one in calibration.foretold)
    assert calibration.inside == sum(
        one.predicted.low <= one.measured <= one.predicted.high for one in calibration.foretold
    )
    errors = [one.predicted.mean - one.measured for one in calibration.foretold]
    assert calibration.error == pytest.approx(np.mean(errors))
    assert calibration.off == pytest.approx(np.mean(np.abs(errors)))
    assert [pick.hours for pick in calibration.picks] == [8.0, 16.0]
    assert all(pick.lost >= 0 for pick in calibration.picks)
    assert all((pick.lost == 0) == (pick.predicted == pick.measured) for pick in calibration.picks)


def test_the_foretelling_does_not_see_what_it_foretells(planned):
    comparison = planned.comparisons[0]

    def doubled(point):
        runs = tuple(
            replace(run, miou=min(100.0, 2 * run.miou)) if (run.budget_hours or 0) > 4 else run for run in point.runs
        )
        return replace(point, runs=runs)

    other = calibrate(tuple(map(doubled, comparison.points)))
    mine = {one.run: one.predicted.mean for one in comparison.calibration.foretold}
    assert {one.run: one.predicted.mean for one in other.foretold} == mine
    counts_MK = counts_of([dict(comparison.planner.runs[0].mix)])
    assert np.isfinite(comparison.planner.surface.mean(counts_MK)).all()


def test_a_few_runs_are_not_put_to_the_test(make_run, tmp_path):
    make_run("one")
    assert "3 different budgets" in read_report(tmp_path / "runs").comparisons[0].calibration
