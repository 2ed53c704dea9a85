"""Strategies: the named ways to spend annotators' time, one for every row of the paper's Table 1.

Each pure kind is a strategy of its own; the others vary who annotates, where, or what an annotation counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["PLANNED", "STRATEGIES", "Strategy", "strategy"]


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """What is bought and how it is used."""

    name: str
    title: str
    kind: str
    """The kind bought for every image that is not a full mask."""
    full_images: bool = False
    """Whether some images get full masks first."""
    annotators: int = 1
    """People who annotate each image."""
    merge: Literal["union", "random"] = "union"
    """Keep what all of them gave, or of each image the answer of one drawn at random."""
    placement: Literal["human", "uniform"] = "human"
    """Where clicks fall: where people click, or anywhere on the class."""
    searches: bool = False
    """Whether every image gets its labels first, and those where a class was found a full mask."""
    rank_weights: bool = False
    """Weight the r-th instance of a class 1/2^r (the first r is 0), section 5.3."""
    charged_as: str | None = None
    """Kind whose price is paid, where it is not ``kind``."""
    paid_annotators: int = 1
    """Annotators whose time is paid."""

    @property
    def price_kind(self) -> str:
        """Kind whose price an image costs."""
        return self.charged_as or self.kind


_VARIANTS = (
    Strategy(
        name="allpoints-weighted",
        title="a click on each instance, earlier ones count more",
        kind="allpoints",
        rank_weights=True,
    ),
    Strategy(
        name="point-3annotators",
        title="clicks of three annotators on each image",
        kind="point",
        annotators=3,
        paid_annotators=3,
    ),
    Strategy(
        name="random-annotators",
        title="for each image the clicks of one of three annotators",
        kind="point",
        annotators=3,
        merge="random",
    ),
    Strategy(
        name="random-points",
        title="one pixel of each class drawn from its mask, which must be paid for",
        kind="point",
        placement="uniform",
        charged_as="full",
    ),
    Strategy(name="hybrid", title="some full masks, clicks for the rest", kind="point", full_images=True),
    Strategy(name="two-stage", title="labels as a search, masks where a class was found", kind="image", searches=True),
)

STRATEGIES: Mapping[str, Strategy] = {
    **{kind.name: Strategy(name=kind.name, title=kind.title, kind=kind.name) for kind in KINDS.values()},
    **{variant.name: variant for variant in _VARIANTS},
}

PLANNED = Strategy(name="plan", title="the mix of a plan", kind="point")
"""How the annotations of a plan's mix are made and used; its kinds and numbers come from the plan."""


def strategy(name: str) -> Strategy:
    """Look a strategy up.

    Raises:
        InvalidInputError: No strategy has this name.
    """
    if name not in STRATEGIES:
        raise InvalidInputError(f'unknown strategy "{name}"{did_you_mean(name, STRATEGIES)}')
    return STRATEGIES[name]
