"""How long simulating takes: ``python -m budgetseg.annotate.benchmark [IMAGES]``.

The pictures are made up, of the size and statistics of PASCAL VOC (375 x 500 pixels, 1.5 classes and 2.8 instances an
image, void borders); making them is not counted.
"""

import sys
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.annotator import Manner
from budgetseg.annotate.errors import HUMAN
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.registry import ANNOTATORS
from budgetseg.annotate.simulate import annotate_image
from budgetseg.data.dataset import VOID, Instances

__all__ = ["main", "picture"]

HEIGHT, WIDTH = 375, 500


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


def main(arguments: Sequence[str]) -> None:
    """Print milliseconds an image, and seconds for 10,000 images, of each kind."""
    numbers = range(int(arguments[0]) if arguments else 200)
    manner = Manner(errors=HUMAN)
    sys.stdout.write("kind        ms an image   s for 10,000 images\n")
    for kind in ANNOTATORS:
        seconds = 0.0
        for number in numbers:
            made = picture(number)
            made.read_instances()
            start = time.process_time()
            annotate_image(made, kind, manner, seed=0)
            seconds += time.process_time() - start
        each = seconds / len(numbers)
        sys.stdout.write(f"{kind:<12}{1e3 * each:8.2f}{1e4 * each:18.1f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
