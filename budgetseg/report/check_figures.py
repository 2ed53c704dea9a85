"""Charts beside the frontier: classes, two strategies apart, learning curves, and how well the planner foretells."""

from collections.abc import Sequence
from typing import Any

from budgetseg.report.calibration import Calibration
from budgetseg.report.figures import label, plain
from budgetseg.report.learning import LearningCurve
from budgetseg.report.palette import style
from budgetseg.report.report import Comparison

__all__ = ["calibration_figure", "class_figure", "difference_figure", "loss_figure", "progress_figure"]

ROW_PIXELS = 26
FEW = 30
"""Values of a line that are marked each."""


def class_figure(comparison: Comparison) -> dict[str, Any]:
    """IoU of each class and strategy as a heat map; the page's script fills it anew as the slider moves."""
    import plotly.graph_objects as go

    step, classes = comparison.steps[comparison.given], comparison.setting.classes
    figure = go.Figure()
    figure.add_heatmap(
        x=[label(one.series) for one in step.readings],
        y=[label(name) for name in classes],
        z=[[one.iou.get(name) for one in step.readings] for name in classes],
        zmin=0,
        zmax=100,
        colorscale="Cividis",
        texttemplate="%{z:.0f}",
        hovertemplate="<b>%{x}</b><br>%{y}: %{z:.1f} IoU<extra></extra>",
        colorbar={"thickness": 12, "outlinewidth": 0},
        xgap=2,
        ygap=2,
        meta="classes",
    )
    figure.update_layout(
        height=110 + ROW_PIXELS * len(classes),
        margin={"l": 16, "r": 8, "t": 8, "b": 16},
        xaxis={"type": "category", "automargin": True, "showgrid": False},
        yaxis={"type": "category", "automargin": True, "autorange": "reversed", "showgrid": False},
    )
    return plain(figure)


def difference_figure(comparison: Comparison) -> dict[str, Any]:
    """An empty bar a class; the page's script fills in the two strategies that are chosen."""
    import plotly.graph_objects as go

    classes = comparison.setting.classes
    figure = go.Figure()
    figure.add_bar(
        x=[0.0] * len(classes),
        y=[label(name) for name in classes],
        orientation="h",
        marker={"line": {"width": 0.5}},
        error_x={"type": "data", "array": [0.0] * len(classes), "thickness": 1.2, "width": 3},
        hovertemplate="%{y}: %{x:+.1f} IoU<extra></extra>",
        meta="difference",
    )
    figure.update_layout(
        height=90 + ROW_PIXELS * len(classes),
        margin={"l": 16, "r": 16, "t": 8, "b": 48},
        xaxis={"title": {"text": "difference in IoU"}, "zeroline": True},
        yaxis={"type": "category", "automargin": True, "autorange": "reversed"},
        showlegend=False,
    )
    return plain(figure)


def loss_figure(curves: Sequence[LearningCurve]) -> dict[str, Any]:
    """Iterations against loss: a line a strategy."""
    return _lines(curves, [(one.iterations, one.losses) for one in curves], "training loss", "loss %{y:.3f}")


def progress_figure(curves: Sequence[LearningCurve]) -> dict[str, Any]:
    """Iterations against mIoU on the way: a line a strategy that looked."""
    looked = [one for one in curves if one.mious]
    return _lines(looked, [(one.looked_at, one.mious) for one in looked], "mIoU on the way", "mIoU %{y:.1f}")


def _lines(
    curves: Sequence[LearningCurve],
    values: Sequence[tuple[tuple[int, ...], tuple[float, ...]]],
    title: str,
    hover: str,
) -> dict[str, Any]:
    import plotly.graph_objects as go

    figure = go.Figure()
    for curve, (iterations, heights) in zip(curves, values, strict=True):
        drawn = style(curve.strategy, curve.variant)
        few = len(heights) <= FEW
        figure.add_scatter(
            x=list(iterations),
            y=list(heights),
            mode="lines+markers" if few else "lines",
            name=label(curve.series),
            line={"color": drawn.colour, "dash": drawn.dash, "width": 1.6},
            hovertemplate=f"<b>{label(curve.series)}</b><br>iteration %{{x:,}}: {hover}<extra></extra>",
            **({"marker": {"color": drawn.colour, "symbol": drawn.symbol, "size": 7}} if few else {}),
        )
    figure.update_layout(
        height=360,
        margin={"l": 56, "r": 16, "t": 8, "b": 48},
        xaxis={"title": {"text": "iteration"}, "rangemode": "tozero", "showline": True},
        yaxis={"title": {"text": title}, "rangemode": "tozero", "showline": True},
        legend={"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0},
    )
    return plain(figure)


def calibration_figure(calibration: Calibration) -> dict[str, Any]:
    """Predicted against measured mIoU, with the intervals; on the diagonal both are the same."""
    import plotly.graph_objects as go

    figure = go.Figure()
    shown = [*(one.measured for one in calibration.foretold)]
    shown += [end for one in calibration.foretold for end in (one.predicted.low, one.predicted.high)]
    low, high = max(0.0, min(shown) - 2), min(100.0, max(shown) + 2)
    figure.add_scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        name="measured as predicted",
        line={"width": 1, "dash": "dash"},
        hoverinfo="skip",
        meta="diagonal",
    )
    for name in dict.fromkeys(one.series for one in calibration.foretold):
        held = [one for one in calibration.foretold if one.series == name]
        drawn = style(held[0].strategy, held[0].variant)
        figure.add_scatter(
            x=[one.predicted.mean for one in held],
            y=[one.measured for one in held],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [one.predicted.high - one.predicted.mean for one in held],
                "arrayminus": [one.predicted.mean - one.predicted.low for one in held],
                "thickness": 1,
                "width": 3,
            },
            mode="markers",
            name=label(name),
            marker={"color": drawn.colour, "symbol": drawn.symbol, "size": 9, "line": {"width": 1}},
            customdata=[[label(one.run), one.hours] for one in held],
            hovertemplate="<b>%{customdata[0]}</b>, %{customdata[1]:,.2f} h<br>predicted %{x:.1f}, measured %{y:.1f}"
            "<extra></extra>",
        )
    figure.update_layout(
        height=420,
        margin={"l": 56, "r": 16, "t": 8, "b": 48},
        xaxis={"title": {"text": "predicted mIoU, with its 80 % interval"}, "range": [low, high], "showline": True},
        yaxis={"title": {"text": "measured mIoU"}, "range": [low, high], "showline": True},
        legend={"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0},
        hovermode="closest",
    )
    return plain(figure)
