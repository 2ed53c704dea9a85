"""The parts of the page that belong to one comparison: verdict, frontier, classes, hours and images."""

import base64
from collections.abc import Sequence
from html import escape

from budgetseg.data.colours import class_colour
from budgetseg.data.dataset import VOID
from budgetseg.report.finished import FinishedRun
from budgetseg.report.frontier import Point
from budgetseg.report.report import Comparison, Report
from budgetseg.report.samples import Grid
from budgetseg.report.tables import budget_table, class_table, hours_table, point_table, reference_table
from budgetseg.report.verdict import Status, hours_text

__all__ = ["comparison_section", "verdict_block"]

BADGES: dict[Status, str] = {
    "clear": "Clear of the noise",
    "within noise": "Within noise",
    "not repeated": "Not repeated yet",
    "other hours": "Hours differ",
    "only one": "One strategy only",
}


def _joined(text: str) -> str:
    """Escaped, and with no line break around a ±."""
    return escape(text).replace(" ± ", "&nbsp;±&nbsp;")


def _tile(label: str, value: str, note: str) -> str:
    return f"<div><dt>{escape(label)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>"


def _worst(point: Point) -> tuple[str, float] | None:
    """The object class with the lowest IoU; the background is no class that anyone asks for."""
    known = [(name, value) for name in point.runs[0].classes[1:] if (value := point.iou(name)) is not None]
    return min(known, key=lambda item: item[1], default=None)


def verdict_block(comparison: Comparison) -> str:
    """The sentence, its caution, and the figures that a manager reads first."""
    verdict = comparison.verdict
    best = verdict.best
    tiles = [
        _tile("Best mIoU", f"{best.miou:.1f}", best.series),
        _tile("Annotation hours", hours_text(best.hours), best.bought),
    ]
    if verdict.difference and verdict.rival:
        half = verdict.difference.half_width
        value = f"{verdict.difference.mean:+.1f}" + ("" if half is None else f" ± {half:.1f}")
        tiles.append(
            _tile("Against the next best", value, f"{verdict.rival.series}, {hours_text(verdict.rival.hours)}")
        )
    if worst := _worst(best):
        tiles.append(_tile("Its weakest class", f"{worst[1]:.1f}", worst[0]))
    caution = f'<p class="caution">{escape(verdict.caution)}</p>\n' if verdict.caution else ""
    badge = "badge clear" if verdict.status == "clear" else "badge"
    return (
        f'<div class="verdict">\n<p class="{badge}">{BADGES[verdict.status]}</p>\n'
        f'<p class="sentence">{_joined(verdict.sentence)}</p>\n<p class="basis">{_joined(verdict.basis)}</p>\n'
        f'<p class="setting">{escape(comparison.setting.title)}</p>\n{caution}'
        f'<dl class="tiles">{"".join(tiles)}</dl>\n</div>'
    )


def _frontier(index: int, comparison: Comparison, report: Report) -> str:
    best = comparison.verdict.best
    finding = f"Highest: {best.series} with {best.miou:.1f} mIoU at {hours_text(best.hours)}."
    switch = data = ""
    if report.reference:
        switch = (
            f'<label><input type="checkbox" data-reference="frontier-{index}" checked> '
            "published points of the paper (another data set and network: for the shape only)</label>"
        )
        data = reference_table(report.reference)
    return (
        f'<figure role="group" aria-labelledby="frontier-{index}-caption">\n'
        f'<figcaption id="frontier-{index}-caption">{escape(finding)} Each mark is one way to spend the hours; '
        "higher and further left is better. Select a name in the legend to hide it.</figcaption>\n"
        f'<div class="chart" id="frontier-{index}" data-chart></div>\n</figure>\n'
        f'<div class="controls" hidden data-live>{switch}'
        f'<button type="button" data-csv="{index}">Download these points as CSV</button></div>\n'
        f"<details><summary>The numbers behind the chart</summary>\n{point_table(comparison.points)}\n{data}</details>"
    )


def _hours(index: int, comparison: Comparison) -> str:
    runs = [run for point in comparison.points for run in point.runs]
    finding = f"Hours of annotation as priced by the cost book {comparison.setting.costs}."
    return (
        f'<figure role="group" aria-labelledby="hours-{index}-caption">\n'
        f'<figcaption id="hours-{index}-caption">{escape(finding)} A bar is one point of the frontier, '
        f"by annotation kind, mean over its seeds. {escape(_measuring(runs))}</figcaption>\n"
        f'<div class="chart" id="hours-{index}" data-chart></div>\n</figure>\n'
        f"<details><summary>The hours of each run</summary>\n{hours_table(runs)}</details>"
    )


def _measuring(runs: Sequence[FinishedRun]) -> str:
    """Say what the masks that measured cost, or would cost where they are free: the hours do not show it."""
    said = dict.fromkeys(str(run.validation) for run in runs if run.validation is not None)
    return f"Measuring: {'; '.join(said)}." if said else ""


def _image(content: bytes, kind: str, alt: str) -> str:
    photo = ' class="photo"' if kind == "jpeg" else ""
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return f'<td><img{photo} loading="lazy" src="{source}" alt="{escape(alt)}"></td>'


def _key(grid: Grid, classes: tuple[str, ...]) -> str:
    shown = frozenset[int]().union(*(row.colours for row in grid.rows))
    entries = [(index, name) for index, name in enumerate(classes) if index in shown]
    return '<ul class="key" aria-label="Class colours">{}</ul>'.format(
        "".join(
            f'<li><i style="background:rgb{class_colour(index)}"></i>{escape(name)}</li>'
            for index, name in [*entries, (VOID, "void (not scored)")]
        )
    )


def _grid(comparison: Comparison) -> str:
    grid = comparison.samples
    problems = "".join(f'<p class="note">{escape(problem)}</p>\n' for problem in grid.problems)
    if not grid.rows:
        return f'<p class="note">These runs kept no sample images.</p>\n{problems}'
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in ("", "image", "truth", *grid.series))
    body = []
    for row in grid.rows:
        what = ", ".join(row.classes) or "background only"
        cells = [
            _image(row.image, "jpeg", f"validation image {row.image_id}: {what}"),
            _image(row.truth, "png", f"true classes of {row.image_id}: {what}"),
        ]
        for series, content in zip(grid.series, row.predictions, strict=True):
            name = f"prediction of {series} for {row.image_id}"
            cells.append("<td>not kept</td>" if content is None else _image(content, "png", name))
        body.append(f'<tr><th scope="row">{escape(row.image_id)}</th>{"".join(cells)}</tr>')
    return (
        '<p class="note">Chosen by rule: the images that most of these runs kept, in the order the runs kept them; '
        "of each strategy the point nearest in hours to the best one, first seed.</p>\n"
        f'{_key(grid, comparison.setting.classes)}\n<div class="scroll" role="region" tabindex="0" '
        f'aria-label="Images, truth and predictions">\n<table class="grid" style="--columns:{len(grid.series) + 2}">'
        f"<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{chr(10).join(body)}\n</tbody></table></div>\n{problems}"
    )


def comparison_section(index: int, comparison: Comparison, report: Report) -> str:
    """Everything about one setting below its verdict."""
    many = len(report.comparisons) > 1
    title = f"What the hours buy: {comparison.setting.title}" if many else "What the hours buy"
    columns = comparison.side_by_side
    return (
        f'<section id="comparison-{index}" aria-labelledby="comparison-{index}-title">\n'
        f'<h2 id="comparison-{index}-title">{escape(title)}</h2>\n{_frontier(index, comparison, report)}\n'
        f"<h3>By budget</h3>\n{budget_table(comparison.budgets)}\n"
        '<p class="note">Bold: the highest. ± is one standard deviation over seeds. '
        "A star: the images ran out before the hours did.</p>\n"
        f"<h3>By class</h3>\n{class_table(comparison.setting, columns)}\n"
        '<p class="note">Of each strategy the point nearest in hours to the best one, mean over its seeds.</p>\n'
        f"<h3>Where the hours went</h3>\n{_hours(index, comparison)}\n"
        f"<h3>What the predictions look like</h3>\n{_grid(comparison)}\n</section>"
    )
