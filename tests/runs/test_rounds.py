"""Self-training as part of a run: rounds that follow one another, and can be stopped anywhere."""

import json
import os
import signal

import numpy as np
import pytest

from budgetseg.errors import InterruptedRunError
from budgetseg.runs import training as training_module

ROUNDS = {"rounds": 2}


def outcome(folder):
    return [
        (folder / "checkpoints" / "best.safetensors").read_bytes(),
        (folder / "confusion.npy").read_bytes(),
        (folder / "metrics.jsonl").read_text(),
    ]


def test_each_round_sees_the_labels_that_the_one_before_gave(small_run, recorder, tmp_path, monkeypatch):
    seen = []
    original = training_module.train

    def watched(network, training_set, recipe, **options):
        seen.append((training_set.examples, recipe))
        return original(network, training_set, recipe, **options)

    monkeypatch.setattr(training_module, "train", watched)
    settings = {"crf_weight": 0.1, "weak_weight": 0.25, "relabelled_weight": 0.75}
    result = small_run(strategy="hybrid", full_images=6, train=ROUNDS | settings)
    assert result["rounds"] == 2
    assert recorder.iterations == list(range(1, 19))
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["iteration"] for line in lines] == [*range(1, 19)]
    assert [recipe.weak_weight for _, recipe in seen] == [0.25, 0.75, 0.75]
    assert [recipe.crf_weight for _, recipe in seen] == [0.1, 0, 0]
    first, second, third = (examples for examples, _ in seen)
    for one, two, three in zip(first, second, third, strict=True):
        if one.target.strong:
            assert two.target is one.target
            assert three.target is one.target
        else:
            assert one.target.dense_HW is None
            for later in (two, three):
                assert set(np.unique(later.target.dense_HW)) <= set(np.flatnonzero(one.target.present_C))
    weak = [row for row, example in enumerate(first) if not example.target.strong]
    assert any(not np.array_equal(second[row].target.dense_HW, third[row].target.dense_HW) for row in weak)
    assert sorted(path.name for path in (tmp_path / "run" / "checkpoints").iterdir()) == [
        "best.safetensors",
        "last.safetensors",
    ]


@pytest.fixture(scope="module")
def whole(carry_out, tmp_path_factory):
    """What the run leaves that nobody stops."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    carry_out(out=folder, train=ROUNDS)
    return outcome(folder)


@pytest.mark.parametrize("stop_at", [3, 6, 7, 12, 17])
def test_a_run_stopped_in_any_round_goes_on_bit_for_bit(small_run, whole, recorder, tmp_path, stop_at):
    recorder.on_iteration = lambda done: os.kill(os.getpid(), signal.SIGINT) if done == stop_at else None
    with pytest.raises(InterruptedRunError):
        small_run(out=tmp_path / "stopped", train=ROUNDS)
    recorder.on_iteration = lambda _done: None
    recorder.iterations.clear()
    small_run(out=tmp_path / "stopped", train=ROUNDS, how={"resume": True})
    assert recorder.iterations == list(range(stop_at + 1, 19))
    assert outcome(tmp_path / "stopped") == whole


def test_masks_alone_need_no_rounds(small_run, recorder):
    small_run(strategy="full", images=8, train=ROUNDS)
    assert recorder.iterations == [1, 2, 3, 4, 5, 6]
