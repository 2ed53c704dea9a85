"""`budgetseg serve`: on this machine alone unless told otherwise, until Ctrl-C."""

import re
import signal
import subprocess
import sys
import urllib.request
from functools import partial

import typer
from typer.testing import CliRunner

from budgetseg.cli.serve import serve
from budgetseg.errors import InvalidInputError


def test_it_says_where_it_is_waits_for_runs_and_stops_when_told(tmp_path):
    command = [sys.executable, "-m", "budgetseg", "serve", "runs", "--port", "0"]
    # Tests that a shell runs in the background ignore Ctrl-C, and so would what they start.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=heard) as process:
        try:
            said = process.stderr.readline()
            found = re.match(r"(http://127\.0\.0\.1:\d+/) shows runs; stop it with Ctrl-C", said)
            assert found, said
            with urllib.request.urlopen(found[1], timeout=60) as answer:
                text = answer.read().decode()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 130
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()
    assert "No run has finished yet" in text
    assert "expected a folder of runs" in text


def test_bad_options_are_one_line(tmp_path):
    app = typer.Typer()
    app.command()(serve)
    result = CliRunner().invoke(app, [str(tmp_path), "--wage", "ten"])
    assert isinstance(result.exception, InvalidInputError)
    assert CliRunner().invoke(app, [str(tmp_path), "--port", "99999"]).exit_code == 2
