"""The parts of the page that belong to one comparison: verdict, budgets, classes, hours, images, and the planner."""

from collections.abc import Sequence
from html import escape

from budgetseg.costs.kinds import KINDS
from budgetseg.report.finished import FinishedRun
from budgetseg.report.frontier import Point
from budgetseg.report.parts import behind, figure, joined, select, slider, tile
from budgetseg.report.pay import money_text
from budgetseg.report.reference import overlaps
from budgetseg.report.report import Comparison, Report
from budgetseg.report.sample_section import sample_section
from budgetseg.report.tables import budget_table, class_table, hours_table, point_table, reference_table
from budgetseg.report.tables_at_budget import loss_table, planned_table, step_table
from budgetseg.report.trust_section import cost_section, trust_section
from budgetseg.report.verdict import Status, hours_text

__all__ = ["MOST_BARS", "comparison_section", "verdict_block"]

BADGES: dict[Status, str] = {
    "clear": "Clear of the noise",
    "within noise": "Within noise",
    "not repeated": "Not repeated yet",
    "other hours": "Hours differ",
    "only one": "One strategy only",
}
MOST_BARS = 32
"""Points of which the hours are drawn; of more, those that stand side by side."""


def _worst(point: Point) -> tuple[str, float] | None:
    """The object class with the lowest IoU; the background is no class that anyone asks for."""
    known = [(name, value) for name in point.runs[0].classes[1:] if (value := point.iou(name)) is not None]
    return min(known, key=lambda item: item[1], default=None)


def verdict_block(comparison: Comparison) -> str:
    """The sentence, its caution, and the figures that a manager reads first."""
    verdict = comparison.verdict
    best = verdict.best
    money = money_text(comparison.money(best), comparison.pay.currency)
    assumed = ", wage assumed" if comparison.pay.assumed else ""
    tiles = [
        tile("Best mIoU", f"{best.miou:.1f}", best.series),
        tile("Annotation hours", hours_text(best.hours), f"{best.bought}; {money}{assumed}"),
    ]
    if verdict.difference and verdict.rival:
        half = verdict.difference.half_width
        value = f"{verdict.difference.mean:+.1f}" + ("" if half is None else f" ± {half:.1f}")
        tiles.append(tile("Against the next best", value, f"{verdict.rival.series}, {hours_text(verdict.rival.hours)}"))
    if worst := _worst(best):
        tiles.append(tile("Its weakest class", f"{worst[1]:.1f}", worst[0]))
    caution = f'<p class="caution">{escape(verdict.caution)}</p>\n' if verdict.caution else ""
    badge = "badge clear" if verdict.status == "clear" else "badge"
    return (
        f'<div class="verdict">\n<p class="{badge}">{BADGES[verdict.status]}</p>\n'
        f'<p class="sentence">{joined(verdict.sentence)}</p>\n<p class="basis">{joined(verdict.basis)}</p>\n'
        f'<p class="setting">{escape(comparison.setting.title)}</p>\n{caution}'
        f'<dl class="tiles">{"".join(tiles)}</dl>\n</div>'
    )


def _box(attributes: str, words: str, checked: bool = True) -> str:
    chosen = " checked" if checked else ""
    return f'<label><input type="checkbox" {attributes}{chosen} autocomplete="off"> {escape(words)}</label>'


def _switches(index: int, comparison: Comparison, report: Report) -> str:
    """What is on the axes of the frontier, and which traces are shown."""
    place = f'data-of="{index}"'
    kinds = {kind for point in comparison.points for kind, images in point.mix.items() if images}
    pay = comparison.pay
    money = f"money ({pay.currency}{', wage assumed' if pay.assumed else ''})"
    boxes = [
        _box(f'data-kind="{escape(kind)}" {place}', kind)
        for kind in [*(kind for kind in KINDS if kind in kinds), *sorted(kinds - KINDS.keys())]
    ]
    layers = [_box(f'data-layer="front" {place}', "Pareto front")]
    if comparison.planned:
        layers.append(_box(f'data-layer="planner" {place}', "planner"))
    if report.reference:
        words = "published points (another data set and other networks: for the shape only)"
        layers.append(_box(f'data-reference="frontier-{index}"', words, overlaps(comparison.points, report.reference)))
    spreads = [("bars", "error bars"), ("runs", "single runs"), ("none", "none")]
    return (
        '<div class="controls" hidden data-live>'
        + select(
            f'data-measure="{index}"', "Across", [("hours", "hours"), ("money", money), ("images", "images")], "hours"
        )
        + select(f'data-scale="{index}"', "Scale", [("log", "logarithmic"), ("linear", "linear")], "log")
        + select(f'data-spread="{index}"', "Spread of seeds", spreads, "bars")
        + "</div>\n"
        + f'<div class="controls" role="group" aria-label="Kinds shown" hidden data-live><span>Kinds:</span>'
        f"{''.join(boxes)}</div>\n"
        f'<div class="controls" role="group" aria-label="Layers" hidden data-live><span>Layers:</span>'
        f"{''.join(layers)}</div>"
    )


def _frontier(index: int, comparison: Comparison, report: Report) -> str:
    best = comparison.verdict.best
    finding = f"Highest: {best.series} with {best.miou:.1f} mIoU at {hours_text(best.hours)}."
    data = [point_table(comparison.points, comparison.front, comparison.money, comparison.pay.currency)]
    if comparison.planned:
        data.append(planned_table(comparison.planned))
    published = ""
    if report.reference:  # the same in every report, so not for paper
        published = f"<details><summary>The published points</summary>\n{reference_table(report.reference)}</details>"
    caption = (
        f"{finding} Each mark is one way to spend the hours; higher and further left is better. Rings mark the Pareto "
        "front: nothing that costs less reaches more. Select a name in the legend, or press Enter on it, to hide it."
    )
    return (
        f"{_switches(index, comparison, report)}\n{figure(f'frontier-{index}', caption)}\n"
        f'<div class="controls" hidden data-live>'
        f'<button type="button" data-csv="{index}">Download these points as CSV</button></div>\n'
        f"{behind(chr(10).join(data))}\n{published}"
    )


def _at_budget(index: int, comparison: Comparison) -> str:
    step = comparison.steps[comparison.given]
    planned = next((one for one in comparison.planned if one.hours == step.hours), None)
    words = [hours_text(one.hours) for one in comparison.steps]
    note = (
        "Bold: the highest. Spread: one standard deviation over seeds, or the bootstrap over validation images where "
        "there was one run. Read between: mIoU runs straight in the logarithm of the hours between two measured "
        "budgets. All images: the images ran out before the hours did. Largest run: no run had as many hours, and one "
        "can always spend less."
    )
    if isinstance(comparison.planner, str):
        note += f" {comparison.planner}"
    elif comparison.planned:
        note += (
            f" The planner is fitted to {len(comparison.planner.runs)} of these runs; its interval is the one in which "
            "one new training falls with a probability of 80 %. Foretold: its curves say so, no training did."
        )
    return (
        f"{slider(f'budget-{index}', words, comparison.given)}\n"
        f'<div class="choices" id="choices-{index}">{step_table(step, comparison.setting.classes, planned)}</div>\n'
        f'<p class="note">{escape(note)}</p>'
    )


def _classes(index: int, comparison: Comparison) -> str:
    names = [one.series for one in comparison.steps[comparison.given].readings]
    pairs = ""
    if len(names) > 1:
        options = [(name, name) for name in names]
        caption = (
            "IoU of the first strategy less that of the second, class by class, at the budget above. A line across a "
            "bar: one standard deviation over the seeds of both."
        )
        pairs = (
            "<h3>Two strategies, class by class</h3>\n"
            + '<div class="controls" hidden data-live>'
            + select(f'data-first="{index}"', "First", options, names[0])
            + select(f'data-second="{index}"', "Second", options, names[1])
            + f"</div>\n{figure(f'difference-{index}', caption)}\n"
            + behind(f'<div id="pairs-{index}"></div>')
            + "\n"
        )
    caption = "IoU of each class and strategy at the budget above, in percent. Lighter is better."
    return (
        f"<h3>By class</h3>\n{figure(f'classes-{index}', caption)}\n"
        f"{behind(class_table(comparison.setting, comparison.side_by_side))}\n"
        '<p class="note">The table: of each strategy the point nearest in hours to the best one, mean over its seeds.'
        f"</p>\n{pairs}"
    )


def _hours(index: int, comparison: Comparison) -> str:
    runs = [run for point in comparison.points for run in point.runs]
    bars = "A bar is one point of the frontier"
    if len(comparison.points) > MOST_BARS:
        bars = "A bar is the point of a strategy that is nearest in hours to the best one (the table has all)"
    caption = (
        f"Hours of annotation as priced by the cost book {comparison.setting.costs}. {bars}, by annotation kind, mean "
        f"over its seeds. {_measuring(runs)}"
    )
    return f"{figure(f'hours-{index}', caption)}\n{behind(hours_table(runs), 'The hours of each run')}"


def _measuring(runs: Sequence[FinishedRun]) -> str:
    """Say what the masks that measured cost, or would cost where they are free: the hours do not show it."""
    said = dict.fromkeys(str(run.validation) for run in runs if run.validation is not None)
    return f"Measuring: {'; '.join(said)}." if said else ""


def _losses(index: int, comparison: Comparison) -> str:
    if not comparison.learning:
        return '<p class="note">These runs kept no metrics.jsonl, so there is no learning curve to draw.</p>'
    caption = (
        "Training loss of the strategies nearest in hours to the best one, first seed. Kinds have losses of their own, "
        "so levels do not compare; a curve that still falls at its end was stopped early."
    )
    progress = ""
    looked = [curve for curve in comparison.learning if curve.mious]
    if looked:
        images = " and ".join(dict.fromkeys(f"{curve.images or 'a few'}" for curve in looked))
        words = (
            f"mIoU while training, of the strategies nearest in hours to the best one, first seed: on {images} of the "
            f"{looked[0].validation_images:,} validation images, the same each time, at the size that the network "
            "sees. It shows whether a training had come to rest; nothing was chosen by it, and results are those on "
            "all images."
        )
        progress = f"{figure(f'progress-{index}', words)}\n"
    return f"{progress}{figure(f'losses-{index}', caption)}\n{behind(loss_table(comparison.learning))}"


def comparison_section(index: int, comparison: Comparison, report: Report) -> str:
    """Everything about one setting below its verdict."""
    many = len(report.comparisons) > 1
    title = f"What the hours buy: {comparison.setting.title}" if many else "What the hours buy"
    return (
        f'<section id="comparison-{index}" class="comparison" aria-labelledby="comparison-{index}-title">\n'
        f'<h2 id="comparison-{index}-title">{escape(title)}</h2>\n{_at_budget(index, comparison)}\n'
        f"<h3>The frontier</h3>\n{_frontier(index, comparison, report)}\n"
        f"<h3>By budget</h3>\n{budget_table(comparison.budgets)}\n"
        '<p class="note">Bold: the highest. ± is one standard deviation over seeds. '
        "A star: the images ran out before the hours did.</p>\n"
        f"{_classes(index, comparison)}\n"
        f"<h3>Where the hours went</h3>\n{_hours(index, comparison)}\n"
        f"<h3>Learning curves</h3>\n{_losses(index, comparison)}\n"
        f"<h3>What the predictions look like</h3>\n{sample_section(comparison)}\n"
        f"{trust_section(index, comparison)}\n{cost_section(comparison)}\n</section>"
    )
