"""The value behind the page: everything a report says, computed from run directories and drawn elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from budgetseg.costs.book import CostBook, load_book
from budgetseg.errors import InvalidInputError
from budgetseg.report.at_budget import Step, amounts, steps
from budgetseg.report.calibration import Calibration, calibrate
from budgetseg.report.finished import FinishedRun, SkippedRun, read_runs
from budgetseg.report.frontier import Point, Setting, budgets, gather, nearest, settings
from budgetseg.report.learning import LearningCurve, learning_curves
from budgetseg.report.pareto import front
from budgetseg.report.pay import Pay, pay_of
from budgetseg.report.planner import PlannedStep, Planner, planner_of
from budgetseg.report.reference import ReferencePoint, published_points
from budgetseg.report.samples import Grid, sample_grid
from budgetseg.report.verdict import Verdict, judge, within

__all__ = ["SCHEMA", "Comparison", "Report", "book_of", "read_report"]

SCHEMA = "budgetseg.report/1"


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """The runs of one setting, which can be held against each other."""

    setting: Setting
    verdict: Verdict
    points: tuple[Point, ...]
    """The frontier, best series first, by hours within a series."""
    samples: Grid
    steps: tuple[Step, ...]
    """What each strategy gives at each budget of the slider."""
    given: int
    """The step that the page opens with."""
    planner: Planner | str
    """The planner fitted to these runs, or why it was not."""
    planned: tuple[PlannedStep, ...]
    """What it would buy; empty without it."""
    calibration: Calibration | str
    """How well it foretells, or why nobody knows."""
    pay: Pay
    book: CostBook | None
    """None where the cost book is not to be found any more."""
    learning: tuple[LearningCurve, ...]

    @property
    def budgets(self) -> tuple[tuple[float, tuple[Point, ...]], ...]:
        """What each budget bought: hours, and the best point of each series there, best first."""
        return budgets(self.points)

    @property
    def side_by_side(self) -> tuple[Point, ...]:
        """One point a series: the one nearest in hours to the verdict's best."""
        return nearest(self.verdict.best, self.points)

    def money(self, point: Point) -> float:
        """What a point costs, mean over its seeds."""
        return sum(map(self.pay.of, point.runs)) / len(point.runs)

    @property
    def front(self) -> tuple[Point, ...]:
        """The Pareto front in hours."""
        return front(self.points, lambda point: point.hours)

    def to_dict(self) -> dict[str, Any]:
        """As in ``comparisons`` of ``budgetseg.report/1``."""
        classes = self.setting.classes
        on_front = self.front
        return {
            "setting": self.setting.to_dict(),
            "verdict": self.verdict.to_dict(),
            "frontier": [
                {**point.to_dict(), "money": self.money(point), "pareto": point in on_front} for point in self.points
            ],
            "budgets": [
                {"hours": hours, "series": [point.series for point in held], "miou": [point.miou for point in held]}
                for hours, held in self.budgets
            ],
            "classes": {name: {point.series: point.iou(name) for point in self.side_by_side} for name in classes},
            "given": self.given,
            "steps": [step.to_dict(classes) for step in self.steps],
            "planned": [step.to_dict() for step in self.planned],
            "planner": self.planner if isinstance(self.planner, str) else None,
            "calibration": self.calibration if isinstance(self.calibration, str) else self.calibration.to_dict(),
            "pay": self.pay.to_dict(),
            "samples": self.samples.to_dict(),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """The ``budgetseg.report/1`` value, drawn alike by the page and the JSON."""

    comparisons: tuple[Comparison, ...]
    """The setting with most runs first."""
    runs: tuple[FinishedRun, ...]
    skipped: tuple[SkippedRun, ...]
    reference: tuple[ReferencePoint, ...]

    @property
    def sentence(self) -> str:
        """The first verdict."""
        return self.comparisons[0].verdict.sentence

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "verdict": self.sentence,
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
            "runs": [_run(run) for run in self.runs],
            "skipped": [run.to_dict() for run in self.skipped],
            "reference": [point.to_dict() for point in self.reference],
        }


def _run(run: FinishedRun) -> dict[str, Any]:
    """What it cost, what it gave, and how to repeat it."""
    return {
        "name": run.name,
        "strategy": run.strategy,
        "seed": run.seed,
        "mix": dict(run.mix),
        "hours": {"planned": run.planned_hours, "actual": run.hours},
        "hours_by_kind": dict(run.hours_by_kind),
        "costs": run.costs,
        "pool": run.pool,
        "miou": run.miou,
        "annotators": run.annotators,
        "objectness": run.objectness,
        "iterations": run.iterations,
        "seconds_train": run.seconds_train,
        "device": run.device,
        "command": run.command,
        "environment": _plain(run.environment),
    }


def _plain(document: Mapping[str, Any]) -> dict[str, str]:
    """A nested document as ``{"versions.torch": "2.6"}``."""
    flat: dict[str, str] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{below}": text for below, text in _plain(value).items()}
        else:
            flat[str(key)] = "" if value is None else str(value)
    return flat


def book_of(name: str) -> CostBook | None:
    """The cost book that priced runs; None where it is not to be found any more."""
    try:
        return load_book(name)
    except InvalidInputError:
        return None


def _comparison(
    setting: Setting, group: tuple[FinishedRun, ...], hours: float | None, wage: Fraction | None
) -> Comparison:
    points = gather(group)
    paid = hours if hours is not None and within(points, hours) else None
    verdict = judge(points, paid)
    book = book_of(setting.costs)
    opening = verdict.best.hours if paid is None else paid
    looked_at = amounts(points, opening)
    read = steps(points, looked_at)
    planner = planner_of(group, book)
    side_by_side = nearest(verdict.best, points)
    return Comparison(
        setting=setting,
        verdict=verdict,
        points=points,
        samples=sample_grid(side_by_side),
        steps=read,
        given=min(range(len(looked_at)), key=lambda place: abs(looked_at[place] - opening)),
        planner=planner,
        planned=() if isinstance(planner, str) else planner.steps(looked_at),
        calibration=calibrate(points),
        pay=pay_of(book, next((run.workload for run in group if run.workload is not None), None), wage),
        book=book,
        learning=learning_curves(side_by_side),
    )


def read_report(root: Path, *, hours: float | None = None, wage: Fraction | None = None) -> Report:
    """Read run directories into the value of a report.

    Args:
        root: A run directory, or a folder of them.
        hours: The budget that the verdict is about; the best of all runs by default.
        wage: Money for an hour of an annotator's work, in the place of the cost book's.

    Raises:
        DataError: The folder is missing, or holds no finished run.
        InvalidInputError: Fewer hours than any run had.
    """
    finished, skipped = read_runs(root)
    least = min(run.hours for run in finished)
    if hours is not None and hours < least * 0.95:
        raise InvalidInputError(f"--hours {hours:g}: the cheapest of these runs took {least:.3g} h; give at least that")
    return Report(
        comparisons=tuple(_comparison(setting, group, hours, wage) for setting, group in settings(finished)),
        runs=finished,
        skipped=skipped,
        reference=published_points(),
    )
