r"""Intervals by drawing the annotators again, and the tasks where there is one annotator only.

A plan is carried out by people, and people differ more than the times of one person do. So whole annotators are drawn
with replacement. With G of them the drawn means spread too little, by sqrt((G - 1) / G), and a spread known from G - 1
differences needs Student's quantile; both are made good by stretching the draws around the estimate by

.. math:: \sqrt{G / (G - 1)} \; t_{G - 1}(0.9) / z(0.9).

The prior is drawn as well, from what it leaves open, so that a rate of which the tasks say nothing keeps its doubt.

Shape suffixes: B draws, N tasks, P rates, G annotators.
"""

from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["LEVEL", "central", "stretch_of", "weights"]

Floats = NDArray[np.float64]

LEVEL: Final = 0.8
"""Of every interval, as cost books read ``low`` and ``high``."""


def weights(annotator_N: NDArray[np.str_], draws: int, rng: np.random.Generator) -> Floats:
    """How often each task counts in each draw, shape (B, N)."""
    names, who_N = np.unique(annotator_N, return_inverse=True)
    units = len(names) if len(names) > 1 else len(annotator_N)
    drawn_BU = rng.multinomial(units, np.full(units, 1 / units), size=draws).astype(np.float64)
    weight_BN: Floats = drawn_BU[:, who_N] if len(names) > 1 else drawn_BU
    return weight_BN


def stretch_of(annotators: int) -> float:
    """Factor on the deviations of the draws for so few annotators; 1 where tasks were drawn."""
    if annotators < 2:
        return 1.0
    student = float(stats.t.ppf((1 + LEVEL) / 2, annotators - 1)) / NormalDist().inv_cdf((1 + LEVEL) / 2)
    return sqrt(annotators / (annotators - 1)) * student


def central(log_BP: Floats, log_P: Floats, stretch: float) -> tuple[Floats, Floats]:
    """Return the interval of each rate in seconds, low_P and high_P, the estimate among them."""
    edge_2P = np.quantile(log_BP - log_P, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0) * stretch
    return np.exp(log_P + np.minimum(edge_2P[0], 0)), np.exp(log_P + np.maximum(edge_2P[1], 0))
