"""A run that is stopped, politely or not, ends with the very same bits as one that was not."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from budgetseg.costs import load_book
from budgetseg.data.scenes import Scenes
from budgetseg.data.select import Selection
from budgetseg.errors import InterruptedRunError, RunFailedError
from budgetseg.learn.detector.file import save_detector
from budgetseg.learn.detector.prior import DetectorPrior, learn_detector

WEIGHTS = ("checkpoints", "best.safetensors")


def outcome(folder):
    result = json.loads((folder / "result.json").read_text())
    del result["seconds_train"], result["seconds_measure"]
    metrics = (folder / "metrics.jsonl").read_text()
    return folder.joinpath(*WEIGHTS).read_bytes(), (folder / "confusion.npy").read_bytes(), result, metrics


@pytest.fixture(scope="module")
def whole(carry_out, tmp_path_factory):
    """What the run leaves that nobody stops."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    carry_out(out=folder)
    return outcome(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_the_state_and_the_same_command_goes_on(small_run, whole, recorder, tmp_path, number):
    recorder.on_iteration = lambda done: os.kill(os.getpid(), number) if done == 3 else None
    with pytest.raises(InterruptedRunError, match="state is saved") as caught:
        small_run(out=tmp_path / "stopped")
    assert caught.value.exit_code == 128 + number
    assert json.loads((tmp_path / "stopped" / "result.json").read_text())["status"] == "interrupted"
    recorder.on_iteration = lambda _done: None
    recorder.iterations.clear()
    small_run(out=tmp_path / "stopped", how={"resume": True})
    assert recorder.iterations == [4, 5, 6]
    assert outcome(tmp_path / "stopped") == whole


@pytest.mark.slow
def test_a_killed_run_goes_on_bit_for_bit(photo_folder, tmp_path):
    def command(name):
        options = f"run --dataset {photo_folder} --backbone tiny --full-images 6 --iterations 12 --batch 4 --device cpu"
        where = ["--checkpoint-seconds", "0", "--out", str(tmp_path / name)]
        return [sys.executable, "-m", "budgetseg", *options.split(), *where]

    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command("whole"), check=True, **quiet)
    metrics = tmp_path / "killed" / "metrics.jsonl"
    process = subprocess.Popen(command("killed"), **quiet)
    while not metrics.exists() or metrics.read_text().count("\n") < 5:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed" / "result.json").exists()
    subprocess.run(command("killed"), check=True, **quiet)
    killed, whole = outcome(tmp_path / "killed"), outcome(tmp_path / "whole")
    killed[2].pop("command"), whole[2].pop("command")  # they name different folders
    assert killed == whole


def test_a_corrupt_checkpoint_is_named_and_left(small_run, recorder, tmp_path):
    recorder.on_iteration = lambda done: os.kill(os.getpid(), signal.SIGINT) if done == 3 else None
    with pytest.raises(InterruptedRunError):
        small_run()
    recorder.on_iteration = lambda _done: None
    checkpoint = tmp_path / "run" / "checkpoints" / "last.safetensors"
    whole = checkpoint.read_bytes()
    for broken in (whole[: len(whole) // 2], b"not a checkpoint", b""):
        checkpoint.write_bytes(broken)
        with pytest.raises(RunFailedError, match=r"last.safetensors: corrupt checkpoint .*--force"):
            small_run()
        assert checkpoint.read_bytes() == broken
    checkpoint.write_bytes(whole)
    assert small_run()["status"] == "completed"


def test_a_run_that_goes_on_does_not_look_for_objects_again(small_run, recorder, tmp_path, monkeypatch):
    file = tmp_path / "d.safetensors"
    scenes = Selection(Scenes(train=40, val=2, seed=5), classes=("beetle", "crate", "leaf", "melon"))
    save_detector(file, learn_detector(scenes, load_book("voc2012"), backbone="tiny", max_images=6))
    looks = []
    original = DetectorPrior.cells
    monkeypatch.setattr(DetectorPrior, "cells", lambda self, image: looks.append(1) or original(self, image))
    settings = {"strategy": "point", "images": 8, "objectness": f"detector:{file}"}
    small_run(out=tmp_path / "whole", **settings)
    assert len(looks) == 8
    assert not (tmp_path / "whole" / "objectness.npz").exists()
    recorder.on_iteration = lambda done: os.kill(os.getpid(), signal.SIGINT) if done == 3 else None
    with pytest.raises(InterruptedRunError):
        small_run(out=tmp_path / "stopped", **settings)
    assert (tmp_path / "stopped" / "objectness.npz").is_file()
    recorder.on_iteration = lambda _done: None
    looks.clear()
    small_run(out=tmp_path / "stopped", **settings)
    assert looks == []
    assert outcome(tmp_path / "stopped") == outcome(tmp_path / "whole")
