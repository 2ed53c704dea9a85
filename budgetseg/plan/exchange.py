r"""Exchange rates and break-even prices: how many full masks alone are worth what a weak kind alone is worth.

The limits buy n images of the weak kind beside the prior it may need, and

.. math:: m = \min \{ m : f(m \text{ masks}) \ge f(n \text{ weak}) \}

is read off the masks' curve, joined by lines in the logarithm of their number. Bought with the same hours, the kind
wins while a mask costs more than n / m of its images, the prior counted in such images. With the S surfaces that the
evidence allows, m has an interval.

Shape suffixes: S surfaces, N numbers of masks, K kinds.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.market import Market
from budgetseg.plan.reasons import BreakEven, Exchange

__all__ = ["break_even_prices", "exchange_rates", "masks_for"]

Floats = NDArray[np.float64]

STRONG: Final = "full"
_POINTS: Final = 40
_LEVEL: Final = 0.8


def masks_for(masks_N: Floats, curve_SN: Floats, miou_S: Floats) -> Floats:
    """Return the least number of masks (S,) whose curve reaches ``miou_S``.

    Args:
        masks_N: Rising numbers of masks, above 0.
        curve_SN: Expected mIoU of each, by surface.
        miou_S: What is to be reached.

    Returns:
        0 where the first already does, infinity where none does.
    """
    reached_SN = curve_SN >= miou_S[:, None]
    found_S = np.zeros(len(miou_S))
    for row, (curve_N, miou) in enumerate(zip(curve_SN, miou_S, strict=True)):
        place = int(reached_SN[row].argmax())
        if not reached_SN[row, place]:
            found_S[row] = np.inf
        elif place:
            part = (miou - curve_N[place - 1]) / (curve_N[place] - curve_N[place - 1])
            low, high = np.log(masks_N[place - 1 : place + 1])
            found_S[row] = np.exp(low + part * (high - low))
    return found_S


def exchange_rates(market: Market) -> tuple[Exchange, ...]:
    """Return what each weak kind alone is worth in masks; none where masks are not on offer, or few."""
    limits, new = market.limits, {offer.kind: row for row, offer in enumerate(market.offers) if offer.held is None}
    column_of = {kind: column for column, kind in enumerate(KINDS)}
    bought = {kind: int(limits.most(limits.nothing()[None], row)[0]) for kind, row in new.items()}
    weak = [kind for kind in bought if kind != STRONG and bought[kind] >= 1]
    if STRONG not in new or market.current.images or market.pool < 2 or not weak:
        return ()
    masks_N = np.unique(np.round(np.geomspace(1, market.pool, _POINTS)))
    counts_MK = np.zeros((len(masks_N) + len(weak), len(KINDS)))
    counts_MK[: len(masks_N), column_of[STRONG]] = masks_N
    for row, kind in enumerate(weak, start=len(masks_N)):
        counts_MK[row, column_of[kind]] = bought[kind]
    samples_SM, mean_M = market.surface.samples(counts_MK), market.surface.mean(counts_MK)
    both_SM = np.concatenate([mean_M[None], samples_SM])
    found = []
    for row, kind in enumerate(weak, start=len(masks_N)):
        masks_S = masks_for(masks_N, both_SM[:, : len(masks_N)], both_SM[:, row])
        masks = float(masks_S[0])
        # Of the two values beside a quantile one may be infinite, so nothing is interpolated between them.
        ends = np.quantile(masks_S[1:], [0.5 - _LEVEL / 2, 0.5 + _LEVEL / 2], method="inverted_cdf")
        low, high = (float(min(max(end, 1.0), masks_N[-1])) for end in ends)
        found.append(
            Exchange(
                kind=kind,
                images=bought[kind],
                masks=float(min(max(masks, 1.0), masks_N[-1])),
                side="more than" if masks == np.inf else "about" if masks >= 1 else "fewer than",
                low=low,
                high=high,
            )
        )
    return tuple(found)


def break_even_prices(market: Market, rates: tuple[Exchange, ...]) -> tuple[BreakEven, ...]:
    """Return at which price of a mask, in images of each weak kind, the two alone break even."""
    seconds_of = {offer.kind: offer.seconds for offer in market.offers if offer.held is None}
    found = []
    for rate in rates:
        if not seconds_of[rate.kind]:
            continue  # a mask costs infinitely many of what is free
        # A prior that the kind needs, and masks do not, is worth so many of its images.
        prior = float(market.prior_for(rate.kind, market.limits.nothing()) / seconds_of[rate.kind])
        price, yours = (rate.images + prior) / rate.masks, float(seconds_of[STRONG] / seconds_of[rate.kind])
        found.append(
            BreakEven(
                kind=rate.kind,
                price=price,
                yours=yours,
                wins=yours > price,
                side={"about": "about", "more than": "below", "fewer than": "above"}[rate.side],
            )
        )
    return tuple(found)
