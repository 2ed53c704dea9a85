"""``budgetseg costs validation``: from options or from a run; JSON and table say the same."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from budgetseg.cli.costs import app
from budgetseg.errors import BudgetsegError


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["validation", *arguments])


def answer(*arguments: str) -> Any:
    result = invoke(*arguments, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


@pytest.fixture
def run(tmp_path: Path) -> str:
    """A finished run of 60 images, each with a cat or every fourth with a yak."""
    generator = np.random.default_rng(0)
    confusion_NCC = np.zeros((60, 3, 3), np.int64)
    for row, confusion_CC in enumerate(confusion_NCC):
        class_ = 2 if row % 4 == 0 else 1
        found = generator.integers(20, 100)
        confusion_CC[0, 0], confusion_CC[class_, class_], confusion_CC[class_, 0] = 400, found, 100 - found
    np.save(tmp_path / "confusion.npy", confusion_NCC)
    (tmp_path / "result.json").write_text(json.dumps({"classes": ["background", "cat", "yak"]}), encoding="utf-8")
    return str(tmp_path)


def test_as_voc_has_it() -> None:
    document = answer("--precision", "2")
    assert document["schema"] == "budgetseg.validation/1"
    # (1.96 / 2)^2 x 1.25 / 21^2 x (12^2 + 20 x 32^2 / 0.075); masks of 239.7 s
    assert document["images"] == pytest.approx(0.9604 * 1.25 / 441 * (144 + 20 * 1024 / 0.075), abs=1)
    assert document["hours"] == pytest.approx(document["images"] * 239.7 / 3600)
    assert document["rarest"]["images"] == pytest.approx(0.9604 * 1024 / 0.075, abs=1)
    result = invoke("--precision", "2")
    assert f"{document['images']:,}" in result.stdout
    assert f"{document['rarest']['images']:,}" in result.stdout
    assert "how IoUs spread is measured by budgetseg" in result.stderr
    assert "20 classes asked (--classes)" in result.stderr


def test_a_rare_class() -> None:
    document = answer("--frequency", "rare=0.005", "--classes", "20", "--classes-per-image", "1.5")
    assert document["rarest"]["class"] == "rare"
    assert document["rarest"]["images"] == pytest.approx(0.9604 * 1024 / 0.005, rel=1e-4)
    assert document["images"] > answer()["images"]
    assert "a guess from so few" in invoke("--frequency", "rare=0.005").stdout
    assert "a guess" not in invoke().stdout


def test_from_a_run(run: str) -> None:
    document = answer("--from", run)
    assert document["points"].keys() == {"background", "cat", "yak"}
    assert document["rarest"]["class"] == "yak"
    assert document["rarest"]["share"] == 0.25
    assert document["workload"]["classes_asked"] == 2
    assert document["workload"]["classes_present"] == 1
    assert document["source"] == run
    rarer = answer("--from", run, "--frequency", "yak=0.025")
    assert rarer["rarest"]["images"] == pytest.approx(10 * document["rarest"]["images"], abs=10)
    assert invoke("--from", run, "--instances-per-image", "2").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--precision", "0"], "precision: expected points of mIoU from 0.01 to 50, got 0"),
        (["--precision", "two"], "--precision: expected a number, got 'two'"),
        (["--frequency", "rare"], '--frequency: expected each class once as name=share,name=share, got "rare"'),
        (["--frequency", "a=0.1,a=0.2"], '--frequency: expected each class once as name=share,name=share, got "a=0.2"'),
        (["--frequency", "rare=few"], "--frequency: rare: expected a number, got 'few'"),
        (["--frequency", "rare=2"], "frequency: rare: expected a share of the images above 0, up to 1, got 2"),
        (["--from", "RUN", "--classes", "3"], "--from: the run says the classes; leave out --classes"),
        (["--from", "RUN", "--frequency", "yack=0.1"], 'has no class "yack" (did you mean "yak"?)'),
        (["--from", "RUN", "--frequency", "yak=0"], "frequency: yak: expected a share"),
        (["--from", "nowhere"], "nowhere/result.json: cannot read this file"),
    ],
)
def test_bad_input(run: str, arguments: list[str], message: str) -> None:
    result = invoke(*(run if argument == "RUN" else argument for argument in arguments))
    assert isinstance(result.exception, BudgetsegError), result.output
    assert result.exception.exit_code == 2
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert result.stdout == ""
