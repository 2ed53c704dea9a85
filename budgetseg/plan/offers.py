"""What can be bought for an image: a kind of annotation on a new one, or on one that holds another kind already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Any, Final

from budgetseg.costs.book import CostBook
from budgetseg.costs.per_image import new_acts, seconds_per_image
from budgetseg.costs.workload import Workload
from budgetseg.errors import InvalidInputError
from budgetseg.plan.mix import Mix

__all__ = [
    "NOTHING_HELD",
    "Move",
    "Offer",
    "mix_after",
    "move_everything",
    "upgrade_offers",
    "whole_numbers",
]

NOTHING_HELD: Final = Mix.of({})

_MILLIONTHS: Final = 10**6
_MOST: Final = 2**61


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One kind of annotation for one kind of image."""

    held: str | None
    """The kind that the image is annotated at already; None for a new image."""
    kind: str
    seconds: Fraction
    """Of one image."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """An offer taken for some images."""

    held: str | None
    kind: str
    images: int
    seconds: Fraction
    """Of all these images."""

    @classmethod
    def of(cls, offer: Offer, images: int) -> "Move":
        """Take an offer."""
        return cls(held=offer.held, kind=offer.kind, images=images, seconds=images * offer.seconds)

    def to_dict(self) -> dict[str, Any]:
        """As in ``moves`` of ``budgetseg.plan/1``."""
        return {"held": self.held, "kind": self.kind, "images": self.images, "hours": float(self.seconds / 3600)}

    @classmethod
    def parse(cls, text: str) -> "Move":
        """Read what ``str`` gives, such as ``300 image -> point``; what it costs is not in there.

        Raises:
            InvalidInputError: Something else.
        """
        images, _, kinds = text.replace(",", "").partition(" ")
        held, arrow, kind = kinds.rpartition("->")
        if not images.isascii() or not images.isdigit():
            raise InvalidInputError(f'moves: expected such as "300 image -> point" or "20 full", got "{text}"')
        Mix.of({kind.strip(): 0, **({held.strip(): 0} if arrow else {})})  # knows the kinds
        return cls(held=held.strip() if arrow else None, kind=kind.strip(), images=int(images), seconds=Fraction(0))

    def __str__(self) -> str:
        return f"{self.images:,} {f'{self.held} -> ' if self.held else ''}{self.kind}"


def upgrade_offers(book: CostBook, workload: Workload, current: Mix, kinds: Iterable[str]) -> tuple[Offer, ...]:
    """Return what can be asked of images that are annotated already: ``kinds`` that leave something to ask."""
    return tuple(
        Offer(held=held, kind=kind, seconds=seconds_per_image(book, kind, workload, held=held))
        for held, _ in current
        for kind in kinds
        if new_acts(kind, held)
    )


def mix_after(current: Mix, moves: Iterable[Move]) -> Mix:
    """Return the images of each kind when the moves are made."""
    counts = current.to_dict()
    for move in moves:
        counts[move.kind] = counts.get(move.kind, 0) + move.images
        if move.held is not None:
            counts[move.held] -= move.images
    return Mix.of(counts)


def move_everything(offers: Sequence[Offer], seconds: Fraction, current: Mix, new_images: int) -> tuple[Move, ...]:
    """Spend the seconds on offers of one kind, the cheapest first, until time or images end.

    Args:
        offers: All of one kind.
        seconds: What there is to spend.
        current: Images that are annotated already.
        new_images: Images that are not.
    """
    moves = []
    for offer in sorted(offers, key=lambda offer: offer.seconds):
        stock = new_images if offer.held is None else current[offer.held]
        images = min(stock, int(seconds // offer.seconds)) if offer.seconds else stock
        if images > 0 and seconds >= 0:
            moves.append(Move.of(offer, images))
            seconds -= moves[-1].seconds
    return tuple(moves)


def whole_numbers(costs: Sequence[Fraction], limit: Fraction, images: int) -> tuple[list[int], int]:
    """Return costs and their limit in whole numbers of one unit of time or money.

    The unit makes all exact where 64 bits allow; else it is a millionth, with costs rounded up and the limit down, so
    that a plan is never over budget.

    Args:
        costs: Of one image of each offer, at least one offer; at least 0.
        limit: What there is to spend.
        images: The most images that can be bought.
    """
    dearest = max(costs)
    limit = min(limit, images * dearest)  # no more can be spent
    unit = lcm(*(cost.denominator for cost in costs))
    if images * dearest * unit >= _MOST:
        unit = _MILLIONTHS
    return [ceil(cost * unit) for cost in costs], floor(limit * unit)
