"""A pool of made-up images, and run folders made by hand."""

import json

import numpy as np
import pytest

from budgetseg.accuracy.pool import Pool
from budgetseg.accuracy.trial import Setup
from budgetseg.costs.book import load_book
from budgetseg.data.index import Index

CLASSES = 6


def index_of(images, seed=0):
    generator = np.random.default_rng(seed)
    instances_NC = np.zeros((images, CLASSES + 1), np.int64)
    for row in range(images):
        for cls in generator.choice(np.arange(1, CLASSES + 1), generator.integers(1, 3), replace=False):
            instances_NC[row, cls] = generator.integers(1, 4)
    ids = tuple(f"image-{row:03d}" for row in range(images))
    return Index(ids=ids, pixels_NC=instances_NC * 50, instances_NC=instances_NC)


@pytest.fixture
def pool():
    return Pool(index_of(400), load_book("voc2012"))


@pytest.fixture
def setup(tmp_path):
    return Setup(folder=tmp_path)


@pytest.fixture
def finish(setup):
    """Leave the result of a finished run of a trial: ``finish(trial, 50.0)``."""

    def write(trial, miou, *, status="completed", fingerprint=None):
        folder = setup.run_folder(trial)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "result.json").write_text(json.dumps({"status": status, "miou": miou}))
        (folder / "state.json").write_text(json.dumps({"fingerprint": fingerprint or setup.spec(trial).fingerprint}))
        return folder

    return write
