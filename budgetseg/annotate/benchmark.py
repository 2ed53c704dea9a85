"""How long simulating takes: ``python -m budgetseg.annotate.benchmark [IMAGES [PROCESSES]]``, 10,000 and 2 if not said.

The pictures are made up, of the size and statistics of PASCAL VOC (375 x 500 pixels, 1.5 classes and 2.8 instances an
image, void borders); making them is not counted, reading their arrays from a file is.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.picture import Picture
from budgetseg.annotate.registry import ANNOTATORS
from budgetseg.annotate.simulate import simulate
from budgetseg.data.dataset import VOID, Counts, Dataset, Instances, Split

__all__ = ["main", "picture"]

HEIGHT, WIDTH = 375, 500
DIFFERENT = 50
"""Pictures that are made."""


def picture(number: int) -> Picture:
    """A picture of blobs with ragged edges, the same for the same number."""
    generator = np.random.default_rng([number, 77])
    map_HW = np.zeros((HEIGHT, WIDTH), np.int32)
    mask_HW = np.zeros((HEIGHT, WIDTH), np.uint8)
    y_HW, x_HW = np.mgrid[:HEIGHT, :WIDTH]
    kinds = generator.choice(np.arange(1, 21), size=1 + generator.binomial(2, 0.26), replace=False)
    classes = [int(cls) for cls in kinds for _ in range(1 + generator.poisson(0.85))]
    for k, cls in enumerate(classes, start=1):
        blob_HW = _blob(x_HW, y_HW, generator)
        map_HW[blob_HW] = k
        mask_HW[blob_HW] = cls
    smooth_HW = ndimage.maximum_filter(map_HW, 5) != ndimage.minimum_filter(map_HW, 5)
    mask_HW[smooth_HW] = VOID
    instances = Instances(classes=tuple(classes), map_HW=map_HW)
    return Picture(image_id=f"blobs{number}", mask_HW=mask_HW, read_instances=lambda: instances)


def _blob(x_HW: NDArray[np.int64], y_HW: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.bool_]:
    radius = np.exp(generator.normal(4.3, 0.6))
    x, y = generator.uniform(0, WIDTH), generator.uniform(0, HEIGHT)
    angle_HW = np.arctan2(y_HW - y, x_HW - x)
    ragged_HW = sum(generator.normal(0, 0.15) * np.cos(n * angle_HW + generator.uniform(0, 6)) for n in range(2, 8))
    return np.asarray(np.hypot(x_HW - x, y_HW - y) < radius * (1 + ragged_HW), bool)


class Blobs:
    """A data set of such pictures, in which the same few come again and again under new names."""

    name = "blobs"
    classes = ("background", *(f"class{number}" for number in range(1, 21)))
    source_classes = tuple(range(21))
    notes = ()

    def __init__(self, images: int, folder: Path) -> None:
        """Make the pictures and keep them in a folder, where every process finds them."""
        self._ids = tuple(str(number) for number in range(images))
        self._folder = folder
        for number in range(DIFFERENT):
            made = picture(number)
            instances = made.read_instances()
            np.save(folder / f"mask{number}.npy", made.mask_HW)
            np.save(folder / f"map{number}.npy", instances.map_HW)
            np.save(folder / f"classes{number}.npy", np.array(instances.classes))

    def ids(self, split: Split) -> tuple[str, ...]:
        """All are training images."""
        return self._ids if split == "train" else ()

    def image(self, image_id: str) -> NDArray[np.uint8]:
        """Annotators are simulated from the truth alone."""
        raise NotImplementedError

    def mask(self, image_id: str) -> NDArray[np.uint8]:
        """See :class:`budgetseg.data.dataset.Dataset`."""
        mask_HW: NDArray[np.uint8] = self._read("mask", image_id)
        return mask_HW

    def instances(self, image_id: str) -> Instances:
        """See :class:`budgetseg.data.dataset.Dataset`."""
        return Instances(classes=tuple(self._read("classes", image_id).tolist()), map_HW=self._read("map", image_id))

    def counts(self, image_id: str) -> Counts:
        """See :class:`budgetseg.data.dataset.Dataset`."""
        return Dataset.counts(self, image_id)

    def _read(self, what: str, image_id: str) -> Any:
        return np.load(self._folder / f"{what}{int(image_id) % DIFFERENT}.npy")


def main(arguments: Sequence[str]) -> None:
    """Print the seconds that each kind takes."""
    images, workers = (int(argument) for argument in (*arguments, *("10000", "2")[len(arguments) :]))
    with TemporaryDirectory() as folder:
        dataset = Blobs(images, Path(folder))
        sys.stdout.write(f"{images:,} images, {workers} processes\nkind          seconds   of computing\n")
        for kind in ANNOTATORS:
            start, computed = time.perf_counter(), _computed_seconds()
            simulate(dataset, dict.fromkeys(dataset.ids("train"), kind), seed=0, workers=workers)
            seconds = time.perf_counter() - start
            sys.stdout.write(f"{kind:<12}{seconds:9.1f}{_computed_seconds() - computed:15.1f}\n")


def _computed_seconds() -> float:
    """Of this process and of those that it started and that ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


if __name__ == "__main__":
    main(sys.argv[1:])
