"""What is bought with the hours, against the rules of buying written out again."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs.book import load_book
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload
from budgetseg.data.index import Index
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import Move
from budgetseg.runs.purchase import Market
from budgetseg.runs.strategy import STRATEGIES
from budgetseg.runs.subset import buy_mix, buy_moves, buy_strategy

BOOK = load_book("voc2012")
CLASSES = 6


def pool(images=40, seed=0):
    generator = np.random.default_rng(seed)
    instances_NC = np.zeros((images, CLASSES + 1), np.int64)
    for row in range(images):
        for cls in generator.choice(np.arange(1, CLASSES + 1), generator.integers(1, 3), replace=False):
            instances_NC[row, cls] = generator.integers(1, 4)
    return Index(
        ids=tuple(f"image-{row:03d}" for row in range(images)), pixels_NC=instances_NC * 50, instances_NC=instances_NC
    )


def market(index, held=None, seed=0, book=BOOK, skip=0):
    return Market(index, book, held or {}, seed, skip)


def buy(name, index, *, seed=0, held=None, book=BOOK, **choices):
    defaults = {"full_images": 5, "images": None, "budget_seconds": None, "fixed_seconds": Fraction(0)}
    return buy_strategy(STRATEGIES[name], market(index, held, seed, book), **(defaults | choices))


def price(index, image_id, kind, annotators=1):
    row = index.ids.index(image_id)
    workload = Workload.of(CLASSES, int(index.classes_present_N[row]), int(index.instances_N[row]))
    return seconds_per_image(BOOK, kind, workload, annotators=annotators)


@pytest.mark.parametrize("name", [name for name in STRATEGIES if not STRATEGIES[name].searches])
def test_every_strategy_pays_what_its_images_cost(name):
    index = pool()
    bought = buy(name, index)
    strategy = STRATEGIES[name]
    assert len(set(bought.image_ids)) == 40
    assert bought.kinds.count("full") == (40 if name == "full" else 5 if name == "hybrid" else 0)
    for image_id, kind, seconds in zip(bought.image_ids, bought.kinds, bought.seconds, strict=True):
        as_kind = "full" if kind == "full" else strategy.price_kind
        assert seconds == price(index, image_id, as_kind, 1 if kind == "full" else strategy.paid_annotators)
    assert bought.spent_seconds == bought.budget_seconds


def test_random_points_cost_the_masks_they_are_drawn_from():
    index = pool()
    assert buy("random-points", index).spent_seconds == buy("full", index).spent_seconds
    assert buy("random-annotators", index).spent_seconds == buy("point", index).spent_seconds
    assert buy("point-3annotators", index).spent_seconds > buy("point", index).spent_seconds


@given(
    minutes=st.integers(8, 200), seed=st.integers(0, 5), name=st.sampled_from(["point", "hybrid", "full", "squiggle"])
)
@settings(max_examples=60)
def test_a_budget_is_never_overspent_and_the_next_image_would_not_fit(minutes, seed, name):
    index = pool()
    budget_seconds = Fraction(60 * minutes)
    everything = buy(name, index, seed=seed)
    try:
        bought = buy(name, index, seed=seed, budget_seconds=budget_seconds)
    except BudgetTooSmallError:
        masks = 5 if name == "hybrid" else 1
        assert sum(everything.seconds[:masks]) > budget_seconds
        return
    count = len(bought.image_ids)
    assert bought.spent_seconds <= budget_seconds
    assert bought.image_ids == everything.image_ids[:count]  # a larger budget holds what a smaller one bought
    if count < 40:
        assert bought.spent_seconds + everything.seconds[count] > budget_seconds


def test_masks_that_do_not_fit_say_how_much_would_do():
    index = pool()
    needed = sum(buy("hybrid", index).seconds[:5])
    with pytest.raises(BudgetTooSmallError, match=r"do not buy the 5 full masks.*--full-images") as caught:
        buy("hybrid", index, budget_seconds=needed - 1)
    assert f"{float(needed / 3600):.2f} h" in str(caught.value)
    assert buy("hybrid", index, budget_seconds=needed).mix.to_dict() == {"full": 5}


def test_a_fixed_cost_is_paid_first():
    index = pool()
    budget_seconds = Fraction(1800)
    with_prior = buy("point", index, budget_seconds=budget_seconds, fixed_seconds=Fraction(1600))
    assert with_prior.spent_seconds <= budget_seconds
    assert len(with_prior.image_ids) < len(buy("point", index, budget_seconds=budget_seconds).image_ids)


@pytest.mark.parametrize("skip", [0, 7, 39])
def test_images_passed_over_are_not_for_sale(skip):
    index, nothing = pool(), Fraction(0)
    order = buy("point", index).image_ids
    rest = buy_strategy(
        STRATEGIES["point"],
        market(index, skip=skip),
        full_images=0,
        images=None,
        budget_seconds=None,
        fixed_seconds=nothing,
    )
    assert rest.image_ids == order[skip:]
    assert buy_mix(Mix.of({"full": 1}), market(index, skip=skip), fixed_seconds=nothing).image_ids == order[skip:][:1]
    with pytest.raises(InvalidInputError, match=f"has {40 - skip};"):
        buy_mix(Mix.of({"full": 41 - skip}), market(index, skip=skip), fixed_seconds=nothing)


def test_a_mix_is_bought_masks_first_and_must_fit_the_pool():
    index = pool()
    bought = buy_mix(Mix.of({"point": 20, "full": 3}), market(index), fixed_seconds=Fraction(0))
    assert bought.kinds == ("full",) * 3 + ("point",) * 20
    with pytest.raises(
        InvalidInputError, match="the plan takes 41 new images, the training split has 40; plan with --dataset"
    ):
        buy_mix(Mix.of({"point": 41}), market(index), fixed_seconds=Fraction(0))


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"images": 41}, "41 images asked for, the training split holds 40"),
        ({"images": 4}, "--full-images 5 are more than all"),
        ({"full_images": 50}, "50 images asked for, the training split holds 40"),
    ],
)
def test_more_than_there_is_is_refused(choices, message):
    with pytest.raises(InvalidInputError, match=message):
        buy("hybrid", pool(), **choices)


HELD = {f"image-{row:03d}": kind for row, kind in enumerate(["image"] * 8 + ["point"] * 6 + ["full"] * 3)}


def paid_for(index, held, image_id, kind):
    """Written out again: classes are known, masks answer everything, clicks answer for clicks on first instances."""
    row = index.ids.index(image_id)
    present, instances = int(index.classes_present_N[row]), int(index.instances_N[row])
    had = held.get(image_id)
    if had is None:
        return price(index, image_id, kind)
    new = {
        "image": Fraction(0),
        "point": present * Fraction("2.4") if had == "image" else Fraction(0),
        "squiggle": present * Fraction("10.9"),
        "full": Fraction(79 * instances),
    }
    return Fraction(0) if had in ("full", kind) else new[kind]


@pytest.mark.parametrize("name", ["image", "point", "squiggle", "full", "hybrid"])
def test_only_what_is_new_is_paid_and_nothing_held_is_lost(name):
    index = pool()
    bought = buy(name, index, held=HELD)
    assert set(bought.image_ids) == set(index.ids)
    for image_id, kind, seconds, had in zip(bought.image_ids, bought.kinds, bought.seconds, bought.held, strict=True):
        assert had == HELD.get(image_id)
        assert seconds == paid_for(index, HELD, image_id, kind)
    # Masks that are there count among those of the hybrid.
    assert bought.kinds.count("full") == {"full": 40, "hybrid": 5}.get(name, 3)
    assert bought.kinds[:3] == ("full",) * 3


@given(minutes=st.integers(1, 120), name=st.sampled_from(["point", "squiggle", "full"]), seed=st.integers(0, 3))
@settings(max_examples=40)
def test_a_budget_on_top_of_what_is_held(minutes, name, seed):
    index = pool()
    bought = buy(name, index, held=HELD, seed=seed, budget_seconds=Fraction(60 * minutes))
    assert bought.spent_seconds <= 60 * minutes
    assert set(HELD) <= set(bought.image_ids)
    assert len(set(bought.image_ids)) == len(bought.image_ids)


def test_moves_are_made_as_the_plan_says():
    index = pool()
    moves = [Move.parse("2 image -> full"), Move.parse("3 point -> squiggle"), Move.parse("10 point")]
    assert [str(move) for move in moves] == ["2 image -> full", "3 point -> squiggle", "10 point"]
    bought = buy_moves(moves, market(index, HELD), fixed_seconds=Fraction(0))
    assert bought.mix.to_dict() == {"image": 6, "point": 13, "squiggle": 3, "full": 5}
    for image_id, kind, seconds in zip(bought.image_ids, bought.kinds, bought.seconds, strict=True):
        assert seconds == paid_for(index, HELD, image_id, kind)
    with pytest.raises(
        InvalidInputError, match=r"takes 9 images that hold image, the training split has 8; give --cur"
    ):
        buy_moves([Move.parse("9 image -> full")], market(index, HELD), fixed_seconds=Fraction(0))
    with pytest.raises(InvalidInputError, match=r"plan again with --current"):
        buy_mix(Mix.of({"point": 3}), market(index, HELD), fixed_seconds=Fraction(0))
    with pytest.raises(BudgetTooSmallError):
        buy_moves([], market(index, HELD), fixed_seconds=Fraction(0))


@pytest.mark.parametrize("text", ["full", "x full", "3 images -> full", "-3 full", ""])
def test_moves_that_are_none(text):
    with pytest.raises(InvalidInputError):
        Move.parse(text)


def test_an_image_that_is_held_must_be_in_the_pool():
    with pytest.raises(InvalidInputError, match="--current: elsewhere is annotated already, but is no training image"):
        market(pool(), {"elsewhere": "point"})
