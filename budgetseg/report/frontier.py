"""Hours against mIoU: runs gathered into points, points into series, and what each budget bought.

Only like is compared with like: runs that differ in data set, classes, network, recipe or cost book are kept apart.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from budgetseg.report.finished import FinishedRun

__all__ = ["Point", "Setting", "apart", "budgets", "gather", "nearest", "same_hours", "settings"]

SAME_HOURS = 0.05
"""Hours within 5 % of each other count as the same budget: images are bought whole, and pools end."""
SAME_PURCHASE = 0.02
"""Seeds of one point may differ by 2 % in the hours or images that were asked for: each image costs its own."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What runs must share to be compared."""

    dataset: str
    classes: tuple[str, ...]
    backbone: str
    recipe: str
    costs: str
    validation_images: int

    @property
    def title(self) -> str:
        """In a line, for a reader."""
        return (
            f"{self.dataset}: {len(self.classes)} classes, {self.validation_images:,} validation images, "
            f"{self.backbone} network, {self.recipe} recipe, hours by the cost book {self.costs}"
        )

    def to_dict(self) -> dict[str, Any]:
        """As in each comparison of ``budgetseg.report/1``."""
        return {
            "dataset": self.dataset,
            "classes": list(self.classes),
            "backbone": self.backbone,
            "recipe": self.recipe,
            "costs": self.costs,
            "validation_images": self.validation_images,
        }


@dataclass(frozen=True, kw_only=True)
class Point:
    """Runs that differ by their seed alone: one mark on the frontier. mIoU is 0 to 100."""

    series: str
    """The strategy, with whatever else tells it apart here."""
    strategy: str
    variant: int
    """0 for the plain strategy, 1, 2, ... for its variants: they share the colour."""
    runs: tuple[FinishedRun, ...]

    @property
    def hours(self) -> float:
        """Mean annotation hours spent."""
        return statistics.fmean(run.hours for run in self.runs)

    @property
    def budget_hours(self) -> float | None:
        """The hours offered, where the runs were bought by hours."""
        return self.runs[0].budget_hours

    @property
    def miou(self) -> float:
        """Mean over the seeds."""
        return statistics.fmean(run.miou for run in self.runs)

    @property
    def spread(self) -> Literal["seeds", "bootstrap", "none"]:
        """What ``low`` and ``high`` mean: one standard deviation over seeds, or the one run's bootstrap interval."""
        if len(self.runs) > 1:
            return "seeds"
        return "bootstrap" if self.runs[0].miou_interval else "none"

    @property
    def interval(self) -> tuple[float, float] | None:
        """The ends of the error bar; see ``spread``."""
        if len(self.runs) > 1:
            deviation = statistics.stdev(run.miou for run in self.runs)
            return self.miou - deviation, self.miou + deviation
        bootstrap = self.runs[0].miou_interval
        return bootstrap[:2] if bootstrap else None

    @property
    def mix(self) -> Mapping[str, int]:
        """Images by kind, of the first seed."""
        return self.runs[0].mix

    @property
    def pool_ended(self) -> bool:
        """Whether every image there is was bought, so that hours may be left over."""
        return sum(self.mix.values()) >= self.runs[0].pool

    @property
    def bought(self) -> str:
        """The mix in words, from the least to the most where seeds differ; a pure one needs no name beside its own."""
        if list(self.mix) == [self.strategy]:
            return f"{self._amount(self.strategy)} images"
        kinds = [kind for kind in self.mix if any(run.mix[kind] for run in self.runs)]
        return " + ".join(f"{self._amount(kind)} {kind}" for kind in kinds) or "nothing"

    def _amount(self, kind: str) -> str:
        images = [run.mix[kind] for run in self.runs]
        least, most = min(images), max(images)
        if most - least <= max(3, SAME_PURCHASE * most):
            return f"{images[0]:,}"
        return f"{least:,} to {most:,}"

    def iou(self, name: str) -> float | None:
        """Mean IoU of a class over the seeds that have one."""
        values = [value for run in self.runs if (value := run.iou.get(name)) is not None]
        return statistics.fmean(values) if values else None

    def deviation(self, name: str) -> float | None:
        """Standard deviation of a class's IoU over the seeds; None for fewer than two."""
        values = [value for run in self.runs if (value := run.iou.get(name)) is not None]
        return statistics.stdev(values) if len(values) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        """As in ``frontier`` of ``budgetseg.report/1``."""
        low, high = self.interval or (None, None)
        return {
            "series": self.series,
            "strategy": self.strategy,
            "mix": dict(self.mix),
            "budget_hours": self.budget_hours,
            "hours": self.hours,
            "miou": self.miou,
            "low": low,
            "high": high,
            "spread": self.spread,
            "seeds": [run.seed for run in self.runs],
            "iou": {name: self.iou(name) for name in self.runs[0].classes},
            "miou_by_seed": [run.miou for run in self.runs],
            "runs": [run.name for run in self.runs],
            "command": self.runs[0].command,
        }


def same_hours(one: float, other: float) -> bool:
    """Whether two numbers of hours are one budget: at most 5 % apart."""
    return abs(one - other) <= SAME_HOURS * max(one, other)


def settings(runs: Iterable[FinishedRun]) -> tuple[tuple[Setting, tuple[FinishedRun, ...]], ...]:
    """Sort runs into what can be compared, the setting with most runs first."""
    groups: dict[Setting, list[FinishedRun]] = {}
    for run in runs:
        setting = Setting(
            dataset=run.dataset,
            classes=run.classes,
            backbone=run.backbone,
            recipe=run.recipe,
            costs=run.costs,
            validation_images=run.validation_images,
        )
        groups.setdefault(setting, []).append(run)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0].title, item[0].classes))
    return tuple((setting, tuple(group)) for setting, group in ordered)


def _series(run: FinishedRun, group: Sequence[FinishedRun]) -> str:
    """The strategy, and the choices of the run in which the runs of this strategy differ."""
    peers = [peer for peer in group if peer.strategy == run.strategy]
    words = [run.strategy]
    if run.objectness != "none":
        words.append(f"objectness {run.objectness}")
    if len({peer.annotators for peer in peers}) > 1:
        words.append(f"{run.annotators} annotators")
    if len({peer.iterations for peer in peers}) > 1:
        words.append(f"{run.iterations:,} iterations")
    return ", ".join(words)


def _bought_all(run: FinishedRun) -> bool:
    """Whether no hours were offered, but all images bought for what they happen to cost with this seed."""
    return run.budget_hours == run.hours and sum(run.mix.values()) >= run.pool


def _repeats(run: FinishedRun, point: Sequence[FinishedRun]) -> bool:
    """Whether a run is another seed of the point's runs."""
    first = point[0]
    if run.seed in {other.seed for other in point} or run.mix.keys() != first.mix.keys():
        return False
    if run.pool != first.pool or (run.budget_hours is None) != (first.budget_hours is None):
        return False
    if run.budget_hours is None or (_bought_all(run) and _bought_all(first)):
        return all(abs(run.mix[kind] - first.mix[kind]) <= max(3, SAME_PURCHASE * first.mix[kind]) for kind in run.mix)
    if abs(run.budget_hours - (first.budget_hours or 0.0)) > SAME_PURCHASE * (first.budget_hours or 0.0):
        return False
    # The kind that fills the hours up varies with what the images of a seed happen to cost; the others were asked for.
    rest = max(first.mix, key=lambda kind: first.mix[kind], default=None)
    asked = [kind for kind in run.mix if kind != rest]
    return all(abs(run.mix[kind] - first.mix[kind]) <= SAME_PURCHASE * first.mix[kind] for kind in asked)


def gather(group: Sequence[FinishedRun]) -> tuple[Point, ...]:
    """Gather the runs of one setting into points, sorted by series (best first) and hours."""
    by_series: dict[str, list[list[FinishedRun]]] = {}
    for run in sorted(group, key=lambda run: (run.strategy, run.hours, run.seed, run.name)):
        clusters = by_series.setdefault(_series(run, group), [])
        home = next((cluster for cluster in clusters if _repeats(run, cluster)), None)
        if home is None:
            clusters.append([run])
        else:
            home.append(run)
    variants: dict[str, list[str]] = {}
    for name in sorted(by_series, key=lambda name: (len(name), name)):
        variants.setdefault(by_series[name][0][0].strategy, []).append(name)
    points = [
        Point(
            series=name,
            strategy=cluster[0].strategy,
            variant=variants[cluster[0].strategy].index(name),
            runs=tuple(sorted(cluster, key=lambda run: (run.seed, run.name))),
        )
        for name, clusters in by_series.items()
        for cluster in clusters
    ]
    best = {name: max(point.miou for point in points if point.series == name) for name in by_series}
    return tuple(sorted(points, key=lambda point: (-best[point.series], point.series, point.hours, point.bought)))


def _level(point: Point) -> float:
    return point.hours if point.budget_hours is None else point.budget_hours


def budgets(points: Sequence[Point]) -> tuple[tuple[float, tuple[Point, ...]], ...]:
    """Sort points by the hours they were offered: each level with the best point of each series, best first."""
    levels: list[tuple[float, list[Point]]] = []
    for point in sorted(points, key=_level):
        if not levels or not same_hours(levels[-1][0], _level(point)):
            levels.append((_level(point), []))
        levels[-1][1].append(point)
    answer = []
    for level, held in levels:
        best: dict[str, Point] = {}
        for point in held:
            if point.series not in best or point.miou > best[point.series].miou:
                best[point.series] = point
        answer.append((level, tuple(sorted(best.values(), key=lambda point: (-point.miou, point.series)))))
    return tuple(answer)


def apart(one: Point, other: Point) -> float:
    """How far two points lie apart in hours, as a ratio on the log axis; 0 for the same budget."""
    if same_hours(one.hours, other.hours):
        return 0.0
    if one.budget_hours is not None and one.budget_hours == other.budget_hours:
        return 0.0  # a pool that ended: the same hours were offered
    return abs(math.log(max(one.hours, 1e-9) / max(other.hours, 1e-9)))


def nearest(best: Point, points: Sequence[Point]) -> tuple[Point, ...]:
    """One point a series, the nearest in hours to ``best`` (of equals the higher mIoU), highest mIoU first."""
    chosen: dict[str, Point] = {best.series: best}
    for point in points:
        held = chosen.get(point.series)
        if held is best:
            continue
        if held is None or (apart(best, point), -point.miou) < (apart(best, held), -held.miou):
            chosen[point.series] = point
    return tuple(sorted(chosen.values(), key=lambda point: (-point.miou, point.series)))
