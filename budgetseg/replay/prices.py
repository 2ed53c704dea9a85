"""What a mix costs in a replay: seconds an image, by kind; what has no price cannot be bought.

Shape suffixes: M mixes, K kinds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.book import load_book
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.settings import comma_list

__all__ = ["ImagePrices"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ImagePrices:
    """Seconds of one image."""

    seconds_of: Mapping[str, float]
    """By kind."""

    @classmethod
    def parse(cls, text: str) -> "ImagePrices":
        """Read ``full=155,point=7.6``.

        Raises:
            InvalidInputError: Something else, an unknown kind, one that stands twice, or no positive number.
        """
        seconds_of: dict[str, float] = {}
        for item in comma_list(text):
            kind, _, number = (part.strip() for part in item.partition("="))
            if kind not in KINDS:
                raise InvalidInputError(
                    f'--seconds-per-image: unknown annotation kind "{kind}"{did_you_mean(kind, KINDS)}'
                )
            try:
                seconds = float(number)
            except ValueError:
                seconds = math.nan
            if kind in seconds_of or not 0 < seconds < math.inf:
                raise InvalidInputError(
                    f'--seconds-per-image: expected each kind once as kind=seconds, more than 0, got "{item}"'
                )
            seconds_of[kind] = seconds
        if not seconds_of:
            raise InvalidInputError("--seconds-per-image: expected such as full=155,point=7.6, got nothing")
        return cls(seconds_of=seconds_of)

    @classmethod
    def of_book(cls, name: str) -> "ImagePrices":
        """Take the prices of a cost book for the mean image of PASCAL VOC 2012."""
        book = load_book(name)
        return cls(seconds_of={kind: float(seconds_per_image(book, kind, PASCAL_VOC_2012)) for kind in book.kinds})

    @property
    def seconds_K(self) -> Floats:
        """In the order of ``KINDS``; infinite without a price."""
        return np.array([self.seconds_of.get(kind, math.inf) for kind in KINDS])

    def hours(self, counts_MK: Floats) -> Floats:
        """Hours (M,) of mixes; infinite where one of the kinds cannot be bought."""
        seconds_MK = np.where(counts_MK > 0, counts_MK, 0) * np.where(np.isinf(self.seconds_K), 0, self.seconds_K)
        unpriced_M = (counts_MK[:, np.isinf(self.seconds_K)] > 0).any(axis=1)
        hours_M: Floats = np.where(unpriced_M, math.inf, seconds_MK.sum(axis=1) / 3600)
        return hours_M
