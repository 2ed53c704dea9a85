"""Learning curves from metrics.jsonl."""

import json

from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import gather
from budgetseg.report.losses import MOST_POINTS, loss_curves


def curves(root):
    return loss_curves(gather(read_runs(root)[0]))


def test_a_curve_is_read_thinned_and_ends_where_a_line_was_cut_off(make_run, tmp_path):
    path = make_run("one", strategy="full")
    rows = [{"iteration": place, "loss": 1 / place} for place in range(1, 301)]
    (path / "metrics.jsonl").write_text("\n".join(map(json.dumps, rows)) + '\n{"iteration": 301, "lo')
    (curve,) = curves(tmp_path / "runs")
    assert len(curve.iterations) == MOST_POINTS
    assert curve.iterations[:2] == (1, 4)
    assert curve.losses[1] == 1 / 4


def test_the_first_seed_that_logged_is_taken_and_runs_without_a_log_are_left_out(make_run, tmp_path):
    make_run("one", strategy="full", seed=0)
    later = make_run("two", strategy="full", seed=1)
    make_run("three", strategy="point", miou=30.0)
    (later / "metrics.jsonl").write_text('{"iteration": 1, "loss": 2.5}\n{"iteration": 2, "loss": NaN}\n')
    (curve,) = curves(tmp_path / "runs")
    assert (curve.series, curve.run, curve.losses) == ("full", "two", (2.5,))
