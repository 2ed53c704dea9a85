"""Two processes on a CPU, started by torch's own launcher, against one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from budgetseg.learn.team import ALONE, team_of_launch

TWO = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
CHECKS = Path(__file__).with_name("team_checks.py")


def python(*arguments):
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return done


def test_one_process_is_a_team_of_its_own():
    with team_of_launch("cpu") as (team, device):
        assert team is ALONE
        assert device == torch.device("cpu")
        assert list(range(5))[team.part] == list(range(5))
        assert team.agree("alone") == "alone"
        assert [team.any(True), team.any(False)] == [True, False]
        assert team.sum_gradients([], 3.0) == 3.0


@pytest.mark.slow
def test_two_processes_share_gradients_statistics_and_decisions():
    said = python(*TWO, CHECKS).stdout
    assert "checked 0" in said
    assert "checked 1" in said


@pytest.mark.slow
def test_a_run_of_two_processes_is_the_run_of_one(photo_folder, tmp_path):
    """Five images a batch, so that one process has three and the other two; the network learns its batch norm.

    SGD, since AdamW divides each gradient by its size: where that is all rounding, so are its first steps.
    """

    def command(name):
        options = f"run --dataset {photo_folder} --backbone tiny --full-images 6 --iterations 6 --batch 5 --device cpu"
        solver = ["--set", "train.optimiser=sgd", "--set", "train.lr=0.05"]
        return ["-m", "budgetseg", *options.split(), *solver, "--json", "--out", tmp_path / name]

    one, two = python(*command("one")), python(*TWO, *command("two"))
    losses = {}
    for name in ("one", "two"):
        rows = [json.loads(line) for line in (tmp_path / name / "metrics.jsonl").read_text().splitlines()]
        losses[name] = [row["loss"] for row in rows]
        assert [row["iteration"] for row in rows] == list(range(1, 7))
    assert losses["two"] == pytest.approx(losses["one"], abs=1e-5)
    assert json.loads(two.stdout)["miou"] == pytest.approx(json.loads(one.stdout)["miou"], abs=0.2)  # one document
    assert two.stderr.count("validation masks count as free") == 1  # and one voice
    # a finished run is not repeated, and no process waits for another
    assert "this run is finished" in python(*TWO, *command("two")).stderr
