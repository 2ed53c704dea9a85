"""Sweeps of runs that count instead of training: what is lost goes again, what fails is recorded, the rest goes on."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from budgetseg.errors import InterruptedRunError, InvalidInputError, RunFailedError, SomeRunsFailedError
from budgetseg.runs.directory import RunDirectory
from budgetseg.runs.signals import StopRequest
from budgetseg.sweep.attempts import read_attempts
from budgetseg.sweep.conduct import conduct, require_writable
from budgetseg.sweep.fault_drill import drill

TOY = Path(__file__).with_name("toy.py")


def results(folder):
    return {path.parent.name: json.loads(path.read_text()) for path in folder.glob("*/result.json")}


def swept(toy, folder, seeds, jobs=1, retries=2, **how):
    watcher = toy.Watcher()
    with toy.toy_engine(jobs) as engine:
        conduct(toy.toy_sweep(folder, seeds), engine, watcher, StopRequest(), retries=retries, **how)
    return watcher


def test_a_sweep_is_finished_once_and_can_be_extended(toy, tmp_path):
    watcher = swept(toy, tmp_path, range(3), jobs=2)
    assert sorted(watcher.over) == [(seed, "completed", "") for seed in range(3)]
    assert watcher.seen[-1].best.miou == 2.0
    assert max(seen.running for seen in watcher.seen) == 2
    again = swept(toy, tmp_path, range(5))
    assert {seed for seed, _, _ in again.over} == {3, 4}
    attempts = [read_attempts(path) for path in tmp_path.iterdir()]
    assert [(found.begun, found.finished, found.after_finish) for found in attempts] == [(1, 1, 0)] * 5
    assert again.seen[-1].done == 5


def test_failures_are_recorded_and_the_sweep_goes_on(toy, tmp_path):
    with pytest.raises(SomeRunsFailedError, match="2 of 4 runs failed") as caught:
        swept(toy, tmp_path, (90, 91, 92, 1), retries=1)
    assert caught.value.exit_code == 5
    reasons = {result.get("seed"): (result["status"], result.get("reason")) for result in results(tmp_path).values()}
    assert reasons[90] == ("failed", "loss is not finite")
    assert reasons[91][0] == "failed"
    assert "SIGKILL" in reasons[91][1]
    assert "2 times" in reasons[91][1]  # once more, and then no more
    # 92 dies after its result is written: the next look finds it finished.
    assert sum(result["status"] == "completed" for result in results(tmp_path).values()) == 2


def test_kills_at_random_moments_lose_nothing_and_repeat_only_what_was_in_flight(tmp_path):
    command = (sys.executable, str(TOY), "conduct", str(tmp_path), "20", "1")
    found = drill(command, tmp_path, 3, np.random.default_rng(3), (0.0, 0.3))
    assert (found.runs, found.lost, found.repeated) == (20, 0, 0)
    assert found.kills_of_workers + found.kills_of_driver == 3
    assert found.kills_of_driver > 0
    assert found.begun_again <= found.in_flight
    assert sorted(result["miou"] for result in results(tmp_path).values()) == list(range(20))


def test_two_sweeps_on_one_directory_share_the_work(toy, tmp_path):
    command = (sys.executable, str(TOY), "conduct", str(tmp_path), "8", "1")
    other = subprocess.Popen(command)
    watcher = swept(toy, tmp_path, reversed(range(8)))
    assert other.wait() == 0
    assert watcher.seen[-1].done == 8
    attempts = [read_attempts(path) for path in tmp_path.iterdir()]
    assert [(found.begun, found.finished) for found in attempts] == [(1, 1)] * 8


def test_a_run_that_another_process_works_on_is_waited_for(toy, tmp_path, monkeypatch):
    monkeypatch.setattr("budgetseg.sweep.conduct._AGAIN_SECONDS", 0.1)
    (run,) = toy.toy_sweep(tmp_path, (1,)).runs
    held = contextlib.ExitStack()
    held.enter_context(RunDirectory(run.folder).locked())
    watcher = toy.Watcher()
    watcher.moved = lambda progress: held.close() if progress.elsewhere else None
    with toy.toy_engine(1) as engine:
        conduct(toy.toy_sweep(tmp_path, (1,)), engine, watcher, StopRequest(), retries=0)
    assert watcher.over == [(1, "completed", "")]


def test_stopping_saves_the_runs_under_way_and_the_next_sweep_goes_on(toy, tmp_path):
    stop, watcher = StopRequest(), toy.Watcher()
    watcher.moved = lambda _progress: setattr(stop, "signal_number", signal.SIGINT) if counted(tmp_path) else None
    with toy.toy_engine(1) as engine, pytest.raises(InterruptedRunError, match="goes on") as caught:
        conduct(toy.toy_sweep(tmp_path, range(9)), engine, watcher, stop, retries=2)
    assert caught.value.exit_code == 130
    kept = counted(tmp_path)
    assert kept
    swept(toy, tmp_path, range(9))
    assert len(results(tmp_path)) == 9


def counted(folder):
    return sum(int(path.read_text()) for path in folder.glob("*/count"))


def test_the_workers_end_when_their_driver_is_killed(tmp_path):
    command = (sys.executable, str(TOY), "conduct", str(tmp_path), "60", "1")
    driver = subprocess.Popen(command)
    while not list(tmp_path.glob("*/count")):
        assert driver.poll() is None
        time.sleep(0.02)
    rows = [json.loads(path.read_text().splitlines()[0]) for path in tmp_path.glob("*/.attempts.jsonl")]
    driver.kill()
    driver.wait()
    until = time.monotonic() + 20
    while any(Path(f"/proc/{row['pid']}").exists() for row in rows) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(alive(row["pid"]) for row in rows)


def alive(pid):
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_full_disk_ends_the_sweep_with_a_line_and_keeps_what_is_there(toy, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # of the processes, too
    try:
        with pytest.raises(RunFailedError, match=r"much: cannot write here \(File too large\)") as caught:
            swept(toy, tmp_path, (5, 93, 6))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "the sweep stops here: 1 finished runs are kept, and the same command goes on" in str(caught.value)
    found = {(result["status"], result["miou"]) for result in results(tmp_path).values()}
    assert found == {("completed", 5.0), ("failed", None)}  # and no third was tried
    watcher = swept(toy, tmp_path, (5, 93, 6))
    assert {seed for seed, _, _ in watcher.over} == {93, 6}


def test_a_folder_of_other_settings_is_refused_before_anything_runs(toy, tmp_path):
    sweep = toy.toy_sweep(tmp_path, (1, 2))
    with pytest.raises(InvalidInputError, match="--measure-every: expected"):
        swept(toy, tmp_path, (1, 2), measure_every=-1)  # nor are looks that cost too much
    RunDirectory(sweep.runs[1].folder).folder.mkdir(parents=True)
    RunDirectory(sweep.runs[1].folder).begin("another")
    with pytest.raises(InvalidInputError, match="holds a run of other settings"):
        swept(toy, tmp_path, (1, 2))
    assert not sweep.runs[0].folder.exists()


def test_a_place_that_takes_no_runs_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        RunFailedError, match=r"file/runs: cannot write here \(Not a directory\); choose another --runs"
    ):
        require_writable(tmp_path / "file" / "runs")
    if os.geteuid():
        tmp_path.chmod(0o500)
        with pytest.raises(RunFailedError, match="Permission denied"):
            require_writable(tmp_path / "runs")
        tmp_path.chmod(0o700)
