"""What a pilot may be: so many masks, the trainings that they make possible, and a few real timings.

A mask holds the answer to everything weaker: its labels, clicks, strokes, boxes and coarse outlines can be derived. So
the same masked images, degraded, are evidence for every kind, for the price of one.

Shape suffixes: J trainings, K kinds in the order of ``KINDS``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import new_acts
from budgetseg.errors import InvalidInputError
from budgetseg.plan.affordable import Counts, nothing
from budgetseg.plan.prices import Prices

__all__ = ["SHARES", "TIMED", "Design", "designs", "mask_kind", "trainings"]

SHARES: Final = (Fraction(1, 50), Fraction(1, 25), Fraction(2, 25), Fraction(4, 25), Fraction(8, 25))
"""Of the hours, what the masks of a pilot may take."""
TIMED: Final = 5
"""Images on which each weaker kind is timed."""

_FEWEST_MASKS: Final = 4
_FEWEST_TRAINED: Final = 2
_TIMING_SHARE: Final = Fraction(1, 4)
"""Of the masks' seconds, the most that timings take; where masks are few, fewer images are timed."""


def mask_kind(kinds: Iterable[str]) -> str:
    """Return the strongest kind: the one that is annotated in a pilot, and from which the others are derived.

    Raises:
        InvalidInputError: There are several kinds, and none from which another can be derived.
    """
    order = [kind for kind in KINDS if kind in set(kinds)]
    strongest = order[-1]
    if len(order) > 1 and not derived_kinds(strongest, order):
        raise InvalidInputError(
            f"pilot: no kind among {', '.join(order)} gives another for free, so each would have to be piloted by "
            "itself; give full masks a price"
        )
    return strongest


def derived_kinds(strongest: str, kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds whose every answer can be read off annotations of the strongest."""
    return tuple(kind for kind in kinds if kind != strongest and not new_acts(kind, strongest))


def trainings(masks: int, strongest: str, derived: Iterable[str], *, mixes: bool) -> Counts:
    """Return the trainings (J, K) that masks make possible, each image at one kind.

    Each kind alone on all, half and a quarter of the images, smaller ones within larger ones; with ``mixes`` also a
    half and a quarter of the images with their masks and the others degraded to a weaker kind.
    """
    column = {kind: place for place, kind in enumerate(KINDS)}
    found: list[Counts] = []

    def add(images: Mapping[str, int]) -> None:
        if all(count >= _FEWEST_TRAINED for count in images.values()):
            counts_K = nothing()
            for kind, count in images.items():
                counts_K[column[kind]] = count
            found.append(counts_K)

    weaker = tuple(derived)
    for part in (1, 2, 4):
        for kind in (strongest, *weaker):
            add({kind: masks // part})
    if mixes:
        for part in (2, 4):
            for kind in weaker:
                add({strongest: masks // part, kind: masks - masks // part})
    trainings_JK: Counts = np.array(found, np.int64)
    return trainings_JK


@dataclass(frozen=True, kw_only=True, eq=False)
class Design:
    """A pilot that may be carried out."""

    kind: str
    """Annotated for the pilot: full masks."""
    masks: int
    derived: tuple[str, ...]
    """Kinds that the masks give for free."""
    trainings_JK: Counts
    timed: int
    """Images on which each weaker kind is timed."""
    mask_seconds: Fraction
    timing_seconds: Fraction

    @property
    def seconds(self) -> Fraction:
        """What the pilot takes of the hours."""
        return self.mask_seconds + self.timing_seconds

    @property
    def held_K(self) -> Counts:
        """What is bought for good: the masks stay in the final mix."""
        held_K = nothing()
        held_K[list(KINDS).index(self.kind)] = self.masks
        return held_K


def designs(
    prices: Prices,
    seconds: Fraction,
    pool: int,
    *,
    timed: int = TIMED,
    shares: Iterable[Fraction] = SHARES,
    kinds: Iterable[str] | None = None,
) -> tuple[Design, ...]:
    """Return the pilots that leave something of the seconds, small ones first, each without and with mixes.

    Args:
        prices: Of one image at each kind.
        seconds: What there is to spend, validation and what is paid once off already.
        pool: Images there are.
        timed: Images on which each weaker kind is timed, at most.
        shares: Of the seconds, what the masks may take.
        kinds: Those of which a training would tell something; all that have a price where it is None.

    Raises:
        InvalidInputError: As in :func:`mask_kind`, or fewer than 0 timings.
    """
    if timed < 0:
        raise InvalidInputError(f"--timings: expected at least 0 images of each kind, got {timed}")
    known = prices.kinds if kinds is None else tuple(kind for kind in prices.kinds if kind in tuple(kinds))
    strongest = mask_kind(known)
    each = prices.seconds_of[strongest]
    weaker = tuple(kind for kind in known if kind != strongest)
    derived = derived_kinds(strongest, known)
    round_seconds = sum((prices.seconds_of[kind] for kind in weaker), Fraction(0))
    found, sizes = [], set()
    for share in shares:
        masks = min(pool, int(share * seconds // each)) if each else pool
        if masks < _FEWEST_MASKS or masks in sizes:
            continue
        sizes.add(masks)
        most = int(_TIMING_SHARE * masks * each // round_seconds) if round_seconds else timed
        images = min(timed, most, masks)
        for mixes in (False, True) if derived else (False,):
            design = Design(
                kind=strongest,
                masks=masks,
                derived=derived,
                trainings_JK=trainings(masks, strongest, derived, mixes=mixes),
                timed=images,
                mask_seconds=masks * each,
                timing_seconds=images * round_seconds,
            )
            if design.seconds < seconds:
                found.append(design)
    return tuple(found)
