"""The memo of a report, from what the command line says."""

from pathlib import Path
from typing import TYPE_CHECKING

from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

    from budgetseg.report.memo import Memo
    from budgetseg.report.report import Report

__all__ = ["check_memo_options", "memo_from"]


def check_memo_options(memo: Path | None, **given: str | None) -> None:
    """Refuse options of the memo where none is asked for.

    Raises:
        InvalidInputError: There are some.
    """
    for name, value in given.items():
        if memo is None and value is not None:
            raise InvalidInputError(f"--{name.replace('_', '-')}: belongs to --memo FILE; give both or neither")


def memo_from(
    report: "Report",
    output: Path,
    *,
    hours: float | None,
    wage: "Fraction | None",
    annotators: str | None,
    start: str | None,
    miou_worth: str | None,
) -> "Memo":
    """Work out the memo of the first comparison, and write it.

    Raises:
        InvalidInputError: A value that is none, or runs that the planner cannot be fitted to.
        RunFailedError: It cannot be written there.
    """
    from budgetseg.cli.people import day_of, people_of
    from budgetseg.costs.workload import exact_number
    from budgetseg.report.memo import memo_of
    from budgetseg.report.memo_page import write_memo

    worth = None if miou_worth is None else float(exact_number(miou_worth, "--miou-worth"))
    if worth is not None and worth <= 0:
        raise InvalidInputError(f"--miou-worth: expected money above 0, got {worth:g}")
    comparison = report.comparisons[0]
    best = comparison.verdict.best
    memo = memo_of(
        comparison,
        best.hours if hours is None else hours,
        wage=wage,
        people=None if annotators is None else people_of(annotators),
        start=None if start is None else day_of(start, "--start"),
        worth=worth,
    )
    write_memo(memo, output)
    return memo
