"""Learning curves: the loss of trainings as metrics.jsonl logs it, and their mIoU on the way where it was looked at."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from budgetseg.report.frontier import Point

__all__ = ["LearningCurve", "learning_curves"]

MOST_POINTS: Final = 100
"""A chart shows no more, and the page stays small."""

_Curve = tuple[tuple[int, ...], tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class LearningCurve:
    """Of one training."""

    series: str
    strategy: str
    variant: int
    run: str
    iterations: tuple[int, ...]
    losses: tuple[float, ...]
    looked_at: tuple[int, ...]
    """Iterations after which the mIoU was looked at; none where it was not."""
    mious: tuple[float, ...]
    """0 to 100, on a few validation images."""
    images: int | None
    """How many; None for a run that does not say."""
    validation_images: int
    miou: float
    """Of the result, on all of them."""


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """Logged lines; one that was cut off ends them, and a file that cannot be read has none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            row = json.loads(line)
            int(row["iteration"]), float(row["loss"]), float(row.get("miou", 0.0))
        except (AttributeError, KeyError, TypeError, ValueError):
            return
        yield row


def _curve(rows: Sequence[Mapping[str, Any]], name: str) -> _Curve:
    """Iterations and finite values of what rows say of this, thinned to what a chart shows."""
    found = [(int(row["iteration"]), float(row[name])) for row in rows if name in row and math.isfinite(row[name])]
    kept = found[:: math.ceil(len(found) / MOST_POINTS) or 1]
    return tuple(iteration for iteration, _ in kept), tuple(value for _, value in kept)


def learning_curves(points: Sequence[Point]) -> tuple[LearningCurve, ...]:
    """Of each point the run with the lowest seed that logged its loss."""
    curves = []
    for point in points:
        for run in point.runs:
            rows = list(_rows(run.path / "metrics.jsonl"))
            iterations, losses = _curve(rows, "loss")
            if not losses:
                continue
            looked_at, mious = _curve(rows, "miou")
            curves.append(
                LearningCurve(
                    series=point.series,
                    strategy=point.strategy,
                    variant=point.variant,
                    run=run.name,
                    iterations=iterations,
                    losses=losses,
                    looked_at=looked_at,
                    mious=mious,
                    images=run.images_on_the_way,
                    validation_images=run.validation_images,
                    miou=run.miou,
                )
            )
            break
    return tuple(curves)
