"""The command as a whole: the same by both doors, light to start, and every command with help."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from budgetseg import __version__
from budgetseg.cli.main import app

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "torchvision", "timm", "numpy", "scipy", "pandas", "plotly", "PIL", "ray", "submitit"}


def commands(command=None, words=()):
    """Every command and group, as words, out of the tree that the script opens."""
    command = command or get_command(app)
    yield list(words)
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*words, name))


COMMANDS = list(commands())


def module(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "budgetseg", *arguments], capture_output=True, text=True, cwd=REPOSITORY, **options
    )


def test_the_module_and_the_script_are_one_command():
    door = Path(sys.executable).with_name("budgetseg")
    script = subprocess.run([door, "--version"], capture_output=True, text=True)
    assert script.returncode == 0
    assert script.stdout == module("--version").stdout
    assert __version__ in script.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command):
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.stdout
    assert len(done.stdout.splitlines()) > 5


def test_the_tree_of_commands_was_walked():
    assert len(COMMANDS) > 45
    assert all(known in COMMANDS for known in (["plan"], ["campaign", "simulate"], ["costs", "afford"]))


def test_asking_for_help_loads_nothing_heavy():
    """In a fresh interpreter: what makes a command slow to start is what it loads before it knows what to do."""
    code = f"""
import sys
from typer.testing import CliRunner
from budgetseg.cli.main import app
for words in {COMMANDS!r}:
    CliRunner().invoke(app, [*words, "--help"], catch_exceptions=False)
print(*sorted({HEAVY!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
