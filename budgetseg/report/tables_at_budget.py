"""What each strategy gives at a budget, what was foretold, and what everything rests on, as HTML tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from budgetseg.plan.page import RateSource
from budgetseg.report.at_budget import Step
from budgetseg.report.calibration import Calibration
from budgetseg.report.learning import LearningCurve
from budgetseg.report.planner import PlannedStep
from budgetseg.report.tables import NONE, Cell, Number, table
from budgetseg.report.verdict import hours_text

__all__ = [
    "calibration_table",
    "loss_table",
    "pick_table",
    "planned_table",
    "rate_table",
    "setting_table",
    "step_table",
]

MOST_VALUES = 6


def step_table(step: Step, classes: Sequence[str], planned: PlannedStep | None) -> str:
    """What each strategy gives at one budget; the page's script fills it anew as the slider moves."""
    rows: list[Sequence[Cell]] = []
    for place, one in enumerate(step.readings):
        worst = one.worst(classes)
        rows.append(
            (
                one.series,
                Number(f"{one.miou:.1f}", strong=place == 0),
                Number(NONE if one.low is None or one.high is None else f"{one.low:.1f} to {one.high:.1f}"),
                NONE if worst is None else f"{worst[0]} {worst[1]:.1f}",
                Number(f"{one.hours:,.2f}"),
                one.basis,
                one.bought,
            )
        )
    if planned is not None:
        expected = planned.expected
        rows.append(
            (
                "planner: best mix",
                Number(f"{expected.mean:.1f}"),
                Number(f"{expected.low:.1f} to {expected.high:.1f}"),
                NONE,
                Number(f"{planned.spent:,.2f}"),
                planned.basis,
                str(planned.mix),
            )
        )
    heads = ("strategy", "mIoU", "spread", "weakest class", "hours", "basis", "what is bought")
    return table("What each strategy gives at this budget", heads, rows)


def planned_table(planned: Sequence[PlannedStep]) -> str:
    """What the planner would buy at each budget."""
    rows = [
        (
            hours_text(one.hours),
            Number(f"{one.expected.mean:.1f}"),
            Number(f"{one.expected.low:.1f} to {one.expected.high:.1f}"),
            str(one.mix),
            one.basis,
        )
        for one in planned
    ]
    return table("What the planner would buy", ("budget", "expected mIoU", "80 % interval", "mix", "basis"), rows)


def calibration_table(calibration: Calibration) -> str:
    """Each run that was foretold."""
    rows = [
        (
            one.run,
            Number(f"{one.hours:,.2f}"),
            Number(f"{one.predicted.mean:.1f}"),
            Number(f"{one.predicted.low:.1f} to {one.predicted.high:.1f}"),
            Number(f"{one.measured:.1f}", strong=not one.inside),
            "inside" if one.inside else "outside",
        )
        for one in calibration.foretold
    ]
    heads = ("run", "hours", "predicted mIoU", "80 % interval", "measured", "the interval")
    return table("Runs that were foretold", heads, rows)


def pick_table(calibration: Calibration) -> str:
    """The strategy that looked best beforehand at each larger budget, and the one that was."""
    rows = [
        (hours_text(one.hours), one.predicted, one.measured, Number(f"{one.lost:.1f}")) for one in calibration.picks
    ]
    return table(
        "The choice at each larger budget", ("budget", "predicted best", "measured best", "mIoU lost by it"), rows
    )


def loss_table(curves: Sequence[LearningCurve]) -> str:
    """Where each training began and ended."""
    looked = any(curve.mious for curve in curves)
    rows: list[Sequence[Cell]] = []
    for curve in curves:
        way = [Number(f"{value:.1f}") for value in _three(curve.mious)] or [Number(NONE)] * 3
        rows.append(
            (
                curve.series,
                curve.run,
                Number(f"{curve.iterations[-1]:,}"),
                *(Number(f"{value:.3f}") for value in _three(curve.losses)),
                *((*way, Number(f"{curve.miou:.1f}")) if looked else ()),
            )
        )
    heads = ("strategy", "run", "iterations", "loss at the start", "half-way", "at the end")
    more = ("mIoU when first looked at", "half-way", "at the end", "of all images") if looked else ()
    return table("Training", (*heads, *more), rows)


def _three(values: Sequence[float]) -> list[float]:
    """The first, the middle and the last, where there are any."""
    return [values[0], values[len(values) // 2], values[-1]] if values else []


def rate_table(costs: str, rates: Sequence[RateSource]) -> str:
    """The rates of a cost book, with their sources."""
    rows = [
        (
            one.name,
            Number(f"{one.seconds:,.3g}"),
            one.per,
            "looked up" if one.verified else "not looked up",
            one.source or NONE,
        )
        for one in rates
    ]
    return table(f"Rates of {costs}", ("rate", "seconds", "per", "source was", "source"), rows)


def _leaves(document: Mapping[str, Any], above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            found |= _leaves(value, f"{above}{key}.")
        else:
            found[f"{above}{key}"] = str(value)
    return found


def setting_table(configs: Sequence[Mapping[str, Any]]) -> str:
    """Every setting of the runs: each value once, with the number of runs where they differ."""
    leaves = [_leaves(config) for config in configs]
    rows: list[Sequence[Cell]] = []
    for key in dict.fromkeys(key for one in leaves for key in one):
        counts: dict[str, int] = {}
        for one in leaves:
            value = one.get(key, "not set")
            counts[value] = counts.get(value, 0) + 1
        said = [value if len(counts) == 1 else f"{value} ({number} runs)" for value, number in counts.items()]
        more = f"; and {len(said) - MOST_VALUES} more" if len(said) > MOST_VALUES else ""
        rows.append((key, "; ".join(said[:MOST_VALUES]) + more))
    return table("Settings of the runs", ("setting", "value"), rows)
