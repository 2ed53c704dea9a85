"""The update: exact where everything is normal, and nearer to a refit's truth than importance weights are."""

from fractions import Fraction

import numpy as np
import pytest

from budgetseg.plan.affordable import nothing, spread_of_mixes
from budgetseg.plan.conditioning import Conditioning, effective_samples, noise_covariance
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.pilot_design import trainings
from budgetseg.plan.prices import Prices, seconds_said
from budgetseg.plan.surface import counts_of


def test_equals_the_closed_form_of_two_correlated_normals() -> None:
    rng = np.random.default_rng(0)
    skill_S = rng.normal(0, 3, 200_000)
    mixes_SM = 40 + np.stack([skill_S, -skill_S], axis=1)
    measured_SJ = 30 + skill_S[:, None] + rng.normal(0, 0.0, (200_000, 1))
    after = Conditioning.of(mixes_SM, measured_SJ, np.array([[4.0]])).predict(np.array([[35.0]]))[0]
    shift = 9 / (9 + 4) * 5  # sd 3 of the skill, sd 2 of the noise, 5 above what was expected
    assert after == pytest.approx([40 + shift, 40 - shift], abs=0.05)


def test_a_measurement_that_is_all_noise_says_nothing() -> None:
    rng = np.random.default_rng(1)
    mixes_SM, measured_SJ = rng.normal(40, 5, (40, 30)), rng.normal(40, 1, (40, 12))
    update = Conditioning.of(mixes_SM, measured_SJ, 400 * np.eye(12))
    assert update.predict(rng.normal(40, 20, (3, 12))) == pytest.approx(np.tile(mixes_SM.mean(axis=0), (3, 1)))


def test_chance_correlations_of_a_small_ensemble_are_held_down() -> None:
    rng = np.random.default_rng(2)
    mixes_SM, measured_SJ = rng.normal(0, 5, (40, 50)), rng.normal(0, 5, (40, 20))  # have nothing to do with each other
    moved = Conditioning.of(mixes_SM, measured_SJ, np.eye(20)).predict(measured_SJ[:1]) - mixes_SM.mean(axis=0)
    centred_SJ, centred_SM = measured_SJ - measured_SJ.mean(axis=0), mixes_SM - mixes_SM.mean(axis=0)
    plain = centred_SM.T @ centred_SJ @ np.linalg.inv(centred_SJ.T @ centred_SJ + 39 * np.eye(20)) @ centred_SJ[0]
    assert np.square(moved).mean() < 0.75 * np.square(plain).mean()


def test_noise_of_nested_trainings() -> None:
    covariance_JJ = noise_covariance(
        counts_of([{"full": 40}, {"point": 40}, {"full": 10}]).astype(np.int64), np.array([2.0, 2.0, 4.0])
    )
    # Half of the variance is the draw of the images: the same for 40 masks and their clicks, half so for 10 of them.
    assert covariance_JJ == pytest.approx(np.array([[4, 2, 2], [2, 4, 2], [2, 2, 16]]))


def test_effective_samples() -> None:
    measured_SJ = np.array([[40.0], [40.0], [60.0]])
    assert effective_samples(measured_SJ, np.eye(1), np.array([[40.0], [59.0]])) == pytest.approx([2, 1])
    # With noise that is correlated, weights are densities of the multivariate normal.
    rng = np.random.default_rng(0)
    samples_SJ, noise_JJ = rng.normal(0, 1, (9, 3)), np.cov(rng.normal(0, 1, (3, 20)))
    off_SJ = samples_SJ - samples_SJ[0]
    weight_S = np.exp(-0.5 * np.einsum("sj,jk,sk->s", off_SJ, np.linalg.inv(noise_JJ), off_SJ))
    expected = weight_S.sum() ** 2 / (weight_S**2).sum()
    assert effective_samples(samples_SJ, noise_JJ, samples_SJ[:1]) == pytest.approx([expected])


@pytest.mark.slow
def test_better_than_no_update_and_than_importance_weights_beside_a_refit() -> None:
    """Samples are truths in turn; how far are the predictions of all mixes from them, before and after a pilot?"""
    prices = Prices.said(seconds_said("full=155,point=7.6,image=6"), origin="test")
    mixes_MK = spread_of_mixes(prices, Fraction(20 * 3600), 20_000, nothing()).astype(np.float64)
    little = Evidence(
        name="little",
        counts_RK=counts_of([{"full": 60}, {"point": 300}, {"image": 400}]).astype(np.int64),
        miou_R=np.array([38.0, 35.0, 25.0]),
    )
    surface = fit_surface(little, members=160)
    pilot_JK = trainings(60, "full", ("image", "point"), mixes=True)
    mixes_SM, pilot_SJ = surface.samples(mixes_MK), surface.samples(pilot_JK.astype(np.float64))
    noise_J = surface.noise(pilot_JK.astype(np.float64))
    rng = np.random.default_rng(0)
    errors = []
    for truth in range(0, len(mixes_SM), max(1, len(mixes_SM) // 12)):
        others_SM, others_SJ = np.delete(mixes_SM, truth, axis=0), np.delete(pilot_SJ, truth, axis=0)
        measured_J = pilot_SJ[truth] + noise_J * rng.standard_normal(len(noise_J))
        misfit_S = (((measured_J - others_SJ) / noise_J) ** 2).sum(axis=1)
        weight_S = np.exp(-0.5 * (misfit_S - misfit_S.min()))
        again = Evidence(
            name="again",
            counts_RK=np.concatenate([little.counts_RK, pilot_JK]),
            miou_R=np.concatenate([little.miou_R, measured_J.clip(0, 100)]),
        )
        answers = (
            others_SM.mean(axis=0),
            Conditioning.of(others_SM, others_SJ, np.diag(noise_J**2)).predict(measured_J[None])[0],
            weight_S @ others_SM / weight_S.sum(),
            fit_surface(again).mean(mixes_MK),
        )
        errors.append([np.sqrt(((answer - mixes_SM[truth]) ** 2).mean()) for answer in answers])
    before, conditioned, weighted, refitted = np.mean(errors, axis=0)
    assert max(conditioned, refitted) < before
    assert conditioned < weighted
