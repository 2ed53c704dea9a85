"""Working days between two days, against counting them one by one."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from budgetseg.costs.working_days import last_working_day, working_days


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(-30, 400))
def test_as_counted_one_by_one(start: date, more: int) -> None:
    last = start + timedelta(days=more)
    counted = sum((start + timedelta(days=day)).weekday() < 5 for day in range(more + 1))
    assert working_days(start, last) == counted
    if counted:
        assert last_working_day(start, counted) <= last
        assert last_working_day(start, counted + 1) > last
