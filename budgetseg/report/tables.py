"""The numbers as HTML tables: the same as in the charts, every text escaped."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from budgetseg.report.finished import FinishedRun, SkippedRun
from budgetseg.report.frontier import Point, Setting, same_hours
from budgetseg.report.reference import ReferencePoint
from budgetseg.report.verdict import hours_text

__all__ = [
    "budget_table",
    "class_table",
    "hours_table",
    "point_table",
    "reference_table",
    "repeat_table",
    "skipped_table",
    "table",
    "version_table",
]

NONE = "-"


@dataclass(frozen=True)
class Number:
    """A cell to be set right; ``share`` (0 to 1) tints it, ``strong`` marks the best."""

    text: str
    share: float | None = None
    strong: bool = False


@dataclass(frozen=True)
class Code:
    """A cell that holds a command."""

    text: str


Cell = str | Number | Code


def _cell(cell: Cell, first: bool) -> str:
    if isinstance(cell, Code):
        return f"<td><code>{escape(cell.text)}</code></td>"
    if isinstance(cell, Number):
        tint = "" if cell.share is None else f' style="--share:{100 * cell.share:.1f}%"'
        text = f"<strong>{escape(cell.text)}</strong>" if cell.strong else escape(cell.text)
        return f'<td class="{"number tint" if tint else "number"}"{tint}>{text}</td>'
    return f'<th scope="row">{escape(cell)}</th>' if first else f"<td>{escape(cell)}</td>"


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table that scrolls sideways by itself on a narrow screen; the first cell of a row is its heading."""
    rows = list(rows)
    sides = [' class="number"' if isinstance(cell, Number) else "" for cell in (rows[0] if rows else heads)]
    head = "".join(f'<th scope="col"{side}>{escape(text)}</th>' for text, side in zip(heads, sides, strict=True))
    body = "\n".join(
        f"<tr>{''.join(_cell(cell, first=index == 0) for index, cell in enumerate(row))}</tr>" for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">\n<table>'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _spread(point: Point) -> str:
    if point.interval is None:
        return NONE
    low, high = point.interval
    return f"± {(high - low) / 2:.1f}" if point.spread == "seeds" else f"{low:.1f} to {high:.1f}"


def point_table(points: Sequence[Point], front: Sequence[Point], money: Callable[[Point], float], currency: str) -> str:
    """Every point of the frontier; ``front`` are those that nothing cheaper reaches."""
    rows = [
        (
            point.series,
            point.bought,
            Number(f"{point.hours:,.2f}"),
            Number(NONE if point.budget_hours is None else f"{point.budget_hours:,.2f}"),
            Number(f"{point.miou:.2f}"),
            Number(_spread(point)),
            {"seeds": "seeds", "bootstrap": "images", "none": NONE}[point.spread],
            ", ".join(str(run.seed) for run in point.runs),
            Number(f"{money(point):,.0f}"),
            "on it" if point in front else NONE,
        )
        for point in points
    ]
    heads = ("strategy", "annotated images", "hours spent", "hours offered", "mIoU", "spread", "spread over", "seeds")
    return table("The points of the frontier", (*heads, currency, "Pareto front"), rows)


def budget_table(levels: Sequence[tuple[float, Sequence[Point]]]) -> str:
    """What each strategy reached with each budget; the highest of several is bold."""
    names = list(dict.fromkeys(point.series for _, held in levels for point in held))

    def cell(held: Mapping[str, Point], name: str, best: float) -> Number:
        point = held.get(name)
        if point is None:
            return Number(NONE)
        half = f" {_spread(point)}" if point.spread == "seeds" else ""
        spent = point.budget_hours is None or same_hours(point.hours, point.budget_hours)
        left = "*" if point.pool_ended and not spent else ""
        return Number(f"{point.miou:.1f}{half}{left}", strong=len(held) > 1 and point.miou == best)

    rows: list[Sequence[Cell]] = []
    for hours, points in levels:
        held = {point.series: point for point in points}
        rows.append((hours_text(hours), *(cell(held, name, points[0].miou) for name in names)))
    return table("mIoU that each strategy reached, by hours offered", ("hours", *names), rows)


def class_table(setting: Setting, points: Sequence[Point]) -> str:
    """IoU of each class, and their mean, for points side by side."""
    columns = [f"{point.series}, {hours_text(point.hours)}" for point in points]
    rows: list[Sequence[Cell]] = [("mean (mIoU)", *(Number(f"{point.miou:.1f}", strong=True) for point in points))]
    for name in setting.classes:
        values = [point.iou(name) for point in points]
        cells = (Number(NONE) if value is None else Number(f"{value:.1f}", share=value / 100) for value in values)
        rows.append((name, *cells))
    return table("IoU of each class, in percent", ("class", *columns), rows)


def hours_table(runs: Sequence[FinishedRun]) -> str:
    """Hours of each run by kind, with the cost book that priced them."""
    kinds = list(dict.fromkeys(kind for run in runs for kind in run.hours_by_kind))
    rows: list[Sequence[Cell]] = [
        (
            run.name,
            *(Number(f"{run.hours_by_kind[kind]:,.2f}" if kind in run.hours_by_kind else NONE) for kind in kinds),
            Number(f"{run.hours:,.2f}"),
            Number(f"{run.planned_hours:,.2f}"),
            run.costs,
        )
        for run in runs
    ]
    return table("Annotation hours of each run", ("run", *kinds, "spent", "planned", "cost book"), rows)


def repeat_table(runs: Sequence[FinishedRun]) -> str:
    """The command of each run."""
    rows = [
        (
            run.name,
            Number(str(run.seed)),
            Number(f"{run.iterations:,}"),
            Number(f"{run.seconds_train:,.0f} s"),
            run.device,
            run.annotators,
            Code(run.command),
        )
        for run in runs
    ]
    heads = ("run", "seed", "iterations", "training", "device", "annotators", "command")
    return table("The command of each run", heads, rows)


def version_table(environments: Sequence[Mapping[str, str]]) -> str:
    """Versions and machines: each value once, with the number of runs where they differ."""
    rows: list[Sequence[Cell]] = []
    for key in dict.fromkeys(key for environment in environments for key in environment):
        counts: dict[str, int] = {}
        for environment in environments:
            value = environment.get(key, "not recorded")
            counts[value] = counts.get(value, 0) + 1
        values = next(iter(counts)) if len(counts) == 1 else "; ".join(f"{v} ({n} runs)" for v, n in counts.items())
        rows.append((key, values))
    return table("Versions and machines of the runs", ("what", "value"), rows)


def skipped_table(skipped: Sequence[SkippedRun]) -> str:
    """Runs without a result."""
    return table("Runs left out", ("run", "reason"), [(run.name, run.reason) for run in skipped])


def reference_table(points: Sequence[ReferencePoint]) -> str:
    """The published points, with their sources."""
    rows = [
        (
            point.study,
            point.name,
            point.bought,
            Number(f"{point.hours:,.1f}"),
            Number(f"{point.miou:.1f}"),
            point.source,
        )
        for point in points
    ]
    return table("The published points", ("study", "supervision", "annotated images", "hours", "mIoU", "source"), rows)
