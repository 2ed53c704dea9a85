"""Ray and submitit themselves: two Ray nodes, one of them killed while it works, and submitit's jobs here."""

import importlib.util
import json
import os
import sys
import time
from pathlib import Path

import pytest

from budgetseg.runs.signals import StopRequest
from budgetseg.sweep.attempts import read_attempts
from budgetseg.sweep.compute import Speed
from budgetseg.sweep.conduct import conduct
from budgetseg.sweep.engines.choose import EngineOptions, engine_of
from budgetseg.sweep.fault_drill import outcome_of
from budgetseg.sweep.grid import Grid
from budgetseg.sweep.sweep import plan_sweep

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(900),
    # Ray's own, in modules of Ray.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.skipif("BUDGETSEG_CLUSTER_TESTS" not in os.environ, reason="takes minutes; run by make test-cluster"),
]


def needs(package, extra):
    missing = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"needs {package}: pip install 'budgetseg[{extra}]'")


class Watcher:
    def __init__(self, on_move=lambda _progress: None):
        self.on_move, self.over = on_move, []

    def notice(self, text):
        sys.stderr.write(f"{text}\n")

    def ended(self, run, outcome, seconds, progress):
        self.over.append((run.name, outcome.status, outcome.reason))

    def moved(self, progress):
        self.on_move(progress)


def planned(folder, photo_folder, iterations=60):
    grid = Grid(strategies=("point", "full"), hours=("0.02", "0.05", "0.1"), seeds=2)
    shared = {"run.dataset": str(photo_folder), "run.backbone": "tiny", "train.iterations": str(iterations)}
    return plan_sweep(grid, folder, {**shared, "train.batch": "4"}, Speed(seconds_of_like={}), lambda _text: None)


def swept(name, sweep, options, watcher):
    began = time.monotonic()
    with engine_of(name, options) as engine:
        conduct(sweep, engine, watcher, StopRequest(), retries=2, device="cpu", checkpoint_seconds=0.5)
    return time.monotonic() - began


@needs("ray", "ray")
def test_a_ray_node_that_is_killed_costs_no_run_and_repeats_none(photo_folder, tmp_path, capsys):
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    store = {"object_store_memory": 100 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False, **store})
    second = cluster.add_node(num_cpus=1, **store)
    cluster.wait_for_nodes()
    killed = []

    def kill(progress):
        finished = progress.done
        begun = len(list((tmp_path / "ray").glob("*/.attempts.jsonl")))
        if not killed and finished >= 2 and begun > finished + 1:  # both nodes work at this moment
            cluster.remove_node(second, allow_graceful=False)
            killed.append((finished, begun))

    watcher = Watcher(kill)
    sweep = planned(tmp_path / "ray", photo_folder)
    options = EngineOptions(folder=tmp_path / "ray", address=cluster.address, retries=2)
    try:
        seconds = swept("ray", sweep, options, watcher)
    finally:
        cluster.shutdown()
    assert killed
    assert sorted(name for name, status, _ in watcher.over if status == "completed") == sorted(
        run.name for run in sweep.runs
    )
    attempts = [read_attempts(run.folder) for run in sweep.runs]
    assert [found.finished for found in attempts] == [1] * len(sweep.runs)
    assert not any(found.after_finish for found in attempts)
    begun_again = sum(found.begun for found in attempts) - len(attempts)
    assert begun_again <= 1  # the one that the killed node worked on
    local = planned(tmp_path / "local", photo_folder)
    swept("local", local, EngineOptions(folder=tmp_path / "local", jobs=2, device="cpu"), Watcher())
    assert outcome_of(tmp_path / "ray") == outcome_of(tmp_path / "local")
    told = f"ray: {len(sweep.runs)} runs in {seconds:.0f} s, node killed at {killed}, {begun_again} begun again"
    with capsys.disabled():
        sys.stderr.write(f"\n{told}\n")


@needs("submitit", "slurm")
def test_submitit_carries_runs_out_here_where_there_is_no_slurm(photo_folder, tmp_path):
    sweep = planned(tmp_path / "slurm", photo_folder, iterations=3)
    engine = engine_of("slurm", EngineOptions(folder=tmp_path / "slurm", jobs=2))
    assert engine.cluster == "local"
    watcher = Watcher()
    with engine:
        conduct(sweep, engine, watcher, StopRequest(), retries=2, device="cpu")
    assert {status for _, status, _ in watcher.over} == {"completed"}
    assert len(watcher.over) == len(sweep.runs)
    for run in sweep.runs:
        assert json.loads((Path(run.folder) / "result.json").read_text())["status"] == "completed"
