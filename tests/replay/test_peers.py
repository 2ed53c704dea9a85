"""The peers against textbook formulas written out anew, on little data, and against curves of their own family."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.belief import base_beliefs
from budgetseg.plan.rows import rows_of, training_noise
from budgetseg.replay.improvement import expected_improvement
from budgetseg.replay.log_gp import Process, fit_process, kernel
from budgetseg.replay.peer_mean import LOGS, POWER, prior_of
from budgetseg.replay.power_law import fit_power_law, most_likely

MIXES = [(20, 0), (80, 0), (320, 0), (0, 160), (0, 640), (40, 640), (160, 640)]
FULL, POINT = list(KINDS).index("full"), list(KINDS).index("point")


def logs(full, point):
    return 12 + 7 * np.log(1 + full / 12) + 3 * np.log(1 + point / 20)


def power(full, point):
    return 14 + 24 * (full / 300) ** 0.27 + 9 * (point / 300) ** 0.2


def counts(*mixes):
    found = np.zeros((len(mixes), len(KINDS)))
    found[:, FULL], found[:, POINT] = np.array(mixes).T
    return found


def test_the_curves_are_their_equations() -> None:
    theta = dict.fromkeys(LOGS.names, 0.0) | {"floor": -1.0, "ceiling": 0.3, "amount:full": -2.0, "begin:full": 2.5}
    theta |= {"amount:point": -3.0, "begin:point": 3.0}
    floor, ceiling = 1 / (1 + np.exp(1.0)), 1 / (1 + np.exp(-0.3))
    terms = np.exp(-2.0) * np.log(1 + 80 * np.exp(-2.5)) + np.exp(-3.0) * np.log(1 + 640 * np.exp(-3.0))
    found = LOGS.miou(np.array([list(theta.values())]), counts((80, 640)))
    assert found[0, 0] == pytest.approx(100 * (floor + (1 - floor) * ceiling * terms))
    theta = dict.fromkeys(POWER.names, -1.0)
    terms = sum(np.exp(-1.0) * (n / 300) ** (1 / (1 + np.exp(1.0))) for n in (80, 640))
    floor = 1 / (1 + np.exp(1.0))
    found = POWER.miou(np.array([list(theta.values())]), counts((80, 640)))
    assert found[0, 0] == pytest.approx(100 * (floor + (1 - floor) * floor * terms))


def test_the_process_is_the_closed_form(make_up) -> None:
    """With a mean that is certain, the posterior is the textbook's, worked out entry by entry."""
    rows = rows_of(make_up(MIXES[:3], logs, noise=1.0))
    prior_P, _ = prior_of(LOGS, base_beliefs())
    length = 1.7
    process = Process(
        rows=rows,
        theta_P=prior_P,
        factor_PP=1e-9 * np.eye(len(prior_P)),
        prior_P=prior_P,
        scale=3.0,
        length_K=np.full(len(KINDS), length),
        nu=1.3,
    )
    new = counts((50, 0), (2000, 40))

    def covariance(a, b):
        apart = sum((np.log(1 + x / 30) - np.log(1 + y / 30)) ** 2 for x, y in zip(a, b, strict=True))
        return 9.0 * np.exp(-0.5 * apart / length**2)

    known = np.array([[covariance(a, b) for b in rows.counts_RK] for a in rows.counts_RK])
    known += np.diag(1.3**2 * training_noise(rows.counts_RK) ** 2)
    cross = np.array([[covariance(a, b) for b in rows.counts_RK] for a in new])
    both = np.array([[covariance(a, b) for b in new] for a in new])
    before_new, before_old = (LOGS.miou(prior_P[None], each)[0] for each in (new, rows.counts_RK))
    mean, spread = process.posterior(new)
    inverse = np.linalg.inv(known)
    assert mean == pytest.approx(before_new + cross @ inverse @ (rows.miou_R - before_old), abs=1e-5)
    assert spread == pytest.approx(both - cross @ inverse @ cross.T, abs=1e-5)


def test_the_process_finds_the_most_likely_parameters(make_up) -> None:
    """The optimum is flat by numerical slopes of an independent log posterior (scipy's normal density)."""
    rows, beliefs = rows_of(make_up(MIXES, logs, noise=1.0, seed=3)), base_beliefs()
    process = fit_process(rows, beliefs)
    prior_P, factor_PP = prior_of(LOGS, beliefs)
    x_RK = np.log1p(rows.counts_RK / 30)

    def minus_log_posterior(free):
        theta_P, hyper = free[: len(prior_P)], free[len(prior_P) :]
        spread = kernel(x_RK, x_RK, float(np.exp(hyper[0])), np.exp(hyper[1:-1]))
        spread = spread + np.diag(np.exp(2 * hyper[-1]) * rows.variance_R)
        likely = multivariate_normal(LOGS.miou(theta_P[None], rows.counts_RK)[0], spread).logpdf(rows.miou_R)
        z_P = np.linalg.solve(factor_PP, theta_P - prior_P)
        off = (hyper[0] - np.log(2.0), *(hyper[1:-1] - np.log(1.2)), hyper[-1] - np.log(rows.nu))
        z_H = np.array(off) / np.array([0.7, *[0.7] * len(KINDS), 0.6])
        return -likely + 0.5 * z_P @ z_P + 0.5 * z_H @ z_H

    found = np.concatenate([process.theta_P, [np.log(process.scale)], np.log(process.length_K), [np.log(process.nu)]])
    assert approx_fprime(found, minus_log_posterior, 1e-6) == pytest.approx(0.0, abs=0.05)
    start = np.concatenate([prior_P, np.log([2.0, *[1.2] * len(KINDS), rows.nu])])
    assert minus_log_posterior(found) < minus_log_posterior(start) - 5


def test_the_process_foretells_surfaces_of_its_family(make_up) -> None:
    process = fit_process(rows_of(make_up(MIXES, logs, noise=0.5)), base_beliefs())
    new = counts((640, 0), (0, 1280), (80, 640))
    foretold = process.predict(new)
    truth = [logs(640, 0), logs(0, 1280), logs(80, 640)]
    assert foretold.mean_M == pytest.approx(truth, abs=3.0)
    assert (foretold.low_M < truth).all()
    assert (truth < foretold.high_M).all()


def test_a_process_without_rows_is_its_prior() -> None:
    from budgetseg.plan.evidence import Evidence

    none = Evidence(name="none", counts_RK=np.zeros((0, len(KINDS)), np.int64), miou_R=np.zeros(0))
    foretold = fit_process(rows_of(none), base_beliefs()).predict(counts((640, 0)))
    assert foretold.high_M[0] - foretold.low_M[0] > 20


def test_expected_improvement_is_the_mean_over_draws() -> None:
    mean_M, sd_M = np.array([50.0, 55.0, 48.0]), np.array([4.0, 1.0, 10.0])
    drawn_DM = mean_M + sd_M * np.random.default_rng(0).standard_normal((400_000, 3))
    expected = np.maximum(drawn_DM - 52.0 - 1.0, 0).mean(axis=0)
    assert expected_improvement(mean_M, sd_M, 52.0, xi=1.0) == pytest.approx(expected, rel=0.02)
    assert expected_improvement(np.array([54.0, 50.0]), np.zeros(2), 52.0, xi=1.0) == pytest.approx([1.0, 0.0])


def test_the_power_law_recovers_its_own_kind(make_up) -> None:
    """Exact data and next to no prior give the curve back, also where it was not measured."""
    evidence = make_up([*MIXES, (1280, 0), (0, 2560), (640, 160)], power)
    rows = rows_of(evidence)
    prior_P, factor_PP = prior_of(POWER, base_beliefs())
    count = len(rows.miou_R)
    theta_P = most_likely(rows, np.ones(count), np.full(count, 1e-3), prior_P, 3 * factor_PP)
    new = counts((2560, 2560), (10, 0), (0, 10_000))
    truth = [power(2560, 2560), power(10, 0), power(0, 10_000)]
    assert POWER.miou(theta_P[None], new)[0] == pytest.approx(truth, abs=0.05)
    exponent = theta_P[list(POWER.names).index("exponent:full")]
    assert 1 / (1 + np.exp(-exponent)) == pytest.approx(0.27, abs=0.002)


def test_resampled_rows_count_as_often_as_they_were_drawn(make_up) -> None:
    """A row that counts twice is the same as the row written twice, were it not averaged."""
    rows = rows_of(make_up(MIXES, power, noise=2.0))
    prior_P, factor_PP = prior_of(POWER, base_beliefs())
    twice = np.ones(len(rows.miou_R))
    twice[2] = 2.0
    found = most_likely(rows, twice, np.full(len(twice), 2.0), prior_P, factor_PP)
    surer = np.full(len(twice), 2.0)
    surer[2] /= np.sqrt(2.0)
    assert found == pytest.approx(most_likely(rows, np.ones(len(twice)), surer, prior_P, factor_PP), abs=1e-4)


def test_the_power_law_is_unsure_of_a_kind_that_was_never_trained_on(make_up) -> None:
    evidence = make_up([(20, 0), (80, 0), (320, 0), (640, 0)], power, noise=0.5)
    predict = fit_power_law(evidence, base_beliefs())
    foretold = predict(counts((640, 0), (0, 640)))
    known, unknown = foretold.high_M - foretold.low_M
    assert unknown > 3 * known
    again = fit_power_law(replace(evidence, name="other"), base_beliefs())(counts((640, 0)))
    assert again.mean_M[0] == pytest.approx(foretold.mean_M[0], abs=1e-9)


def test_contradictory_seeds_do_not_lead_the_search_astray(make_up) -> None:
    """Lone measured mixes far off the curve: the search once ran to where the covariance is singular."""
    mixes = [(8, 0), (24, 0), (80, 0), (0, 20), (0, 100), (8, 80), (40, 80)]
    evidence = replace(make_up(mixes, logs), miou_R=np.array([42.0, 20.0, 85.0, 28.0, 40.0, 10.0, 90.0]))
    foretold = fit_process(rows_of(evidence), base_beliefs()).predict(counts((200, 0), (0, 400)))
    assert np.isfinite([foretold.mean_M, foretold.low_M, foretold.high_M]).all()
