"""What else the hours would buy: each kind alone, and the paper's hybrid."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from budgetseg.costs.accounting import Accounting, mix_seconds, seconds_per_image
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import Workload
from budgetseg.errors import InvalidInputError
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import NOTHING_HELD, Move, Offer, mix_after, move_everything, upgrade_offers
from budgetseg.plan.plan import Alternative

__all__ = ["PAPER_HYBRID", "PAPER_HYBRID_MASKS", "Prices", "paper_hybrid", "pure_alternatives"]

PAPER_HYBRID: Final = "paper-hybrid"
PAPER_HYBRID_MASKS: Final = 100
"""Section 5.4 of the paper: 100 full masks, clicks on the rest."""

_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What an image costs at each kind that can be bought, and what is paid once."""

    seconds_of: Mapping[str, Fraction]
    """Seconds of one image."""
    seconds_of_mix: Callable[[Mapping[str, int]], Fraction]
    """Seconds of a whole mix, what is paid once included."""
    fixed_seconds: Fraction

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
        if fixed_seconds < 0:
            raise InvalidInputError(f"fixed seconds: expected at least 0, got {float(fixed_seconds):g}")

        def seconds_of_mix(images: Mapping[str, int]) -> Fraction:
            return mix_seconds(book, images, workload, accounting=accounting, fixed_seconds=fixed_seconds)

        if accounting == "paper":
            return cls(
                seconds_of={kind: seconds_of_mix({kind: 1}) for kind in book.kinds},
                seconds_of_mix=seconds_of_mix,
                fixed_seconds=_NOTHING,
            )
        return cls(
            seconds_of={kind: seconds_per_image(book, kind, workload) for kind in book.kinds},
            seconds_of_mix=seconds_of_mix,
            fixed_seconds=fixed_seconds,
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


def pure_alternatives(
    book: CostBook,
    workload: Workload,
    budget_seconds: Fraction,
    pool: int,
    fixed_seconds: Fraction = _NOTHING,
    *,
    accounting: Accounting = "exact",
    current: Mix = NOTHING_HELD,
) -> tuple[Alternative, ...]:
    """Return each kind alone, as many images as hours and pool buy; kinds of which that is none are left out.

    With ``current`` annotations, images that hold another kind are annotated further where that is cheaper than new
    ones; ``pool`` counts them too. Nothing is predicted: ``predicted_miou`` is None.
    """
    prices = Prices.of(book, workload, accounting=accounting, fixed_seconds=fixed_seconds)
    found = []
    for kind in KINDS:
        if kind not in prices.seconds_of:
            continue
        offers = [
            Offer(held=None, kind=kind, seconds=prices.seconds_of[kind]),
            *upgrade_offers(book, workload, current, (kind,)),
        ]
        moves = move_everything(offers, budget_seconds - prices.fixed_seconds, current, pool - current.images)
        if moves:
            found.append(
                Alternative(
                    name=kind,
                    mix=mix_after(current, moves),
                    hours=float(prices.seconds_of_moves(moves) / 3600),
                    predicted_miou=None,
                    moves=moves if current.images else (),
                )
            )
    return tuple(found)


def paper_hybrid(
    book: CostBook,
    workload: Workload,
    budget_seconds: Fraction,
    pool: int,
    fixed_seconds: Fraction = _NOTHING,
    *,
    accounting: Accounting = "exact",
) -> Alternative | None:
    """Return 100 full masks and as many points as the rest buys; None where 100 masks do not fit."""
    prices = Prices.of(book, workload, accounting=accounting, fixed_seconds=fixed_seconds)
    if not {"full", "point"} <= set(prices.seconds_of) or pool < PAPER_HYBRID_MASKS:
        return None
    rest_seconds = budget_seconds - prices.fixed_seconds - PAPER_HYBRID_MASKS * prices.seconds_of["full"]
    if rest_seconds < 0:
        return None
    points = prices.images("point", rest_seconds, pool - PAPER_HYBRID_MASKS)
    return _alternative(PAPER_HYBRID, {"point": points, "full": PAPER_HYBRID_MASKS}, prices)


def _alternative(name: str, images: dict[str, int], prices: Prices) -> Alternative:
    return Alternative(
        name=name, mix=Mix.of(images), hours=float(prices.seconds_of_mix(images) / 3600), predicted_miou=None
    )
