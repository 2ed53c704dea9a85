r"""Are decisions calibrated: of the statements "mix A beats mix B with 80 %", how many are right?

For every pair of rows that were not fitted a method states the probability p that one beats the other, the larger of
the two. By the truth, :math:`p` is the share of its samples in which A lies above B, and it is right when the denoised
surface says so. By measurement, the noise of two trainings joins,

.. math:: p = \frac1S \sum_s \Phi\Bigl(\frac{a_s - b_s}{\sqrt{\sigma_a^2 + \sigma_b^2}}\Bigr)

and it is right when A's training came out above B's. The second needs no denoising, so it is the one to believe.

Shape suffixes: S samples, N units (mixes or rows), Z pairs, B bins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

__all__ = ["EDGES", "NEAR_80", "Statements", "calibration", "statements_of"]

Floats = NDArray[np.float64]

NEAR_80: Final = (0.75, 0.85)
EDGES: Final = (0.5, 0.65, 0.75, 0.85, 0.95, 1.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Statements:
    """Statements about pairs."""

    said_Z: Floats
    """Probability that was stated, at least 0.5."""
    right_Z: NDArray[np.bool_]
    weight: float = 1.0
    """Of each; splits that are repeated with other seeds share the weight of one."""


def statements_of(sample_SN: Floats, outcome_N: Floats, noise_N: Floats | None, *, weight: float = 1.0) -> Statements:
    """Make a statement about every pair of units that did not come out equal.

    Args:
        sample_SN: Expected mIoU of each unit as it may truly be.
        outcome_N: What decides who was better.
        noise_N: Standard deviation of the outcome around the expected mIoU; None where it is the expected mIoU.
        weight: Of each statement.
    """
    first_Z, second_Z = np.triu_indices(len(outcome_N), k=1)
    apart_Z = outcome_N[first_Z] != outcome_N[second_Z]
    first_Z, second_Z = first_Z[apart_Z], second_Z[apart_Z]
    lead_SZ = sample_SN[:, first_Z] - sample_SN[:, second_Z]
    if noise_N is None:
        p_Z = ((lead_SZ > 0) + 0.5 * (lead_SZ == 0)).mean(axis=0)
    else:
        p_Z = ndtr(lead_SZ / np.hypot(noise_N[first_Z], noise_N[second_Z])).mean(axis=0)
    first_won_Z = outcome_N[first_Z] > outcome_N[second_Z]
    said_first_Z = p_Z >= 0.5
    return Statements(said_Z=np.maximum(p_Z, 1 - p_Z), right_Z=first_won_Z == said_first_Z, weight=weight)


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Statements of about the same probability."""

    low: float
    high: float
    statements: float
    """How many, by weight."""
    said: float | None
    """Mean probability that was stated; None without statements."""
    right: float | None
    """Share that was right."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``budgetseg.replay/1``."""
        return {
            "low": self.low,
            "high": self.high,
            "statements": self.statements,
            "said": self.said,
            "right": self.right,
        }


def calibration(statements: Iterable[Statements], edges: tuple[float, ...] = EDGES) -> tuple[Bin, ...]:
    """Sort statements by their probability; the bins' upper edges are open but for the last."""
    known = list(statements)
    said_Z = np.concatenate([each.said_Z for each in known]) if known else np.empty(0)
    right_Z = np.concatenate([each.right_Z for each in known]) if known else np.empty(0, bool)
    weight_Z = np.concatenate([np.full(len(each.said_Z), each.weight) for each in known]) if known else np.empty(0)
    bins = []
    for low, high in pairwise(edges):
        inside_Z = (said_Z >= low) & ((said_Z < high) | (high == edges[-1]))
        total = float(weight_Z[inside_Z].sum())
        said = float((weight_Z * said_Z)[inside_Z].sum() / total) if total else None
        right = float((weight_Z * right_Z)[inside_Z].sum() / total) if total else None
        bins.append(Bin(low=low, high=high, statements=total, said=said, right=right))
    return tuple(bins)
