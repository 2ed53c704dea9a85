"""Learning curves: the loss of trainings as metrics.jsonl logs it."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from budgetseg.report.frontier import Point

__all__ = ["LossCurve", "loss_curves"]

MOST_POINTS: Final = 100
"""A chart shows no more, and the page stays small."""


@dataclass(frozen=True, kw_only=True)
class LossCurve:
    """The loss of one training."""

    series: str
    strategy: str
    variant: int
    run: str
    iterations: tuple[int, ...]
    losses: tuple[float, ...]


def _rows(path: Path) -> list[tuple[int, float]]:
    """Logged iterations and losses; a line that was cut off ends the list, and a file that cannot be read is empty."""
    rows: list[tuple[int, float]] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return rows
    for line in lines:
        try:
            row = json.loads(line)
            iteration, loss = int(row["iteration"]), float(row["loss"])
        except (KeyError, TypeError, ValueError):
            break
        if math.isfinite(loss):
            rows.append((iteration, loss))
    return rows


def loss_curves(points: Sequence[Point]) -> tuple[LossCurve, ...]:
    """Of each point the run with the lowest seed that logged its loss."""
    curves = []
    for point in points:
        for run in point.runs:
            rows = _rows(run.path / "metrics.jsonl")
            if rows:
                kept = rows[:: math.ceil(len(rows) / MOST_POINTS)]
                curves.append(
                    LossCurve(
                        series=point.series,
                        strategy=point.strategy,
                        variant=point.variant,
                        run=run.name,
                        iterations=tuple(iteration for iteration, _ in kept),
                        losses=tuple(loss for _, loss in kept),
                    )
                )
                break
    return tuple(curves)
