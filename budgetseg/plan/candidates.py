"""Mixes that somebody is ready to buy, as the rows of a table: the best of them, instead of the best there is.

A CSV file with columns named like kinds, which hold image counts; other columns are ignored.

Shape suffixes: M rows, I kinds, K offers.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.plan.evidence_table import read_mix_table
from budgetseg.plan.limits import Counts
from budgetseg.plan.mix import Mix
from budgetseg.plan.purse import short_of

if TYPE_CHECKING:
    from budgetseg.plan.market import Market

__all__ = ["Candidates", "read_candidates"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """The rows of a table of mixes."""

    name: str
    """The file."""
    counts_MI: NDArray[np.int64]
    """Images at each kind, columns in the order of ``KINDS``."""
    lines: tuple[int, ...]
    """Line of each row in the file; the header is line 1."""

    def mix(self, row: int) -> Mix:
        """The mix of a row, counted from 0."""
        return Mix.of(dict(zip(KINDS, self.counts_MI[row].tolist(), strict=True)))

    def row_of(self, mix: Mix) -> int:
        """The first row that holds ``mix``, counted from 0."""
        wanted_I = np.array([mix[kind] for kind in KINDS])
        return int(np.flatnonzero((self.counts_MI == wanted_I).all(axis=1))[0])

    def purchases(self, market: "Market") -> tuple[Counts, Counts]:
        """Return the rows that can be bought at all, within the limits or not, (M', K), and which they are, (M',)."""
        rows, bought = [], []
        for row in range(len(self.counts_MI)):
            bought_K = market.bought(self.mix(row).to_dict())
            if bought_K is not None:
                rows.append(row)
                bought.append(bought_K)
        return np.array(bought, np.int64).reshape(-1, len(market.offers)), np.array(rows, np.int64)

    def affordable(self, market: "Market") -> tuple[Counts, Counts]:
        """Return those within the limits, and which they are; possibly none."""
        bought_MK, rows_M = self.purchases(market)
        allowed_M = market.limits.allow(bought_MK)
        return bought_MK[allowed_M], rows_M[allowed_M]

    def best(self, market: "Market") -> Counts:
        """Return the purchase of the best affordable row; of equals the first.

        Raises:
            BudgetTooSmallError: There is none; the message says what the cheapest row needs.
            InvalidInputError: No row can be bought whatever the budget: kinds without a price or evidence, or more
                images than the pool holds.
        """
        bought_MK, rows_M = self.affordable(market)
        if len(bought_MK):
            best_K: Counts = bought_MK[np.argmax(market.value()(bought_MK))]
            return best_K
        bought_MK, rows_M = self.purchases(market)
        if not len(bought_MK):
            kinds = ", ".join(offer.kind for offer in market.offers)
            raise InvalidInputError(
                f"{self.name}: every row holds a kind without a price or evidence; on offer: {kinds}"
            )
        fits_M = bought_MK.sum(axis=1) <= market.pool
        if not fits_M.any():
            least = int(bought_MK.sum(axis=1).min())
            raise InvalidInputError(
                f"{self.name}: the smallest row holds {least:,} images, the pool {market.pool:,}; give smaller rows"
            )
        bought_MK, rows_M = bought_MK[fits_M], rows_M[fits_M]
        for resource in market.resources:
            needs = [resource.used(bought_K.tolist()) for bought_K in bought_MK]
            if min(needs) > resource.limit:
                place = needs.index(min(needs))
                row = int(rows_M[place])
                what = f"the cheapest row of {self.name}, line {self.lines[row]} ({self.mix(row)}),"
                raise short_of(resource, bought_MK[place].tolist(), what)
        raise InvalidInputError(f"{self.name}: no row keeps all limits together, though each limit alone allows some")


def read_candidates(path: Path) -> Candidates:
    """Read a table of mixes.

    Raises:
        InvalidInputError: The file is missing or no such table, or a cell is no number of images.
    """
    _, rows = read_mix_table(path, "candidates")
    counts_MI = np.array([counts_I for _, counts_I in rows], np.int64)
    return Candidates(name=str(path), counts_MI=counts_MI, lines=tuple(line for line, _ in rows))
