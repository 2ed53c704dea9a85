"""``budgetseg bench plan``: one document, and a plan that fails is said so."""

import json

import pytest
from typer.testing import CliRunner

from budgetseg.cli.bench import app
from budgetseg.errors import RunFailedError


def test_it_times_the_options_that_are_given():
    done = CliRunner().invoke(app, ["plan", "--repeats", "1", "--json", "--", "--hours", "5", "--evidence", "paper"])
    document = json.loads(done.stdout)
    assert document["schema"] == "budgetseg.bench-plan/1"
    assert document["command"] == "budgetseg plan --hours 5 --evidence paper"
    assert document["plan_cpu_seconds"] > document["numpy_cpu_seconds"] > 0
    assert document["ratio"] == pytest.approx(document["plan_cpu_seconds"] / document["numpy_cpu_seconds"])


def test_a_plan_that_fails_is_no_figure():
    done = CliRunner().invoke(app, ["plan", "--repeats", "1", "--", "--hours", "none"])
    assert isinstance(done.exception, RunFailedError)
    assert "--hours" in str(done.exception)
