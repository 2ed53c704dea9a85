"""The page of a plan: one self-contained HTML file, drawn from its value."""

from pathlib import Path
from typing import Any

from budgetseg.files import write_text
from budgetseg.plan.page import PlanPage
from budgetseg.report.plan_bars import doubt_figure, hours_figure, price_figure, sensitivity_figure
from budgetseg.report.plan_frontier import MEASURES, amount_text, frontier_figure, mix_figure
from budgetseg.report.plan_sections import (
    answer,
    budget_section,
    cost_section,
    doubt_section,
    price_section,
    source_section,
)
from budgetseg.report.self_contained import part
from budgetseg.report.shell import draw_shell

__all__ = ["draw_plan_page", "write_plan_page"]


def _figures(page: PlanPage) -> dict[str, Any]:
    return {
        "frontier": frontier_figure(page),
        **{f"mix-{measure}": mix_figure(page, measure) for measure in MEASURES},
        "hours": hours_figure(page),
        "prices": price_figure(page),
        "changes": sensitivity_figure(page),
        "doubts": doubt_figure(page),
    }


def draw_plan_page(page: PlanPage) -> str:
    """The whole page as text; the same plan gives the same bytes."""
    budget = amount_text(page.axis, page.axis.given)
    sections = (budget_section, cost_section, price_section, doubt_section, source_section)
    return draw_shell(
        kicker="Annotation plan",
        title=f"Annotation plan: {budget}{f', {page.plan.dataset}' if page.plan.dataset else ''}",
        header=answer(page),
        main="\n".join([*(section(page) for section in sections), part("plan_method.html").strip()]),
        data={**page.to_dict(), "budgets": [amount_text(page.axis, step.budget) for step in page.steps]},
        figures=_figures(page),
        styles=("plan.css",),
        scripts=("plan.js",),
    )


def write_plan_page(page: PlanPage, output: Path) -> None:
    """Write the page, whole or not at all.

    Raises:
        RunFailedError: The page cannot be written there.
    """
    write_text(output, draw_plan_page(page))
