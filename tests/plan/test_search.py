"""The search against trying every mix, and its limits."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.search import Limits, best_counts
from budgetseg.plan.surface import Layout, miou_of

ALL = np.ones(6, bool)
LAYOUT = Layout(
    weak=("image", "point", "allpoints", "squiggle", "box"),
    corners=(np.log([5.0, 20.0]), np.log([10.0, 30.0]), *(np.array([]),) * 3),
)


def random_surface(seed: int):
    rng = np.random.default_rng(seed)
    theta_DP = rng.normal(0, 1, (3, LAYOUT.parameters))
    theta_DP[:, 3] = rng.normal(2.5, 1, 3)  # half of recognition at about 12 images
    theta_DP[:, 4] = rng.normal(1, 1, 3)
    unbought = [5] * (len(KINDS) - 6)  # the kinds between box and full

    def value(counts_MK: np.ndarray) -> np.ndarray:
        return miou_of(LAYOUT, theta_DP, np.insert(counts_MK, unbought, 0, axis=1).astype(float)).mean(axis=0)

    return value


def all_mixes(limits: Limits) -> np.ndarray:
    most = [
        int(min(limits.pool, limits.budget // cost if cost else limits.pool)) if usable else 0
        for cost, usable in zip(limits.costs_K.tolist(), limits.usable_K.tolist(), strict=True)
    ]
    mixes_MK = np.array(list(product(*(range(n + 1) for n in most))))
    return mixes_MK[limits.allow(mixes_MK)]


@given(
    seed=st.integers(0, 10**6),
    costs=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    budget=st.integers(1, 60),
    pool=st.integers(1, 25),
    kinds=st.permutations(range(6)),
)
@settings(max_examples=80, deadline=None)
def test_as_good_as_trying_every_mix(seed: int, costs: list[int], budget: int, pool: int, kinds: list[int]) -> None:
    usable_K = np.isin(np.arange(6), kinds[:3])
    costs_K = np.zeros(6, np.int64)
    costs_K[usable_K] = costs
    limits = Limits(costs_K=costs_K, budget=budget, pool=pool, usable_K=usable_K)
    value = random_surface(seed)
    best_K = best_counts(value, limits, tie=0.0)
    assert limits.allow(best_K[None]).all()
    assert value(best_K[None])[0] >= value(all_mixes(limits)).max() - 0.1


@given(
    seed=st.integers(0, 10**6),
    costs=st.lists(st.integers(1, 5000), min_size=6, max_size=6),
    budget=st.integers(0, 10**7),
    pool=st.integers(1, 50_000),
    usable=st.lists(st.booleans(), min_size=6, max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_never_over_budget_or_pool_and_never_a_kind_that_is_not_to_be_had(
    seed: int, costs: list[int], budget: int, pool: int, usable: list[bool]
) -> None:
    limits = Limits(costs_K=np.array(costs), budget=budget, pool=pool, usable_K=np.array(usable))
    best_K = best_counts(random_surface(seed), limits)
    assert (best_K >= 0).all()
    assert int(best_K @ limits.costs_K) <= budget
    assert best_K.sum() <= pool
    assert not best_K[~limits.usable_K].any()


@pytest.mark.parametrize("enough", [137, 389, 701])
def test_climbs_to_the_image_between_the_points_of_the_grid(enough: int) -> None:
    limits = Limits(costs_K=np.array([200, 221, 233, 349, 913, 2397]), budget=2_160_000, pool=10_582, usable_K=ALL)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        # Masks help greatly until there are enough, points always help a little.
        return 10.0 * np.minimum(counts_MK[:, 5], enough) + 0.01 * counts_MK[:, 1]

    best_K = best_counts(value, limits, tie=0.0)
    assert best_K[5] == enough
    assert best_K[1] == (2_160_000 - enough * 2397) // 221


def test_prefers_fewer_kinds_among_equals_but_not_below_a_given_mix() -> None:
    limits = Limits(costs_K=np.ones(6, np.int64), budget=10, pool=10, usable_K=ALL)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        # Two kinds are worth 0.04 more than the same number of one kind.
        return counts_MK.sum(axis=1) + 0.04 * ((counts_MK[:, 0] > 0) & (counts_MK[:, 5] > 0))

    assert (best_counts(value, limits, tie=0.05) > 0).sum() == 1
    mixed_K = np.array([4, 0, 0, 0, 0, 6])
    best_K = best_counts(value, limits, also=[mixed_K], tie=0.05)
    assert value(best_K[None])[0] >= value(mixed_K[None])[0]
