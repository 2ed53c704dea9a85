"""What rates with a range do to a plan: against closed forms, and in the document."""

import json
from dataclasses import replace
from fractions import Fraction
from math import exp, log

import numpy as np
import pytest

from budgetseg.costs.book import load_book
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.plan.cost_doubt import cost_doubt
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Prediction, read_plan

Z = 1.2815515655446004
PREDICTED = Prediction(mean=60.0, low=57.0, high=62.0)


class LogOfImages:
    """Expects 10 points more for e times the images."""

    def mean(self, counts_MK):
        return 60 + 10 * np.log(counts_MK.sum(axis=1) / 1000)


def book_with(**ranges):
    book = load_book("voc2012")
    bare = {name: replace(rate, low=None, high=None) for name, rate in book.rates.items()}
    for name, factor in ranges.items():
        seconds = bare[name].seconds
        bare[name] = replace(bare[name], low=seconds / factor, high=seconds * factor)
    return replace(book, rates=bare)


def doubt_of(book, mix, pool=10**6):
    return cost_doubt(LogOfImages(), book, PASCAL_VOC_2012, mix, PREDICTED, pool, np.random.default_rng(0))


def test_one_doubtful_rate_that_is_all_of_the_cost():
    """Of whole images labelled class by class the label rate is everything, so images spread as 1 / U."""
    doubt = doubt_of(book_with(label_s=Fraction(6, 5)), Mix.of({"image": 1000}))
    sd = log(1.2) / Z
    assert doubt.rates == ("label_s",)
    for found, z in ((doubt.images_low, -Z), (doubt.images_high, Z)):
        assert found == pytest.approx(1000 * exp(z * sd + sd**2 / 2), rel=0.03)
    assert doubt.hours_high == pytest.approx(20_000 / 3600 * exp(Z * sd - sd**2 / 2), rel=0.03)
    assert doubt.miou_sd == pytest.approx(10 * sd, rel=0.1)
    # Independent doubts add squared: 10 x log(1.2) = 1.8 points below, beside the 3 of the training.
    assert 60 - doubt.low == pytest.approx((3**2 + (10 * (log(1.2) - sd**2 / 2)) ** 2) ** 0.5, rel=0.05)
    assert doubt.high > 62


def test_a_rate_counts_by_its_share_of_the_cost():
    """Clicks are 3.6 of a point's 22.1 s."""
    doubt = doubt_of(book_with(first_click_s=Fraction(3, 2)), Mix.of({"point": 1000}))
    share, sd = 3.6 / 22.1, log(1.5) / Z
    assert doubt.hours_high * 3600 / 22_100 == pytest.approx(1 + share * (exp(Z * sd - sd**2 / 2) - 1), rel=0.01)


def test_the_pool_bounds_what_cheaper_images_add():
    doubt = doubt_of(book_with(label_s=Fraction(6, 5)), Mix.of({"image": 1000}), pool=1000)
    assert doubt.images_high == 1000
    assert doubt.high == PREDICTED.high


def test_nothing_is_said_where_nothing_is_in_doubt():
    assert doubt_of(book_with(), Mix.of({"point": 1000})) is None
    assert doubt_of(book_with(polygon_s=Fraction(2)), Mix.of({"point": 1000})) is None
    assert doubt_of(book_with(label_s=Fraction(2)), Mix.of({})) is None


def test_the_plan_keeps_it(tmp_path):
    from typer.testing import CliRunner

    from budgetseg.cli.main import app

    mine = tmp_path / "mine.toml"
    mine.write_text(
        'schema = "budgetseg.costbook/1"\nname = "mine"\nextends = "voc2012"\n'
        '[rates.label_s]\nseconds = 1.1\nlow = 0.8\nhigh = 1.5\nverified = true\nsource = "ours"\n'
    )
    path = tmp_path / "plan.json"
    done = CliRunner().invoke(app, ["plan", "--hours", "60", "--costs", str(mine), "-o", str(path)])
    assert done.exit_code == 0, done.output
    doubt = json.loads(path.read_text())["cost_doubt"]
    plan = read_plan(path)
    assert plan.cost_doubt.rates == tuple(doubt["rates"])
    assert "label_s" in plan.cost_doubt.rates
    assert doubt["images_low"] < plan.mix.images < doubt["images_high"]
    assert doubt["low"] <= plan.predicted_miou.low
    assert doubt["high"] >= plan.predicted_miou.high
    assert "Costs in doubt" in done.output
