"""Replays: hours are kept, what is bought stays, the world answers as its rows, and every strategy conforms."""

from fractions import Fraction

import numpy as np
import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.affordable import nothing
from budgetseg.plan.campaign_replay import Budget, SurfaceTrainer, best_by_step, replay, slice_towards
from budgetseg.plan.campaign_strategy import STRATEGIES, Situation, strategy_named
from budgetseg.plan.campaign_trainings import joined_evidence, trainings_of
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.prices import Prices, seconds_said
from budgetseg.plan.surface import counts_of
from budgetseg.plan.truth import Truth, truth_of

PRICES = Prices.said(seconds_said("full=155,point=7.6,image=6"), origin="test")
COLUMN = {kind: place for place, kind in enumerate(KINDS)}


def miou(mix: dict[str, int]) -> float:
    """A world of our own: clicks help masks, labels hardly."""
    masks = mix.get("full", 0) + 0.02 * mix.get("point", 0) + 0.003 * mix.get("image", 0)
    images = sum(mix.values())
    return 70 * masks / (masks + 40) * images / (images + 60)


def surface(noise: float = 0.0, seeds: int = 1) -> Evidence:
    rng = np.random.default_rng(0)
    sizes = (0, 40, 160, 640)
    mixes = [{"full": f, "point": p, "image": i} for f in sizes for p in sizes for i in (0, 640) if f + p + i] * seeds
    return Evidence(
        name="world",
        counts_RK=counts_of(mixes).astype(np.int64),
        miou_R=np.array([miou(mix) + noise * rng.standard_normal() for mix in mixes]).clip(0, 100),
    )


@pytest.fixture(scope="module")
def truth() -> Truth:
    return truth_of(surface(noise=1.0, seeds=2))


def test_the_world_follows_its_rows_and_knows_its_noise(truth: Truth) -> None:
    rows = surface()
    reached_R = truth.mean(rows.counts_RK.astype(np.float64))
    assert np.sqrt(((reached_R - rows.miou_R) ** 2).mean()) < 1.0
    fit_R = truth.surface.mean(rows.counts_RK.astype(np.float64))
    assert ((reached_R - rows.miou_R) ** 2).mean() <= ((fit_R - rows.miou_R) ** 2).mean() + 0.05
    noise_R = truth.noise(rows.counts_RK.astype(np.float64))
    assert noise_R.mean() == pytest.approx(1.0, abs=0.3)  # that of the repeated rows
    assert truth.most_images == 1920
    one_1K = counts_of([{"full": 160}])
    drawn = [truth.measure(one_1K, np.random.default_rng(seed))[0] for seed in range(400)]
    assert np.std(drawn) == pytest.approx(truth.noise(one_1K)[0], rel=0.1)


def test_between_rows_the_world_is_smooth() -> None:
    world = truth_of(surface())
    between = [{"full": 80}, {"full": 90, "point": 300}, {"point": 300}]
    assert world.mean(counts_of(between)) == pytest.approx([miou(mix) for mix in between], abs=3)


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_keeps_hours_and_pool_and_what_is_bought(name: str, truth: Truth) -> None:
    prices = Prices.said({kind: Fraction(20 + 10 * place) for place, kind in enumerate(KINDS)}, origin="test")
    held_K = nothing()
    held_K[COLUMN["full"]] = 7
    situation = Situation(
        held_K=held_K, seconds_left=Fraction(30_000), pool=500, prices=prices, surface=truth.surface, truth=truth.mean
    )
    aim_K = strategy_named(name, np.random.default_rng(0))(situation)
    assert (aim_K >= held_K).all()
    assert aim_K.sum() <= 500
    assert 0 < prices.seconds(aim_K - held_K) <= 30_000
    again_K = strategy_named(name, np.random.default_rng(0))(situation)
    assert again_K.tolist() == aim_K.tolist()
    if name.startswith("all-"):
        assert np.flatnonzero(aim_K - held_K).tolist() == [COLUMN[name.removeprefix("all-")]]


@pytest.mark.slow
def test_a_replay_spends_its_slices_and_never_sells(truth: Truth) -> None:
    budget = Budget(seconds=Fraction(8 * 3600), steps=4, pool=1920, prices=PRICES)
    best = best_by_step(truth, budget)
    assert list(best) == sorted(best)
    for name in ("ours", "uniform", "oracle"):
        trainer = SurfaceTrainer(truth=truth, rng=np.random.default_rng(0))
        steps = replay(name, trainer, budget, 0, trainings=8, truth=truth, best=best).steps
        before: dict[str, int] = {}
        for step in steps:
            assert step.hours <= 2 * step.step
            assert all(step.held[kind] >= images for kind, images in before.items())
            assert float(PRICES.seconds(counts_of([step.held.to_dict()])[0]) / 3600) == pytest.approx(step.hours)
            assert step.expected is not None
            assert step.regret == pytest.approx(max(0, best[step.step - 1] - step.expected))
            before = step.held.to_dict()
        if name != "uniform":  # its share of clicks finds no more images
            assert steps[-1].hours > 8 - 0.5
        assert steps[0].predicted is None  # nothing was measured before
        assert steps[-1].predicted is not None


def test_ours_starts_with_masks_learns_and_ends_near_the_best(truth: Truth) -> None:
    budget = Budget(seconds=Fraction(8 * 3600), steps=4, pool=1920, prices=PRICES)
    best = best_by_step(truth, budget)

    def regret(name: str) -> float:
        trainer = SurfaceTrainer(truth=truth, rng=np.random.default_rng(1))
        steps = replay(name, trainer, budget, 0, trainings=12, truth=truth, best=best, predict=False).steps
        if name == "ours":
            assert set(steps[0].held.to_dict()) == {"full"}
        return steps[-1].regret or 0.0

    assert regret("oracle") < 1
    assert regret("ours") < min(3.0, regret("all-point"), regret("all-image"))


def test_a_slice_is_the_same_part_of_everything() -> None:
    aim_K, held_K = nothing(), nothing()
    aim_K[COLUMN["full"]], aim_K[COLUMN["point"]], held_K[COLUMN["full"]] = 30, 100, 10
    left = PRICES.seconds(aim_K - held_K)
    half_K = slice_towards(aim_K, held_K, PRICES, left / 2, left)
    assert (half_K[COLUMN["full"]], half_K[COLUMN["point"]]) == (20, 50)
    assert slice_towards(aim_K, held_K, PRICES, left, left).tolist() == aim_K.tolist()
    few_K = slice_towards(aim_K, held_K, PRICES, Fraction(8), left)
    assert (few_K - held_K).tolist() == [0, 1, 0, 0, 0, 0, 0, 0]  # no mask can be paid for, a click can


def test_trainings_use_each_image_once_and_degrade_masks() -> None:
    held_K = nothing()
    held_K[COLUMN["full"]], held_K[COLUMN["point"]] = 20, 100
    trainings_JK = trainings_of(held_K, ("image", "point", "full"), 99)
    assert trainings_JK[0].tolist() == held_K.tolist()
    assert (trainings_JK.sum(axis=1) <= 120).all()
    alone = {kind: int(trainings_JK[:, COLUMN[kind]].max()) for kind in ("image", "point", "full")}
    assert alone == {"image": 120, "point": 120, "full": 20}
    assert len(np.unique(trainings_JK, axis=0)) == len(trainings_JK)
    assert len(trainings_of(held_K, ("image", "point", "full"), 1)) == 1


def test_evidence_is_joined() -> None:
    mine = counts_of([{"full": 3}]).astype(np.int64)
    assert joined_evidence(None, mine[:0], np.zeros(0), "mine") is None
    alone = joined_evidence(None, mine, np.array([20.0]), "mine")
    assert alone is not None
    assert alone.name == "mine"
    both = joined_evidence(surface(), mine, np.array([20.0]), "mine")
    assert both is not None
    assert (both.miou_R.tolist(), both.name) == ([20.0], "mine, beside world")
    assert [len(other.miou_R) for other in both.others] == [len(surface().miou_R)]


def test_refusals(truth: Truth) -> None:
    with pytest.raises(InvalidInputError, match=r'did you mean "hybrid"'):
        strategy_named("hybrit", np.random.default_rng(0))
    with pytest.raises(InvalidInputError, match="--steps"):
        Budget(seconds=Fraction(9), steps=0, pool=1, prices=PRICES)
    with pytest.raises(BudgetTooSmallError, match="not one image"):
        Budget(seconds=Fraction(5), steps=2, pool=1, prices=PRICES)
    budget = Budget(seconds=Fraction(3600), steps=2, pool=100, prices=PRICES)
    trainer = SurfaceTrainer(truth=truth, rng=np.random.default_rng(0))
    with pytest.raises(InvalidInputError, match="box is not for sale"):
        replay("all-box", trainer, budget, 0, trainings=4)
    with pytest.raises(InvalidInputError, match="with --trainer nobody does"):
        replay("oracle", trainer, budget, 0, trainings=4)
    with pytest.raises(InvalidInputError, match="--trainings"):
        replay("uniform", trainer, budget, 0, trainings=0)
