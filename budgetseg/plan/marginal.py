"""What the next hour would bring, kind by kind.

Shape suffixes: M mixes, K kinds.
"""

import numpy as np

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.limits import Counts
from budgetseg.plan.market import Market
from budgetseg.plan.reasons import MarginalGain

__all__ = ["next_hour"]

_HOUR = 3600.0


def next_hour(market: Market, bought_K: Counts) -> tuple[MarginalGain, ...]:
    """Return the gain in expected mIoU of one more hour on new images of each kind, the best first.

    The hour buys fractions of images, so that dear kinds are not rounded to nothing; an objectness prior that a kind
    needs is paid first. Kinds that cost nothing are left out, those of which the hour buys nothing beside the prior,
    and everything where no image is left: an hour is not what is missing there.
    """
    if market.candidates is not None or market.pool <= market.mix(bought_K).images:
        return ()
    left = market.pool - market.mix(bought_K).images
    here_K = market.counts(bought_K[None])[0]
    left_of_hour = {offer.kind: _HOUR - float(market.prior_for(offer.kind, bought_K)) for offer in market.offers}
    offers = [one for one in market.offers if one.held is None and one.seconds and left_of_hour[one.kind] > 0]
    if not offers:
        return ()
    images = [min(left_of_hour[offer.kind] / float(offer.seconds), float(left)) for offer in offers]
    then_MK = np.repeat(here_K[None], len(offers) + 1, axis=0)
    for row, (offer, more) in enumerate(zip(offers, images, strict=True)):
        then_MK[row, list(KINDS).index(offer.kind)] += more
    miou_M = market.surface.mean(then_MK)
    gains = [
        MarginalGain(kind=offer.kind, images=more, gain_miou=float(miou - miou_M[-1]))
        for offer, more, miou in zip(offers, images, miou_M, strict=False)
    ]
    return tuple(sorted(gains, key=lambda gain: -gain.gain_miou))
