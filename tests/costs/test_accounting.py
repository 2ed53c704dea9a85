"""Accounting against brute force, and what must hold for every workload and budget."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs import (
    KINDS,
    PASCAL_VOC_2012,
    AbsentPaid,
    Accounting,
    BudgetTooSmallError,
    InvalidInputError,
    Workload,
    afford,
    load_book,
    mix_seconds,
    objectness_seconds,
    round_half_up,
    seconds_of_images,
    seconds_per_image,
)
from budgetseg.costs.quotes import Terms, estimate, offer

BOOK = load_book("voc2012")

without_deadline = settings(deadline=None, max_examples=60)  # other work on the machine is no failure

kinds = st.sampled_from(list(KINDS))
accountings = st.sampled_from(["exact", "paper"])
paid = st.sampled_from(["once", "each"])


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    asked = draw(st.integers(1, 200))
    present = draw(st.fractions(0, asked, max_denominator=20))
    return Workload.of(asked, present, present + draw(st.fractions(0, 50, max_denominator=20)))


@st.composite
def data_sets(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    asked = draw(st.integers(1, 30))
    images = draw(st.lists(st.tuples(st.integers(0, asked), st.integers(0, 40)), min_size=1, max_size=30))
    return asked, [present for present, _ in images], [present + extra for present, extra in images]


@without_deadline
@given(workloads(), kinds, st.integers(1, 5), st.fractions(0, 5, max_denominator=9))
def test_more_classes_asked_or_more_instances_never_cost_less(
    workload: Workload, kind: str, classes: int, instances: Fraction
) -> None:
    more = Workload.of(workload.classes_asked + classes, workload.classes_present, workload.instances + instances)
    assert seconds_per_image(BOOK, kind, more) >= seconds_per_image(BOOK, kind, workload) + (classes * 1)


@without_deadline
@given(workloads(), st.sampled_from(["point", "allpoints", "squiggle"]))
def test_more_present_classes_cost_more_where_they_are_marked(workload: Workload, kind: str) -> None:
    if workload.classes_present + 1 > workload.classes_asked:
        return
    more = Workload.of(workload.classes_asked, workload.classes_present + 1, workload.instances + 1)
    assert seconds_per_image(BOOK, kind, more) > seconds_per_image(BOOK, kind, workload)


@without_deadline
@given(data_sets(), kinds, st.integers(1, 4), paid)
def test_images_one_by_one_cost_what_the_mean_image_costs(
    data_set: tuple[int, list[int], list[int]], kind: str, annotators: int, absent_paid: AbsentPaid
) -> None:
    asked, present_N, instances_N = data_set
    seconds_N = seconds_of_images(
        BOOK,
        kind,
        classes_asked=asked,
        classes_present_N=present_N,
        instances_N=instances_N,
        annotators=annotators,
        absent_paid=absent_paid,
    )
    mean = Workload.mean(classes_asked=asked, classes_present_N=present_N, instances_N=instances_N)
    seconds = seconds_per_image(BOOK, kind, mean, annotators=annotators, absent_paid=absent_paid)
    assert sum(seconds_N) == len(seconds_N) * seconds
    for present, instances, one in zip(present_N, instances_N, seconds_N, strict=True):
        alone = Workload.of(asked, present, instances)
        assert one == seconds_per_image(BOOK, kind, alone, annotators=annotators, absent_paid=absent_paid)


@without_deadline
@given(workloads(), kinds, st.integers(1, 6))
def test_paying_absent_classes_once_saves_the_others_questions(workload: Workload, kind: str, annotators: int) -> None:
    once = seconds_per_image(BOOK, kind, workload, annotators=annotators)
    each = seconds_per_image(BOOK, kind, workload, annotators=annotators, absent_paid="each")
    assert each == annotators * seconds_per_image(BOOK, kind, workload)
    assert each - once == (annotators - 1) * (workload.classes_asked - workload.classes_present)


@without_deadline
@given(
    workloads(),
    kinds,
    st.fractions("0.1", 3_000, max_denominator=10),
    st.none() | st.integers(1, 60),
    st.fractions(0, 500, max_denominator=10),
)
def test_exact_affording_is_buying_one_image_after_the_other(
    workload: Workload, kind: str, budget_seconds: Fraction, pool: int | None, fixed_seconds: Fraction
) -> None:
    bought = afford(BOOK, kind, workload, budget_seconds, pool=pool, fixed_seconds=fixed_seconds)
    each = seconds_per_image(BOOK, kind, workload)
    images, left = 0, budget_seconds - fixed_seconds
    while left >= each and images != pool:
        images, left = images + 1, left - each
    assert bought.images == images
    assert bought.seconds <= budget_seconds
    assert bought.left_over_seconds == budget_seconds - bought.seconds
    assert bought.limited_by == ("pool" if images == pool and left >= each else "budget")
    if images:
        assert bought.seconds == mix_seconds(BOOK, {kind: images}, workload, fixed_seconds=fixed_seconds)
        assert bought.left_over_seconds == left
    else:
        assert bought.seconds == 0


@without_deadline
@given(workloads(), kinds, st.fractions("0.1", 10**6, max_denominator=10), st.fractions(0, 9_999, max_denominator=10))
def test_paper_affording_is_the_nearest_number(
    workload: Workload, kind: str, budget_seconds: Fraction, fixed_seconds: Fraction
) -> None:
    bought = afford(BOOK, kind, workload, budget_seconds, accounting="paper", fixed_seconds=fixed_seconds)
    each = bought.seconds_per_image
    assert (each * 10).denominator == 1
    assert abs(each - seconds_per_image(BOOK, kind, workload) - fixed_seconds / 10_582) <= Fraction(1, 10)
    assert -each / 2 <= bought.left_over_seconds < each / 2
    if bought.images:
        mix = {kind: bought.images}
        assert bought.seconds == mix_seconds(BOOK, mix, workload, accounting="paper", fixed_seconds=fixed_seconds)


@without_deadline
@given(st.dictionaries(kinds, st.integers(0, 10**6)), workloads(), accountings)
def test_a_mix_costs_what_its_parts_cost(images: dict[str, int], workload: Workload, accounting: Accounting) -> None:
    parts = [count * seconds_per_image(BOOK, kind, workload, accounting=accounting) for kind, count in images.items()]
    assert mix_seconds(BOOK, images, workload, accounting=accounting) == sum(parts)
    assert mix_seconds(BOOK, images, workload, fixed_seconds=Fraction(7)) == 7 + mix_seconds(BOOK, images, workload)


def test_an_image_with_no_class_present_is_only_asked_about() -> None:
    empty = Workload.of(20, 0, 0)
    assert {kind: seconds_per_image(BOOK, kind, empty) for kind in KINDS} == dict.fromkeys(KINDS, Fraction(20))


@without_deadline
@given(st.fractions(-1000, 1000, max_denominator=10**6), st.sampled_from([Fraction(1), Fraction(1, 10)]))
def test_rounding_is_to_the_nearest_and_half_way_up(value: Fraction, step: Fraction) -> None:
    result = round_half_up(value, step)
    assert (result / step).denominator == 1
    assert -step / 2 < result - value <= step / 2


def test_half_way_goes_up() -> None:
    assert [round_half_up(Fraction(half, 2)) for half in (1, 3, 5)] == [1, 2, 3]
    assert round_half_up(Fraction("34.85"), Fraction(1, 10)) == Fraction("34.9")


def test_many_images_at_once_are_the_images_one_by_one() -> None:
    present_N: Sequence[int] = [1 + n % 4 for n in range(12_031)]
    instances_N = [present + n % 13 for n, present in enumerate(present_N)]
    seconds_N = seconds_of_images(
        BOOK, "allpoints", classes_asked=20, classes_present_N=present_N, instances_N=instances_N
    )
    assert len(seconds_N) == 12_031
    for n in (0, 1, 5_000, 12_030):
        alone = seconds_of_images(
            BOOK,
            "allpoints",
            classes_asked=20,
            classes_present_N=present_N[n : n + 1],
            instances_N=instances_N[n : n + 1],
        )
        assert seconds_N[n] == alone[0]


@pytest.mark.parametrize(
    ("present_N", "instances_N", "message"),
    [
        ([1, 1], [1], "got 2 and 1"),
        ([1, 21], [1, 30], "image at row 1: classes per image"),
        ([2], [1], "row 0: instan"),
    ],
)
def test_images_with_impossible_numbers(present_N: list[int], instances_N: list[int], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        seconds_of_images(BOOK, "point", classes_asked=20, classes_present_N=present_N, instances_N=instances_N)


def test_refusals() -> None:
    with pytest.raises(BudgetTooSmallError, match=r"a budget of 0 buys nothing; one image of point needs 22\.1 s"):
        afford(BOOK, "point", PASCAL_VOC_2012, Fraction(0))
    with pytest.raises(InvalidInputError, match=r'unknown annotation kind "piont" \(did you mean "point"\?\)'):
        afford(BOOK, "piont", PASCAL_VOC_2012, Fraction(1))
    with pytest.raises(InvalidInputError, match="budget: expected seconds > 0, got -1"):
        afford(BOOK, "point", PASCAL_VOC_2012, Fraction(-1))
    with pytest.raises(InvalidInputError, match="pool: expected a number of images >= 1, got 0"):
        afford(BOOK, "point", PASCAL_VOC_2012, Fraction(1), pool=0)
    with pytest.raises(InvalidInputError, match="annotators: expected a whole number from 1 to 1,000, got 0"):
        seconds_per_image(BOOK, "point", PASCAL_VOC_2012, annotators=0)
    with pytest.raises(InvalidInputError, match=r'accounting: unknown choice "papr" \(did you mean "paper"\?\)'):
        seconds_per_image(BOOK, "point", PASCAL_VOC_2012, accounting="papr")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="absent paid: unknown choice"):
        seconds_per_image(BOOK, "point", PASCAL_VOC_2012, absent_paid="never")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="point: expected a number of images >= 0, got -1"):
        mix_seconds(BOOK, {"point": -1}, PASCAL_VOC_2012)


@without_deadline
@given(st.fractions(0, 20, max_denominator=100), st.fractions(0, 100, max_denominator=10))
def test_what_is_said_to_do_does(budget_seconds: Fraction, fixed_seconds: Fraction) -> None:
    terms = Terms(book=BOOK, workload=PASCAL_VOC_2012, fixed_seconds=fixed_seconds)
    needed = 20 + fixed_seconds
    if budget_seconds >= needed:
        assert any(one.images for one in offer(terms, budget_seconds, 10).kinds)
        return
    with pytest.raises(BudgetTooSmallError) as raised:
        offer(terms, budget_seconds, 10)
    seconds = str(raised.value).rpartition(": ")[2].partition(" s")[0]
    assert Fraction(seconds) == Fraction(ceil(needed * 10), 10)
    assert any(one.images for one in offer(terms, Fraction(seconds), 10).kinds)


def test_values_as_documents() -> None:
    terms = Terms(book=BOOK, workload=PASCAL_VOC_2012, fixed_seconds=objectness_seconds(BOOK))
    document = estimate(terms, "point", 1_000).to_dict()
    assert document["seconds"] == pytest.approx(22_100 + 2968.2)
    assert document["seconds_per_image"] == pytest.approx(25.0682)
    assert document["hours"] == pytest.approx(document["seconds"] / 3600)
    with pytest.raises(InvalidInputError, match="images: expected a whole number from 1 to"):
        estimate(terms, "point", 0)
