"""What costs need to know of a data set: classes and instances an image, how often and how large each class is.

Counted in all masks, or in a sample that a person counted by hand; a sample says how far its means can be trusted.

Shape suffixes: N images, K object classes (without the background), C classes (with it).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.workload import Workload
from budgetseg.data.index import Index
from budgetseg.errors import DataError, InvalidInputError

__all__ = ["ClassFrequency", "DataStats", "Spread"]

_CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A number of things an image: its mean, and how images differ."""

    mean: Fraction
    sd: float
    """Standard deviation between images; 0 for one image."""
    least: int
    most: int
    standard_error: float | None = None
    """Of the mean, for a sample; None where every image was counted."""
    interval: tuple[float, float] | None = None
    """95% interval of the mean, from Student's t; None where every image was counted."""

    @classmethod
    def of(cls, count_N: NDArray[np.int64], *, sampled_from: int | None = None, sample: bool = False) -> Self:
        """Describe the counts of N images.

        Args:
            count_N: One number an image; at least one image.
            sampled_from: How many images the sample was drawn from, where that is known: the standard error is then
                s / sqrt(n) sqrt(1 - n / N), which is 0 when all N were counted.
            sample: Whether these are a sample.
        """
        images = len(count_N)
        sd = float(count_N.std(ddof=1)) if images > 1 else 0.0
        mean = Fraction(int(count_N.sum()), images)
        error, interval = None, None
        if sample:
            from scipy.special import stdtrit  # half a second to import, and needed for samples alone

            left_out = 1.0 if sampled_from is None else 1 - images / sampled_from
            error = sd / math.sqrt(images) * math.sqrt(left_out)
            margin = float(stdtrit(images - 1, (1 + _CONFIDENCE) / 2)) * error
            interval = (max(float(mean) - margin, 0.0), float(mean) + margin)
        return cls(
            mean=mean,
            sd=sd,
            least=int(count_N.min()),
            most=int(count_N.max()),
            standard_error=error,
            interval=interval,
        )

    def to_dict(self) -> dict[str, Any]:
        """As in the JSON document."""
        return {
            **asdict(self),
            "mean": float(self.mean),
            "interval": None if self.interval is None else [*self.interval],
        }


@dataclass(frozen=True, kw_only=True)
class ClassFrequency:
    """How often one class is there, and how much of the images it covers."""

    name: str
    images: int
    """Images that hold it."""
    image_share: float
    """The same as a share of the images counted, 0 to 1."""
    instances: int
    area_share: float | None
    """Its pixels as a share of all pixels that are not void, 0 to 1; None where no masks were read."""


@dataclass(frozen=True, kw_only=True)
class DataStats:
    """The ``budgetseg.datastats/1`` value."""

    name: str
    """The data set, or the sheet."""
    source: str
    """``masks`` or ``counted by hand``."""
    images: int
    """Images counted."""
    pool: int | None
    """Images there are; None where a sample does not know."""
    classes_per_image: Spread
    instances_per_image: Spread
    classes: tuple[ClassFrequency, ...]
    """Object classes, in the order of the data set."""
    background_share: float | None
    """As ``area_share``, of pixels of no object class."""

    @classmethod
    def from_index(cls, name: str, classes: Sequence[str], index: Index) -> Self:
        """Count the images of a split.

        Args:
            name: What to call them.
            classes: The C class names of the data set, background first.
            index: The split.

        Raises:
            DataError: The split is empty.
        """
        if not index.ids:
            raise DataError(
                f"{name}: expected at least one image to count, got an empty split; budgetseg data check says why"
            )
        pixels_C = index.pixels_NC.sum(axis=0)
        area_C = pixels_C / max(int(pixels_C.sum()), 1)
        return cls(
            name=name,
            source="masks",
            images=len(index.ids),
            pool=len(index.ids),
            classes_per_image=Spread.of(index.classes_present_N),
            instances_per_image=Spread.of(index.instances_N),
            classes=_frequencies(classes[1:], index.present_NC[:, 1:], index.instances_NC[:, 1:], area_C[1:]),
            background_share=float(area_C[0]),
        )

    @classmethod
    def from_counts(
        cls, name: str, classes: Sequence[str], instances_NK: NDArray[np.int64], *, pool: int | None = None
    ) -> Self:
        """Estimate from a sample that was counted by hand.

        Args:
            name: What to call it.
            classes: The K object classes that were counted.
            instances_NK: Instances of each class in each image of the sample.
            pool: Images that the sample was drawn from.

        Raises:
            InvalidInputError: Fewer than 2 images, which say nothing of how images differ, or more than the pool holds.
        """
        images = len(instances_NK)
        if images < 2:
            raise InvalidInputError(f"{name}: expected at least 2 counted images, got {images}; count more")
        if pool is not None and pool < images:
            raise InvalidInputError(f"--pool: expected at least the {images} images counted in {name}, got {pool}")
        present_NK = instances_NK > 0
        classes_N, instances_N = present_NK.sum(axis=1), instances_NK.sum(axis=1)
        return cls(
            name=name,
            source="counted by hand",
            images=images,
            pool=pool,
            classes_per_image=Spread.of(classes_N, sampled_from=pool, sample=True),
            instances_per_image=Spread.of(instances_N, sampled_from=pool, sample=True),
            classes=_frequencies(classes, present_NK, instances_NK, None),
            background_share=None,
        )

    @property
    def workload(self) -> Workload:
        """The mean image."""
        return Workload.of(len(self.classes), self.classes_per_image.mean, self.instances_per_image.mean)

    @property
    def flags(self) -> str:
        """The options of ``budgetseg costs`` that say the same; means are rounded to a thousandth."""
        classes, instances = (_decimal(each.mean) for each in (self.classes_per_image, self.instances_per_image))
        flags = f"--classes {len(self.classes)} --classes-per-image {classes} --instances-per-image {instances}"
        return flags if self.pool is None else f"{flags} --pool {self.pool}"

    def to_dict(self) -> dict[str, Any]:
        """As in the JSON document."""
        return {
            "schema": "budgetseg.datastats/1",
            "name": self.name,
            "source": self.source,
            "images": self.images,
            "pool": self.pool,
            "workload": self.workload.to_dict(),
            "classes_per_image": self.classes_per_image.to_dict(),
            "instances_per_image": self.instances_per_image.to_dict(),
            "classes": [asdict(each) for each in self.classes],
            "background_share": self.background_share,
            "flags": self.flags,
        }


def _frequencies(
    names: Sequence[str],
    present_NK: NDArray[np.bool_],
    instances_NK: NDArray[np.int64],
    area_K: NDArray[np.float64] | None,
) -> tuple[ClassFrequency, ...]:
    images_K, instances_K = present_NK.sum(axis=0), instances_NK.sum(axis=0)
    return tuple(
        ClassFrequency(
            name=name,
            images=int(images_K[k]),
            image_share=float(images_K[k] / len(present_NK)),
            instances=int(instances_K[k]),
            area_share=None if area_K is None else float(area_K[k]),
        )
        for k, name in enumerate(names)
    )


def _decimal(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")
