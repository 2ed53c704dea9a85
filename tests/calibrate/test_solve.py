"""The solver against scipy, and against what is known of single acts."""

import numpy as np
import pytest
from scipy import optimize

from budgetseg.calibrate.solve import fitted, solve

PRIOR = np.log([1.0, 2.0, 1.5])
SD = np.array([0.5, 0.7, 2.0])
SPREAD = 0.3


@pytest.fixture
def tasks():
    rng = np.random.default_rng(3)
    acts_NP = rng.poisson([2.0, 1.0, 0.7], (150, 3)).astype(float)
    acts_NP = acts_NP[acts_NP.sum(axis=1) > 0]
    seconds_N = acts_NP @ [0.8, 3.0, 1.1] * np.exp(SPREAD * rng.standard_normal(len(acts_NP)))
    seconds_N[:4] += 600
    return seconds_N, acts_NP, rng.multinomial(len(acts_NP), np.full(len(acts_NP), 1 / len(acts_NP)), 5).astype(float)


def test_the_median_loss_is_scipys_soft_l1(tasks):
    seconds_N, acts_NP, weight_BN = tasks
    found_BP = solve(
        seconds_N, acts_NP, weight_BN, np.tile(PRIOR, (5, 1)), SD, loss="median", spread=SPREAD, start_P=PRIOR
    )

    def soft_l1(log_P, weight_N):
        corner = 1.345 * SPREAD
        z_N = (np.log(seconds_N / (acts_NP @ np.exp(log_P))) / corner) ** 2
        data = 0.5 * (corner / SPREAD) ** 2 * (weight_N * 2 * (np.sqrt(1 + z_N) - 1)).sum()
        return data + 0.5 * (((log_P - PRIOR) / SD) ** 2).sum()

    for found_P, weight_N in zip(found_BP, weight_BN, strict=True):
        best = optimize.minimize(
            soft_l1,
            PRIOR,
            args=(weight_N,),
            method="Nelder-Mead",
            options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000},
        )
        np.testing.assert_allclose(found_P, best.x, atol=1e-4)


def test_the_mean_loss_is_the_quasi_likelihood(tasks):
    seconds_N, acts_NP, weight_BN = tasks
    (found_P,) = solve(seconds_N, acts_NP, weight_BN[:1], PRIOR[None], SD, loss="mean", spread=SPREAD, start_P=PRIOR)

    def quasi(log_P):
        f_N = acts_NP @ np.exp(log_P)
        data = (weight_BN[0] * (np.log(f_N) + seconds_N / f_N)).sum() / np.expm1(SPREAD**2)
        return data + 0.5 * (((log_P - PRIOR) / SD) ** 2).sum()

    best = optimize.minimize(
        quasi, PRIOR, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000}
    )
    np.testing.assert_allclose(found_P, best.x, atol=1e-4)


def test_of_a_single_act_the_mean_loss_gives_the_mean():
    seconds_N = np.array([1.0, 2.0, 9.0, 4.0])
    (log_P,) = solve(
        seconds_N,
        np.ones((4, 1)),
        np.ones((1, 4)),
        np.zeros((1, 1)),
        np.array([1e6]),
        loss="mean",
        spread=1.0,
        start_P=np.zeros(1),
    )
    assert np.exp(log_P[0]) == pytest.approx(4.0)
    np.testing.assert_allclose(fitted(np.array([[1.0], [3.0]]), log_P), [4.0, 12.0])


def test_in_parts_or_at_once_is_the_same(tasks, monkeypatch):
    seconds_N, acts_NP, weight_BN = tasks
    arguments = (seconds_N, acts_NP, weight_BN, np.tile(PRIOR, (5, 1)), SD)
    once = solve(*arguments, loss="median", spread=SPREAD, start_P=PRIOR)
    monkeypatch.setattr("budgetseg.calibrate.solve._MOST_CELLS", 2 * acts_NP.size)
    np.testing.assert_allclose(solve(*arguments, loss="median", spread=SPREAD, start_P=PRIOR), once, atol=1e-6)
