"""The Pareto front: the points that no other beats in mIoU without costing more."""

from collections.abc import Callable, Sequence

from budgetseg.report.frontier import Point

__all__ = ["front"]


def front(points: Sequence[Point], cost: Callable[[Point], float]) -> tuple[Point, ...]:
    """The points that cost less than, or reach more than, each other one; cheapest first.

    Args:
        points: All of a setting.
        cost: What a point costs, in anything: hours, money or images.
    """
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (cost(point), -point.miou)):
        if not kept or point.miou > kept[-1].miou:
            kept.append(point)
    return tuple(kept)
