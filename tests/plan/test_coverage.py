"""Images of each class to expect, and warnings of few."""

import numpy as np
import pytest

from budgetseg.costs.workload import PASCAL_VOC_2012, Workload
from budgetseg.errors import InvalidInputError
from budgetseg.plan.coverage import Coverage, coverage_of, frequencies_of
from budgetseg.plan.mix import Mix


def coverage(mix: dict[str, int], named: dict[str, float], workload: Workload | None = PASCAL_VOC_2012) -> Coverage:
    frequencies = frequencies_of(workload, named)
    assert frequencies is not None
    return coverage_of(Mix.of(mix), frequencies)


def test_a_class_at_one_percent_against_drawn_images() -> None:
    rng = np.random.default_rng(0)
    holds_DN = rng.random((400, 2400)) < 0.01
    expected = coverage({"point": 2000, "full": 400}, {"rare": 0.01}).classes[0]
    assert expected.images["point"] == pytest.approx(holds_DN[:, :2000].sum(axis=1).mean(), abs=1)
    assert expected.images["full"] == pytest.approx(holds_DN[:, 2000:].sum(axis=1).mean(), abs=0.5)
    assert expected.too_few  # 24 in all


def test_the_other_classes_share_what_is_left() -> None:
    found = coverage({"full": 1000}, {"rare": 0.005, "cat": 0.5})
    assert [one.name for one in found.classes] == ["rare", "cat", "each of 18 other classes"]
    assert found.classes[2].share == pytest.approx((1.5 - 0.505) / 18)
    assert found.source == "as given, the others evenly"
    (each,) = coverage({"full": 1000}, {}).classes
    assert (each.name, each.images) == ("each class", {"full": pytest.approx(75)})
    (only,) = coverage({"full": 1000}, {"rare": 0.005}, None).classes
    assert only.images == {"full": pytest.approx(5)}
    assert frequencies_of(None, {}) is None


def test_warns_below_thirty() -> None:
    found = coverage({"point": 5000, "full": 5990}, {"rare": 0.005, "cat": 0.5})
    assert found.warnings == ("rare: only 25.0 point, 29.9 full to be expected, fewer than 30",)
    (warning,) = coverage({"point": 2000, "full": 100}, {"rare": 0.005, "cat": 0.5}).warnings[:1]
    assert warning.endswith("and of all kinds together too")
    assert coverage({"full": 6000}, {"rare": 0.005, "cat": 0.5}).warnings == ()


@pytest.mark.parametrize("named", [{"rare": 0.0}, {"rare": 1.5}, {"a": 1.0, "b": 0.6}])
def test_shares_that_cannot_be(named: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError, match="frequency"):
        frequencies_of(PASCAL_VOC_2012, named)
    with pytest.raises(InvalidInputError, match="frequency"):
        frequencies_of(Workload.of(1, 1, 1), {"a": 0.2, "b": 0.2})
