"""The command line, called as a user calls it, in an empty folder and without anybody's configuration."""

import sys

import pytest

from budgetseg.cli.main import main


@pytest.fixture
def outcome(monkeypatch, capsys, tmp_path):
    """Run the command line in an empty folder; return (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    def run_it(*arguments):
        monkeypatch.setattr(sys, "argv", ["budgetseg", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out, captured.err

    return run_it


@pytest.fixture
def checked_call(monkeypatch, capsys, tmp_path):
    """Run the command line in an empty folder and check its exit code; return what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def run_it(*arguments, code=0):
        monkeypatch.setattr(sys, "argv", ["budgetseg", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        assert stopped.value.code == code, captured.err
        return captured

    return run_it
