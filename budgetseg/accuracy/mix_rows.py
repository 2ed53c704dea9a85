"""The table of mixes: does adding an annotation ever hurt?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from budgetseg.accuracy.design import MixCase
from budgetseg.accuracy.found import scores
from budgetseg.accuracy.mixes import MixVerdict, judge_mix
from budgetseg.accuracy.spread import common_seeds
from budgetseg.accuracy.trial import Trial
from budgetseg.plan.mix import Mix

__all__ = ["MixRow", "mix_rows"]


@dataclass(frozen=True, kw_only=True)
class MixRow:
    """One mix beside its parts."""

    mix: Mix
    found: MixVerdict | None
    """None before the mix and all its parts are measured with one seed at least."""

    def to_dict(self) -> dict[str, Any]:
        """As in ``mixes`` of ``budgetseg.accuracy/1``."""
        return {"images": self.mix.to_dict(), "found": None if self.found is None else self.found.to_dict()}


def mix_rows(cases: Sequence[MixCase], miou_of: Mapping[Trial, float]) -> tuple[MixRow, ...]:
    """Return a row a mix, over the seeds with which it and all its parts are measured."""
    rows = []
    for case in cases:
        mix_S, *parts = common_seeds([scores(cell, miou_of) for cell in (case.whole, *case.parts.values())])
        rows.append(MixRow(mix=case.mix, found=judge_mix(mix_S, dict(zip(case.parts, parts, strict=True)))))
    return tuple(rows)
