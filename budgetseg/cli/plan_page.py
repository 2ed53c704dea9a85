"""The page of a plan, written where ``budgetseg plan --report`` says."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budgetseg.costs.book import CostBook
    from budgetseg.plan.budget_sweep import Chooser, Terms
    from budgetseg.plan.evidence import Evidence
    from budgetseg.plan.plan import Plan
    from budgetseg.plan.surface import Surface

__all__ = ["write_page"]


def write_page(
    output: Path,
    choose: "Chooser",
    chosen: "Plan",
    terms: "Terms",
    *,
    surface: "Surface",
    evidence: "Evidence",
    book: "CostBook | None",
) -> None:
    """Work out what the page shows and write it, whole or not at all.

    Raises:
        RunFailedError: The page cannot be written there.
    """
    from budgetseg.cli.plan_reasons import class_lines, limit_lines, reason_lines
    from budgetseg.plan.page import Said, plan_page
    from budgetseg.report.plan_page import write_plan_page

    page = plan_page(
        choose,
        chosen,
        terms,
        surface=surface,
        evidence=evidence,
        book=book,
        said=Said(binds=tuple(limit_lines(chosen)), why=(*reason_lines(chosen), *class_lines(chosen))),
        command=shlex.join(["budgetseg", *sys.argv[1:]]),
    )
    write_plan_page(page, output)
