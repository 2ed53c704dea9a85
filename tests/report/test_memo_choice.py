"""What the memo advises: a mix that was trained, or one that says it was not, beside the nearest that was."""

import numpy as np
import pytest

from budgetseg.plan.mix import Mix
from budgetseg.plan.surface import counts_of
from budgetseg.report.memo import memo_of
from budgetseg.report.memo_choice import choose
from budgetseg.report.memo_page import draw_memo, lines, sentence


def trained(report):
    return {Mix.of(run.mix) for run in report.runs}


@pytest.fixture(scope="module")
def comparison(planned):
    return planned.comparisons[0]


@pytest.mark.parametrize("hours", [2.0, 8.0, 12.0])
def test_a_mix_that_no_run_bought_is_advised_only_where_it_is_better_beyond_doubt(planned, comparison, hours):
    found = choose(comparison.planner, hours)
    free = comparison.planner.choose(hours).mix
    assert found.best.mix == free
    if found.trained is None:
        assert found.plan.mix == free
        assert free not in trained(planned)
        assert found.gain.low > 0
        assert found.gain.mean > 0.5
    else:
        assert found.plan.mix in trained(planned)
        assert found.plan.hours <= hours * 1.05
    surface = comparison.planner.surface
    above = np.subtract(*surface.samples(counts_of([free.to_dict(), found.nearest.mix])).T)
    share = float((above > 0).mean())
    if found.trained is not None and found.plan.mix != free:
        assert share < 0.9 or found.gain.mean <= 0.5
    affordable = [run for run in comparison.planner.runs if run.hours <= hours * 1.05]
    best = max(float(surface.mean(counts_of([run.mix]))[0]) for run in affordable)
    assert float(surface.mean(counts_of([found.nearest.mix]))[0]) == pytest.approx(best)


def test_a_trained_mix_stands_with_what_it_reached(planned, comparison):
    memo = memo_of(comparison, 8.0)
    assert memo.plan.mix in trained(planned)
    runs = [run for run in planned.runs if Mix.of(run.mix) == memo.plan.mix]
    mean, spread = np.mean([run.miou for run in runs]), np.std([run.miou for run in runs], ddof=1)
    assert f". {len(runs)} trainings of this mix reached {mean:.1f} ± {spread:.1f} mIoU; one new" in sentence(memo)
    why = dict(lines(memo))["Why this mix"]
    assert f"expect most of {memo.choice.best.mix}, which no run bought: " in why
    assert "keeps to a mix that was trained" in why
    text = draw_memo(memo)
    assert "mIoU, measured" in text
    assert "No run" not in text
    document = memo.to_dict()
    assert document["choice"]["trained"] is True
    assert document["plan"]["mix"] == runs[0].mix
    assert document["choice"]["best"]["mix"] == memo.choice.best.mix.to_dict()


def test_beyond_the_runs_it_says_that_it_is_foretold_and_what_was_measured_nearest(planned, comparison):
    memo = memo_of(comparison, 30.0)
    assert memo.choice.trained is None
    assert memo.plan.mix not in trained(planned)
    assert f"No run bought this mix: {memo.plan.predicted_miou.mean:.1f} mIoU are foretold; one new" in sentence(memo)
    near = [run for run in planned.runs if run.mix == memo.choice.nearest.mix]
    text = draw_memo(memo)
    assert f"Measured: {Mix.of(near[0].mix)} (16 h) reached {np.mean([run.miou for run in near]):.1f}" in text
    assert "mIoU, foretold" in text
    assert "mIoU, measured" not in text
    assert memo.to_dict()["choice"]["trained"] is False


def test_below_the_cheapest_run_the_most_alike_stands_beside_it(comparison):
    found = choose(comparison.planner, 0.5)
    assert found.trained is None
    assert found.nearest == comparison.planner.nearest(found.plan.mix)
