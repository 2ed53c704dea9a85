"""How far the planner is to be trusted, and what the hours were priced with, as HTML."""

from html import escape

from budgetseg.plan.page import rate_sources
from budgetseg.report.calibration import Calibration
from budgetseg.report.parts import behind, figure
from budgetseg.report.report import Comparison
from budgetseg.report.tables_at_budget import calibration_table, pick_table, rate_table

__all__ = ["cost_section", "finding", "trust_section"]


def finding(calibration: Calibration) -> str:
    """What came of the test, in sentences."""
    number, inside = len(calibration.foretold), calibration.inside
    text = (
        f"Fitted to the {calibration.fitted} runs of up to {calibration.up_to_hours:.3g} h, the planner foretold the "
        f"{number} larger ones: {inside} of {number} fell into their 80 % intervals. On average it was off by "
        f"{calibration.off:.1f} mIoU and {abs(calibration.error):.1f} too {'high' if calibration.error > 0 else 'low'}."
    )
    if calibration.picks:
        right = sum(one.lost == 0 for one in calibration.picks)
        lost = max(one.lost for one in calibration.picks)
        budgets = len(calibration.picks)
        text += (
            f" The strategy that it would have chosen came out highest at {right} of {budgets} larger "
            f"budget{'' if budgets == 1 else 's'}"
            + ("." if right == budgets else f"; elsewhere that cost up to {lost:.1f} mIoU.")
        )
    return text


def trust_section(index: int, comparison: Comparison) -> str:
    """Predictions against what was measured."""
    calibration = comparison.calibration
    if isinstance(calibration, str):
        body = f'<p class="note">{escape(calibration)}</p>'
    else:
        tables = calibration_table(calibration)
        if calibration.picks:
            tables += "\n" + pick_table(calibration)
        body = f"{figure(f'calibration-{index}', finding(calibration))}\n{behind(tables)}"
    return f"<h3>Did predictions come true?</h3>\n{body}"


def cost_section(comparison: Comparison) -> str:
    """The rates behind the hours with their sources, and the wage behind the money."""
    costs, pay = comparison.setting.costs, comparison.pay
    rate = f"{pay.flat:,.2f} {pay.currency}" if pay.flat is not None else f"by kind, in {pay.currency}"
    lines = f'<p class="note">An hour of annotation costs {escape(rate)} ({escape(pay.source)}).</p>\n'
    if comparison.book is None:
        gone = f"The cost book {costs} is not to be found any more, so its rates are not shown."
        body = f'<p class="note">{escape(gone)}</p>'
    else:
        book = comparison.book
        about = f'<p class="note">{escape(book.note)}</p>\n' if book.note else ""
        body = about + behind(rate_table(costs, rate_sources(book)), "The cost book and its sources")
    return f"<h3>What an image costs</h3>\n{lines}{body}"
