"""Engines: what they need, how they share a machine, and a task end to end as every engine calls it."""

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from budgetseg.errors import InvalidInputError, MissingPackageError
from budgetseg.runs.config import spec_of, spec_of_document
from budgetseg.runs.directory import RunDirectory
from budgetseg.sweep.attempts import read_attempts
from budgetseg.sweep.engines.choose import ENGINES, EngineOptions, engine_of
from budgetseg.sweep.engines.sharing import Machine, environments_of
from budgetseg.sweep.engines.slurm import parameters_of
from budgetseg.sweep.failure import record_failure
from budgetseg.sweep.task import Task, carry_out


@pytest.mark.parametrize(("engine", "package"), [("ray", "ray"), ("slurm", "submitit")])
def test_an_engine_without_its_package_says_how_to_get_it(monkeypatch, tmp_path, engine, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError, match=rf'pip install "budgetseg\[{engine}\]"') as caught:
        engine_of(engine, EngineOptions(folder=tmp_path))
    assert caught.value.exit_code == 4


def test_an_unknown_engine_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match=r'unknown engine "slrum" .did you mean "slurm"'):
        engine_of("slrum", EngineOptions(folder=tmp_path))
    assert set(ENGINES) == {"local", "ray", "slurm"}


GIB = 1 << 30


@pytest.mark.parametrize(
    ("machine", "jobs", "threads", "gpus"),
    [
        (Machine(cores=2, memory=20 * GIB), None, ["1", "1"], [None, None]),
        (Machine(cores=8, memory=20 * GIB), 2, ["4", "4"], [None, None]),
        (Machine(cores=8, memory=5 * GIB), None, ["4", "4"], [None, None]),  # memory for two
        (Machine(cores=1, memory=0), None, ["1"], [None]),
        (Machine(cores=16, memory=99 * GIB, gpus=("0",)), None, ["4"] * 4, ["0"] * 4),
        (Machine(cores=16, memory=99 * GIB, gpus=("3", "GPU-x")), 5, ["3"] * 5, ["3", "GPU-x", "3", "GPU-x", "3"]),
    ],
)
def test_a_machine_is_shared(monkeypatch, machine, jobs, threads, gpus):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    shares = environments_of(machine, jobs)
    assert [share["OMP_NUM_THREADS"] for share in shares] == threads
    assert [share.get("CUDA_VISIBLE_DEVICES") for share in shares] == gpus
    monkeypatch.setenv("OMP_NUM_THREADS", "7")  # the user's own choice
    assert {share["OMP_NUM_THREADS"] for share in environments_of(machine, jobs)} == {"7"}
    with pytest.raises(InvalidInputError, match="--jobs"):
        environments_of(machine, 0)


def test_parameters_of_slurm():
    assert parameters_of("timeout_min=60,slurm_partition=gpu") == {"timeout_min": 60, "slurm_partition": "gpu"}
    with pytest.raises(InvalidInputError, match="--slurm: expected NAME=VALUE"):
        parameters_of("timeout_min")


def task(photo_folder, folder, **train):
    spec = spec_of(
        {"dataset": str(photo_folder), "backbone": "tiny", "full_images": 2, "images": 5},
        {"iterations": 2, "batch": 2, **train},
    )
    assert spec_of_document(json.loads(json.dumps(spec.to_dict()))).fingerprint == spec.fingerprint
    return spec, Task(spec=spec.to_dict(), folder=str(folder), directory=str(Path.cwd()), command="again", device="cpu")


def test_a_task_is_a_run_and_is_done_once(photo_folder, tmp_path):
    spec, given = task(photo_folder, tmp_path / "run")
    with RunDirectory(tmp_path / "run").locked():
        assert carry_out(given).status == "busy"
    outcome = carry_out(given)
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert (outcome.status, outcome.miou) == ("completed", result["miou"])
    assert result["command"] == "again"
    before = (tmp_path / "run" / "result.json").stat().st_mtime_ns
    assert carry_out(given) == outcome
    assert (tmp_path / "run" / "result.json").stat().st_mtime_ns == before
    attempts = read_attempts(tmp_path / "run")
    assert (attempts.begun, attempts.finished, attempts.after_finish) == (1, 1, 0)
    record_failure(tmp_path / "run", spec, "again", "too late")  # a finished run stays finished
    assert json.loads((tmp_path / "run" / "result.json").read_text())["status"] == "completed"


@pytest.mark.parametrize(
    ("train", "reason"), [({"lr": 1e30, "clip_norm": 0.0}, "loss|finite"), ({"iterations": 2}, "out of memory")]
)
def test_a_failure_is_recorded_with_its_reason(photo_folder, tmp_path, monkeypatch, train, reason):
    import torch

    _, given = task(photo_folder, tmp_path / "run", **train)
    if "memory" in reason:

        def exhausted(*_arguments, **_options):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

        monkeypatch.setattr("budgetseg.runs.run.train_in_rounds", exhausted)
    outcome = carry_out(given)
    assert outcome.status == "failed"
    assert not outcome.no_room
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert (result["status"], result["miou"], result["reason"]) == ("failed", None, outcome.reason)
    assert re.search(reason, outcome.reason)


def test_broken_data_and_a_full_disk_are_told_apart(photo_folder, tmp_path, monkeypatch):
    _, given = task(tmp_path / "nowhere", tmp_path / "run")
    outcome = carry_out(given)
    assert (outcome.status, outcome.no_room) == ("failed", False)
    assert "nowhere" in json.loads((tmp_path / "run" / "result.json").read_text())["reason"]

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    _, given = task(photo_folder, tmp_path / "other")
    monkeypatch.setattr("budgetseg.files.tempfile.mkstemp", full)
    outcome = carry_out(given)
    assert (outcome.status, outcome.no_room) == ("failed", True)
    assert "No space left on device" in outcome.reason


def test_extras_name_what_the_engines_import():
    extras = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text())["project"]
    for engine, package in (("ray", "ray"), ("slurm", "submitit")):
        assert [text.split(">")[0] for text in extras["optional-dependencies"][engine]] == [package]
