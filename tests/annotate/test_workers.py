"""Simulating with several processes."""

import importlib

import numpy as np
import pytest

from budgetseg.annotate import ANNOTATORS, simulate
from budgetseg.data.open import open_dataset
from budgetseg.data.scenes import Scenes
from budgetseg.errors import DataError

module = importlib.import_module("budgetseg.annotate.simulate")


@pytest.fixture
def eager(monkeypatch) -> None:
    """Two processes for any two images."""
    monkeypatch.setattr(module, "WORTH_A_WORKER", 1)
    monkeypatch.setattr(module, "AT_A_TIME", 3)


def test_processes_change_nothing(eager, tmp_path, monkeypatch):
    scenes = Scenes()
    ids = scenes.ids("train")[: 2 * len(ANNOTATORS)]
    kinds = dict(zip(ids, [*ANNOTATORS, *ANNOTATORS], strict=True))
    pools = []
    real = module.ProcessPoolExecutor
    monkeypatch.setattr(module, "ProcessPoolExecutor", lambda *args: pools.append(args[0]) or real(*args))
    alone = simulate(scenes, kinds, seed=3, annotators=2, seconds_of=dict.fromkeys(ids[:5], 2.0))
    assert pools == []
    shared = simulate(scenes, kinds, seed=3, annotators=2, seconds_of=dict.fromkeys(ids[:5], 2.0), workers=2)
    assert pools == [2]
    assert list(shared.annotations) == list(alone.annotations)
    alone.save(tmp_path / "alone")
    shared.save(tmp_path / "shared")
    files = sorted(path.relative_to(tmp_path / "alone") for path in (tmp_path / "alone").rglob("*") if path.is_file())
    assert files
    for file in files:
        if file.suffix == ".npz":
            one, other = np.load(tmp_path / "alone" / file), np.load(tmp_path / "shared" / file)
            assert all(np.array_equal(one[name], other[name]) for name in one.files)
        else:
            assert (tmp_path / "alone" / file).read_bytes() == (tmp_path / "shared" / file).read_bytes(), file


def test_few_images_are_not_worth_a_process(monkeypatch):
    monkeypatch.setattr(module, "ProcessPoolExecutor", None)  # would fail
    scenes = Scenes()
    made = simulate(scenes, dict.fromkeys(scenes.ids("train")[:20], "image"), seed=0, workers=8)
    assert len(made.annotations) == 20


def test_what_fails_in_a_process_is_said_as_ever(eager, photo_folder):
    dataset = open_dataset(photo_folder)
    kinds = dict.fromkeys([*dataset.ids("train")[:2], "unheard-of"], "image")
    with pytest.raises(DataError, match=r"unheard-of\.png: this mask is missing") as raised:
        simulate(dataset, kinds, seed=0, workers=2)
    assert raised.value.exit_code == 4
    assert raised.value.problem.what == "this mask is missing"
