"""Comparisons: what another cost book, another way of asking, or annotations that are there already do to the costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from budgetseg.costs.accounting import mix_seconds
from budgetseg.costs.asking import ASKINGS, TITLES
from budgetseg.costs.book import CostBook
from budgetseg.costs.errors import InvalidInputError
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload

__all__ = ["Comparison", "Prices", "compare_asking", "compare_books", "upgrade_table"]


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What an image costs at each kind, on one side of a comparison."""

    name: str
    seconds_of: Mapping[str, Fraction]
    """Of the kinds that have a cost, in the order of ``KINDS``."""
    unavailable: Mapping[str, str]
    """The other kinds, each with the reason."""
    mix_seconds: Fraction | None
    """Of the mix that was asked about; None where there is none or a kind of it has no cost here."""
    unverified: tuple[str, ...]
    """Rates behind these prices that nobody has looked up."""

    @classmethod
    def of(cls, name: str, book: CostBook, workload: Workload, mix: Mapping[str, int] | None = None) -> "Prices":
        """Price every kind of a book, and a mix."""
        priced = mix is not None and all(kind in book.kinds for kind in mix)
        return cls(
            name=name,
            seconds_of={kind: seconds_per_image(book, kind, workload) for kind in book.kinds},
            unavailable=book.unavailable,
            mix_seconds=mix_seconds(book, mix, workload) if mix is not None and priced else None,
            unverified=book.unverified_for(book.kinds),
        )

    @property
    def order(self) -> tuple[str, ...]:
        """The kinds, cheapest first."""
        return tuple(sorted(self.seconds_of, key=self.seconds_of.__getitem__))

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.costs-comparison/1``."""
        return {
            "name": self.name,
            "seconds_per_image": {kind: float(seconds) for kind, seconds in self.seconds_of.items()},
            "order": list(self.order),
            "unavailable": dict(self.unavailable),
            "mix_hours": None if self.mix_seconds is None else float(self.mix_seconds / 3600),
            "unverified": list(self.unverified),
        }


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The ``budgetseg.costs-comparison/1`` value."""

    workload: Workload
    images: int
    """Images for which hours are told."""
    mix: Mapping[str, int] | None
    """A mix of kinds to price besides."""
    sides: tuple[Prices, ...]
    """What is compared; the first one is the measure of the others."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that any side has a cost for."""
        return tuple(kind for kind in KINDS if any(kind in side.seconds_of for side in self.sides))

    def trades(self, side: Prices) -> list[tuple[str, str]]:
        """Return pairs (now cheaper, now dearer) that stand the other way round than on the first side."""
        first = self.sides[0].seconds_of
        both = [kind for kind in side.order if kind in first]
        return [
            (cheap, dear) for row, cheap in enumerate(both) for dear in both[row + 1 :] if first[cheap] > first[dear]
        ]

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": "budgetseg.costs-comparison/1",
            "workload": self.workload.to_dict(),
            "images": self.images,
            "mix": None if self.mix is None else dict(self.mix),
            "sides": [
                {
                    **side.to_dict(),
                    "hours": {kind: float(s * self.images / 3600) for kind, s in side.seconds_of.items()},
                    "trades": [list(pair) for pair in self.trades(side)],
                }
                for side in self.sides
            ],
        }


def _comparison(sides: Sequence[Prices], workload: Workload, images: int, mix: Mapping[str, int] | None) -> Comparison:
    if images < 1:
        raise InvalidInputError(f"images: expected a whole number >= 1, got {images}")
    return Comparison(workload=workload, images=images, mix=mix, sides=tuple(sides))


def compare_books(
    books: Sequence[CostBook], workload: Workload, *, images: int, mix: Mapping[str, int] | None = None
) -> Comparison:
    """Price every kind by each of the books.

    Args:
        books: At least one; the first is the measure.
        workload: The mean image.
        images: Images for which hours are told.
        mix: A mix to price by each book, images by kind.

    Raises:
        InvalidInputError: Fewer than one image, or a mix with a kind that is unknown.
    """
    for kind in mix or {}:
        books[0].missing(kind)  # knows the kinds
    sides = [Prices.of(book.name, book, workload, mix) for book in books]
    return _comparison(sides, workload, images, mix)


def compare_asking(book: CostBook, workload: Workload, *, images: int) -> Comparison:
    """Price every kind under each way of asking for the classes; the book's own way comes first.

    Raises:
        InvalidInputError: Fewer than one image.
    """
    ways = sorted(ASKINGS, key=lambda ask: ask != book.ask)
    sides = [Prices.of(f"{ask}: {TITLES[ask]}", replace(book, ask=ask), workload) for ask in ways]
    return _comparison(sides, workload, images, None)


def upgrade_table(book: CostBook, workload: Workload) -> dict[str, dict[str, Fraction]]:
    """Return the seconds from each kind (outer key) to each kind with a cost (inner key): only what is new is paid.

    A kind whose answers follow from those that are held costs nothing; so does the held kind itself.
    """
    return {held: {kind: seconds_per_image(book, kind, workload, held=held) for kind in book.kinds} for held in KINDS}
