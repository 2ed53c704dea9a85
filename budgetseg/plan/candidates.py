"""Mixes that somebody is ready to buy, as the rows of a table: the best of them, instead of the best there is.

A CSV file with columns named like kinds, which hold image counts; other columns are ignored.

Shape suffixes: M rows, I kinds, K offers.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.plan.limits import Counts
from budgetseg.plan.mix import Mix
from budgetseg.plan.purse import short_of

if TYPE_CHECKING:
    from budgetseg.plan.market import Market

__all__ = ["Candidates", "read_candidates"]

_MOST_IMAGES = 10**9


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
                raise short_of(resource, needs[place], what)
        raise InvalidInputError(f"{self.name}: no row keeps all limits together, though each limit alone allows some")


def read_candidates(path: Path) -> Candidates:
    """Read a table of mixes.

    Raises:
        InvalidInputError: The file is missing or no such table, or a cell is no number of images.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read these candidates ({error.strerror or error})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"{path}: expected CSV in UTF-8: {error}") from error
    header = [cell.strip() for cell in table[0]] if table else []
    columns = [kind for kind in KINDS if kind in header]
    if not columns:
        raise InvalidInputError(f"{path}: row 1: no column is named like a kind; expected some of {', '.join(KINDS)}")
    twice = [kind for kind in columns if header.count(kind) > 1]
    if twice:
        raise InvalidInputError(f'{path}: row 1: column "{twice[0]}" is there twice')
    rows, lines = [], []
    for line, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise InvalidInputError(
                f"{path}: row {line}: expected {len(header)} cells as in the header, got {len(cells)}"
            )
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        rows.append([_count(path, line, kind, row.get(kind, "")) for kind in KINDS])
        lines.append(line)
        if not any(rows[-1]):
            raise InvalidInputError(f"{path}: row {line}: no images at any kind")
    if not rows:
        raise InvalidInputError(f"{path}: no mix; give one a row under the header")
    return Candidates(name=str(path), counts_MI=np.array(rows, np.int64), lines=tuple(lines))


def _count(path: Path, line: int, kind: str, cell: str) -> int:
    if not cell:
        return 0
    if not (cell.isascii() and cell.isdigit()) or int(cell) >= _MOST_IMAGES:
        raise InvalidInputError(f'{path}: row {line}: {kind}: expected a whole number of images >= 0, got "{cell}"')
    return int(cell)
