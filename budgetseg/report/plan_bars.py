"""Charts of a plan at its own budget: where its hours go, what an image costs, other prices, and the doubt."""

import math
from collections.abc import Mapping
from typing import Any, Final

from budgetseg.plan.doubt import Doubt
from budgetseg.plan.page import PlanPage
from budgetseg.plan.sensitivity import PriceChange
from budgetseg.report.figures import PATTERN, label, plain
from budgetseg.report.palette import BLUE, GREY, ORANGE, SKY, kind_style

__all__ = ["PARTS", "change_of", "doubt_figure", "hours_figure", "price_figure", "sensitivity_figure"]

PARTS: Final = {
    "training": ("seed and draw of images", GREY, "."),
    "evidence": ("trainings on these images", SKY, ""),
    "transfer": ("borrowed from other data sets", ORANGE, "/"),
}
"""What a doubt is made of: in words, colour and hatching."""


def _pattern(shape: str) -> dict[str, Any]:
    return {"shape": shape, **PATTERN}


def _finish(figure: Any, title: str, rows: int, **more: Any) -> dict[str, Any]:
    figure.update_layout(
        height=90 + 30 * rows,
        margin={"l": 16, "r": 24, "t": 8, "b": 48},
        xaxis={"title": {"text": title}, "rangemode": "tozero"},
        yaxis={"automargin": True, "autorange": "reversed", "type": "category"},
        **more,
    )
    return plain(figure)


def _kind_bars(amounts: Mapping[str, float], title: str, hover: str) -> dict[str, Any]:
    """One bar a kind."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for kind, amount in amounts.items():  # a trace each: a hatched bar takes one colour
        colour, shape = kind_style(kind)
        figure.add_bar(
            x=[amount],
            y=[label(kind)],
            orientation="h",
            marker={"color": colour, "pattern": _pattern(shape), "line": {"width": 0.5}},
            hovertemplate=f"<b>%{{y}}</b>: {hover}<extra></extra>",
        )
    return _finish(figure, title, len(amounts), barmode="stack", showlegend=False)


def hours_figure(page: PlanPage) -> dict[str, Any]:
    """The hours of the plan by kind."""
    return _kind_bars(page.steps[page.given].best.hours_by_kind, "hours of the plan", "%{x:,.2f} h")


def price_figure(page: PlanPage) -> dict[str, Any]:
    """Seconds of an image by kind."""
    return _kind_bars(page.seconds_of, "seconds an image", "%{x:,.1f} s")


def change_of(page: PlanPage, change: PriceChange) -> float | None:
    """What a changed price changes: expected mIoU, or hours where the fewest that reach a target are sought."""
    if page.plan.objective.goal == "target":
        return change.hours - page.plan.hours
    if change.predicted_miou is None or page.plan.predicted_miou is None:
        return None
    return change.predicted_miou.mean - page.plan.predicted_miou.mean


def sensitivity_figure(page: PlanPage) -> dict[str, Any]:
    """Two bars a kind: its cost halved and doubled. A star marks a mix of other kinds."""
    import plotly.graph_objects as go

    figure = go.Figure()
    target = page.plan.objective.goal == "target"
    looks = {0.5: ("half the cost", BLUE, ""), 2.0: ("twice the cost", ORANGE, "/")}
    for factor, (name, colour, shape) in looks.items():
        held = [one for one in page.price_changes if one.factor == factor and change_of(page, one) is not None]
        figure.add_bar(
            x=[change_of(page, one) for one in held],
            y=[label(one.kind) for one in held],
            orientation="h",
            name=name,
            text=["*" if one.other_kinds else "" for one in held],
            textposition="outside",
            cliponaxis=False,
            customdata=[[label(str(one.mix)), "other kinds" if one.other_kinds else "the same kinds"] for one in held],
            marker={"color": colour, "pattern": _pattern(shape), "line": {"width": 0.5}},
            hovertemplate=f"<b>%{{y}} at {name}</b>: %{{x:+.2f}} {'h' if target else 'mIoU'}<br>%{{customdata[0]}}"
            "<br>%{customdata[1]}<extra></extra>",
        )
    kinds = len({one.kind for one in page.price_changes})
    title = "change in the hours it takes" if target else "change in expected mIoU of the best mix"
    return _finish(
        figure,
        title,
        1 + kinds,
        barmode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )


def doubt_figure(page: PlanPage) -> dict[str, Any]:
    """Of each choice, the standard deviation of one new training, split by the shares of its variance."""
    import plotly.graph_objects as go

    figure = go.Figure()
    names = [label(doubt.name) for doubt in page.doubts]
    for part, (words, colour, shape) in PARTS.items():
        figure.add_bar(
            x=[math.sqrt(_variance(doubt)) * _share(doubt, part) for doubt in page.doubts],
            y=names,
            orientation="h",
            name=words,
            customdata=[[100 * _share(doubt, part), getattr(doubt, part)] for doubt in page.doubts],
            marker={"color": colour, "pattern": _pattern(shape), "line": {"width": 0.5}},
            hovertemplate=f"%{{y}}<br><b>{words}</b>: %{{customdata[0]:.0f}} % of the variance, a standard deviation "
            "of %{customdata[1]:.1f} mIoU<extra></extra>",
        )
    return _finish(
        figure,
        "standard deviation of one new training, mIoU",
        2 + len(names),
        barmode="stack",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )


def _variance(doubt: Doubt) -> float:
    return float(sum(getattr(doubt, part) ** 2 for part in PARTS))


def _share(doubt: Doubt, part: str) -> float:
    return float(getattr(doubt, part) ** 2) / (_variance(doubt) or 1.0)
