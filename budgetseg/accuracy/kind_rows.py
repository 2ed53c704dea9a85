"""The table of kinds: each kind's mIoU, its share of full supervision's on the same images, and what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetseg.accuracy.design import Cell
from budgetseg.accuracy.exchange import exchange_rate
from budgetseg.accuracy.found import scores
from budgetseg.accuracy.pool import Pool
from budgetseg.accuracy.share import SHARE_GOALS, Share, share_of_full
from budgetseg.accuracy.spread import Summary, common_seeds, summary
from budgetseg.accuracy.trial import Trial
from budgetseg.accuracy.worth import WORTH_GOALS, Worth, worth_of

__all__ = ["KindRow", "kind_rows"]


@dataclass(frozen=True, kw_only=True)
class KindRow:
    """So many images of one kind."""

    kind: str
    images: int
    hours: float
    """Annotators', mean over seeds."""
    miou: Summary | None
    """None before a run is finished, as are the following."""
    share: Share | None
    """Of full supervision's mIoU on the same images; None for masks."""
    worth: Worth | None
    """In masks; None for masks."""
    whole_pool: bool
    """Whether these are all images, of which the project's goals speak."""

    @property
    def share_goal(self) -> float | None:
        """What the share should be; None where nothing is wanted."""
        return SHARE_GOALS.get(self.kind) if self.whole_pool else None

    @property
    def worth_goal(self) -> float | None:
        """How many times its hours' worth of masks the kind should give; None where nothing is wanted."""
        return WORTH_GOALS.get(self.kind) if self.whole_pool else None

    def goals(self) -> dict[str, bool]:
        """Which goals are measured, and whether the means meet them."""
        met = {}
        if self.share_goal is not None and self.share is not None:
            met["share"] = self.share.value >= self.share_goal
        if self.worth_goal is not None and self.worth is not None:
            times = self.worth.times
            met["worth"] = times.value >= self.worth_goal and times.side != "fewer than"
        return met

    def to_dict(self) -> dict[str, Any]:
        """As in ``kinds`` of ``budgetseg.accuracy/1``."""
        return {
            "kind": self.kind,
            "images": self.images,
            "hours": self.hours,
            "miou": None if self.miou is None else self.miou.to_dict(),
            "share": None if self.share is None else self.share.to_dict(),
            "share_goal": self.share_goal,
            "worth": None if self.worth is None else self.worth.to_dict(),
            "worth_goal": self.worth_goal,
            "goals_met": self.goals(),
        }


def kind_rows(
    cells: Mapping[str, Mapping[int, Cell]], miou_of: Mapping[Trial, float], pool: Pool, rng: np.random.Generator
) -> tuple[KindRow, ...]:
    """Return a row a kind and number of images.

    Args:
        cells: By kind and number of images; those of ``full`` make the learning curve.
        miou_of: mIoU of the finished trainings.
        pool: The prices.
        rng: Of the bootstrap.
    """
    full = {images: scores(cell, miou_of) for images, cell in cells.get("full", {}).items()}
    curve = {images: np.array(list(by_seed.values()), np.float64) for images, by_seed in full.items()}
    rows = []
    for kind, by_images in cells.items():
        for images, cell in by_images.items():
            by_seed = scores(cell, miou_of)
            miou_S = np.array(list(by_seed.values()), np.float64)
            seconds = float(sum(pool.seconds(trial) for trial in cell.trials) / len(cell.trials))
            share = worth = None
            if kind != "full":
                share = share_of_full(*common_seeds([by_seed, full.get(images, {})]))
                worth = worth_of(exchange_rate(miou_S, curve, rng), seconds, pool.mask_seconds)
            rows.append(
                KindRow(
                    kind=kind,
                    images=images,
                    hours=seconds / 3600,
                    miou=summary(miou_S) if len(miou_S) else None,
                    share=share,
                    worth=worth,
                    whole_pool=images == pool.images,
                )
            )
    return tuple(rows)
