"""Looking at the mIoU on the way: it changes nothing, survives a stop, and is what the whole measuring would say."""

import json
import os
import signal

import pytest
import torch

from budgetseg.data.open import open_dataset
from budgetseg.errors import InterruptedRunError, InvalidInputError
from budgetseg.learn.evaluate import confusion, mean_iou, predict
from budgetseg.learn.networks import build_network
from budgetseg.runs.on_the_way import OnTheWay
from budgetseg.runs.samples import images_on_the_way

LOOKS = {"measure_every": 2}


def left(folder):
    names = ("checkpoints/best.safetensors", "confusion.npy", "metrics.jsonl")
    return [(folder / name).read_bytes() for name in names]


def logged(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_looking_changes_no_weight_and_a_stopped_run_looks_at_the_same(small_run, recorder, tmp_path):
    blind = small_run(out=tmp_path / "blind")
    looking = small_run(out=tmp_path / "looking", how=LOOKS)
    assert left(tmp_path / "looking")[:2] == left(tmp_path / "blind")[:2]
    assert looking["miou"] == blind["miou"]
    assert "on_the_way" not in blind
    assert looking["on_the_way"] == {"every": 2, "images": 1}
    rows = logged(tmp_path / "looking")
    assert [row["iteration"] for row in rows if "miou" in row] == [2, 4, 6]
    assert [{**row, "miou": None} for row in rows] == [{**row, "miou": None} for row in logged(tmp_path / "blind")]

    recorder.on_iteration = lambda done: os.kill(os.getpid(), signal.SIGINT) if done == 3 else None
    with pytest.raises(InterruptedRunError):
        small_run(out=tmp_path / "stopped", how=LOOKS)
    recorder.on_iteration = lambda _done: None
    small_run(out=tmp_path / "stopped", how=LOOKS)
    assert left(tmp_path / "stopped") == left(tmp_path / "looking")


@pytest.mark.parametrize("canvas", [None, "own"])
def test_at_their_own_size_it_is_the_miou_of_the_measuring_on_these_images(photo_folder, canvas):
    dataset = open_dataset(str(photo_folder))
    network = build_network(
        "tiny", dataset.classes, supervision="weak", generator=torch.Generator().manual_seed(1), weights="imagenet"
    ).train()
    ids = dataset.ids("val")
    if canvas is not None:
        canvas = dataset.mask(ids[0]).shape
        ids = tuple(name for name in ids if dataset.mask(name).shape == canvas)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    on_the_way = OnTheWay(dataset, ids, every=10, batch=4, absent="skip", device=torch.device("cpu"))
    assert len(on_the_way.ids) == min(6, len(ids))  # a forward pass each: a twentieth of 40 images, three passes each
    assert on_the_way.look(9, network, canvas) is None
    seen = on_the_way.look(20, network, canvas)
    assert network.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    found = predict(network, dataset, on_the_way.ids, canvas, torch.device("cpu"))
    total_CC = sum(confusion(dataset.mask(name), mask_HW, len(dataset.classes)) for name, mask_HW in found)
    assert seen == pytest.approx(float(mean_iou(total_CC)))
    assert on_the_way.seconds > 0


def test_what_it_costs_is_bounded(small_run, tmp_path):
    assert images_on_the_way(15, 16, 200) == 36
    assert images_on_the_way(15, 16, 20) == 20
    assert images_on_the_way(10_000, 16, 1449) == 128
    with pytest.raises(InvalidInputError, match="--measure-every: expected 2 iterations or more of 4 images"):
        small_run(how={"measure_every": 1})
    assert not (tmp_path / "run" / "state.json").exists()
    with pytest.raises(InvalidInputError, match="--measure-every: expected a whole number >= 0"):
        small_run(how={"measure_every": -1})
