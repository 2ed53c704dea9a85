"""Scenes with a choice of classes that leaves others out, and a detector on a tiny network with random weights."""

from typing import Any

import pytest

from budgetseg.costs.book import load_book
from budgetseg.data.scenes import Scenes
from budgetseg.data.select import Selection
from budgetseg.learn.detector.detector import Detector
from budgetseg.learn.detector.prior import learn_detector

KEPT = ("beetle", "crate", "leaf", "melon")


@pytest.fixture(scope="session")
def scenes() -> Selection:
    return Selection(Scenes(train=80, val=24, seed=5), classes=KEPT)


@pytest.fixture(scope="session")
def learned(scenes: Selection) -> Any:
    def fit(**choices: Any) -> Detector:
        return learn_detector(scenes, load_book("voc2012"), **{"backbone": "tiny", "max_images": 12, **choices})

    return fit


@pytest.fixture(scope="session")
def detector(learned: Any) -> Detector:
    return learned()
