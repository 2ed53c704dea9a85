"""Statements about pairs: by hand, and calibrated ones are found to be so."""

import numpy as np
import pytest
from scipy.stats import norm

from budgetseg.replay.decisions import NEAR_80, calibration, statements_of


def test_statements_by_hand() -> None:
    samples = np.array([[1.0, 2.0, 0.0], [3.0, 2.0, 0.0], [3.0, 2.0, 0.0], [3.0, 2.0, 0.0]])
    found = statements_of(samples, np.array([10.0, 20.0, 20.0]), None)
    # The pair of equal outcomes says nothing; 3 of 4 samples put the first above the second, all above the third.
    assert found.said_Z == pytest.approx([0.75, 1.0])
    assert found.right_Z.tolist() == [False, False]


def test_noise_joins_both_trainings() -> None:
    found = statements_of(np.array([[50.0, 55.0]]), np.array([50.0, 51.0]), np.array([3.0, 4.0]))
    assert found.said_Z == pytest.approx([norm.cdf(5 / 5)])
    assert found.right_Z.tolist() == [True]


def test_honest_statements_are_calibrated() -> None:
    """Outcomes are drawn from what was said."""
    rng = np.random.default_rng(4)
    known = []
    for _ in range(300):
        mean_N, sd_N = 50 + 5 * rng.standard_normal(8), np.full(8, 3.0)
        sample_SN = mean_N + sd_N * rng.standard_normal((200, 8))
        truth_N = mean_N + sd_N * rng.standard_normal(8)
        known.append(statements_of(sample_SN, truth_N + 2 * rng.standard_normal(8), np.full(8, 2.0), weight=0.5))
    bins = calibration(known)
    assert sum(each.statements for each in bins) == pytest.approx(0.5 * 300 * 28)
    for each in bins:
        assert each.right == pytest.approx(each.said, abs=0.05)


def test_bins() -> None:
    near = next(each for each in calibration([]) if (each.low, each.high) == NEAR_80)
    assert near.statements == 0
    assert near.right is None
