"""A small data set of discs with void borders, whose truth is known in closed form."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from budgetseg.data.dataset import Instances, Split


class Discs:
    """``images`` pictures with one to three discs of classes 1 to 3 on background, each ringed by 3 px of void."""

    name = "discs"
    classes = ("background", "red", "green", "blue")
    source_classes = (0, 4, 7, 9)

    def __init__(self, images: int, height: int = 120, width: int = 160) -> None:
        self.images, self.height, self.width = images, height, width

    def ids(self, split: Split) -> tuple[str, ...]:
        return tuple(f"disc{k:05d}" for k in range(self.images)) if split == "train" else ()

    def image(self, image_id: str) -> NDArray[np.uint8]:
        return np.zeros((self.height, self.width, 3), np.uint8)

    @cache  # noqa: B019 - lives as long as the tests
    def _draw(self, image_id: str) -> tuple[NDArray[np.uint8], Instances]:
        generator = np.random.default_rng(int(image_id[4:]))
        y_HW, x_HW = np.mgrid[: self.height, : self.width]
        mask_HW = np.zeros((self.height, self.width), np.uint8)
        map_HW = np.zeros((self.height, self.width), np.int32)
        classes = []
        for slot in range(int(generator.integers(1, 4))):
            radius = generator.uniform(self.width / 20, self.width / 7)
            x = (slot + 0.5) * self.width / 3 + generator.uniform(-3, 3)
            y = generator.uniform(radius / 2, self.height - radius / 2)  # some are cut by the border
            distance_HW = np.hypot(x_HW - x, y_HW - y)
            cls = int(generator.integers(1, 4))
            classes.append(cls)
            mask_HW[distance_HW <= radius + 3] = 255
            mask_HW[distance_HW <= radius] = cls
            map_HW[distance_HW <= radius + 3] = slot + 1
        return mask_HW, Instances(classes=tuple(classes), map_HW=map_HW)

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        return self._draw(image_id)[0].copy()

    def instances(self, image_id: str) -> Instances:
        return self._draw(image_id)[1]


@pytest.fixture(scope="session")
def discs() -> Discs:
    return Discs(40)


@pytest.fixture(scope="session")
def many_discs() -> Discs:
    return Discs(700, 75, 100)
