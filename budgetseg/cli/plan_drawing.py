"""A plan as the first screen shows it; every figure is one of its JSON document."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.plan.cost_doubt import CostDoubt
    from budgetseg.plan.mix import Mix
    from budgetseg.plan.plan import Plan, Prediction
    from budgetseg.plan.validation_doubt import ValidationDoubt

__all__ = ["draw_plan"]


def draw_plan(plan: "Plan", console: "Console") -> None:
    """Print the chosen mix, what it should reach, the alternatives, and what all of it rests on."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from budgetseg.cli.plan_reasons import class_lines, limit_lines, reason_lines, target_line

    def say(text: str) -> None:
        console.print(text, markup=False)

    if plan.current is None:
        say(f"{_budget(plan)} buy {plan.mix} ({plan.mix.images:,} images, {_hours(plan.hours)} h).")
    else:
        bought = " + ".join(map(str, plan.moves)) or "nothing"
        say(f"{_budget(plan)} buy {bought} ({_hours(plan.hours)} h); you hold {plan.current}.")
        say(f"Together: {plan.mix} ({plan.mix.images:,} images).")
    if plan.candidate is not None:
        say(f"The best affordable row of {plan.candidate.file}: row {plan.candidate.row}, line {plan.candidate.line}.")
    if plan.objective.goal != "mean":
        say(f"Sought: {plan.objective.words}.")
    if plan.predicted_miou is not None:
        percent = f"{plan.predicted_miou.level:.0%}"
        say(f"Expected mIoU {_miou(plan.predicted_miou)} ({percent} interval for one new training).")
    for line in (*_further_doubts(plan), *target_line(plan), *plan.advice):
        say(line)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("mix")
    for column in ("images", "hours", "expected mIoU"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_row(f"chosen: {plan.mix}", *_cells(plan.mix, plan.hours, plan.predicted_miou), style="bold")
    for other in plan.alternatives:
        label = other.name if len(other.mix.counts) == 1 else f"{other.name}: {other.mix}"
        table.add_row(label, *_cells(other.mix, other.hours, other.predicted_miou))
    console.print(table)
    for line in (*limit_lines(plan), *reason_lines(plan), *class_lines(plan)):
        say(line)
    if plan.holds_for:
        say(plan.holds_for)
    mean = plan.workload or {}
    image = ", ".join(f"{value:.3g} {what.replace('_', ' ')}" for what, value in mean.items())
    say(f"Images: {plan.pool:,} of {plan.dataset or 'your pool'}{f' ({image} an image)' if image else ''}.")
    say(f"Costs: {plan.costs}, {plan.accounting} accounting. Evidence: {plan.evidence}.")
    if plan.background_clicks:
        clicks = f"{plan.background_clicks} on the background of each image of clicks or strokes"
        say(f"Clicks: {clicks}, priced in; no prediction knows of them.")
    if plan.validation is not None:
        say(f"Measuring: {plan.validation}.")
    kinds_of: dict[str, list[str]] = {}
    for kind, reason in plan.unavailable.items():
        kinds_of.setdefault(reason, []).append(kind)
    for reason, kinds in kinds_of.items():
        say(f"Not considered: {', '.join(kinds)} ({reason}).")


def _budget(plan: "Plan") -> str:
    """What there is to spend, for the first sentence."""
    bounds = [f"{_hours(one.limit)} {one.unit}" for one in plan.limits if one.name != "images"]
    return " and ".join(bounds) or f"{_hours(plan.budget_hours)} h"


def _cells(mix: "Mix", hours: float, prediction: "Prediction | None") -> tuple[str, str, str]:
    return f"{mix.images:,}", _hours(hours), "not known" if prediction is None else _miou(prediction)


def _hours(hours: float) -> str:
    return f"{hours:,.2f}".rstrip("0").rstrip(".") if hours >= 1 else f"{hours:.3g}"


def _further_doubts(plan: "Plan") -> Iterator[str]:
    """What rates and validation images add to the interval; the interval itself only where that changes it."""

    def then(doubt: "CostDoubt | ValidationDoubt", words: str) -> str:
        predicted = plan.predicted_miou
        assert predicted is not None
        interval = f"[{doubt.low:.1f}, {doubt.high:.1f}]"
        return "" if interval == f"[{predicted.low:.1f}, {predicted.high:.1f}]" else f"{words} {interval}"

    if (costs := plan.cost_doubt) is not None:
        yield (
            f"Costs in doubt ({', '.join(costs.rates)}): these hours buy {costs.images_low:,} to "
            f"{costs.images_high:,} images{then(costs, '; with that the interval is')}."
        )
    if (measured := plan.validation_doubt) is not None:
        yield (
            f"Measured on {measured.images:,} images it comes out within {measured.within:.1f} of what it is"
            f"{then(measured, ': what you will see is in')}."
        )


def _miou(prediction: "Prediction") -> str:
    return f"{prediction.mean:.1f} [{prediction.low:.1f}, {prediction.high:.1f}]"
