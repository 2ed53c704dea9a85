"""``budgetseg data download``; what goes over the line is tested in ``tests/data/test_download.py``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from budgetseg.cli.data import app
from budgetseg.errors import InvalidInputError


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BUDGETSEG_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("BUDGETSEG_VOC2012_URL", "http://127.0.0.1:9/nothing-listens.tar")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "cache"


def test_what_is_there_already_is_named_without_a_request(cache: Path) -> None:
    (cache / "voc2012/VOCdevkit/VOC2012").mkdir(parents=True)
    result = CliRunner().invoke(app, ["download", "voc2012"])
    assert (result.stdout, result.stderr) == (f"{cache / 'voc2012'}\n", "")
    document = json.loads(CliRunner().invoke(app, ["download", "voc2012", "--json"]).stdout)
    assert document == {"schema": "budgetseg.download/1", "name": "voc2012", "path": str(cache / "voc2012")}


def test_another_name_is_refused(cache: Path) -> None:
    result = CliRunner().invoke(app, ["download", "voc2021"])
    assert isinstance(result.exception, InvalidInputError)
    assert 'did you mean "voc2012"?' in str(result.exception)


@pytest.mark.parametrize(
    "command",
    [["data", "download", "voc2012"], ["data", "check", "voc2012"], ["plan", "--hours", "9", "--dataset", "voc2012"]],
    ids=" ".join,
)
def test_offline_is_one_error_line_and_exit_code_4(cache: Path, command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "budgetseg", *command], capture_output=True, text=True, env=os.environ)
    assert (done.returncode, done.stdout) == (4, "")
    (error,) = done.stderr.splitlines()
    assert error.startswith("error: http://127.0.0.1:9/nothing-listens.tar: cannot download (")
    assert error.endswith(f"by hand and put it into {cache}, or give --dataset PATH of a VOC devkit")
