"""Every file in examples/ runs and prints what it promises."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SMALL = ["--hours", "0.2,9", "--strategies", "point,hybrid", "--seeds", "2", "--", "--limit", "16", "--iterations", "2"]
ARGUMENTS = {"equal_hours.py": [*SMALL, "--full-images", "5"]}
PROMISES = {
    "equal_hours.py": "| hybrid | does not fit | **",
    "own_costs.toml": None,  # read by own_cost_book.py
    "own_cost_book.py": "full",
    "own_folder.py": "full: ",
    "plan_a_budget.py": "60",
}


def test_every_example_is_tried():
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == set(PROMISES)


@pytest.mark.parametrize("name", [name for name, promise in PROMISES.items() if promise])
def test_an_example_runs(name, tmp_path):
    command = [sys.executable, str(EXAMPLES / name), *ARGUMENTS.get(name, [])]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert PROMISES[name] in done.stdout
