"""A search for a rare class, then masks: its arithmetic against a simulated annotation of a pool, and what it knows."""

from fractions import Fraction

import numpy as np
import pytest

from budgetseg.costs import load_book, seconds_per_image
from budgetseg.costs.workload import PASCAL_VOC_2012
from budgetseg.plan.coverage import frequencies_of
from budgetseg.plan.prices import Prices, seconds_said
from budgetseg.plan.two_stage import TwoStage, compare_two_stage, oracle_masks, search_then_mask

BOOK = load_book("voc2012")
MASK = seconds_per_image(BOOK, "full", PASCAL_VOC_2012)
LABELS = seconds_per_image(BOOK, "image", PASCAL_VOC_2012)
AFTER = seconds_per_image(BOOK, "full", PASCAL_VOC_2012, held="image")
SHARE = 0.01


def compared(pool: int = 50_000, **named: float) -> tuple[TwoStage, ...]:
    frequencies = frequencies_of(PASCAL_VOC_2012, named)
    assert frequencies is not None
    return compare_two_stage(Prices.of(BOOK, PASCAL_VOC_2012), BOOK, PASCAL_VOC_2012, pool, frequencies)


def pool_of(seed: int, images: int = 50_000) -> dict[str, bool]:
    holds_N = np.random.default_rng(seed).random(images) < SHARE
    return {f"{number:05d}": bool(holds) for number, holds in enumerate(holds_N)}


def test_masks_per_hour_by_hand() -> None:
    (rare,) = compared(rare=SHARE)
    by = {way.asked: way for way in rare.ways}
    assert by["nothing"].masks_per_hour == pytest.approx(3600 * SHARE / 239.7)
    assert by["all classes"].masks_per_hour == pytest.approx(3600 / (20 / SHARE + 221.2))
    assert by["this class"].masks_per_hour == pytest.approx(3600 / (1 / SHARE + 221.2))
    assert by["nothing"].hours_for_enough == pytest.approx(30 * 239.7 / SHARE / 3600)
    assert by["all classes"].looked_at == 3000
    assert rare.best.asked == "this class"
    assert rare.in_pool == 500


def test_a_common_class_needs_no_search() -> None:
    (common,) = compared(common=0.999)
    assert common.ways[0].masks_per_hour > common.ways[1].masks_per_hour


def test_a_pool_that_holds_too_few() -> None:
    (rare,) = compared(pool=2900, rare=SHARE)
    assert all(way.hours_for_enough is None for way in rare.ways)
    assert compared() == ()


def test_without_a_price_of_labels_nothing_is_compared() -> None:
    frequencies = frequencies_of(None, {"rare": 0.01})
    assert frequencies is not None
    assert compare_two_stage(Prices.said(seconds_said("full=155")), None, None, 100, frequencies) == ()
    prices = Prices.said(seconds_said("full=155,image=5"))
    (rare,) = compare_two_stage(prices, None, None, 100, frequencies)
    # Nobody has said which of the 155 s the labels save.
    assert [way.masks_per_hour for way in rare.ways] == [pytest.approx(36 / 155), pytest.approx(3600 / (500 + 155))]


@pytest.mark.slow
def test_as_a_simulated_annotation_of_the_pool() -> None:
    budget = Fraction(60 * 3600)
    (rare,) = compared(rare=SHARE)
    found = []
    for seed in range(30):
        pool = pool_of(seed)
        looked, masked, spent = search_then_mask(
            pool, pool.__getitem__, budget_seconds=budget, look_seconds=lambda _: LABELS, mask_seconds=lambda _: AFTER
        )
        assert spent == len(looked) * LABELS + len(masked) * AFTER <= budget
        assert all(pool[image] for image in masked)
        at_random = int(budget // MASK)
        assert sum(list(pool.values())[:at_random]) < len(masked)
        oracle = oracle_masks(pool, pool.__getitem__, budget_seconds=budget, mask_seconds=AFTER)
        assert len(masked) <= len(oracle)  # the bound, which pays for no search
        found.append(len(masked))
    assert np.mean(found) == pytest.approx(60 * rare.ways[1].masks_per_hour, rel=0.05)


def test_the_rule_knows_only_what_is_paid_for() -> None:
    pool = pool_of(0, 2000)
    asked: list[str] = []

    def answer(image: str) -> bool:
        asked.append(image)
        return pool[image]

    looked, masked, _ = search_then_mask(
        pool, answer, budget_seconds=Fraction(7200), look_seconds=lambda _: LABELS, mask_seconds=lambda _: AFTER
    )
    assert asked == looked == list(pool)[: len(looked)]
    # What the images hold that are not looked at changes nothing.
    other = {image: holds if image in set(looked) else not holds for image, holds in pool.items()}
    again = search_then_mask(
        other,
        other.__getitem__,
        budget_seconds=Fraction(7200),
        look_seconds=lambda _: LABELS,
        mask_seconds=lambda _: AFTER,
    )
    assert again[:2] == (looked, masked)
