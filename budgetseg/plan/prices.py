"""What images cost: by a cost book and a mean image, or as somebody has said, kind by kind."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from budgetseg.costs.accounting import Accounting, mix_seconds, seconds_per_image
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import new_acts
from budgetseg.costs.workload import Workload, exact_number
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import Move, Offer, upgrade_offers

__all__ = ["SAID", "Prices", "seconds_said"]

SAID: Final = "seconds per image as given"
"""What stands in the place of a cost book's name where ``--seconds-per-image`` replaces the book."""

_NOTHING: Final = Fraction(0)
_MOST_SECONDS: Final = 10**9


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What an image costs at each kind that can be bought, and what is paid once."""

    seconds_of: Mapping[str, Fraction]
    """Seconds of one image."""
    seconds_of_mix: Callable[[Mapping[str, int]], Fraction]
    """Seconds of a whole mix, what is paid once included."""
    fixed_seconds: Fraction
    upgrades: Callable[[Mix, Iterable[str]], tuple[Offer, ...]]
    """What can be asked of images that are annotated already."""
    origin: str
    """The cost book, or :data:`SAID`."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """The kinds without a price, each with the reason."""

    @classmethod
    def of(
        cls,
        book: CostBook,
        workload: Workload,
        *,
        accounting: Accounting = "exact",
        fixed_seconds: Fraction = _NOTHING,
    ) -> "Prices":
        """Price every kind of which the book has the rates.

        In ``paper`` accounting an image costs its rounded seconds and the rounded share of what is fixed, but unlike
        :func:`budgetseg.costs.accounting.afford` a plan never rounds a number of images up.

        Raises:
            InvalidInputError: Fixed seconds below 0, or a book without a usable kind.
        """
        _check_fixed(fixed_seconds)

        def seconds_of_mix(images: Mapping[str, int]) -> Fraction:
            return mix_seconds(book, images, workload, accounting=accounting, fixed_seconds=fixed_seconds)

        paper = accounting == "paper"
        return cls(
            seconds_of={
                kind: seconds_of_mix({kind: 1}) if paper else seconds_per_image(book, kind, workload)
                for kind in book.kinds
            },
            seconds_of_mix=seconds_of_mix,
            fixed_seconds=_NOTHING if paper else fixed_seconds,
            upgrades=lambda current, kinds: upgrade_offers(book, workload, current, kinds),
            origin=book.origin,
            unavailable={kind: f"cost book {book.origin}: {why}" for kind, why in book.unavailable.items()},
        )

    @classmethod
    def said(cls, seconds_of: Mapping[str, Fraction], *, fixed_seconds: Fraction = _NOTHING) -> "Prices":
        """Price the kinds that are named and no others; nothing else is charged but ``fixed_seconds``, once.

        Nobody has said which questions these seconds are for, so asking more of an image that is annotated already
        costs as much as a new one: rather too much than over budget.

        Raises:
            InvalidInputError: Fixed seconds below 0.
        """
        _check_fixed(fixed_seconds)
        ordered = {kind: seconds_of[kind] for kind in KINDS if kind in seconds_of}

        def seconds_of_mix(images: Mapping[str, int]) -> Fraction:
            return sum((count * ordered[kind] for kind, count in images.items()), fixed_seconds)

        return cls(
            seconds_of=ordered,
            seconds_of_mix=seconds_of_mix,
            fixed_seconds=fixed_seconds,
            upgrades=lambda current, kinds: tuple(
                Offer(held=held, kind=kind, seconds=ordered[kind])
                for held, _ in current
                for kind in kinds
                if new_acts(kind, held)
            ),
            origin=SAID,
            unavailable={kind: "--seconds-per-image does not name it" for kind in KINDS if kind not in ordered},
        )

    def seconds_of_moves(self, moves: Iterable[Move]) -> Fraction:
        """Seconds of new images and of those annotated further, what is paid once included."""
        moves = tuple(moves)
        new = {move.kind: move.images for move in moves if move.held is None}
        return self.seconds_of_mix(new) + sum(move.seconds for move in moves if move.held is not None)

    def images(self, kind: str, seconds: Fraction, pool: int) -> int:
        """How many images of ``kind`` the seconds and the pool allow, what is paid once apart; at least 0."""
        each = self.seconds_of[kind]
        return max(0, min(pool, int(seconds // each))) if each else (pool if seconds >= 0 else 0)

    def offers(self, current: Mix, kinds: Iterable[str]) -> tuple[Offer, ...]:
        """What can be bought of ``kinds``: on new images, and on those that are annotated already."""
        kinds = tuple(kinds)
        new = (Offer(held=None, kind=kind, seconds=self.seconds_of[kind]) for kind in kinds)
        return (*new, *self.upgrades(current, kinds))


def _check_fixed(fixed_seconds: Fraction) -> None:
    if fixed_seconds < 0:
        raise InvalidInputError(f"fixed seconds: expected at least 0, got {float(fixed_seconds):g}")


def seconds_said(text: str, where: str = "--seconds-per-image") -> dict[str, Fraction]:
    """Read ``full=155,point=7.6``: exact seconds of an image, by kind.

    Raises:
        InvalidInputError: Not such a list, an unknown kind, a kind that stands twice, or seconds below 0.
    """
    found: dict[str, Fraction] = {}
    for item in (part.strip() for part in text.split(",")):
        kind, equals, number = (part.strip() for part in item.partition("="))
        if not equals or not kind or not number:
            raise InvalidInputError(f'{where}: expected kind=seconds, as in full=155,point=7.6, got "{item}"')
        if kind not in KINDS:
            raise InvalidInputError(f'{where}: unknown annotation kind "{kind}"{did_you_mean(kind, KINDS)}')
        if kind in found:
            raise InvalidInputError(f"{where}: {kind} stands twice; keep one")
        seconds = exact_number(number, f"{where}: {kind}")
        if not 0 <= seconds <= _MOST_SECONDS:
            raise InvalidInputError(f"{where}: {kind}: expected seconds from 0 to {_MOST_SECONDS:,}, got {number}")
        found[kind] = seconds
    return found
