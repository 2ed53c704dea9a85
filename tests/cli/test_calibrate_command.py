"""``budgetseg calibrate``: the document, the book, the screen and refusals."""

import json

import numpy as np
import pytest

from budgetseg.calibrate.synthetic import TRUTH, table_of, tasks_of
from budgetseg.costs.book import load_book


@pytest.fixture
def call(checked_call, tmp_path):
    (tmp_path / "timings.csv").write_text(table_of(tasks_of(TRUTH, 200, np.random.default_rng(0))))
    return checked_call


def test_document_book_and_screen_say_the_same(call, tmp_path):
    options = ["calibrate", "timings.csv", "--prior", "voc2012", "-o", "mine.toml", "--hours", "58.79"]
    document = json.loads(call(*options, "--json").out)
    assert document["schema"] == "budgetseg.calibration/1"
    assert document["hours"] == 58.79
    book = load_book(tmp_path / "mine.toml")
    captured = call(*options)
    for name, rate in document["rates"].items():
        assert float(book.rates[name].seconds) == pytest.approx(rate["mean"], rel=1e-5)
        (line,) = (line for line in captured.out.splitlines() if line.strip().startswith(name))
        assert f"{rate['mean']:.2f}" in line
        assert f"{rate['median']:.2f}" in line
    assert f"{document['time']['idle_share']:.1%} was idle" in captured.out
    assert "mine.toml" in captured.err
    point = next(effect for effect in document["effects"] if effect["kind"] == "point")
    assert f"{point['images']['means']:,}" in captured.out
    assert "plan" in json.loads(call("plan", "--hours", "60", "--costs", "mine.toml", "--json").out)["schema"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["nothing.csv"], "cannot read this table of times"),
        (["timings.csv", "--idle-cap", "long"], "--idle-cap"),
        (["timings.csv", "--idle-cap", "-3"], "--idle-cap"),
        (["timings.csv", "--statistic", "mode"], "--statistic"),
        (["timings.csv", "--time", "all"], "--time"),
        (["timings.csv", "--act", "click"], "--act"),
        (["timings.csv", "--prior", "voc2021"], "unknown cost book"),
    ],
)
def test_a_mistake_is_one_line(call, options, words):
    refused = call("calibrate", *options, code=4 if options[0] == "nothing.csv" else 2)
    assert len(refused.err.splitlines()) == 1
    assert words in refused.err
