"""What all charts share, as plotly documents that the page's script draws in the reader's colours; and the hours."""

import html
import json
from collections.abc import Sequence
from typing import Any

from budgetseg.report.frontier import Point
from budgetseg.report.palette import kind_style
from budgetseg.report.verdict import hours_text

__all__ = ["CONFIG", "PATTERN", "TICKS", "hours_figure", "label", "plain"]

TICKS = [step * 10.0**power for power in range(-3, 5) for step in (1, 2, 5)]
PATTERN = {"solidity": 0.2, "fillmode": "overlay", "fgopacity": 0.6}
"""Of hatched bars."""
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
                "pattern": {"shape": pattern, **PATTERN},
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
