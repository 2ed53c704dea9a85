r"""How good predictions were: error, interval score, coverage and width, and what noise alone would cost a perfect one.

The interval score of a central interval [l, u] with level :math:`1 - \alpha` (Gneiting and Raftery, 2007, eq. 43) is

.. math:: (u - l) + \frac{2}{\alpha} (l - y)^+ + \frac{2}{\alpha} (y - u)^+

lower is better: wide intervals pay for their width, missed values for their distance.

Shape suffixes: M predictions.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from budgetseg.replay.foretold import LEVEL, Foretold

__all__ = ["Score", "interval_score", "mean_score", "perfect_score", "score_of"]

Floats = NDArray[np.float64]


def interval_score(low_M: Floats, high_M: Floats, truth_M: Floats, *, level: float = LEVEL) -> Floats:
    """Return the score (M,) of each interval, in mIoU; see the head of the file."""
    below_M, above_M = np.maximum(low_M - truth_M, 0.0), np.maximum(truth_M - high_M, 0.0)
    score_M: Floats = high_M - low_M + 2 / (1 - level) * (below_M + above_M)
    return score_M


@dataclass(frozen=True, kw_only=True)
class Score:
    """Of the predictions of some rows, mIoU but for ``coverage``."""

    rmse: float
    interval: float
    """Mean interval score."""
    coverage: float
    """Share of the measurements that the interval held."""
    width: float
    """Of the interval, mean."""
    rows: int

    def to_dict(self) -> dict[str, float]:
        """As in ``budgetseg.replay/1``."""
        return asdict(self)


def score_of(foretold: Foretold, measured_M: Floats) -> Score:
    """Score predictions by what was measured; at least one."""
    low_M, high_M = foretold.low_M, foretold.high_M
    return Score(
        rmse=float(np.sqrt(((foretold.mean_M - measured_M) ** 2).mean())),
        interval=float(interval_score(low_M, high_M, measured_M).mean()),
        coverage=float(((low_M <= measured_M) & (measured_M <= high_M)).mean()),
        width=float((high_M - low_M).mean()),
        rows=len(measured_M),
    )


def perfect_score(noise_M: Floats, *, level: float = LEVEL) -> Score:
    r"""What is to be expected of someone who knows the true mean and the noise (M,) of each measurement.

    With z the quantile of the level, :math:`E = \sigma (2 z + \frac{4}{\alpha} (\varphi(z) - z (1 - \Phi(z))))`.
    """
    normal, alpha = NormalDist(), 1 - level
    z = normal.inv_cdf(1 - alpha / 2)
    factor = 2 * z + 4 / alpha * (normal.pdf(z) - z * alpha / 2)
    return Score(
        rmse=float(np.sqrt((noise_M**2).mean())),
        interval=float(factor * noise_M.mean()),
        coverage=level,
        width=float(2 * z * noise_M.mean()),
        rows=len(noise_M),
    )


def mean_score(scores: Iterable[Score]) -> Score:
    """The mean of scores, each counting the same; coverage by rows."""
    known = list(scores)
    rows = sum(score.rows for score in known)
    return Score(
        rmse=float(np.mean([score.rmse for score in known])),
        interval=float(np.mean([score.interval for score in known])),
        coverage=sum(score.coverage * score.rows for score in known) / rows,
        width=float(np.mean([score.width for score in known])),
        rows=rows,
    )
