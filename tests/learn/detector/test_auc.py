"""The AUC against its definition, pair by pair, and against scipy's ranks."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from budgetseg.learn.detector.auc import LEVELS, auc, auc_of_counts, level_counts


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_the_share_of_pairs_in_the_right_order(seed):
    generator = np.random.default_rng(seed)
    scores_N, objects_N = generator.integers(0, 6, 40) / 5, generator.random(40) < 0.4
    pairs = [
        1.0 if high > low else 0.5 if high == low else 0.0
        for high in scores_N[objects_N]
        for low in scores_N[~objects_N]
    ]
    assert auc(scores_N, objects_N) == pytest.approx(np.mean(pairs))
    by_level = auc_of_counts(level_counts(scores_N[~objects_N]), level_counts(scores_N[objects_N]))
    assert by_level == pytest.approx(np.mean(pairs))


def test_auc_is_that_of_scipys_ranks():
    generator = np.random.default_rng(0)
    objects_N = generator.random(5000) < 0.3
    scores_N = generator.normal(size=5000) + objects_N
    expected = mannwhitneyu(scores_N[objects_N], scores_N[~objects_N]).statistic / (
        objects_N.sum() * (~objects_N).sum()
    )
    assert auc(scores_N, objects_N) == pytest.approx(expected)
    assert 0.7 < expected < 0.8


def test_nothing_to_compare_has_no_auc():
    assert auc(np.array([0.1, 0.9]), np.array([True, True])) is None
    assert auc(np.array([0.1, 0.9]), np.array([False, False])) is None


def test_probabilities_are_counted_in_steps_of_sixteen_bits():
    counts_V = level_counts(np.array([0.0, 1.0, 1.0, 0.5]))
    assert (counts_V[0], counts_V[-1], counts_V.sum(), len(counts_V)) == (1, 2, 4, LEVELS)
