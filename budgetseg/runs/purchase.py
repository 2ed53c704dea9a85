"""What a run buys: images, the kind that each is annotated at, and what that costs; and the prices behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import new_acts, seconds_of_images
from budgetseg.data.index import Index
from budgetseg.errors import InvalidInputError
from budgetseg.plan.mix import Mix

__all__ = ["Market", "Purchase"]


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """The images annotated, in the order of purchase."""

    image_ids: tuple[str, ...]
    kinds: tuple[str, ...]
    held: tuple[str | None, ...]
    """The kind at which each was annotated already; None for a new image, the image's kind where nothing is asked."""
    seconds: tuple[Fraction, ...]
    """Annotators' time of each image."""
    fixed_seconds: Fraction
    """Paid once, whatever the number of images (a learned objectness prior)."""
    budget_seconds: Fraction
    """What was there to spend; what was spent where no budget was given."""

    @property
    def spent_seconds(self) -> Fraction:
        """Everything paid."""
        return sum(self.seconds, self.fixed_seconds)

    @property
    def mix(self) -> Mix:
        """Images per kind."""
        return Mix.of({kind: self.kinds.count(kind) for kind in set(self.kinds)})

    def seconds_by_kind(self) -> dict[str, Fraction]:
        """Time spent on each kind."""
        return {
            kind: sum((s for k, s in zip(self.kinds, self.seconds, strict=True) if k == kind), Fraction(0))
            for kind, _ in self.mix
        }


class Market:
    """The images of a pool, what is held of each, and what any kind costs for each."""

    def __init__(self, index: Index, book: CostBook, held: Mapping[str, str], seed: int | None, skip: int = 0) -> None:
        """Look at a pool.

        Args:
            index: The pool.
            book: The prices.
            held: Kind at which images are annotated already, by image id.
            seed: Of the order in which images are bought; None for the order of their ids.
            skip: Images at the head of that order that are not for sale.

        Raises:
            InvalidInputError: An image that is held is not in the pool.
        """
        for image_id in held:
            if image_id not in index.ids:
                raise InvalidInputError(
                    f"--current: {image_id} is annotated already, but is no training image of this data set"
                )
        self.index, self.book = index, book
        self.held: list[str | None] = [held.get(image_id) for image_id in index.ids]
        listed = np.arange(len(index.ids))
        order = listed if seed is None else np.random.default_rng([seed, 0]).permutation(listed)
        # What is there already comes first, the richest annotations foremost; sorting keeps the order among equals.
        strength: dict[str | None, int] = {None: -1, **{kind: place for place, kind in enumerate(KINDS)}}
        self.order = sorted((int(row) for row in order), key=lambda row: -strength[self.held[row]])[skip:]
        self._known: dict[tuple[str, int, str | None], list[Fraction]] = {}

    def leaves_nothing_to_ask(self, row: int, kind: str) -> bool:
        """Whether the image's annotations answer all that ``kind`` asks."""
        held = self.held[row]
        return held is not None and not new_acts(kind, held)

    def seconds(self, row: int, kind: str, annotators: int = 1, *, held: str | None = None) -> Fraction:
        """What it takes to annotate an image at ``kind``, given what is there already, or ``held`` by then."""
        held = held or self.held[row]
        key = (kind, annotators, held)
        if key not in self._known:
            self._known[key] = seconds_of_images(
                self.book,
                kind,
                classes_asked=self.index.classes_asked,
                classes_present_N=self.index.classes_present_N.tolist(),
                instances_N=self.index.instances_N.tolist(),
                annotators=annotators,
                held=held,
            )
        return self._known[key][row]

    def purchase(
        self,
        rows: Sequence[int],
        kinds: Sequence[str],
        seconds: Sequence[Fraction],
        *,
        fixed_seconds: Fraction,
        budget_seconds: Fraction | None,
    ) -> Purchase:
        """Return what is annotated in the end: the images bought, and those held of which nothing more is asked."""
        bought = set(rows)
        kept = [row for row in self.order if self.held[row] is not None and row not in bought]
        spent = sum(seconds, fixed_seconds)
        return Purchase(
            image_ids=tuple(self.index.ids[row] for row in (*rows, *kept)),
            kinds=(*kinds, *(str(self.held[row]) for row in kept)),
            held=tuple(self.held[row] for row in (*rows, *kept)),
            seconds=(*seconds, *(Fraction(0) for _ in kept)),
            fixed_seconds=fixed_seconds,
            budget_seconds=spent if budget_seconds is None else budget_seconds,
        )
