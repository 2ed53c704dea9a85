"""What an image asks of an annotator, and how hours are read."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetseg.costs import BudgetTooSmallError, InvalidInputError, Workload, seconds_of_hours
from budgetseg.costs.workload import exact_number

without_deadline = settings(deadline=None, max_examples=60)  # other work on the machine is no failure


@pytest.mark.parametrize("number", [1.5, "1.5", Decimal("1.5"), Fraction(3, 2), np.float64(1.5), np.float32(1.5)])
def test_any_way_to_write_a_number(number: float) -> None:
    assert Workload.of(20, number, "2.8").classes_present == Fraction(3, 2)


def test_a_float_means_its_decimal() -> None:
    assert Workload.of(20, 1.1, 2.8).instances == Fraction(28, 10)
    assert Workload.of(np.int64(20), 0, 0).classes_asked == 20


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0, 0, 0), "classes asked: expected a number > 0, got 0"),
        ((-20, 0, 0), "classes asked: expected a number > 0, got -20"),
        ((20, -1, 2), "classes per image: expected 0 to 20"),
        ((20, 21, 30), "classes per image: expected 0 to 20, the classes asked, got 21"),
        ((20, 1.5, 1.4), "instances per image: expected at least 1.5"),
        (("many", 1, 1), "classes asked: expected a number, got 'many'"),
        ((20, True, 2), "classes per image: expected a number, got True"),
        ((20, float("nan"), 2), "classes per image: expected a number of ordinary size, got nan"),
        ((20, 1, float("inf")), "instances per image: expected a number of ordinary size"),
        ((20, 1, "1e999999999"), "instances per image: expected a number of ordinary size"),
        ((20, 1, "1e-999999999"), "instances per image: expected a number of ordinary size"),
    ],
)
def test_workloads_that_contradict_themselves(numbers: tuple[float, float, float], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Workload.of(*numbers)


def test_mean_of_real_images() -> None:
    mean = Workload.mean(classes_asked=20, classes_present_N=np.array([1, 2, 1]), instances_N=np.array([1, 5, 1]))
    assert mean == Workload(classes_asked=Fraction(20), classes_present=Fraction(4, 3), instances=Fraction(7, 3))
    for classes, instances in (([], []), ([1], [1, 2])):
        with pytest.raises(InvalidInputError, match="mean workload"):
            Workload.mean(classes_asked=20, classes_present_N=classes, instances_N=instances)


@pytest.mark.parametrize(
    ("hours", "seconds"),
    [
        ("60", 216_000),
        (60, 216_000),
        ("60h", 216_000),
        ("60 h", 216_000),
        ("60H", 216_000),
        ("1h30m", 5_400),
        ("1h 30min", 5_400),
        ("90m", 5_400),
        ("5400s", 5_400),
        ("1h1m1.5s", Fraction("3661.5")),
        (2.5, 9_000),
        ("2.5", 9_000),
        (" .5h ", 1_800),
        (0.1, 360),
        (Decimal("0.1"), 360),
        (Fraction(1, 3), 1_200),
        (np.float64(2.5), 9_000),
        ("0h30m", 1_800),
    ],
)
def test_hours_as_people_write_them(hours: str | float, seconds: float) -> None:
    assert seconds_of_hours(hours) == seconds


@pytest.mark.parametrize("nothing", [0, "0", 0.0, "0h", "0h0m0s", "0.00", Fraction(0)])
def test_no_hours_are_too_few(nothing: str | float) -> None:
    with pytest.raises(BudgetTooSmallError, match="buys nothing") as raised:
        seconds_of_hours(nothing)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    "nonsense",
    [
        *("", " ", "h", "-5", "sixty", "1h30", "60 hours", "30m1h", "1,5", "1e3", "nan", "1_000", "60\n60"),
        *("9" * 5_000, "١٠", -5, 1e300, True),
        *(float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN")),
    ],
    ids=lambda nonsense: repr(nonsense)[:20],
)
def test_hours_that_are_none(nonsense: str | float) -> None:
    with pytest.raises(InvalidInputError, match="hours: expected") as raised:
        seconds_of_hours(nonsense)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2


@without_deadline
@given(st.integers(0, 999), st.integers(0, 999), st.integers(1, 9999))
def test_parts_add_up(hours: int, minutes: int, seconds: int) -> None:
    total = 3600 * hours + 60 * minutes + seconds
    assert seconds_of_hours(f"{hours}h{minutes}m{seconds}s") == total
    assert seconds_of_hours(f"{total}s") == total
    assert seconds_of_hours(Fraction(total, 3600)) == total


@without_deadline
@given(st.decimals(-(10**9), 10**9, places=6))
def test_exact_numbers_are_what_is_written(number: Decimal) -> None:
    assert exact_number(str(number), "number") == exact_number(number, "number") == Fraction(number)
