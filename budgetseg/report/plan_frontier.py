"""Charts of a plan over the budget: the mIoU to expect of each choice, and what the best mix consists of."""

from collections.abc import Sequence
from typing import Any, Final

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.alternatives import PAPER_HYBRID
from budgetseg.plan.budget_axis import BudgetAxis
from budgetseg.plan.budget_sweep import BEST, BudgetStep, Choice
from budgetseg.plan.page import PlanPage
from budgetseg.report.figures import PATTERN, TICKS, label, plain
from budgetseg.report.palette import Style, kind_style, style

__all__ = ["amount_text", "budget_name", "frontier_figure", "mix_figure", "series_names"]

BAND: Final = "rgba(128,128,128,0.22)"
"""Of an interval: seen on dark and light, and through each other."""
KIND_MARKER_LINE: Final = {"width": 0.5}
MEASURES: Final = {
    "share": ("% of the hours", "%{y:.0f} % of the hours"),
    "hours": ("hours", "%{y:,.2f} h"),
    "images": ("images", "%{y:,.0f} images"),
}
MORE_TICKS: Final = [step * 10.0**power for power in range(5, 8) for step in (1, 2, 5)]


def amount_text(axis: BudgetAxis, amount: float) -> str:
    """A budget as a person says it."""
    number = f"{amount:,.0f}" if amount >= 100 else f"{amount:,.3g}"
    return f"{number} {axis.unit}"


def budget_name(axis: BudgetAxis) -> str:
    """What varies, for an axis."""
    return {
        "hours": "annotation hours there are",
        "money": f"money there is, {axis.unit}",
        "days": "working days there are",
    }[axis.limit]


def series_names(steps: Sequence[BudgetStep]) -> tuple[str, ...]:
    """The choices that are there at any budget: the best mix, kinds alone, and the paper's hybrid."""
    there = {choice.name for step in steps for choice in step.choices if choice.predicted_miou is not None}
    return tuple(name for name in (BEST, *KINDS, PAPER_HYBRID) if name in there)


def _held(steps: Sequence[BudgetStep], name: str) -> list[tuple[BudgetStep, Choice]]:
    return [
        (step, choice)
        for step in steps
        for choice in step.choices
        if choice.name == name and choice.predicted_miou is not None
    ]


def _style(name: str) -> Style:
    if name == BEST:
        return Style("#808080", "circle", "solid")  # the page's script draws it in the colour of its text
    return style("hybrid" if name == PAPER_HYBRID else name, 0)


def frontier_figure(page: PlanPage) -> dict[str, Any]:
    """Budget (log axis) against expected mIoU: a line and an interval a choice; one interval is shown at a time."""
    import plotly.graph_objects as go

    figure = go.Figure()
    names = series_names(page.steps)
    for name in names:
        held = _held(page.steps, name)
        budgets = [step.budget for step, _ in held]
        ends = [(one.predicted_miou.low, one.predicted_miou.high) for _, one in held if one.predicted_miou]
        figure.add_scatter(
            x=[*budgets, *reversed(budgets)],
            y=[*(high for _, high in ends), *(low for low, _ in reversed(ends))],
            fill="toself",
            fillcolor=BAND,
            mode="lines",
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
            visible=name == BEST,
            meta=f"interval {name}",
        )
    for name in reversed(names):  # the best mix above the others
        held = _held(page.steps, name)
        drawn = _style(name)
        predicted = [one.predicted_miou for _, one in held if one.predicted_miou]
        figure.add_scatter(
            x=[step.budget for step, _ in held],
            y=[one.mean for one in predicted],
            mode="lines+markers",
            name=label(name),
            line={"color": drawn.colour, "dash": drawn.dash, "width": 3.5 if name == BEST else 1.8},
            marker={"color": drawn.colour, "symbol": drawn.symbol, "size": 7, "line": {"width": 0.6}},
            customdata=[
                [label(str(choice.mix)), f"{one.low:.1f}", f"{one.high:.1f}", amount_text(page.axis, step.budget)]
                for (step, choice), one in zip(held, predicted, strict=True)
            ],
            hovertemplate=f"<b>{label(name)}</b>, %{{customdata[3]}}<br>%{{y:.1f}} mIoU "
            "[%{customdata[1]}, %{customdata[2]}]<br>%{customdata[0]}<extra></extra>",
            legendrank=1 + names.index(name),
            meta="best" if name == BEST else "kind",
        )
    ticks = [*TICKS, *MORE_TICKS]
    figure.update_layout(
        height=500,
        margin={"l": 52, "r": 12, "t": 12, "b": 52},
        xaxis={
            "type": "log",
            "title": {"text": label(f"{budget_name(page.axis)} (log scale)")},
            "tickvals": ticks,
            "ticktext": [f"{tick:,g}" if tick < 1 else f"{tick:,.0f}" for tick in ticks],
            "showline": True,
        },
        yaxis={"title": {"text": "expected mIoU"}, "showline": True},
        legend={"orientation": "h", "y": -0.2, "yanchor": "top", "x": 0},
        hovermode="closest",
    )
    return plain(figure)


def mix_figure(page: PlanPage, measure: str) -> dict[str, Any]:
    """The best mix at each budget: bars stacked by kind, in a measure of ``MEASURES``."""
    import plotly.graph_objects as go

    figure = go.Figure()
    title, hover = MEASURES[measure]
    best = [step.best for step in page.steps]
    names = [label(amount_text(page.axis, step.budget)) for step in page.steps]
    if measure == "images":
        amounts_of = [{kind: float(images) for kind, images in choice.mix} for choice in best]
    else:
        amounts_of = [dict(choice.hours_by_kind) for choice in best]
    if measure == "share":
        totals = [sum(amounts.values()) or 1.0 for amounts in amounts_of]
        amounts_of = [
            {kind: 100 * hours / total for kind, hours in amounts.items()}
            for amounts, total in zip(amounts_of, totals, strict=True)
        ]
    there = {kind for amounts in amounts_of for kind in amounts}
    for kind in [*(kind for kind in KINDS if kind in there), *sorted(there - KINDS.keys())]:
        colour, pattern = kind_style(kind)
        figure.add_bar(
            x=names,
            y=[amounts.get(kind, 0.0) for amounts in amounts_of],
            name=label(kind),
            marker={
                "color": colour,
                "pattern": {"shape": pattern, **PATTERN},
                "line": KIND_MARKER_LINE,
            },
            hovertemplate=f"%{{x}}<br><b>{label(kind)}</b>: {hover}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        bargap=0.18,
        height=380,
        margin={"l": 52, "r": 12, "t": 8, "b": 72},
        xaxis={"type": "category", "title": {"text": label(budget_name(page.axis))}, "tickangle": -45},
        yaxis={"title": {"text": f"best mix, {title}"}, "rangemode": "tozero"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )
    return plain(figure)
