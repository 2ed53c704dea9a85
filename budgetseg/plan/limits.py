"""What a purchase may cost and take: several resources, such as hours and money, and stocks of images.

Some offers may share a cost that is paid once, such as the objectness prior that clicks need and masks do not.

Shape suffixes: M purchases, K offers, R resources, G stocks.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Counts", "Limits"]

Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Limits:
    """All hold together. Costs are whole numbers of one small unit of each resource, so that sums are exact."""

    costs_RK: Counts
    """Of one image of each offer; at least 0."""
    budget_R: Counts
    """What there is of each resource."""
    stock_G: Counts
    """How many images there are of each stock."""
    stock_K: NDArray[np.intp]
    """The stock that each offer takes its images from."""
    prior_R: Counts | None = None
    """What is paid once of each resource by a purchase that takes any offer of ``prior_K``; None: nothing is."""
    prior_K: NDArray[np.bool_] | None = None
    """The offers that need what is paid once."""

    @property
    def offers(self) -> int:
        """K."""
        return int(self.costs_RK.shape[1])

    def nothing(self) -> Counts:
        """The purchase of no image, (K,)."""
        return np.zeros(self.offers, np.int64)

    def paid_once(self, counts_MK: Counts, also: int | None = None) -> Counts:
        """What the purchases pay once, (M, R), were they to take ``also`` as well; (1, R) of 0 where nothing is."""
        if self.prior_R is None or self.prior_K is None:
            return np.zeros((1, len(self.budget_R)), np.int64)
        if also is not None and self.prior_K[also]:
            return self.prior_R[None]
        paid_MR: Counts = np.outer((counts_MK[:, self.prior_K] > 0).any(axis=1), self.prior_R)
        return paid_MR

    def taken(self, counts_MK: Counts) -> Counts:
        """How many images of each stock the purchases take, (M, G)."""
        taken_MG: Counts = counts_MK @ (self.stock_K[:, None] == np.arange(len(self.stock_G)))
        return taken_MG

    def most(self, counts_MK: Counts, offer: int) -> Counts:
        """How many more images of ``offer`` each purchase has room for, (M,); below 0 where a limit is broken."""
        stock = self.stock_K[offer]
        room_M: Counts = self.stock_G[stock] - counts_MK[:, self.stock_K == stock].sum(axis=1)
        left_RM = self.budget_R[:, None] - (counts_MK @ self.costs_RK.T + self.paid_once(counts_MK, offer)).T
        for cost, left_M in zip(self.costs_RK[:, offer].tolist(), left_RM, strict=True):
            if cost:
                room_M = np.minimum(room_M, left_M // cost)
            elif self.prior_R is not None:  # what costs nothing may still need what is paid once
                room_M = np.where(left_M < 0, np.minimum(room_M, 0), room_M)
        return room_M

    def filled(self, counts_MK: Counts, offer: int) -> Counts:
        """The purchases with as many more images of ``offer`` as they have room for."""
        filled_MK = counts_MK.copy()
        filled_MK[:, offer] += np.maximum(self.most(counts_MK, offer), 0)
        return filled_MK

    def relieved(self, counts_MK: Counts, payer: int) -> Counts:
        """The purchases with as few less images of ``payer`` as bring them within the limits, if these do it."""
        stock = self.stock_K[payer]
        over_M = np.maximum(counts_MK[:, self.stock_K == stock].sum(axis=1) - self.stock_G[stock], 0)
        paid_MR = self.paid_once(counts_MK)
        for costs_K, budget, paid_M in zip(self.costs_RK, self.budget_R, paid_MR.T, strict=True):
            if cost := int(costs_K[payer]):
                over_M = np.maximum(over_M, -((budget - paid_M - counts_MK @ costs_K) // cost))
        relieved_MK = counts_MK.copy()
        relieved_MK[:, payer] -= over_M
        return relieved_MK

    def allow(self, counts_MK: Counts) -> NDArray[np.bool_]:
        """Which purchases keep the limits."""
        over_MR = counts_MK @ self.costs_RK.T + self.paid_once(counts_MK) > self.budget_R
        over_MG = self.taken(counts_MK) > self.stock_G
        broken_M = over_MR.sum(axis=1) + over_MG.sum(axis=1) + (counts_MK < 0).sum(axis=1)
        kept_M: NDArray[np.bool_] = broken_M == 0
        return kept_M

    def part(self, share: float) -> "Limits":
        """The same with a share of each resource; stocks stay."""
        return replace(self, budget_R=np.floor(self.budget_R * share).astype(np.int64))
