"""An objectness prior is paid once, and by those mixes alone that use it: the search, the reasons, and the runs."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs.book import load_book
from budgetseg.costs.kinds import KINDS
from budgetseg.data.index import Index
from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.affordable import best_mix, nothing, spread_of_mixes
from budgetseg.plan.alternatives import paper_hybrid, pure_alternatives
from budgetseg.plan.candidates import Candidates
from budgetseg.plan.choose import choose_plan
from budgetseg.plan.evidence import read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.limits import Limits
from budgetseg.plan.mix import Mix
from budgetseg.plan.objective import objective_of
from budgetseg.plan.plan import Plan
from budgetseg.plan.prices import Prices
from budgetseg.plan.purse import Bounds
from budgetseg.plan.search import best_counts
from budgetseg.plan.validation import Validation
from budgetseg.runs import buying
from budgetseg.runs.config import spec_of_settings
from budgetseg.runs.prior import prior_seconds
from budgetseg.runs.purchase import Market
from budgetseg.runs.strategy import STRATEGIES
from budgetseg.runs.subset import buy_mix, buy_strategy

BOOK = load_book("voc2012")
PAPER = read_evidence("paper")
SURFACE = fit_surface(PAPER)
PRIOR = Fraction(3000)
SPEC = spec_of_settings({"run.objectness": "center", "run.objectness_seconds": str(PRIOR)})
IMAGES = 300
INDEX = Index(  # every image is the mean image: two classes of six, one instance of each
    ids=tuple(f"image-{row:03d}" for row in range(IMAGES)),
    pixels_NC=np.tile([0, 50, 50, 0, 0, 0, 0], (IMAGES, 1)),
    instances_NC=np.tile([0, 1, 1, 0, 0, 0, 0], (IMAGES, 1)),
)

BOOK_SECONDS = Prices.of(BOOK, INDEX.workload).seconds_of


def table(*mixes: dict[str, int]) -> Candidates:
    counts_MI = np.array([[mix.get(kind, 0) for kind in KINDS] for mix in mixes])
    return Candidates(name="mixes.csv", counts_MI=counts_MI, lines=tuple(range(2, 2 + len(mixes))))


def prices_of(**once: Fraction) -> Prices:
    """Masks, and kinds that use a prior."""
    return Prices.of(BOOK, INDEX.workload, **once).among(("image", "point", "squiggle", "full"), "this test")


def plan_of(hours: str, prior: Fraction = PRIOR, fixed: int = 0, **choices: object) -> Plan:
    return choose_plan(  # type: ignore[misc]
        budget_seconds=Fraction(hours) * 3600,
        prices=prices_of(fixed_seconds=Fraction(fixed), prior_seconds=prior),
        pool=IMAGES,
        evidence=PAPER,
        surface=SURFACE,
        **{"explain": False, **choices},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("mix", [{"full": 30}, {"point": 200}, {"full": 30, "point": 200}, {"full": 9, "box": 9}])
def test_planning_and_running_agree_to_the_second(mix: dict[str, int]) -> None:
    paid = buy_mix(Mix.of(mix), Market(INDEX, BOOK, {}, 0), fixed_seconds=prior_seconds(SPEC, mix)).spent_seconds
    prices = Prices.of(BOOK, INDEX.workload, prior_seconds=PRIOR)
    assert prices.seconds_of_mix(mix) == paid
    if "box" in mix:
        return  # not on offer in the plans of these tests
    hours = str(paid / 3600)
    assert plan_of(hours, candidates=table(mix)).hours * 3600 == pytest.approx(float(paid), abs=1e-6)
    short = Fraction(hours) - Fraction(1, 3600)
    with pytest.raises(BudgetTooSmallError, match=r"the cheapest row of mixes\.csv, line 2"):
        plan_of(str(short), candidates=table(mix))


@pytest.mark.parametrize("kind", ["full", "point", "image", "squiggle"])
def test_the_same_hours_buy_as_many_images_in_a_plan_as_in_a_run(kind: str) -> None:
    seconds = Fraction(9000)
    run = buy_strategy(
        STRATEGIES[kind],
        Market(INDEX, BOOK, {}, 0),
        full_images=0,
        images=None,
        budget_seconds=seconds,
        fixed_seconds=prior_seconds(SPEC, [kind]),
    )
    alone = pure_alternatives(BOOK, INDEX.workload, seconds, IMAGES, prior_seconds=PRIOR)
    listed = {other.name: other for other in alone}[kind]
    own = buying.plan_of(SPEC, run, INDEX, BOOK, Validation(images=20, seconds=Fraction(0), charged=False)).alternatives
    assert {other.name: other.mix for other in own}[kind] == run.mix
    planned = {other.name: other for other in plan_of("2.5").alternatives}[kind]
    assert listed.mix == planned.mix == run.mix
    assert listed.hours == planned.hours == pytest.approx(float(run.spent_seconds / 3600), abs=1e-9)


def test_masks_alone_do_not_wait_for_the_prior() -> None:
    masks = plan_of("0.5")  # not even the prior could be paid
    assert set(masks.mix.to_dict()) == {"full"}
    assert masks.mix == plan_of("0.5", prior=Fraction(0), candidates=table(masks.mix.to_dict())).mix
    assert [other.name for other in masks.alternatives] == ["full"]
    fixed = plan_of("1", fixed=1800)  # but what is fixed is charged whatever is bought
    assert fixed.mix == masks.mix
    assert fixed.hours == pytest.approx(masks.hours + 0.5)


def test_what_is_held_already_uses_the_prior() -> None:
    held = plan_of("2", current=Mix.of({"point": 20}))
    bought = sum(float(move.seconds) for move in held.moves)
    assert held.hours * 3600 == pytest.approx(bought + float(PRIOR))


@pytest.mark.parametrize("hours", ["0.7", "1", "2", "6"])
def test_no_plan_is_over_budget_and_none_wastes_the_prior(hours: str) -> None:
    plan = plan_of(hours, explain=True)
    for one in (plan, *plan.alternatives):
        seconds = sum(BOOK_SECONDS[kind] * count for kind, count in one.mix)
        weak = any(kind != "full" for kind, _ in one.mix)
        assert one.hours * 3600 == pytest.approx(float(seconds + (PRIOR if weak else 0)))
        assert one.hours <= float(hours) + 1e-9
    assert plan.reasons is not None
    for gain in plan.reasons.next_hour:  # an hour pays for the prior first, where it is not paid yet
        first = PRIOR if gain.kind != "full" and set(plan.mix.to_dict()) == {"full"} else 0
        assert gain.images == pytest.approx(min(float((3600 - first) / BOOK_SECONDS[gain.kind]), gain.images))
        assert gain.images * float(BOOK_SECONDS[gain.kind]) + float(first) <= 3600 + 1e-6
    for even, rate in zip(plan.reasons.break_even, plan.reasons.exchange, strict=True):
        # At the break-even price both take the same hours: the masks, and the images with their prior.
        masks = rate.masks * even.price * float(BOOK_SECONDS[rate.kind])
        assert masks == pytest.approx(rate.images * float(BOOK_SECONDS[rate.kind]) + float(PRIOR))


def test_money_pays_for_the_prior_by_the_hour() -> None:
    prices = prices_of(prior_seconds=PRIOR)
    labour = type(BOOK.labour)(wage_per_hour=Fraction(36))  # a cent a second
    for money in (25, 40):
        plan = choose_plan(
            bounds=Bounds(money=Fraction(money)),
            prices=prices,
            labour=labour,
            pool=IMAGES,
            evidence=PAPER,
            surface=SURFACE,
        )
        (limit, _) = plan.limits
        assert limit.used == pytest.approx(plan.hours * 36)
        assert limit.used <= money
        assert money > 30 or set(plan.mix.to_dict()) == {"full"}


def test_the_papers_hybrid_pays_for_it() -> None:
    hours = Fraction(10 * 3600)
    free = paper_hybrid(BOOK, INDEX.workload, hours, 10_000)
    paid = paper_hybrid(BOOK, INDEX.workload, hours, 10_000, prior_seconds=PRIOR)
    assert free is not None
    assert paid is not None
    assert free.mix["point"] - paid.mix["point"] == pytest.approx(float(PRIOR / BOOK_SECONDS["point"]), abs=1)


def test_a_pilots_mixes_pay_for_it_where_no_weak_image_is_held() -> None:
    prices = Prices.said({"point": Fraction(10), "full": Fraction(100)}, prior_seconds=Fraction(150))
    held_K = nothing()
    for held in (0, 5):
        held_K[list(KINDS).index("point")] = held
        due = 0 if held else 150
        mixes_MK = spread_of_mixes(prices, Fraction(400), 50, held_K) - held_K
        points_M, masks_M = (mixes_MK[:, list(KINDS).index(kind)] for kind in ("point", "full"))
        spent_M = points_M * 10 + masks_M * 100 + due * (points_M > 0)
        assert spent_M.max() <= 400
        assert (points_M.max(), masks_M.max()) == ((400 - due) // 10, 4)
        best_K = best_mix(lambda counts_MK: counts_MK.sum(axis=1), prices, Fraction(400), 50, held_K)
        assert best_K.sum() == held + (400 - due) // 10
    assert best_mix(lambda counts_MK: counts_MK.sum(axis=1), prices, Fraction(120), 50, nothing()).sum() == 1


@given(
    seed=st.integers(0, 10**6),
    costs=st.lists(st.integers(0, 12), min_size=4, max_size=4),
    needs=st.lists(st.booleans(), min_size=4, max_size=4),
    budget=st.integers(0, 60),
    prior=st.integers(1, 40),
    few=st.sampled_from([0, 3_000]),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_search_is_as_good_as_trying_every_purchase(
    seed: int, costs: list[int], needs: list[bool], budget: int, prior: int, few: int
) -> None:
    rng = np.random.default_rng(seed)
    size_K, good_K, share_K = np.exp(rng.normal(1.5, 1, 4)), rng.uniform(0, 40, 4), rng.uniform(-10, 10, 4) * (few > 0)
    pool = 7

    def value(counts_MK: np.ndarray) -> np.ndarray:
        part_MK = counts_MK / np.maximum(counts_MK.sum(axis=1, keepdims=True), 1)
        return (counts_MK / (counts_MK + size_K)) @ good_K + (part_MK**2) @ share_K

    limits = Limits(
        costs_RK=np.array([costs]),
        budget_R=np.array([budget]),
        stock_G=np.array([pool]),
        stock_K=np.zeros(4, np.intp),
        prior_R=np.array([prior]),
        prior_K=np.array(needs),
    )
    every_MK = np.array([c for c in product(range(pool + 1), repeat=4) if sum(c) <= pool])
    spent_M = every_MK @ costs + prior * (every_MK[:, needs] > 0).any(axis=1)
    allowed_M = spent_M <= budget
    assert (limits.allow(every_MK) == allowed_M).all()
    most = float(value(every_MK[allowed_M]).max())
    found_K = best_counts(value, limits, tie=0.0, few=few)
    assert limits.allow(found_K[None])[0]
    assert float(value(found_K[None])[0]) >= most - 0.1


def test_only_masks_have_no_rival_in_themselves_and_a_target_names_its_hours() -> None:
    masks = Prices.said({"full": Fraction(100)})
    plan = choose_plan(
        bounds=Bounds(seconds=Fraction(300_000)), prices=masks, pool=5_000, evidence=PAPER, surface=SURFACE
    )
    assert [other.mix for other in plan.alternatives] == [plan.mix]
    assert plan.reasons is not None
    assert plan.reasons.rivals == ()
    sought = choose_plan(
        prices=masks,
        pool=5_000,
        evidence=PAPER,
        surface=SURFACE,
        objective=objective_of("target", 30.0, 0.8),
    )
    assert sought.target is not None
    assert sought.target.reached
    assert [limit.name for limit in sought.limits] == ["images"]
    assert 0 < sought.budget_hours == sought.hours < 5_000 * 100 / 3600
