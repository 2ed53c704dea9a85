"""The numbers of a plan as HTML tables: one behind every chart, and that of the budget slider."""

from collections.abc import Sequence

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.budget_sweep import BudgetStep
from budgetseg.plan.page import PlanPage
from budgetseg.plan.plan import Prediction
from budgetseg.report.plan_bars import change_of
from budgetseg.report.plan_frontier import amount_text, series_names
from budgetseg.report.tables import NONE, Cell, Number, table

__all__ = [
    "choice_table",
    "doubt_table",
    "evidence_table",
    "frontier_table",
    "mix_table",
    "price_table",
    "sensitivity_table",
]


def _miou(prediction: Prediction | None) -> tuple[str, str]:
    if prediction is None:
        return "not known", NONE
    return f"{prediction.mean:.1f}", f"{prediction.low:.1f} to {prediction.high:.1f}"


def choice_table(step: BudgetStep) -> str:
    """What each choice gives at one budget; the page's script fills it anew as the slider moves."""
    rows: list[Sequence[Cell]] = []
    for choice in step.choices:
        mean, interval = _miou(choice.predicted_miou)
        strong = choice is step.best
        rows.append(
            (
                choice.name,
                Number(mean, strong=strong),
                Number(interval),
                Number(f"{choice.hours:,.1f}"),
                Number(f"{choice.mix.images:,}"),
                str(choice.mix),
            )
        )
    heads = ("choice", "mIoU", "80 % interval", "hours", "images", "what is bought")
    return table("What each choice gives at this budget", heads, rows)


def frontier_table(page: PlanPage) -> str:
    """Expected mIoU and interval of each choice at each budget."""
    names = series_names(page.steps)
    rows: list[Sequence[Cell]] = []
    for step in page.steps:
        of = {choice.name: choice.predicted_miou for choice in step.choices}
        cells = []
        for name in names:
            mean, interval = _miou(of.get(name))
            cells.append(Number(NONE if name not in of else f"{mean} ({interval})"))
        rows.append((amount_text(page.axis, step.budget), *cells))
    return table("Expected mIoU (80 % interval) by budget", ("budget", *names), rows)


def mix_table(page: PlanPage) -> str:
    """Images and hours of the best mix at each budget."""
    kinds = [kind for kind in KINDS if any(step.best.mix[kind] for step in page.steps)]
    rows: list[Sequence[Cell]] = []
    for step in page.steps:
        hours = step.best.hours_by_kind
        cells = (
            Number(f"{step.best.mix[kind]:,}" + (f" ({hours[kind]:,.1f} h)" if kind in hours else ""))
            if step.best.mix[kind]
            else Number(NONE)
            for kind in kinds
        )
        rows.append((amount_text(page.axis, step.budget), *cells, Number(f"{step.best.hours:,.1f}")))
    return table("Images (hours) of the best mix by budget", ("budget", *kinds, "hours in all"), rows)


def price_table(page: PlanPage) -> str:
    """Seconds of an image, and images and hours of the plan."""
    best = page.steps[page.given].best
    kinds = [*page.seconds_of, *(what for what in best.hours_by_kind if what not in page.seconds_of)]
    rows = [
        (
            kind,
            Number(f"{page.seconds_of[kind]:,.1f}" if kind in page.seconds_of else NONE),
            Number(f"{best.mix[kind]:,}" if kind in KINDS else NONE),
            Number(f"{best.hours_by_kind.get(kind, 0.0):,.2f}"),
        )
        for kind in kinds
    ]
    return table("Cost by kind", ("kind", "seconds an image", "images planned", "hours planned"), rows)


def sensitivity_table(page: PlanPage) -> str:
    """The best mix at each changed price."""
    unit = "h" if page.plan.objective.goal == "target" else "mIoU"
    rows = []
    for one in page.price_changes:
        change = change_of(page, one)
        mean, interval = _miou(one.predicted_miou)
        rows.append(
            (
                f"{one.kind} x{one.factor:g}",
                Number(NONE if change is None else f"{round(change, 2) + 0.0:+.2f} {unit}"),
                Number(mean),
                Number(interval),
                "other kinds" if one.other_kinds else "the same",
                str(one.mix),
            )
        )
    heads = ("cost of", "change", "mIoU", "80 % interval", "kinds", "best mix then")
    return table("The best mix at other prices", heads, rows)


def doubt_table(page: PlanPage) -> str:
    """Standard deviations, and the share that is borrowed."""
    rows = [
        (
            one.name,
            Number(f"{one.training:.1f}"),
            Number(f"{one.evidence:.1f}"),
            Number(f"{one.transfer:.1f}"),
            Number(f"{100 * one.borrowed:.0f} %", share=one.borrowed),
        )
        for one in page.doubts
    ]
    heads = ("choice", "seed and draw", "trainings here", "trainings elsewhere", "borrowed")
    return table("Standard deviations in mIoU", heads, rows)


def evidence_table(page: PlanPage) -> str:
    """The trainings that predictions rest on."""
    rows = [
        (
            one.dataset,
            one.recipe,
            Number(f"{one.trainings:,}"),
            ", ".join(one.kinds),
            "these images" if one.here else "borrowed from",
        )
        for one in page.evidence
    ]
    return table("Trainings by data set and recipe", ("data set", "recipe", "trainings", "kinds", "use"), rows)
