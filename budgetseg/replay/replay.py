"""The proof: surfaces replayed by image counts, by hours paid, and with a data set left out; one value for all faces.

Deterministic. Every belief rests on data sets that share neither name nor training with the surface at hand.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from budgetseg.errors import InvalidInputError
from budgetseg.replay.by_counts import GroupResult, replay_group
from budgetseg.replay.candidates import grid_candidates, measured_candidates
from budgetseg.replay.decisions import Bin, calibration
from budgetseg.replay.foretold import LEVEL
from budgetseg.replay.ground import TRUTHS, Ground, ground_of
from budgetseg.replay.left_out import LeftOutResult, beliefs_without, replay_left_out
from budgetseg.replay.methods import METHODS
from budgetseg.replay.paid import PaidResult, replay_paid
from budgetseg.replay.prices import ImagePrices
from budgetseg.replay.sets import Measured
from budgetseg.replay.splits import splits_of

__all__ = ["PARTS", "SCHEMA", "Design", "Replay", "replay"]

SCHEMA: Final = "budgetseg.replay/1"
PARTS: Final = ("counts", "paid", "left-out")


@dataclass(frozen=True, kw_only=True)
class Design:
    """What is replayed."""

    parts: tuple[str, ...] = PARTS
    most_images: tuple[int, ...] = (700, 320)
    """Rows of at most so many images are fitted."""
    seeds: int = 20
    """Random halves."""
    grid: bool = False
    """Whether a grid of mixes can be chosen, instead of the measured ones."""
    truth: str = "smooth"
    """What choices are judged by; see `budgetseg.replay.ground`."""
    budgets: tuple[float, ...] = (10.0, 15.0, 30.0, 60.0)
    """Hours at which to choose."""
    pilots: tuple[float, ...] = (2.0, 4.0, 8.0)
    """Hours of pilots."""
    validation_masks: int = 0
    """That a pilot pays for."""
    trainings: tuple[int, ...] = (0, 3, 6, 12)
    """Of a new data set."""
    left_out_seeds: int = 1
    """Orders of the trainings of a new data set."""

    def __post_init__(self) -> None:
        for part in self.parts:
            if part not in PARTS:
                raise InvalidInputError(f'replay: unknown part "{part}"; expected some of {", ".join(PARTS)}')
        if self.truth not in TRUTHS:
            raise InvalidInputError(f'replay: unknown truth "{self.truth}"; expected one of {", ".join(TRUTHS)}')
        for what, values in (("budget", self.budgets), ("pilot", self.pilots)):
            if any(not 0 < value < 1e9 for value in values):
                raise InvalidInputError(f"replay: expected {what}s of more than 0 hours, got {min(values):g}")
        if self.seeds < 0 or self.left_out_seeds < 1 or self.validation_masks < 0 or min(self.trainings, default=0) < 0:
            raise InvalidInputError("replay: expected numbers of at least 0, and at least one order of trainings")
        if any(most < 1 for most in self.most_images):
            raise InvalidInputError(f"replay: expected thresholds of at least 1 image, got {min(self.most_images)}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Replay:
    """The ``budgetseg.replay/1`` value."""

    design: Design
    prices: ImagePrices
    surfaces: Mapping[str, int]
    """Name -> rows."""
    helping: tuple[str, ...]
    """Further data sets that beliefs were pooled from."""
    counts: tuple[GroupResult, ...]
    paid: tuple[PaidResult, ...]
    left_out: tuple[LeftOutResult, ...]

    @property
    def coverage(self) -> dict[str, float]:
        """Share of measurements within the interval, by method, over all splits; repeated halves count once."""
        pooled = {}
        for method in METHODS if self.counts else ():
            rows = [(each.scores[method.name], each.splits) for each in self.counts]
            total = sum(score.rows / splits for score, splits in rows)
            pooled[method.name] = sum(score.coverage * score.rows / splits for score, splits in rows) / total
        return pooled

    def decisions(self, by: str) -> dict[str, tuple[Bin, ...]]:
        """Calibration by method over all splits, ``by`` ``truth`` or ``measurement``; repeated halves count once."""
        found = {}
        for method in METHODS:
            if method.chooses and self.counts:
                kept = [each.by_truth if by == "truth" else each.by_measurement for each in self.counts]
                found[method.name] = calibration(each for group in kept for each in group[method.name])
        return found

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        return {
            "schema": SCHEMA,
            "level": LEVEL,
            "truth": TRUTHS[self.design.truth],
            "candidates": "grid" if self.design.grid else "measured mixes",
            "seconds_per_image": dict(self.prices.seconds_of),
            "surfaces": dict(self.surfaces),
            "beliefs_from": list(self.helping),
            "by_counts": [each.to_dict() for each in self.counts],
            "by_hours_paid": [each.to_dict() for each in self.paid],
            "left_out": [each.to_dict() for each in self.left_out],
            "coverage": self.coverage,
            "decisions": {
                f"by_{by}": {name: [each.to_dict() for each in bins] for name, bins in self.decisions(by).items()}
                for by in ("truth", "measurement")
            },
        }


def replay(
    surfaces: Sequence[Measured],
    others: Sequence[Measured],
    prices: ImagePrices,
    design: Design,
    tell: Callable[[str], None] = lambda _: None,
) -> Replay:
    """Replay surfaces.

    Args:
        surfaces: To be replayed; at least one.
        others: Further data sets that beliefs may be pooled from.
        prices: Of an image.
        design: What to do.
        tell: Is told what is being done, for it takes minutes.

    Raises:
        InvalidInputError: No surface has two rows.
    """
    usable = [each for each in surfaces if each.rows > 1]
    if not usable:
        raise InvalidInputError("replay: no surface with at least 2 rows; some are fitted, the others foretold")
    counts: list[GroupResult] = []
    paid: list[PaidResult] = []
    grounds: list[Ground] = []
    for measured in usable:
        tell(f"{measured.name}: {measured.rows} rows")
        ground = ground_of(measured, design.truth)
        grounds.append(ground)
        beliefs = beliefs_without(measured, others)
        candidates = measured_candidates(ground, prices)
        if design.grid:
            candidates = grid_candidates(ground, prices, design.budgets)
        if "counts" in design.parts:
            splits = splits_of(measured.evidence, most_images=design.most_images, seeds=design.seeds)
            for group in dict.fromkeys(split.group for split in splits):
                tell(f"{measured.name}: fitted on {group}")
                chosen = [split for split in splits if split.group == group]
                counts.append(replay_group(ground, chosen, candidates, beliefs, prices, design.budgets))
        if "paid" in design.parts:
            tell(f"{measured.name}: pilots")
            paid += replay_paid(
                ground,
                candidates,
                beliefs,
                prices,
                pilots=design.pilots,
                budgets=design.budgets,
                validation_masks=design.validation_masks,
            )
    left_out: tuple[LeftOutResult, ...] = ()
    if "left-out" in design.parts:
        everyone = [*usable, *others]
        left_out = replay_left_out(
            grounds, everyone, prices, trainings=design.trainings, seeds=design.left_out_seeds, tell=tell
        )
    return Replay(
        design=design,
        prices=prices,
        surfaces={each.name: each.rows for each in usable},
        helping=tuple(each.name for each in others),
        counts=tuple(counts),
        paid=tuple(paid),
        left_out=left_out,
    )
