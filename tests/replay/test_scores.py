"""Scores against values worked out by hand and against many draws."""

import numpy as np
import pytest

from budgetseg.replay.foretold import foretell
from budgetseg.replay.scores import interval_score, perfect_score, score_of


def test_interval_score_by_hand() -> None:
    low, high = np.array([40.0, 40.0, 40.0]), np.array([50.0, 50.0, 50.0])
    truth = np.array([45.0, 38.0, 53.0])
    # Width 10, and 2 / 0.2 = 10 for each point that is missed.
    assert interval_score(low, high, truth, level=0.8) == pytest.approx([10.0, 10 + 10 * 2, 10 + 10 * 3])
    assert interval_score(low, high, truth, level=0.5) == pytest.approx([10.0, 10 + 4 * 2, 10 + 4 * 3])


def test_score_by_hand() -> None:
    foretold = foretell(np.array([[50.0, 60.0]] * 2), np.array([1e-9, 1e-9]))
    score = score_of(foretold, np.array([50.0, 63.0]))
    assert score.rmse == pytest.approx(np.sqrt(4.5))
    assert score.coverage == 0.5
    assert score.width == pytest.approx(0.0, abs=1e-6)
    assert score.interval == pytest.approx(10 * 3 / 2, abs=1e-6)
    assert score.rows == 2


def test_the_perfect_score_is_the_mean_over_many_draws() -> None:
    noise_M = np.array([0.8, 3.7])
    truth_M = np.array([60.0, 50.0])
    z = 1.2815515655446004
    drawn_DM = truth_M + noise_M * np.random.default_rng(0).standard_normal((200_000, 2))
    low_M, high_M = truth_M - z * noise_M, truth_M + z * noise_M
    found = perfect_score(noise_M)
    assert found.interval == pytest.approx(interval_score(low_M, high_M, drawn_DM).mean(), rel=0.01)
    assert found.rmse == pytest.approx(np.sqrt(((drawn_DM - truth_M) ** 2).mean()), rel=0.01)
    assert found.width == pytest.approx((high_M - low_M).mean())


def test_intervals_of_samples_hold_what_they_promise() -> None:
    """The samples and the noise of a training together: quantiles of their mixture."""
    rng = np.random.default_rng(1)
    sample_SM = 50 + 4 * rng.standard_normal((4000, 1))
    foretold = foretell(sample_SM, np.array([3.0]))
    assert foretold.high_M[0] - foretold.low_M[0] == pytest.approx(2 * 1.2816 * 5, rel=0.03)
    assert foretold.mean_M[0] == pytest.approx(50, abs=0.2)


def test_predictions_stay_within_0_to_100() -> None:
    foretold = foretell(np.array([[120.0, -30.0], [130.0, -40.0]]), np.array([5.0, 5.0]))
    assert foretold.mean_M == pytest.approx([100.0, 0.0])
    assert (foretold.low_M >= 0).all()
    assert (foretold.high_M <= 100).all()
