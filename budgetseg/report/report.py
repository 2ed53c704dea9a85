"""The value behind the page: everything a report says, computed from run directories and drawn elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from budgetseg.report.finished import FinishedRun, SkippedRun, read_runs
from budgetseg.report.frontier import Point, Setting, budgets, gather, nearest, settings
from budgetseg.report.reference import ReferencePoint, published_points
from budgetseg.report.samples import Grid, sample_grid
from budgetseg.report.verdict import Verdict, judge

__all__ = ["SCHEMA", "Comparison", "Report", "read_report"]

SCHEMA = "budgetseg.report/1"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The runs of one setting, which can be held against each other."""

    setting: Setting
    verdict: Verdict
    points: tuple[Point, ...]
    """The frontier, best series first, by hours within a series."""
    samples: Grid

    @property
    def budgets(self) -> tuple[tuple[float, tuple[Point, ...]], ...]:
        """What each budget bought: hours, and the best point of each series there, best first."""
        return budgets(self.points)

    @property
    def side_by_side(self) -> tuple[Point, ...]:
        """One point a series: the one nearest in hours to the verdict's best."""
        return nearest(self.verdict.best, self.points)

    def to_dict(self) -> dict[str, Any]:
        """As in ``comparisons`` of ``budgetseg.report/1``."""
        return {
            "setting": self.setting.to_dict(),
            "verdict": self.verdict.to_dict(),
            "frontier": [point.to_dict() for point in self.points],
            "budgets": [
                {"hours": hours, "series": [point.series for point in held], "miou": [point.miou for point in held]}
                for hours, held in self.budgets
            ],
            "classes": {
                name: {point.series: point.iou(name) for point in self.side_by_side} for name in self.setting.classes
            },
            "samples": self.samples.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
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


def _comparison(setting: Setting, group: tuple[FinishedRun, ...]) -> Comparison:
    points = gather(group)
    verdict = judge(points)
    return Comparison(
        setting=setting, verdict=verdict, points=points, samples=sample_grid(nearest(verdict.best, points))
    )


def read_report(root: Path) -> Report:
    """Read run directories into the value of a report.

    Raises:
        DataError: The folder is missing, or holds no finished run.
    """
    finished, skipped = read_runs(root)
    return Report(
        comparisons=tuple(_comparison(setting, group) for setting, group in settings(finished)),
        runs=finished,
        skipped=skipped,
        reference=published_points(),
    )
