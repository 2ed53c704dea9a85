"""How many validation images an mIoU takes: the formula by hand, and what shares of the images may be."""

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs import (
    PASCAL_VOC_2012,
    ClassSpread,
    InvalidInputError,
    Spreads,
    Workload,
    load_book,
    seconds_per_image,
    spreads_of,
    validation_size,
)
from budgetseg.costs.validation import MEASURED

VOC = load_book("voc2012")


def spreads(*classes: tuple[float, float], covariance: float = 1.0) -> Spreads:
    first, *others = (
        ClassSpread(name=str(number), share=share, points=points) for number, (share, points) in enumerate(classes)
    )
    return Spreads(background=first, objects=tuple(others), covariance=covariance, source="test")


def test_reckoned_by_hand() -> None:
    size = validation_size(VOC, PASCAL_VOC_2012, spreads((1, 10), (0.5, 30), (0.1, 20), covariance=1.5), precision=2)
    # (1.96 / 2)^2 x 1.5 / 9 x (100 / 1 + 900 / 0.5 + 400 / 0.1)
    assert size.images == ceil(0.9604 * 1.5 / 9 * 5900) == 945
    assert size.rarest_images == ceil(0.960365 * 400 / 0.1) == 3842
    assert size.hours(945) == 945 * seconds_per_image(VOC, "full", PASCAL_VOC_2012) / 3600
    assert size.rarest_precision == pytest.approx(1.96 * 20 / (0.1 * 945) ** 0.5, rel=1e-4)
    document = size.to_dict()
    assert document["schema"] == "budgetseg.validation/1"
    assert (document["images"], document["rarest"]["images"], document["rarest"]["class"]) == (945, 3842, "2")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0.001, 1), st.floats(0.1, 50)), min_size=2, max_size=30),
    st.floats(0.5, 2),
    st.floats(0.1, 20),
)
def test_so_many_images_give_the_precision_and_one_fewer_do_not(
    classes: list[tuple[float, float]], covariance: float, precision: float
) -> None:
    some = spreads(*classes, covariance=covariance)
    size = validation_size(VOC, PASCAL_VOC_2012, some, precision=precision)

    def half_width(images: int) -> float:
        return 1.959964 * (some.variance_of_one_image / images) ** 0.5

    assert half_width(size.images) <= precision * (1 + 1e-6)
    assert size.images == 1 or half_width(size.images - 1) > precision * (1 - 1e-6)


def test_classes_that_are_not_named_share_what_is_left() -> None:
    made = spreads_of(PASCAL_VOC_2012, {"rare": 0.005, "common": 0.5})
    assert len(made.objects) == 20
    assert sum(one.share for one in made.objects) == pytest.approx(1.5)
    assert made.rarest.name == "rare"
    assert {one.points for one in made.objects} == {MEASURED.objects[0].points}
    even = spreads_of(PASCAL_VOC_2012, {})
    assert {one.share for one in even.objects} == {0.075}
    # Even classes are the best case.
    assert even.variance_of_one_image < made.variance_of_one_image
    all_named = spreads_of(Workload.of(2, 1, 1), {"a": 0.3, "b": 0.8})
    assert [one.name for one in all_named.objects] == ["a", "b"]


@pytest.mark.parametrize(
    ("workload", "frequency", "message"),
    [
        ((20, "1.5", 2), {"rare": 0}, "frequency: rare: expected a share of the images above 0, up to 1, got 0"),
        ((20, "1.5", 2), {"rare": 1.1}, "frequency: rare: expected a share of the images above 0, up to 1, got 1.1"),
        ((20, "1.5", 2), {"a": 0.9, "b": 0.8}, "frequency: leaves -0.2 classes an image to 18 other classes"),
        ((1, "0.5", 1), {"a": 0.1, "b": 0.1}, "frequency: leaves 0.3 classes an image to -1 other classes"),
        ((20, 0, 0), {}, "frequency: leaves 0 classes an image to 20 other classes"),
        (("2.5", 1, 1), {}, "classes: expected a whole number up to 100,000, got 2.5"),
        ((10**9, 1, 1), {}, "classes: expected a whole number up to 100,000, got 1e"),
    ],
)
def test_shares_that_are_none(workload: tuple[float, float, float], frequency: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        spreads_of(Workload.of(*workload), frequency)
    assert message in str(raised.value)


def test_bad_precisions_and_books() -> None:
    even = spreads_of(PASCAL_VOC_2012, {})
    for precision in (0, -2, 51, float("nan")):
        with pytest.raises(InvalidInputError, match=r"precision: expected points of mIoU from 0\.01 to 50"):
            validation_size(VOC, PASCAL_VOC_2012, even, precision=precision)
    with pytest.raises(InvalidInputError, match="full has no cost here"):
        validation_size(replace(VOC, rates={"label_s": VOC.rates["label_s"]}), PASCAL_VOC_2012, even, precision=2)
