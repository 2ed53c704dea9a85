"""The Pareto front, held against its definition."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from budgetseg.report.pareto import front


@dataclass(frozen=True)
class Mark:
    cost: float
    miou: float


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=20))
def test_the_front_is_what_nothing_else_beats(pairs):
    marks = [Mark(float(cost), float(miou)) for cost, miou in pairs]
    found = front(marks, lambda mark: mark.cost)

    def beaten(mark):
        return any(
            other.cost <= mark.cost and other.miou >= mark.miou and (other.cost, other.miou) != (mark.cost, mark.miou)
            for other in marks
        )

    assert {(mark.cost, mark.miou) for mark in found} == {(m.cost, m.miou) for m in marks if not beaten(m)}
    assert [mark.cost for mark in found] == sorted({mark.cost for mark in found})
