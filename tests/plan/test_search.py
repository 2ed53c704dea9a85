"""The search against trying every mix, and its limits."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.forms import FORMS, Curve
from budgetseg.plan.search import FEW_PURCHASES, Limits, best_counts

K = 6
CURVE = Curve(form=FORMS["ladder"], kinds=("image", "point", "allpoints", "squiggle", "box", "full"))
NAMES = [parameter.name for parameter in CURVE.parameters]


def limits_of(costs, budget, pool) -> Limits:
    """New images alone: all offers take from one stock; one row of costs, and one budget, a resource."""
    costs_RK = np.atleast_2d(np.array(costs, np.int64))
    return Limits(
        costs_RK=costs_RK,
        budget_R=np.atleast_1d(np.array(budget, np.int64)),
        stock_G=np.array([pool]),
        stock_K=np.zeros(costs_RK.shape[1], int),
    )


def random_surface(seed: int):
    rng = np.random.default_rng(seed)
    theta_DP = rng.normal(0, 1, (3, len(NAMES)))
    theta_DP[:, NAMES.index("dilution")] = -60  # more is never worse
    theta_DP[:, NAMES.index("half_images")] = rng.normal(2.5, 1, 3)  # half of recognition at about 12 images
    theta_DP[:, NAMES.index("half_masks")] = rng.normal(1, 1, 3)
    unbought = [5] * (len(KINDS) - 6)  # the kinds between box and full

    def value(counts_MK: np.ndarray) -> np.ndarray:
        return CURVE.miou(theta_DP, np.insert(counts_MK, unbought, 0, axis=1).astype(float)).mean(axis=0)

    return value


def hilly(seed: int):
    """Made-up values that may fall with more images: hills, a fall with the share of a kind, and clashes of two."""
    rng = np.random.default_rng(seed)
    size_K, good_K, bad_K = np.exp(rng.normal(2, 1, K)), rng.uniform(0, 40, K), rng.uniform(-30, 30, K)
    clash_KK = rng.normal(0, 8, (K, K))
    centre_HK, height_H = rng.uniform(0, 20, (2, K)), rng.uniform(0, 15, 2)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        filled_MK = counts_MK / (counts_MK + size_K)
        share_MK = counts_MK / np.maximum(counts_MK.sum(axis=1, keepdims=True), 1)
        hills_MH = height_H * np.exp(-(((counts_MK[:, None] - centre_HK) / 12) ** 2).sum(axis=2) / 2)
        clash_M = np.einsum("mi,ij,mj->m", filled_MK, clash_KK, filled_MK)
        return filled_MK @ good_K + (share_MK**2) @ bad_K + clash_M + hills_MH.sum(axis=1)

    return value


def every_purchase(limits: Limits) -> np.ndarray:
    most = []
    for offer, stock in enumerate(limits.stock_K.tolist()):
        costs = zip(limits.budget_R.tolist(), limits.costs_RK[:, offer].tolist(), strict=True)
        most.append(int(min([limits.stock_G[stock], *(budget // cost for budget, cost in costs if cost)])))
    counts_MK = np.array(list(product(*(range(n + 1) for n in most))))
    return counts_MK[limits.allow(counts_MK)]


def assert_as_good(value, limits: Limits) -> None:
    best = value(every_purchase(limits)).max()
    for few in (0, FEW_PURCHASES):  # climbing, and trying all where they are few
        best_K = best_counts(value, limits, tie=0.0, few=few)
        assert limits.allow(best_K[None]).all()
        assert value(best_K[None])[0] >= best - 0.1


@given(
    seed=st.integers(0, 10**6),
    costs=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    budget=st.integers(1, 60),
    pool=st.integers(1, 25),
    kinds=st.permutations(range(6)),
)
@settings(max_examples=50, deadline=None, derandomize=True)
def test_as_good_as_trying_every_mix(seed: int, costs: list[int], budget: int, pool: int, kinds: list[int]) -> None:
    limits = limits_of(costs, budget, pool)
    surface = random_surface(seed)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        all_MK = np.zeros((len(counts_MK), K), np.int64)
        all_MK[:, kinds[:3]] = counts_MK
        return surface(all_MK)

    assert_as_good(value, limits)


@given(
    seed=st.integers(0, 10**6),
    costs=st.lists(st.integers(1, 12), min_size=3, max_size=3),
    money=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    budgets=st.lists(st.integers(1, 90), min_size=2, max_size=2),
    pool=st.integers(1, 30),
    kinds=st.permutations(range(6)),
)
@settings(max_examples=50, deadline=None, derandomize=True)
def test_as_good_as_trying_every_mix_where_more_may_be_worse(
    seed: int, costs: list[int], money: list[int], budgets: list[int], pool: int, kinds: list[int]
) -> None:
    """Under hours and money at once."""
    hills = hilly(seed)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        all_MK = np.zeros((len(counts_MK), K), np.int64)
        all_MK[:, kinds[:3]] = counts_MK
        return hills(all_MK)

    assert_as_good(value, limits_of([costs, money], budgets, pool))


@given(
    seed=st.integers(0, 10**6),
    costs=st.lists(st.integers(1, 12), min_size=5, max_size=5),
    budget=st.integers(1, 60),
    stocks=st.lists(st.integers(0, 8), min_size=3, max_size=3),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_as_good_as_trying_every_upgrade(seed: int, costs: list[int], budget: int, stocks: list[int]) -> None:
    """New images of two kinds, and upgrades of images that hold kind 0 (to 1 or 5) or kind 1 (to 5)."""
    from_to = [(None, 1), (None, 5), (0, 1), (0, 5), (1, 5)]
    limits = Limits(
        costs_RK=np.array([costs]),
        budget_R=np.array([budget]),
        stock_G=np.array(stocks),
        stock_K=np.array([0, 0, 1, 1, 2]),
    )
    surface = random_surface(seed)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        all_MK = np.zeros((len(counts_MK), K), np.int64)
        all_MK[:, 0], all_MK[:, 1] = stocks[1], stocks[2]
        for offer, (held, kind) in enumerate(from_to):
            all_MK[:, kind] += counts_MK[:, offer]
            if held is not None:
                all_MK[:, held] -= counts_MK[:, offer]
        return surface(all_MK)

    assert_as_good(value, limits)


@given(
    seed=st.integers(0, 10**6),
    costs=st.lists(st.integers(1, 5000), min_size=6, max_size=6),
    budget=st.integers(0, 10**7),
    pool=st.integers(1, 50_000),
)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_never_over_budget_or_pool(seed: int, costs: list[int], budget: int, pool: int) -> None:
    limits = limits_of(costs, budget, pool)
    best_K = best_counts(random_surface(seed), limits)
    assert (best_K >= 0).all()
    assert int(best_K @ np.array(costs)) <= budget
    assert best_K.sum() <= pool


@pytest.mark.parametrize("enough", [137, 389, 701])
def test_climbs_to_the_image_between_the_points_of_the_grid(enough: int) -> None:
    limits = limits_of([200, 221, 233, 349, 913, 2397], 2_160_000, 10_582)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        # Masks help greatly until there are enough, points always help a little.
        return 10.0 * np.minimum(counts_MK[:, 5], enough) + 0.01 * counts_MK[:, 1]

    best_K = best_counts(value, limits, tie=0.0)
    assert best_K[5] == enough
    assert best_K[1] == (2_160_000 - enough * 2397) // 221


def test_prefers_fewer_kinds_among_equals_but_not_below_a_given_mix() -> None:
    limits = limits_of([1] * K, 10, 10)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        # Two kinds are worth 0.04 more than the same number of one kind.
        return counts_MK.sum(axis=1) + 0.04 * ((counts_MK[:, 0] > 0) & (counts_MK[:, 5] > 0))

    assert (best_counts(value, limits, tie=0.05) > 0).sum() == 1
    mixed_K = np.array([4, 0, 0, 0, 0, 6])
    best_K = best_counts(value, limits, also=[mixed_K], tie=0.05)
    assert value(best_K[None])[0] >= value(mixed_K[None])[0]


def test_buys_less_than_it_could_where_more_hurts() -> None:
    limits = limits_of([1, 2, 3, 4, 5, 6], 100_000, 10_000)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        # Weak images help a little up to 300, then they drown the masks.
        return -np.abs(counts_MK[:, 5] - 7_000) / 100 - np.abs(counts_MK[:, 1] - 300) / 100 - counts_MK[:, 0]

    best_K = best_counts(value, limits, tie=0.0)
    assert (best_K[0], best_K[1], best_K[5]) == (0, 300, 7_000)
    assert not best_counts(lambda counts_MK: -counts_MK.sum(axis=1).astype(float), limits).any()


def test_a_purchase_is_not_below_itself() -> None:
    limits = limits_of([7], 700, 100)

    def value(counts_MK: np.ndarray) -> np.ndarray:
        # In company a value is a rounding error less, as sums over arrays are.
        return counts_MK[:, 0] * (1.0 if len(counts_MK) == 2 else 1 - 1e-14)

    for few in (0, FEW_PURCHASES):
        assert best_counts(value, limits, also=[np.array([100])], few=few).tolist() == [100]
