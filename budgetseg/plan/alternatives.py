"""What else the hours would buy: each kind alone, and the paper's hybrid."""

from fractions import Fraction
from typing import Final

from budgetseg.costs.accounting import Accounting
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import Workload
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import NOTHING_HELD, mix_after, move_everything
from budgetseg.plan.plan import Alternative
from budgetseg.plan.prices import Prices

__all__ = ["PAPER_HYBRID", "PAPER_HYBRID_MASKS", "paper_hybrid", "pure_alternatives"]

PAPER_HYBRID: Final = "paper-hybrid"
PAPER_HYBRID_MASKS: Final = 100
"""Section 5.4 of the paper: 100 full masks, clicks on the rest."""

_NOTHING: Final = Fraction(0)


def pure_alternatives(
    book: CostBook,
    workload: Workload,
    budget_seconds: Fraction,
    pool: int,
    fixed_seconds: Fraction = _NOTHING,
    *,
    prior_seconds: Fraction = _NOTHING,
    accounting: Accounting = "exact",
    current: Mix = NOTHING_HELD,
) -> tuple[Alternative, ...]:
    """Return each kind alone, as many images as hours and pool buy; kinds of which that is none are left out.

    With ``current`` annotations, images that hold another kind are annotated further where that is cheaper than new
    ones; ``pool`` counts them too. Nothing is predicted: ``predicted_miou`` is None.
    """
    prices = Prices.of(book, workload, accounting=accounting, fixed_seconds=fixed_seconds, prior_seconds=prior_seconds)
    found = []
    for kind in KINDS:
        if kind not in prices.seconds_of:
            continue
        offers = prices.offers(current, (kind,))
        once = prices.once_seconds({kind, *(held for held, _ in current)})
        moves = move_everything(offers, budget_seconds - once, current, pool - current.images)
        if moves:
            found.append(
                Alternative(
                    name=kind,
                    mix=mix_after(current, moves),
                    hours=float(prices.seconds_of_moves(moves, current) / 3600),
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
    prior_seconds: Fraction = _NOTHING,
    accounting: Accounting = "exact",
) -> Alternative | None:
    """Return 100 full masks and as many points as the rest buys; None where 100 masks do not fit."""
    prices = Prices.of(book, workload, accounting=accounting, fixed_seconds=fixed_seconds, prior_seconds=prior_seconds)
    if not {"full", "point"} <= set(prices.seconds_of) or pool < PAPER_HYBRID_MASKS:
        return None
    rest_seconds = budget_seconds - prices.fixed_seconds - PAPER_HYBRID_MASKS * prices.seconds_of["full"]
    if rest_seconds < 0:
        return None
    points = prices.images("point", rest_seconds - prices.prior_seconds, pool - PAPER_HYBRID_MASKS)
    return _alternative(PAPER_HYBRID, {"point": points, "full": PAPER_HYBRID_MASKS}, prices)


def _alternative(name: str, images: dict[str, int], prices: Prices) -> Alternative:
    return Alternative(
        name=name, mix=Mix.of(images), hours=float(prices.seconds_of_mix(images) / 3600), predicted_miou=None
    )
