"""How sure the difference between two points is: the noise of the seeds and of the validation images.

Shape suffixes: N validation images, C classes (twice: truth, prediction), R bootstrap repeats.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetseg.report.frontier import Point

__all__ = ["Difference", "bootstrap_deviation", "difference", "seed_half_width"]

LEVEL = 0.95
REPEATS = 1000


@dataclass(frozen=True, kw_only=True)
class Difference:
    """mIoU of one point minus mIoU of another, with the half-width of its 95 % interval."""

    mean: float
    seed_half_width: float | None
    """None where no point was repeated with another seed."""
    image_half_width: float | None
    """None where the runs hold no comparable confusion.npy."""

    @property
    def half_width(self) -> float | None:
        """Both sources together: independent, so their squares add. None where neither is known."""
        known = [width for width in (self.seed_half_width, self.image_half_width) if width is not None]
        return math.hypot(*known) if known else None

    @property
    def clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.half_width is not None and abs(self.mean) > self.half_width

    def to_dict(self) -> dict[str, Any]:
        """As in the verdicts of ``budgetseg.report/1``."""
        return {
            "mean": self.mean,
            "half_width": self.half_width,
            "level": LEVEL,
            "seed_half_width": self.seed_half_width,
            "image_half_width": self.image_half_width,
        }


def seed_half_width(one_N: Sequence[float], other_N: Sequence[float], level: float = LEVEL) -> float | None:
    r"""Half-width of the t interval of a difference of means over seeds, spread pooled over both.

    .. math:: t_{n+m-2}\, s \sqrt{1/n + 1/m}, \quad s^2 = \frac{\sum (x - \bar x)^2 + \sum (y - \bar y)^2}{n + m - 2}

    Returns:
        None where both have one seed: nothing is known of their spread.
    """
    n, m = len(one_N), len(other_N)
    freedom = n + m - 2
    if freedom < 1:
        return None
    from scipy.special import stdtrit

    squares = sum(float(np.var(values)) * len(values) for values in (one_N, other_N))
    return float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt(squares / freedom * (1 / n + 1 / m))


def _marginals(confusion_NCC: NDArray[np.int64]) -> NDArray[np.float64]:
    """Intersection and union per image and class, of shape (N, 2 C): all that an IoU needs."""
    hit_NC = np.diagonal(confusion_NCC, axis1=1, axis2=2)
    union_NC = confusion_NCC.sum(axis=2) + confusion_NCC.sum(axis=1) - hit_NC
    return np.concatenate([hit_NC, union_NC], axis=1).astype(np.float64)


def _miou(sums_R2C: NDArray[np.float64]) -> NDArray[np.float64]:
    """MIoU (0 to 100) of each row of summed intersections and unions; classes with an empty union are left out."""
    hit_RC, union_RC = np.split(sums_R2C, 2, axis=1)
    present_RC = union_RC > 0
    iou_RC = np.divide(hit_RC, union_RC, out=np.zeros_like(hit_RC), where=present_RC)
    mean_R: NDArray[np.float64] = 100 * iou_RC.sum(axis=1) / np.maximum(present_RC.sum(axis=1), 1)
    return mean_R


def bootstrap_deviation(
    one: Sequence[NDArray[np.int64]], other: Sequence[NDArray[np.int64]], generator: np.random.Generator
) -> float:
    """Standard deviation of the difference in mIoU when the validation images are drawn again.

    Both sides see the same draw, so what is hard about an image cancels. Each side is a sequence over seeds of
    confusion matrices per image, int64 of shape (N, C, C); its mIoU is the mean over its seeds.
    """
    images = len(one[0])
    weights_RN = generator.multinomial(images, np.full(images, 1 / images), size=REPEATS).astype(np.float64)
    first_R, second_R = (
        np.mean([_miou(weights_RN @ _marginals(confusion_NCC)) for confusion_NCC in side], axis=0)
        for side in (one, other)
    )
    return float(np.std(first_R - second_R, ddof=1))


def _confusion(path: Path, images: int, classes: int) -> NDArray[np.int64] | None:
    """A run's confusion matrices; None where the file is missing, broken or of another shape."""
    try:
        confusion_NCC = np.load(path / "confusion.npy", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    right = confusion_NCC.shape == (images, classes, classes) and confusion_NCC.dtype.kind in "iu" and images > 1
    return confusion_NCC if right else None


def difference(one: Point, other: Point) -> Difference:
    """Compare two points of one setting: mean difference and the noise of seeds and validation images."""
    from scipy.special import ndtri

    sides = [
        [_confusion(run.path, run.validation_images, len(run.classes)) for run in point.runs] for point in (one, other)
    ]
    known = [[matrix for matrix in side if matrix is not None] for side in sides]
    image_half_width = None
    if all(len(have) == len(want) for have, want in zip(known, sides, strict=True)):
        # A fixed seed: the same runs give the same page.
        deviation = bootstrap_deviation(known[0], known[1], np.random.default_rng(0))
        image_half_width = float(ndtri((1 + LEVEL) / 2)) * deviation
    return Difference(
        mean=one.miou - other.miou,
        seed_half_width=seed_half_width([run.miou for run in one.runs], [run.miou for run in other.runs]),
        image_half_width=image_half_width,
    )
