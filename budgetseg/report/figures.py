"""The two charts as plotly documents; the page's script draws them in the reader's colours."""

import html
import json
from collections.abc import Sequence
from typing import Any

from budgetseg.report.frontier import Point
from budgetseg.report.palette import kind_style, style
from budgetseg.report.reference import ReferencePoint
from budgetseg.report.verdict import hours_text

__all__ = ["CONFIG", "REFERENCE_NAME", "TICKS", "frontier_figure", "hours_figure", "label", "plain"]

TICKS = [step * 10.0**power for power in range(-3, 5) for step in (1, 2, 5)]
REFERENCE_NAME = "paper (VOC 2012, FCN-32s): another data set, for shape only"
CONFIG = {
    # Nothing that leads to, or asks, a server.
    "displaylogo": False,
    "plotlyServerURL": "",
    "showSendToCloud": False,
    "showEditInChartStudio": False,
    "showTips": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "budgetseg"},
}


def label(words: str) -> str:
    """Words as plotly shows them unchanged: it reads a subset of HTML in every label."""
    return html.escape(words, quote=False)


def plain(figure: Any) -> dict[str, Any]:
    """Data and layout without plotly's default template, which would fix colours that the page sets."""
    document = json.loads(figure.to_json())
    document["layout"].pop("template", None)
    return {"data": document["data"], "layout": document["layout"]}


def _error_bars(points: Sequence[Point]) -> dict[str, Any]:
    ends = [point.interval or (point.miou, point.miou) for point in points]
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - point.miou for point, (_, high) in zip(points, ends, strict=True)],
        "arrayminus": [point.miou - low for point, (low, _) in zip(points, ends, strict=True)],
        "thickness": 1.2,
        "width": 4,
    }


def _spread(point: Point) -> str:
    if point.interval is None:
        return "one run, no interval"
    low, high = point.interval
    if point.spread == "seeds":
        return f"± {(high - low) / 2:.1f} over {len(point.runs)} seeds"
    return f"{low:.1f} to {high:.1f} over the validation images, one run"


def frontier_figure(points: Sequence[Point], reference: Sequence[ReferencePoint]) -> dict[str, Any]:
    """Hours (log axis) against mIoU with error bars: one trace a series, and the published points behind them."""
    import plotly.graph_objects as go

    figure = go.Figure()
    if reference:
        figure.add_scatter(
            x=[point.hours for point in reference],
            y=[point.miou for point in reference],
            mode="markers",
            name=label(REFERENCE_NAME),
            marker={
                "symbol": [f"{style(point.strategy, 0).symbol}-open" for point in reference],
                "size": 8,
                "line": {"width": 1.2},
            },
            customdata=[[label(point.name), label(point.bought), label(point.source)] for point in reference],
            hovertemplate="<b>paper: %{customdata[0]}</b><br>%{x:,.1f} h, %{y:.1f} mIoU<br>%{customdata[1]}"
            "<br>%{customdata[2]}<extra></extra>",
            meta="reference",
            legendrank=2000,  # drawn below the runs, listed after them
        )
    for name in dict.fromkeys(point.series for point in points):
        held = [point for point in points if point.series == name]
        drawn = style(held[0].strategy, held[0].variant)
        figure.add_scatter(
            x=[point.hours for point in held],
            y=[point.miou for point in held],
            error_y=_error_bars(held),
            mode="lines+markers",
            name=label(name),
            line={"color": drawn.colour, "dash": drawn.dash, "width": 2},
            marker={"color": drawn.colour, "symbol": drawn.symbol, "size": 11, "line": {"width": 1}},
            customdata=[[label(point.bought), _spread(point)] for point in held],
            hovertemplate=f"<b>{label(name)}</b><br>%{{x:,.2f}} h, %{{y:.1f}} mIoU<br>%{{customdata[1]}}"
            "<br>%{customdata[0]}<extra></extra>",
            meta="series",
        )
    figure.update_layout(
        height=520,
        margin={"l": 56, "r": 16, "t": 16, "b": 56},
        xaxis={
            "type": "log",
            "title": {"text": "annotation hours (log scale)"},
            "tickvals": TICKS,
            "ticktext": [f"{tick:g}" for tick in TICKS],
            "showline": True,
        },
        yaxis={"title": {"text": "mIoU"}, "showline": True},
        legend={"orientation": "h", "y": -0.2, "yanchor": "top", "x": 0},
        hovermode="closest",
    )
    return plain(figure)


def _bar_names(points: Sequence[Point]) -> list[str]:
    """A name for each bar, with as much of the point as it takes to tell it from the others."""
    short = [f"{point.series}, {hours_text(point.hours)}" for point in points]
    longer = [
        name if short.count(name) == 1 else f"{name}, {point.bought}" for name, point in zip(short, points, strict=True)
    ]
    return [
        name if longer.count(name) == 1 else f"{name}, {point.runs[0].name}"
        for name, point in zip(longer, points, strict=True)
    ]


def hours_figure(points: Sequence[Point]) -> dict[str, Any]:
    """Where the hours went: one bar a point, stacked by kind, mean over its seeds."""
    import plotly.graph_objects as go

    figure = go.Figure()
    names = [label(name) for name in _bar_names(points)]
    for kind in dict.fromkeys(kind for point in points for run in point.runs for kind in run.hours_by_kind):
        colour, pattern = kind_style(kind)
        hours = [sum(run.hours_by_kind.get(kind, 0.0) for run in point.runs) / len(point.runs) for point in points]
        figure.add_bar(
            x=hours,
            y=names,
            orientation="h",
            name=label(kind),
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "solidity": 0.2, "fillmode": "overlay", "fgopacity": 0.6},
                "line": {"width": 0.5},
            },
            hovertemplate=f"%{{y}}<br><b>{label(kind)}</b>: %{{x:,.2f}} h<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=120 + 26 * len(points),
        margin={"l": 16, "r": 16, "t": 8, "b": 48},
        xaxis={"title": {"text": "annotation hours"}, "rangemode": "tozero"},
        yaxis={"automargin": True, "autorange": "reversed", "type": "category"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )
    return plain(figure)
