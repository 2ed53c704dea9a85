"""Rows of the fit: repeats averaged, noise learned from them, given noise kept."""

import numpy as np
import pytest

from budgetseg.plan.evidence import Evidence
from budgetseg.plan.rows import rows_of, training_noise
from budgetseg.plan.surface import counts_of


def evidence(mixes: list[dict[str, int]], miou: list[float], noise: list[float] | None = None) -> Evidence:
    noise_R = np.array(noise if noise is not None else [np.nan] * len(miou))
    return Evidence(name="own", counts_RK=counts_of(mixes).astype(int), miou_R=np.array(miou), noise_R=noise_R)


def test_repeated_trainings_are_averaged() -> None:
    rows = rows_of(evidence([{"full": 900}, {"point": 50}, {"full": 900}], [60.0, 30.0, 62.0]))
    assert sorted(rows.miou_R) == [30.0, 61.0]
    full = int(np.argmax(rows.miou_R))
    assert rows.variance_R[full] == pytest.approx(training_noise(counts_of([{"full": 900}]))[0] ** 2 / 2)


def test_few_masks_are_noisier_than_many_and_than_clicks() -> None:
    few, many, clicks, mixed = training_noise(
        counts_of([{"full": 60}, {"full": 2000}, {"point": 60}, {"full": 60, "point": 2000}])
    )
    assert few == pytest.approx(3.7, abs=0.5)  # pairs of seeds at 40 to 160 masks differ by so much
    assert many == pytest.approx(1.0, abs=0.1)
    assert clicks == pytest.approx(1.0)
    assert many < mixed < few


@pytest.mark.parametrize("truth", [0.3, 4.0])
def test_the_factor_on_the_noise_comes_from_repeats(truth: float) -> None:
    rng = np.random.default_rng(0)
    mixes = [{"point": n} for n in (100, 400, 1600)] * 20
    rows = rows_of(evidence(mixes, (40 + truth * rng.standard_normal(60)).tolist()))
    assert rows.nu == pytest.approx(truth, rel=0.35)


def test_without_repeats_the_factor_stays() -> None:
    assert rows_of(evidence([{"point": 10}, {"full": 10}], [20.0, 30.0])).nu == pytest.approx(1.0)


def test_noise_that_the_evidence_says_is_believed() -> None:
    rows = rows_of(evidence([{"point": 10}, {"point": 10}, {"full": 10}], [20.0, 30.0, 40.0], [2.0, 2.0, 5.0]))
    assert rows.nu == pytest.approx(1.0)  # ten points apart, and still no word about the noise of others
    assert sorted(rows.noise_variance_R) == pytest.approx([2.0, 25.0])


def test_some_rows_are_spread_over_all_sizes() -> None:
    rows = rows_of(evidence([{"full": n} for n in range(1, 101)], [50.0] * 100)).some(5)
    assert sorted(rows.counts_RK.sum(axis=1)) == [1, 26, 50, 75, 100] or len(rows.miou_R) == 5
    assert rows.counts_RK.sum(axis=1).min() == 1
    assert rows.counts_RK.sum(axis=1).max() == 100
