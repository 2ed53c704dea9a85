"""What images cost: by a cost book and a mean image, or as somebody has said, kind by kind.

Shape suffixes: K kinds in the order of ``KINDS``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.accounting import Accounting, mix_seconds, seconds_per_image
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import new_acts
from budgetseg.costs.workload import Workload, exact_number
from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import NOTHING_HELD, Move, Offer, upgrade_offers

__all__ = ["SAID", "Prices", "seconds_said", "uses_prior"]

SAID: Final = "seconds per image as given"
"""What stands in the place of a cost book's name where ``--seconds-per-image`` replaces the book."""

_NOTHING: Final = Fraction(0)
_MOST_SECONDS: Final = 10**9


def uses_prior(kinds: Iterable[str]) -> bool:
    """Whether a training on ``kinds`` uses an objectness prior: masks and boxes show extent without it."""
    return any(not KINDS[kind].shows_extent for kind in kinds)


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What an image costs at each kind that can be bought, and what is paid once."""

    seconds_of: Mapping[str, Fraction]
    """Seconds of one image, in the order of ``KINDS``."""
    seconds_of_images: Callable[[Mapping[str, int]], Fraction]
    """Seconds of a whole mix, :attr:`fixed_seconds` included, without the prior."""
    fixed_seconds: Fraction
    """Paid once, whatever is bought."""
    prior_seconds: Fraction = _NOTHING
    """Paid once besides, where a kind is bought or held that uses an objectness prior (:func:`uses_prior`)."""
    upgrades: Callable[[Mix, Iterable[str]], tuple[Offer, ...]]
    """What can be asked of images that are annotated already."""
    origin: str
    """The cost book, or :data:`SAID`."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """The kinds without a price, each with the reason."""

    def __post_init__(self) -> None:
        if not self.seconds_of:
            raise InvalidInputError(f"{self.origin}: no kind has a price; give such as full=155,point=7.6")
        for kind, seconds in self.seconds_of.items():
            if seconds < 0:
                raise InvalidInputError(
                    f"{self.origin}: {kind}: expected seconds of at least 0, got {float(seconds):g}"
                )
        for name, seconds in (("fixed seconds", self.fixed_seconds), ("seconds of the prior", self.prior_seconds)):
            if seconds < 0:
                raise InvalidInputError(f"{name}: expected at least 0, got {float(seconds):g}")

    @classmethod
    def of(
        cls,
        book: CostBook,
        workload: Workload,
        *,
        accounting: Accounting = "exact",
        fixed_seconds: Fraction = _NOTHING,
        prior_seconds: Fraction = _NOTHING,
    ) -> "Prices":
        """Price every kind of which the book has the rates.

        In ``paper`` accounting an image costs its rounded seconds and the rounded share of what is paid once, but
        unlike :func:`budgetseg.costs.accounting.afford` a plan never rounds a number of images up.

        Raises:
            InvalidInputError: Fixed seconds below 0, or a book without a usable kind.
        """
        paper = accounting == "paper"
        shared = fixed_seconds + prior_seconds if paper else fixed_seconds

        def seconds_of_images(images: Mapping[str, int]) -> Fraction:
            return mix_seconds(book, images, workload, accounting=accounting, fixed_seconds=shared)

        return cls(
            seconds_of={
                kind: seconds_of_images({kind: 1}) if paper else seconds_per_image(book, kind, workload)
                for kind in book.kinds
            },
            seconds_of_images=seconds_of_images,
            fixed_seconds=_NOTHING if paper else fixed_seconds,
            prior_seconds=_NOTHING if paper else prior_seconds,
            upgrades=lambda current, kinds: upgrade_offers(book, workload, current, kinds),
            origin=book.origin,
            unavailable={kind: f"cost book {book.origin}: {why}" for kind, why in book.unavailable.items()},
        )

    @classmethod
    def said(
        cls,
        seconds_of: Mapping[str, Fraction],
        *,
        fixed_seconds: Fraction = _NOTHING,
        prior_seconds: Fraction = _NOTHING,
        origin: str = SAID,
    ) -> "Prices":
        """Price the kinds that are named and no others; nothing else is charged but what is paid once.

        Nobody has said which questions these seconds are for, so asking more of an image that is annotated already
        costs as much as a new one: rather too much than over budget.

        Raises:
            InvalidInputError: No kind, or seconds below 0.
        """
        ordered = {kind: seconds_of[kind] for kind in KINDS if kind in seconds_of}

        def seconds_of_images(images: Mapping[str, int]) -> Fraction:
            return sum((count * ordered[kind] for kind, count in images.items()), fixed_seconds)

        return cls(
            seconds_of=ordered,
            seconds_of_images=seconds_of_images,
            fixed_seconds=fixed_seconds,
            prior_seconds=prior_seconds,
            upgrades=lambda current, kinds: tuple(
                Offer(held=held, kind=kind, seconds=ordered[kind])
                for held, _ in current
                for kind in kinds
                if new_acts(kind, held)
            ),
            origin=origin,
            unavailable={kind: "--seconds-per-image does not name it" for kind in KINDS if kind not in ordered},
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds for sale."""
        return tuple(self.seconds_of)

    def among(self, kinds: Iterable[str], whose: str) -> "Prices":
        """Keep the kinds that something else, ``whose``, knows as well.

        Raises:
            InvalidInputError: None is left.
        """
        known = tuple(kinds)
        kept = {kind: seconds for kind, seconds in self.seconds_of.items() if kind in known}
        if not kept:
            raise InvalidInputError(
                f"{whose}: knows {', '.join(known) or 'no kind'}, {self.origin} has prices for "
                f"{', '.join(self.kinds)}; a kind needs both"
            )
        return replace(self, seconds_of=kept)

    def prior_for(self, kinds: Iterable[str]) -> Fraction:
        """Seconds of the prior where ``kinds`` are bought or held."""
        return self.prior_seconds if uses_prior(kinds) else _NOTHING

    def once_seconds(self, kinds: Iterable[str]) -> Fraction:
        """Seconds that are paid once where ``kinds`` are bought or held."""
        return self.fixed_seconds + self.prior_for(kinds)

    def seconds(self, counts_K: NDArray[Any]) -> Fraction:
        """Seconds of so many images of each kind, what is paid once not included; kinds without a price cost 0."""
        counts = dict(zip(KINDS, np.asarray(counts_K).tolist(), strict=True))
        return sum((int(counts[kind]) * seconds for kind, seconds in self.seconds_of.items()), _NOTHING)

    def seconds_of_mix(self, images: Mapping[str, int]) -> Fraction:
        """Seconds of a whole mix of new images, what is paid once included."""
        bought = (kind for kind, count in images.items() if count)
        return self.seconds_of_images(images) + self.prior_for(bought)

    def seconds_of_moves(self, moves: Iterable[Move], held: Mix = NOTHING_HELD) -> Fraction:
        """Seconds of new images and of those of ``held`` annotated further, what is paid once included."""
        moves = tuple(moves)
        new = {move.kind: move.images for move in moves if move.held is None}
        further = sum((move.seconds for move in moves if move.held is not None), _NOTHING)
        kinds = {*(kind for kind, _ in held), *(move.kind for move in moves if move.images)}
        return self.seconds_of_images(new) + further + self.prior_for(kinds)

    def images(self, kind: str, seconds: Fraction, pool: int) -> int:
        """How many images of ``kind`` the seconds and the pool allow, what is paid once apart; at least 0."""
        each = self.seconds_of[kind]
        return max(0, min(pool, int(seconds // each))) if each else (pool if seconds >= 0 else 0)

    def offers(self, current: Mix, kinds: Iterable[str]) -> tuple[Offer, ...]:
        """What can be bought of ``kinds``: on new images, and on those that are annotated already."""
        kinds = tuple(kinds)
        new = (Offer(held=None, kind=kind, seconds=self.seconds_of[kind]) for kind in kinds)
        return (*new, *self.upgrades(current, kinds))

    def to_dict(self) -> dict[str, Any]:
        """As in JSON documents of pilots and campaigns; ``prior_seconds`` only where a prior is paid for."""
        prior = {"prior_seconds": float(self.prior_seconds)} if self.prior_seconds else {}
        return {
            "source": self.origin,
            "seconds_per_image": {kind: float(seconds) for kind, seconds in self.seconds_of.items()},
            "fixed_seconds": float(self.fixed_seconds),
            **prior,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Prices":
        """Read what :meth:`to_dict` gives."""
        return cls.said(
            {str(kind): exact_number(value, str(kind)) for kind, value in document["seconds_per_image"].items()},
            fixed_seconds=exact_number(document["fixed_seconds"], "fixed seconds"),
            prior_seconds=exact_number(document.get("prior_seconds", 0), "prior seconds"),
            origin=str(document["source"]),
        )


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
