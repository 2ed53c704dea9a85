"""What one image costs at each kind that is for sale: from a cost book, or seconds that a person gives.

Shape suffixes: K kinds in the order of ``KINDS``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload, exact_number
from budgetseg.errors import InvalidInputError

__all__ = ["PriceList"]

_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class PriceList:
    """Seconds of one image at each kind for sale, and what is paid once."""

    seconds_of: Mapping[str, Fraction]
    """In the order of ``KINDS``."""
    source: str
    """The cost book, or the option that gave the seconds."""
    fixed_seconds: Fraction = _NOTHING

    def __post_init__(self) -> None:
        if not self.seconds_of:
            raise InvalidInputError(f"{self.source}: no kind has a price; give such as full=155,point=7.6")
        for kind, seconds in self.seconds_of.items():
            if seconds < 0:
                raise InvalidInputError(
                    f"{self.source}: {kind}: expected seconds of at least 0, got {float(seconds):g}"
                )
        if self.fixed_seconds < 0:
            raise InvalidInputError(f"fixed seconds: expected at least 0, got {float(self.fixed_seconds):g}")

    @classmethod
    def of(cls, seconds_of: Mapping[str, Fraction], source: str, fixed_seconds: Fraction = _NOTHING) -> "PriceList":
        """Make a price list of seconds by kind, in any order.

        Raises:
            InvalidInputError: No kind, or seconds below 0.
        """
        ordered = {kind: seconds_of[kind] for kind in KINDS if kind in seconds_of}
        return cls(seconds_of=ordered, source=source, fixed_seconds=fixed_seconds)

    @classmethod
    def of_book(cls, book: CostBook, workload: Workload, fixed_seconds: Fraction = _NOTHING) -> "PriceList":
        """Price every kind of which the book has the rates, for the mean image of a data set."""
        seconds_of = {kind: seconds_per_image(book, kind, workload) for kind in book.kinds}
        return cls.of(seconds_of, book.origin, fixed_seconds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds for sale."""
        return tuple(self.seconds_of)

    def among(self, kinds: Iterable[str], whose: str) -> "PriceList":
        """Keep the kinds that something else, ``whose``, knows as well.

        Raises:
            InvalidInputError: None is left.
        """
        known = tuple(kinds)
        kept = {kind: seconds for kind, seconds in self.seconds_of.items() if kind in known}
        if not kept:
            raise InvalidInputError(
                f"{whose}: knows {', '.join(known) or 'no kind'}, {self.source} has prices for "
                f"{', '.join(self.kinds)}; a kind needs both"
            )
        return replace(self, seconds_of=kept)

    def seconds(self, counts_K: NDArray[Any]) -> Fraction:
        """Seconds of so many images of each kind, what is paid once not included; kinds without a price cost 0."""
        counts = dict(zip(KINDS, np.asarray(counts_K).tolist(), strict=True))
        return sum((int(counts[kind]) * seconds for kind, seconds in self.seconds_of.items()), _NOTHING)

    def to_dict(self) -> dict[str, Any]:
        """As in JSON documents."""
        return {
            "source": self.source,
            "seconds_per_image": {kind: float(seconds) for kind, seconds in self.seconds_of.items()},
            "fixed_seconds": float(self.fixed_seconds),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "PriceList":
        """Read what :meth:`to_dict` gives."""
        return cls.of(
            {str(kind): exact_number(value, str(kind)) for kind, value in document["seconds_per_image"].items()},
            str(document["source"]),
            exact_number(document["fixed_seconds"], "fixed seconds"),
        )
