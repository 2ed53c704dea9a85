"""Learning curves from metrics.jsonl."""

import json
import re

from budgetseg.report import draw_page, read_report
from budgetseg.report.finished import read_runs
from budgetseg.report.frontier import gather
from budgetseg.report.learning import MOST_POINTS, learning_curves


def curves(root):
    return learning_curves(gather(read_runs(root)[0]))


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
    assert (curve.looked_at, curve.images) == ((), None)


def test_miou_on_the_way_is_a_curve_of_its_own_and_drawn_where_there_is_one(make_run, tmp_path):
    path = make_run("one", strategy="full", on_the_way={"every": 20, "images": 12})
    rows = [
        {"iteration": 10, "loss": 3.0},
        {"iteration": 20, "loss": 2.0, "miou": 31.5},
        {"iteration": 30, "loss": 1.0},
    ]
    (path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    blind = make_run("two", strategy="point")
    (blind / "metrics.jsonl").write_text('{"iteration": 1, "loss": 2.5}\n')
    report = read_report(tmp_path / "runs")
    (curve,) = (curve for curve in report.comparisons[0].learning if curve.series == "full")
    assert (curve.iterations, curve.losses) == ((10, 20, 30), (3.0, 2.0, 1.0))
    assert (curve.looked_at, curve.mious, curve.images) == ((20,), (31.5,), 12)
    text = draw_page(report)
    figures = json.loads(re.search(r'id="budgetseg-charts"[^>]*>(.*?)</script>', text, re.DOTALL)[1])["figures"]
    assert [(line["name"], line["y"]) for line in figures["progress-0"]["data"]] == [("full", [31.5])]
    assert [line["name"] for line in figures["losses-0"]["data"]] == ["full", "point"]
    assert "on 12 of the 40 validation images" in text
