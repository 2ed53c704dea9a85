"""The parts of a plan's page: the answer first, then what other budgets buy, costs, other prices, and the doubt."""

from html import escape

from budgetseg.plan.budget_sweep import BEST
from budgetseg.plan.page import PlanPage
from budgetseg.plan.plan import Plan
from budgetseg.report.parts import behind, figure, paragraphs, select, slider, tile
from budgetseg.report.plan_frontier import MEASURES, amount_text, series_names
from budgetseg.report.plan_tables import (
    choice_table,
    doubt_table,
    evidence_table,
    frontier_table,
    mix_table,
    price_table,
    sensitivity_table,
)
from budgetseg.report.tables_at_budget import rate_table
from budgetseg.report.verdict import hours_text

__all__ = ["answer", "budget_section", "cost_section", "doubt_section", "price_section", "sentence", "source_section"]


def sentence(plan: Plan) -> str:
    """What to buy, and what to expect of it."""
    limits = [f"{one.limit:,.10g} {one.unit}" for one in plan.limits if one.name != "images"]
    bought = str(plan.mix)
    if plan.current is not None:
        bought = f"{' + '.join(map(str, plan.moves)) or 'nothing'} on top of {plan.current}"
    text = f"With {' and '.join(limits) or hours_text(plan.budget_hours)}, buy {bought}"
    expected = plan.predicted_miou
    if expected is None:
        return f"{text}; no evidence says what mIoU to expect."
    return f"{text}: {expected.mean:.1f} mIoU is to be expected, {expected.low:.1f} to {expected.high:.1f}."


def answer(page: PlanPage) -> str:
    """The plan in a sentence, what binds, the advice, and the figures that a manager reads first."""
    plan = page.plan
    tiles = []
    if plan.predicted_miou is not None:
        one = plan.predicted_miou
        tiles.append(tile("Expected mIoU", f"{one.mean:.1f}", f"{one.low:.1f} to {one.high:.1f}, {one.level:.0%}"))
    tiles.append(tile("Annotation hours", hours_text(plan.hours), f"of {hours_text(plan.budget_hours)}"))
    tiles.append(tile("Images", f"{plan.mix.images:,}", f"of {plan.pool:,}"))
    alone = [(one.predicted_miou.mean, one.name) for one in plan.alternatives if one.predicted_miou is not None]
    if alone:
        tiles.append(tile("Next best choice", f"{max(alone)[0]:.1f}", max(alone)[1]))
    borrowed = next((one.borrowed for one in page.doubts if one.name == BEST), None)
    if borrowed is not None:
        tiles.append(tile("Borrowed", f"{borrowed:.0%}", "of what was open before any training here"))
    level = 0.8 if plan.predicted_miou is None else plan.predicted_miou.level
    target = ""
    if plan.target is not None:
        reached = "It reaches" if plan.target.reached else "No mix is sure enough to reach"
        target = f"{reached} {plan.target.miou:g} mIoU: the chance is {plan.target.chance:.0%}. "
    return (
        f'<div class="verdict">\n<p class="sentence">{escape(sentence(plan))}</p>\n'
        f'<p class="basis">{escape(target)}Sought is {escape(plan.objective.words)}. The range is the one in which one '
        f"new training falls with a probability of {level:.0%}.</p>\n"
        f"{paragraphs(plan.advice, 'caution')}\n{paragraphs(page.said.binds, 'basis')}\n"
        f'<dl class="tiles">{"".join(tiles)}</dl>\n</div>'
    )


def budget_section(page: PlanPage) -> str:
    """The slider with its table, the frontier, and the mix."""
    step = page.steps[page.given]
    names = series_names(page.steps)
    intervals = [*((name, name) for name in names), ("", "none")]
    measures = [(measure, words) for measure, (words, _) in MEASURES.items()]
    return (
        '<section id="budgets" aria-labelledby="budgets-title">\n<h2 id="budgets-title">What each budget buys</h2>\n'
        f"{slider('budget', [amount_text(page.axis, one.budget) for one in page.steps], page.given)}\n"
        f'<div id="choices">{choice_table(step)}</div>\n'
        f"<h3>The frontier</h3>\n"
        + figure(
            "frontier",
            "The mIoU to expect of the best mix and of each kind alone, as the budget grows. The shaded band is the "
            "80 % interval of one new training. Select a name in the legend to hide it.",
        )
        + f'\n<div class="controls" hidden data-live>{select("data-interval", "Interval of", intervals, BEST)}</div>\n'
        f"{behind(frontier_table(page))}\n<h3>The mix</h3>\n"
        + figure("mix", "What the best mix consists of at each budget.")
        + f'\n<div class="controls" hidden data-live>{select("data-measure", "Measured in", measures, "share")}</div>\n'
        f"{behind(mix_table(page))}\n</section>"
    )


def cost_section(page: PlanPage) -> str:
    """The hours of the plan and the price of an image."""
    return (
        '<section id="costs" aria-labelledby="costs-title">\n<h2 id="costs-title">Where the hours go</h2>\n'
        '<div class="pair">\n'
        + figure("hours", f"The {hours_text(page.plan.hours)} of the plan by kind.")
        + "\n"
        + figure("prices", f"What an image costs at each kind, by {page.plan.costs}.")
        + f"\n</div>\n{behind(price_table(page))}\n</section>"
    )


def price_section(page: PlanPage) -> str:
    """Other prices, and the other reasons."""
    other = [one for one in page.price_changes if one.other_kinds]
    finding = "At none of these prices would the best mix be of other kinds."
    if other:
        said = ", ".join(f"{one.kind} x{one.factor:g}" for one in other)
        finding = f"A star marks a best mix of other kinds, however little better it is: {said}."
    why = "".join(f"<li>{escape(line)}</li>" for line in page.said.why)
    return (
        '<section id="sensitivity" aria-labelledby="sensitivity-title">\n'
        '<h2 id="sensitivity-title">What would change the choice</h2>\n'
        + figure("changes", f"The best mix is sought anew with one kind's cost halved or doubled. {finding}")
        + f"\n{behind(sensitivity_table(page))}\n"
        + (f"<h3>Why this mix</h3>\n<ul>{why}</ul>\n" if why else "")
        + "</section>"
    )


def doubt_section(page: PlanPage) -> str:
    """What the intervals are made of."""
    if not page.doubts:
        return ""
    best = page.doubts[0]
    share = f"{best.borrowed:.0%} of what was open before any training on these images still is."
    return (
        '<section id="doubt" aria-labelledby="doubt-title">\n<h2 id="doubt-title">What the doubt is made of</h2>\n'
        + figure("doubts", f"Why the intervals are as wide as they are. For the {best.name}, {share}")
        + f"\n{behind(doubt_table(page))}\n</section>"
    )


def source_section(page: PlanPage) -> str:
    """Evidence, costs, kinds left out, and the command."""
    plan = page.plan
    here = sum(one.trainings for one in page.evidence if one.here)
    elsewhere = sum(one.trainings for one in page.evidence if not one.here)
    workload = ", ".join(f"{value:.3g} {what.replace('_', ' ')}" for what, value in (plan.workload or {}).items())
    images = f"{plan.pool:,} of {plan.dataset or 'your pool'}" + (f" ({workload} an image)" if workload else "")
    lines = [
        f"Evidence: {plan.evidence}, {here:,} trainings on these images and {elsewhere:,} on others.",
        f"Costs: {plan.costs}, {plan.accounting} accounting.",
        f"Images: {images}.",
    ]
    if plan.validation is not None:
        lines.append(f"Measuring: {plan.validation}.")
    left_out = "".join(f"<li>{escape(kind)}: {escape(why)}</li>" for kind, why in plan.unavailable.items())
    caution = paragraphs([plan.holds_for] if plan.holds_for else [], "caution")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        '<section id="sources" aria-labelledby="sources-title">\n<h2 id="sources-title">What all of it rests on</h2>\n'
        f"{caution}\n<ul>{items}</ul>\n"
        f"<details><summary>The trainings</summary>\n{evidence_table(page)}</details>\n"
        + (
            f"<details><summary>The cost book</summary>\n{rate_table(plan.costs, page.rates)}</details>\n"
            if page.rates
            else ""
        )
        + (f"<details><summary>Kinds not considered</summary>\n<ul>{left_out}</ul></details>\n" if left_out else "")
        + f"<h3>To repeat it</h3>\n<p><code>{escape(page.command)}</code></p>\n</section>"
    )
