"""Where to stop: the hours after which one more mIoU costs more than it is worth."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from budgetseg.report.pay import Pay
from budgetseg.report.planner import Planner

__all__ = ["CurvePoint", "Stop", "stop_of"]

STEPS: Final = 15
LEAST: Final = 1 / 8
MOST: Final = 3.0
"""Budgets that are looked at, as factors on the given one."""


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """The best mix at a budget."""

    hours: float
    money: float
    miou: float
    """Expected; never less than at a smaller budget, for one can always spend less."""
    price: float | None
    """Money that one more mIoU costs from the budget before to here; None at the first, or where nothing is gained."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """What more hours bring, and where that is not worth it any more."""

    worth: float
    """Money that one more mIoU is worth."""
    curve: tuple[CurvePoint, ...]
    """By hours."""
    hours: float | None
    """The largest budget up to which every step is worth its money; None where even the last one looked at is."""
    here: float | None
    """What one more mIoU costs around the given budget; None where more hours bring nothing."""

    def to_dict(self) -> dict[str, Any]:
        """As ``stop`` in ``budgetseg.memo/1``."""
        return {
            "worth": self.worth,
            "hours": self.hours,
            "here": self.here,
            "curve": [
                {"hours": one.hours, "money": one.money, "miou": one.miou, "price": one.price} for one in self.curve
            ],
        }


def stop_of(planner: Planner, pay: Pay, given: float, worth: float) -> Stop:
    """Follow the best mix from an eighth of a budget to three times as much.

    Args:
        planner: Fitted to runs.
        pay: What hours cost.
        given: The budget, hours.
        worth: Money that one more mIoU is worth.
    """
    amounts = sorted({*(float(f"{given * factor:.3g}") for factor in np.geomspace(LEAST, MOST, STEPS)), given})
    curve: list[CurvePoint] = []
    for step in planner.steps(amounts):
        hours = {kind: float(images * planner.prices.seconds_of[kind] / 3600) for kind, images in step.mix}
        money = pay.money(hours, step.mix.to_dict())
        before = curve[-1] if curve else None
        miou = step.expected.mean if before is None else max(before.miou, step.expected.mean)
        price = None
        if before is not None and miou > before.miou:
            price = max(0.0, money - before.money) / (miou - before.miou)
        curve.append(CurvePoint(hours=step.hours, money=money, miou=miou, price=price))
    end = None
    for before, after in pairwise(curve):
        if after.price is None or after.price > worth:
            end = before.hours
            break
    here = next((after.price for after in curve[1:] if after.hours > given), None)
    return Stop(worth=worth, curve=tuple(curve), hours=end, here=here)
