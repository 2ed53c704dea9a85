"""The frontier as a plotly document: a trace a strategy, single runs, the Pareto front, the planner, published points.

Every trace carries hours, money and images; the page's script puts the one that is chosen on the axis.
"""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Final

from budgetseg.report.figures import TICKS, label, plain
from budgetseg.report.frontier import Point
from budgetseg.report.palette import style
from budgetseg.report.pareto import front
from budgetseg.report.pay import money_text
from budgetseg.report.reference import ReferencePoint
from budgetseg.report.report import Comparison

__all__ = ["MEASURES", "REFERENCE_NAME", "frontier_figure"]

REFERENCE_NAME: Final = "{study}: another data set, for shape only"
MEASURES: Final = ("hours", "money", "images")
"""What can be on the axis, in the order of the first columns of ``customdata``."""
COMMAND_WIDTH: Final = 64


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


def _images(point: Point) -> int:
    return sum(point.mix.values())


def _command(text: str) -> str:
    return "<br>".join(label(line) for line in textwrap.wrap(text, COMMAND_WIDTH, break_on_hyphens=False)[:5])


def _row(comparison: Comparison, point: Point) -> list[Any]:
    """Hours, money and images, then what the hover says."""
    money = comparison.money(point)
    return [
        point.hours,
        money,
        _images(point),
        label(point.bought),
        _spread(point),
        label(money_text(money, comparison.pay.currency)),
        _command(point.runs[0].command),
    ]


HOVER: Final = (
    "<b>{name}</b>, %{{y:.1f}} mIoU<br>%{{customdata[4]}}<br>%{{customdata[3]}}<br>%{{customdata[0]:,.2f}} h, "
    "%{{customdata[5]}}<br>%{{customdata[6]}}<extra></extra>"
)


def frontier_figure(comparison: Comparison, reference: Sequence[ReferencePoint]) -> dict[str, Any]:
    """Hours against mIoU with error bars; ``meta`` tells the page's script what a trace is."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for study in dict.fromkeys(point.study for point in reference):
        _add_reference(figure, study, [point for point in reference if point.study == study])
    _add_planner(figure, comparison)
    costs: dict[str, Callable[[Point], float]] = {
        "hours": lambda point: point.hours,
        "money": comparison.money,
        "images": lambda point: float(_images(point)),
    }
    for measure in MEASURES:
        held = front(comparison.points, costs[measure])
        figure.add_scatter(
            x=[costs[measure](point) for point in held],
            y=[point.miou for point in held],
            mode="lines+markers",
            name="Pareto front",
            line={"width": 7, "shape": "hv"},
            marker={"symbol": "circle-open", "size": 20, "line": {"width": 1.5}},
            opacity=0.5,
            hoverinfo="skip",
            visible=measure == "hours",
            meta={"role": "front", "measure": measure},
            legendrank=1500,
        )
    for name in dict.fromkeys(point.series for point in comparison.points):
        held = tuple(point for point in comparison.points if point.series == name)
        _add_series(figure, comparison, name, held)
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


def _add_series(figure: Any, comparison: Comparison, name: str, held: Sequence[Point]) -> None:
    drawn = style(held[0].strategy, held[0].variant)
    kinds = sorted({kind for point in held for kind, images in point.mix.items() if images})
    figure.add_scatter(
        x=[point.hours for point in held],
        y=[point.miou for point in held],
        error_y=_error_bars(held),
        mode="lines+markers",
        name=label(name),
        legendgroup=label(name),
        line={"color": drawn.colour, "dash": drawn.dash, "width": 2},
        marker={"color": drawn.colour, "symbol": drawn.symbol, "size": 11, "line": {"width": 1}},
        customdata=[_row(comparison, point) for point in held],
        hovertemplate=HOVER.format(name=label(name)),
        meta={"role": "series", "kinds": kinds},
    )
    runs = [(point, run) for point in held for run in point.runs]
    if len(runs) == len(held):
        return  # the points are the runs
    figure.add_scatter(
        x=[run.hours for _, run in runs],
        y=[run.miou for _, run in runs],
        mode="markers",
        name=f"{label(name)}, single runs",
        legendgroup=label(name),
        showlegend=False,
        marker={"color": drawn.colour, "symbol": drawn.symbol, "size": 6, "opacity": 0.65, "line": {"width": 0.5}},
        customdata=[
            [run.hours, comparison.pay.of(run), sum(run.mix.values()), label(run.name), run.seed] for _, run in runs
        ],
        hovertemplate="%{customdata[3]}<br>seed %{customdata[4]}: %{y:.1f} mIoU<extra></extra>",
        visible=False,
        meta={"role": "runs", "kinds": kinds},
    )


def _add_planner(figure: Any, comparison: Comparison) -> None:
    """What the planner expects of its best mix, with the interval of one new training."""
    planned, pay = comparison.planned, comparison.pay
    if len(planned) < 2 or isinstance(comparison.planner, str):
        return
    seconds_of = comparison.planner.prices.seconds_of
    rows = []
    for one in planned:
        hours = {kind: images * float(seconds_of[kind]) / 3600 for kind, images in one.mix}
        money = pay.money(hours, one.mix.to_dict())
        rows.append([one.hours, money, one.mix.images, label(str(one.mix)), label(one.basis)])
    figure.add_scatter(
        x=[row[0] for row in rows] + [row[0] for row in reversed(rows)],
        y=[one.expected.high for one in planned] + [one.expected.low for one in reversed(planned)],
        customdata=[*rows, *reversed(rows)],
        fill="toself",
        mode="lines",
        line={"width": 0},
        name="planner, 80 % of new trainings",
        legendgroup="planner",
        showlegend=False,
        hoverinfo="skip",
        meta={"role": "band"},
    )
    figure.add_scatter(
        x=[row[0] for row in rows],
        y=[one.expected.mean for one in planned],
        mode="lines",
        name="planner: best mix of these kinds",
        legendgroup="planner",
        line={"width": 1.5, "dash": "dot"},
        customdata=rows,
        hovertemplate="<b>planner</b>, %{y:.1f} mIoU expected<br>%{customdata[0]:,.3g} h: %{customdata[3]}"
        "<br>%{customdata[4]}<extra></extra>",
        meta={"role": "planner"},
        legendrank=1600,
    )


def _add_reference(figure: Any, study: str, reference: Sequence[ReferencePoint]) -> None:
    figure.add_scatter(
        x=[point.hours for point in reference],
        y=[point.miou for point in reference],
        mode="markers",
        name=label(REFERENCE_NAME.format(study=study)),
        marker={
            "symbol": [f"{style(point.strategy, 0).symbol}-open" for point in reference],
            "size": 8,
            "line": {"width": 1.2},
        },
        customdata=[[label(point.name), label(point.bought), label(point.source)] for point in reference],
        hovertemplate=f"<b>{label(study)}: %{{customdata[0]}}</b>"
        "<br>%{x:,.1f} h, %{y:.1f} mIoU<br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        meta="reference",
        legendrank=2000,  # drawn below the runs, listed after them
    )
