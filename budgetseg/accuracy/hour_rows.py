"""The table of equal hours: each hybrid against the kinds that the same hours buy alone.

The rivals of a hybrid are the pure kinds, but of coarse and assisted masks, whose errors are assumed and not measured,
only those that it holds itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from budgetseg.accuracy.design import Cell, HoursCase
from budgetseg.accuracy.equal_hours import LEAD_GOAL, LEAD_HOURS, Crossing, Lead, crossing, lead_over
from budgetseg.accuracy.found import scores
from budgetseg.accuracy.pool import Pool
from budgetseg.accuracy.spread import Summary, common_seeds, summary
from budgetseg.accuracy.trial import Trial

__all__ = ["HoursRow", "crossings", "hours_rows", "rivals_of"]

_ASSUMED: Final = ("coarse", "assisted")


@dataclass(frozen=True, kw_only=True)
class HoursRow:
    """One way to spend one budget."""

    budget_hours: float
    kinds: tuple[str, ...]
    """The strong kind and the weak kind of a hybrid, or the kind alone."""
    hours: float
    """Spent, mean over seeds: a pool that ends leaves hours over."""
    images: Mapping[str, float]
    """Mean over seeds, by kind."""
    miou: Summary | None
    lead: Lead | None = None
    """Of a hybrid, over its best rival; None before both are measured."""
    lead_over_masks: Lead | None = None
    """Over full masks alone."""

    @property
    def goal_met(self) -> bool | None:
        """Whether the lead is what the project wants; None where nothing is wanted or measured."""
        if self.lead is None or not LEAD_HOURS[0] <= self.budget_hours <= LEAD_HOURS[1]:
            return None
        return self.lead.difference.mean >= LEAD_GOAL

    def to_dict(self) -> dict[str, Any]:
        """As in ``hours`` of ``budgetseg.accuracy/1``."""
        return {
            "budget_hours": self.budget_hours,
            "kinds": list(self.kinds),
            "hours": self.hours,
            "images": dict(self.images),
            "miou": None if self.miou is None else self.miou.to_dict(),
            "lead": None if self.lead is None else self.lead.to_dict(),
            "lead_over_masks": None if self.lead_over_masks is None else self.lead_over_masks.to_dict(),
            "goal_met": self.goal_met,
        }


def rivals_of(hybrid: tuple[str, str], pure: Sequence[str]) -> tuple[str, ...]:
    """Return the pure kinds that a hybrid is compared with."""
    return tuple(kind for kind in pure if kind not in _ASSUMED or kind in hybrid)


def hours_rows(cases: Sequence[HoursCase], miou_of: Mapping[Trial, float], pool: Pool) -> tuple[HoursRow, ...]:
    """Return the rows of every budget, pure kinds first."""
    rows = []
    for case in cases:
        pure = {kind: scores(cell, miou_of) for kind, cell in case.pure.items()}
        for kind, cell in case.pure.items():
            rows.append(_row(case, (kind,), cell, pure[kind], pool))
        for hybrid, cell in case.hybrids.items():
            mixed = scores(cell, miou_of)
            lead = _lead(mixed, {kind: pure[kind] for kind in rivals_of(hybrid, list(pure))})
            masks = {"full": pure["full"]} if "full" in pure else {}
            rows.append(_row(case, hybrid, cell, mixed, pool, lead, _lead(mixed, masks)))
    return tuple(rows)


def _lead(hybrid: Mapping[int, float], rivals: Mapping[str, Mapping[int, float]]) -> Lead | None:
    # Before all rivals are measured nobody knows which is the best.
    hybrid_S, *rest = common_seeds([hybrid, *rivals.values()])
    return lead_over(hybrid_S, dict(zip(rivals, rest, strict=True)))


def _row(
    case: HoursCase,
    kinds: tuple[str, ...],
    cell: Cell,
    by_seed: Mapping[int, float],
    pool: Pool,
    lead: Lead | None = None,
    lead_over_masks: Lead | None = None,
) -> HoursRow:
    seeds = len(cell.trials)
    return HoursRow(
        budget_hours=float(case.hours),
        kinds=kinds,
        hours=float(sum(pool.seconds(trial) for trial in cell.trials) / seeds / 3600),
        images={kind: sum(trial.mix[kind] for trial in cell.trials) / seeds for kind in kinds},
        miou=summary(np.array(list(by_seed.values()), np.float64)) if by_seed else None,
        lead=lead,
        lead_over_masks=lead_over_masks,
    )


def crossings(rows: Sequence[HoursRow]) -> dict[tuple[str, ...], Crossing]:
    """Return, for each hybrid with a measured lead over masks, from which hour masks alone win."""
    leads: dict[tuple[str, ...], dict[float, float]] = {}
    for row in rows:
        if row.lead_over_masks is not None:
            leads.setdefault(row.kinds, {})[row.budget_hours] = row.lead_over_masks.difference.mean
    return {kinds: crossing(list(by_hours), list(by_hours.values())) for kinds, by_hours in leads.items()}
