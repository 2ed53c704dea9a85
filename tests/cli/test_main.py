"""The command as a whole: the same by both doors, quick to start, and every command with help."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from budgetseg import __version__

REPOSITORY = Path(__file__).resolve().parents[2]

COMMANDS = [
    [],
    ["plan"],
    ["pilot"],
    ["run"],
    ["sweep"],
    ["runs"],
    ["runs", "list"],
    ["runs", "show"],
    ["runs", "compare"],
    ["runs", "export"],
    ["report"],
    ["campaign"],
    ["campaign", "simulate"],
    ["campaign", "start"],
    ["campaign", "next"],
    ["campaign", "record"],
    ["campaign", "status"],
    ["costs"],
    ["costs", "list"],
    ["costs", "show"],
    ["costs", "estimate"],
    ["costs", "afford"],
    ["costs", "compare"],
    ["costs", "compare-asking"],
    ["costs", "upgrades"],
    ["data"],
    ["data", "check"],
    ["data", "stats"],
    ["data", "download"],
    ["annotations"],
    ["annotations", "show"],
    ["annotations", "audit"],
    ["objectness"],
    ["objectness", "fit"],
    ["objectness", "maps"],
    ["objectness", "audit"],
    ["reproduce"],
    ["reproduce", "table1"],
    ["reproduce", "table2"],
    ["reproduce", "table3"],
    ["reproduce", "figure5"],
    ["reproduce", "variations"],
    ["reproduce", "deviations"],
    ["reproduce", "submission"],
    ["config"],
    ["config", "show"],
    ["bench"],
    ["bench", "train"],
    ["bench", "surfaces"],
]


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
    done = module(*command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert len(done.stdout.splitlines()) > 5


def cpu_seconds(*command):
    before = os.times()
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.parametrize(("command", "limit"), [("--help", 0.3), ("plan --help", 0.3)])
def test_starting_is_quick(command, limit):
    if min(cpu_seconds(sys.executable, "-c", "pass") for _ in range(3)) > 0.04:
        pytest.skip("this machine is too slow or too busy to measure: an empty Python takes over 40 ms")
    best = 9.0
    for _ in range(7):
        best = min(best, cpu_seconds(sys.executable, "-m", "budgetseg", *command.split()))
        if best < limit:
            break
        time.sleep(0.2)
    assert best < limit
