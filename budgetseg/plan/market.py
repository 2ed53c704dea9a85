"""What is on offer, for whom and within which limits, and the best that can be bought of it.

Shape suffixes: M purchases, K offers, I kinds, R resources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.candidates import Candidates
from budgetseg.plan.limits import Counts, Limits
from budgetseg.plan.mix import Mix
from budgetseg.plan.objective import MEAN, Objective
from budgetseg.plan.offers import Move, Offer, mix_after, whole_numbers
from budgetseg.plan.predictor import Predictor
from budgetseg.plan.prices import uses_prior
from budgetseg.plan.purse import Resource
from budgetseg.plan.search import Value, climb, good_purchases, simplest

__all__ = ["Market", "counts_of_mix"]

Floats = NDArray[np.float64]

_TIE: Final = 0.05
"""Worth that is not worth another kind: a search does not see less."""
_SIMPLER: Final = 0.5
"""Worth for which a manager may want one kind less to organise; seeds of one recipe differ by as much."""


def counts_of_mix(mix: Mix) -> Counts:
    """Images at each kind, (I,), in the order of ``KINDS``."""
    return np.array([mix[kind] for kind in KINDS], np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Market:
    """Offers of kinds of which something is known, the limits, and how purchases are valued."""

    surface: Predictor
    offers: tuple[Offer, ...]
    resources: tuple[Resource, ...]
    """Their costs are in the order of ``offers``."""
    current: Mix
    pool: int
    objective: Objective = MEAN
    classes: Mapping[str, Predictor] | None = None
    """A surface of each class, for the worst class."""
    candidates: Candidates | None = None
    """The only mixes that may be bought; None where any may."""
    relaxed: Mapping[str, float] = field(default_factory=dict)
    """By the name of a resource, or ``images`` for the pool, what its limit is multiplied with."""
    prior_seconds: Fraction = Fraction(0)
    """What an objectness prior takes before the first image that needs one; 0 where it is paid already."""

    def relax(self, name: str, factor: float) -> "Market":
        """The same market with one limit multiplied."""
        return replace(self, relaxed={**self.relaxed, name: factor})

    @property
    def limits(self) -> Limits:
        """The limits in whole numbers."""
        stocks: list[str | None] = [None, *(kind for kind, _ in self.current)]
        pool = int(self.pool * self.relaxed.get("images", 1))
        numbers = [
            whole_numbers(
                (*resource.costs, resource.prior),
                resource.limit * Fraction(self.relaxed.get(resource.name, 1)) - resource.once,
                max(pool, 1) + 1,  # the prior as one image more
            )
            for resource in self.resources
        ]
        needs = next((one.uses_prior for one in self.resources if one.prior), ())
        return Limits(
            costs_RK=np.array([costs[:-1] for costs, _ in numbers], np.int64).reshape(-1, len(self.offers)),
            budget_R=np.array([budget for _, budget in numbers], np.int64),
            stock_G=np.array([pool - self.current.images, *(images for _, images in self.current)], np.int64),
            stock_K=np.array([stocks.index(offer.held) for offer in self.offers]),
            prior_R=np.array([costs[-1] for costs, _ in numbers], np.int64) if needs else None,
            prior_K=np.array(needs, np.bool_) if needs else None,
        )

    def prior_for(self, kind: str, bought_K: Counts) -> Fraction:
        """Seconds of the prior that ``kind`` would still have to pay beside a purchase."""
        bought = (offer.kind for offer, images in zip(self.offers, bought_K.tolist(), strict=True) if images)
        return self.prior_seconds if uses_prior((kind,)) and not uses_prior(bought) else Fraction(0)

    def counts(self, bought_MK: Counts) -> Floats:
        """Images at each kind after purchases, (M, I), columns in the order of ``KINDS``."""
        adds_KI = np.zeros((len(self.offers), len(KINDS)), np.int64)
        columns = {kind: column for column, kind in enumerate(KINDS)}
        for row, offer in enumerate(self.offers):
            adds_KI[row, columns[offer.kind]] += 1
            if offer.held is not None:  # it is no longer one of its old kind
                adds_KI[row, columns[offer.held]] -= 1
        counts_MI: Floats = (counts_of_mix(self.current) + bought_MK @ adds_KI).astype(np.float64)
        return counts_MI

    def value(self) -> Value:
        """What purchases are worth to the objective."""
        seconds_K = np.array([float(offer.seconds) for offer in self.offers])
        most_seconds = max(float(self.pool * seconds_K.max(initial=0.0)), 1e-9)
        for resource in self.resources:
            if resource.name == "hours":
                most_seconds = max(min(most_seconds, float(resource.left * 3600)), 1e-9)

        def worth(bought_MK: Counts) -> Floats:
            spent_M = (bought_MK @ seconds_K / most_seconds).clip(0.0, 1.0)
            worth_M = self.objective.worth(self.surface, self.counts(bought_MK), spent_M, self.classes)
            if self.current.images:
                return worth_M
            return np.where(bought_MK.any(axis=1), worth_M, -np.inf)  # nobody trains on nothing

        return worth

    def best(self, also: Sequence[Counts] = ()) -> tuple[Counts, Counts]:
        """The best purchase (K,), of the candidates or of all that keep the limits, and a simpler one.

        Args:
            also: Purchases within the limits that it must not be worse than.

        Returns:
            The best; and that of the fewest kinds of those not much worse, which may be the same.
        """
        if self.candidates is not None:
            best_K = self.candidates.best(self)
            return best_K, best_K
        worth = self.value()
        found_MK, worth_M = good_purchases(worth, self.limits, also=also)
        floor = float(worth(np.array(also)).max()) if len(also) else -np.inf
        most = float(worth_M.max())
        best_K = simplest(found_MK, worth_M, max(most - _TIE, floor))
        return best_K, simplest(found_MK, worth_M, most - _SIMPLER)

    def improved(self, bought_K: Counts) -> Counts:
        """The best purchase near one that keeps the limits: for limits that are a little wider."""
        if self.candidates is not None:
            return self.candidates.best(self)
        limits = self.limits
        worth, offers = self.value(), np.arange(limits.offers)
        filled_MK = np.stack([bought_K, *(limits.filled(bought_K[None], int(k))[0] for k in np.flatnonzero(bought_K))])
        start_K = filled_MK[np.argmax(worth(filled_MK))]
        return climb(worth, limits, start_K, offers)

    def moves(self, bought_K: Counts) -> tuple[Move, ...]:
        """The offers that a purchase takes."""
        pairs = zip(self.offers, bought_K.tolist(), strict=True)
        return tuple(Move.of(offer, images) for offer, images in pairs if images)

    def mix(self, bought_K: Counts) -> Mix:
        """What there is after a purchase."""
        return mix_after(self.current, self.moves(bought_K))

    def bought_of(self, whole: "Market", bought_K: Counts) -> Counts | None:
        """What a purchase in a market of more offers is in this one; None where it takes something else."""
        place_of = {(offer.held, offer.kind): column for column, offer in enumerate(self.offers)}
        mine_K = np.zeros(len(self.offers), np.int64)
        for offer, images in zip(whole.offers, bought_K.tolist(), strict=True):
            if images and (offer.held, offer.kind) not in place_of:
                return None
            if images:
                mine_K[place_of[offer.held, offer.kind]] = images
        return mine_K

    def bought(self, images: Mapping[str, int]) -> Counts | None:
        """The purchase of new images; None where a kind is not on offer."""
        columns = {offer.kind: column for column, offer in enumerate(self.offers) if offer.held is None}
        if not images.keys() <= columns.keys():
            return None
        bought_K = np.zeros(len(self.offers), np.int64)
        for kind, count in images.items():
            bought_K[columns[kind]] = count
        return bought_K
