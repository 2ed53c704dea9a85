"""A surface as a value: its mean, its samples and its intervals agree with each other."""

import numpy as np
import pytest

from budgetseg.plan.belief import base_belief
from budgetseg.plan.forms import FORMS
from budgetseg.plan.residual import FEATURES, features
from budgetseg.plan.stacking import Trust
from budgetseg.plan.surface import Group, Surface, counts_of

MIXES = counts_of([{"point": 1000}, {"point": 1000, "full": 300}, {"full": 80}])


def surface_of(stretch: float = 1.0) -> Surface:
    rng = np.random.default_rng(0)
    groups = []
    for form in ("ladder", "effective"):
        belief = base_belief(FORMS[form])
        theta_DP = belief.mean_P + 0.1 * rng.standard_normal((30, len(belief.names)))
        misfit_DF = 2.0 * rng.standard_normal((30, FEATURES))
        pull_R = np.array([1.5, -1.0])
        groups.append(Group(form=form, names=belief.names, theta_DP=theta_DP, misfit_DF=misfit_DF, pull_R=pull_R))
    trust = Trust(weights={"ladder": 0.5, "effective": 0.5}, stretch=stretch)
    return Surface(groups=tuple(groups), nu=1.0, kinds=("point", "full"), trust=trust, rows_RK=MIXES[:2])


def test_the_mean_is_that_of_the_samples() -> None:
    surface = surface_of()
    assert surface.samples(MIXES).shape == (60, 3)
    assert surface.mean(MIXES) == pytest.approx(surface.samples(MIXES).mean(axis=0), abs=1e-6)


def test_many_mixes_are_worked_out_in_parts() -> None:
    surface = surface_of()
    many_MK = np.repeat(MIXES, 3000, axis=0)
    assert surface.mean(many_MK) == pytest.approx(np.repeat(surface.mean(MIXES), 3000))


def test_stretching_widens_the_samples_around_their_mean() -> None:
    plain, wide = surface_of(), surface_of(1.5)  # so that none reaches a bound
    assert wide.samples(MIXES).mean(axis=0) == pytest.approx(plain.samples(MIXES).mean(axis=0))
    assert wide.samples(MIXES).std(axis=0) == pytest.approx(1.5 * plain.samples(MIXES).std(axis=0))


def test_intervals_hold_what_they_promise() -> None:
    surface, rng = surface_of(), np.random.default_rng(1)
    draws_SM = surface.samples(MIXES).repeat(4000, axis=0)
    draws_SM = draws_SM + surface.noise(MIXES) * rng.standard_normal(draws_SM.shape)
    for level in (0.5, 0.8, 0.95):
        for place, prediction in enumerate(surface.predict(MIXES, level=level)):
            inside = (prediction.low <= draws_SM[:, place]) & (draws_SM[:, place] <= prediction.high)
            assert inside.mean() == pytest.approx(level, abs=0.02)


def test_features_give_the_kernel() -> None:
    """Half over mixes, half over the kinds' own curves; random features are off by a few hundredths."""
    kernel_MM = features(MIXES) @ features(MIXES).T
    scaled_MK = np.log1p(MIXES / 100)
    over_mixes = np.exp(-0.5 * ((scaled_MK[:, None] - scaled_MK[None]) ** 2).sum(axis=2) / 1.2**2)
    images_M = MIXES.sum(axis=1)
    share_MK, log_M = MIXES / images_M[:, None], np.log1p(images_M / 100)
    over_kinds = (share_MK @ share_MK.T) * np.exp(-0.5 * (log_M[:, None] - log_M[None]) ** 2 / 1.2**2)
    assert kernel_MM == pytest.approx(0.5 * over_mixes + 0.5 * over_kinds, abs=0.1)
