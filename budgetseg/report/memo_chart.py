"""The memo's chart, drawn as SVG by hand: it must print without a script."""

import math
from html import escape
from typing import Final

from budgetseg.report.memo import Memo
from budgetseg.report.palette import style

__all__ = ["curve_chart"]

WIDTH: Final = 640
HEIGHT: Final = 200
LEFT: Final = 38
BOTTOM: Final = 40
TICKS: Final = tuple(step * 10.0**power for power in range(-3, 6) for step in (1, 2, 5))
SHAPES: Final = {
    "full": "M0,-4 L4,3 L-4,3 Z",
    "hybrid": "M0,-5 L1.5,-1.5 L5,-1 L2.2,1.5 L3,5 L0,3 L-3,5 L-2.2,1.5 L-5,-1 L-1.5,-1.5 Z",
    "point": "M-3,-3 H3 V3 H-3 Z",
    "squiggle": "M0,-4.5 L4.5,0 L0,4.5 L-4.5,0 Z",
}
ROUND: Final = "M-3.2,0 A3.2,3.2 0 1 0 3.2,0 A3.2,3.2 0 1 0 -3.2,0 Z"


def curve_chart(memo: Memo) -> str:
    """Hours (log scale) against mIoU: what was measured, what the best mix is expected to give, and the budget."""
    curve, points = memo.stop.curve, [point for point in memo.comparison.points if point.hours > 0]
    hours = [*(one.hours for one in curve), *(point.hours for point in points)]
    values = [*(one.miou for one in curve), *(point.miou for point in points)]
    low, high = math.log(min(hours) * 0.9), math.log(max(hours) * 1.1)
    top = 5 * math.ceil((max(values) + 1) / 5)
    bottom = 5 * math.floor(max(0.0, min(values) - 1) / 5)

    def across(amount: float) -> float:
        return LEFT + (math.log(amount) - low) / (high - low) * (WIDTH - LEFT - 8)

    def up(miou: float) -> float:
        return HEIGHT - BOTTOM - (miou - bottom) / (top - bottom) * (HEIGHT - BOTTOM - 8)

    parts = []
    step = 5 if top - bottom <= 30 else 10 if top - bottom <= 60 else 20
    for value in range(bottom, top + 1, step):
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 8}" y1="{up(value):.1f}" y2="{up(value):.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{up(value) + 3.5:.1f}" text-anchor="end">{value}</text>')
    parts += [
        f'<text x="{across(tick):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{tick:,g}</text>'
        for tick in TICKS
        if low <= math.log(tick) <= high
    ]
    line = " ".join(f"{across(one.hours):.1f},{up(one.miou):.1f}" for one in curve)
    parts.append(f'<polyline class="best" points="{line}"/>')
    given = across(memo.plan.budget_hours)
    parts.append(f'<line class="given" x1="{given:.1f}" x2="{given:.1f}" y1="8" y2="{HEIGHT - BOTTOM}"/>')
    names = dict.fromkeys((point.series, point.strategy, point.variant) for point in points)
    for point in points:
        drawn = style(point.strategy, point.variant)
        shape = SHAPES.get(point.strategy, ROUND)
        parts.append(
            f'<g transform="translate({across(point.hours):.1f} {up(point.miou):.1f})">'
            f'<path d="{shape}" fill="{drawn.colour}"/></g>'
        )
    key = "".join(
        f'<li><svg viewBox="-6 -6 12 12" aria-hidden="true"><path d="{SHAPES.get(strategy, ROUND)}" '
        f'fill="{style(strategy, variant).colour}"/></svg>{escape(series)}</li>'
        for series, strategy, variant in names
    )
    parts.append(f'<text x="{WIDTH - 8}" y="{HEIGHT - 3}" text-anchor="end">annotation hours (log scale)</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 3}">mIoU</text>')
    title = "Expected mIoU of the best mix by hours, beside what was measured; the upright line is the budget."
    return (
        f'<figure><svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'{"".join(parts)}</svg><ul class="key"><li><i></i>best mix, expected</li>{key}</ul></figure>'
    )
