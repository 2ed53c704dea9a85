"""Which image is bought at which kind, and what each costs.

Images are bought in one random order that depends on the seed alone, so a larger budget contains what a smaller one
bought. Each image costs what its own classes and instances cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from budgetseg.costs.book import CostBook
from budgetseg.costs.per_image import seconds_of_images
from budgetseg.data.index import Index
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.mix import Mix
from budgetseg.runs.strategy import Strategy

__all__ = ["Purchase", "buy_mix", "buy_strategy"]


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """The images bought, in the order of purchase."""

    image_ids: tuple[str, ...]
    kinds: tuple[str, ...]
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


class _Prices:
    """Seconds of every image of the pool at a kind, looked up once a kind."""

    def __init__(self, book: CostBook, index: Index) -> None:
        self._book, self._index = book, index
        self._known: dict[tuple[str, int], list[Fraction]] = {}

    def of(self, kind: str, annotators: int = 1) -> list[Fraction]:
        if (kind, annotators) not in self._known:
            self._known[kind, annotators] = seconds_of_images(
                self._book,
                kind,
                classes_asked=self._index.classes_asked,
                classes_present_N=self._index.classes_present_N.tolist(),
                instances_N=self._index.instances_N.tolist(),
                annotators=annotators,
            )
        return self._known[kind, annotators]


def _order(index: Index, seed: int) -> list[int]:
    return [int(row) for row in np.random.default_rng([seed, 0]).permutation(len(index.ids))]


def _purchase(
    index: Index,
    rows: Sequence[int],
    kinds: Sequence[str],
    seconds: Sequence[Fraction],
    fixed_seconds: Fraction,
    budget_seconds: Fraction | None,
) -> Purchase:
    spent = sum(seconds, fixed_seconds)
    return Purchase(
        image_ids=tuple(index.ids[row] for row in rows),
        kinds=tuple(kinds),
        seconds=tuple(seconds),
        fixed_seconds=fixed_seconds,
        budget_seconds=spent if budget_seconds is None else budget_seconds,
    )


def buy_strategy(
    strategy: Strategy,
    *,
    index: Index,
    book: CostBook,
    seed: int,
    full_images: int,
    images: int | None,
    budget_seconds: Fraction | None,
    fixed_seconds: Fraction,
) -> Purchase:
    """Buy images until the budget, the number asked for or the pool ends.

    Args:
        strategy: What to buy; with ``full_images`` its masks come first.
        index: The pool.
        book: Prices.
        seed: Of the order of purchase.
        full_images: Masks of a strategy that holds some.
        images: Images in all; None for no limit but the pool.
        budget_seconds: Time there is; None for no limit.
        fixed_seconds: Paid before the first image.

    Raises:
        BudgetTooSmallError: Nothing, or not all the masks asked for, can be bought.
        InvalidInputError: More images are asked for than the pool holds.
    """
    pool = len(index.ids)
    masks = full_images if strategy.full_images else 0
    wanted = pool if images is None else images
    if max(wanted, masks) > pool:
        raise InvalidInputError(
            f"{max(wanted, masks)} images asked for, the training split holds {pool}; ask for fewer"
        )
    if masks > wanted:
        raise InvalidInputError(f"--images {wanted}: --full-images {masks} are more than all; ask for fewer masks")
    prices = _Prices(book, index)
    rows = _order(index, seed)[:wanted]
    kinds = ["full"] * masks + [strategy.kind] * (wanted - masks)
    weak_seconds = prices.of(strategy.price_kind, strategy.paid_annotators)
    mask_seconds = prices.of("full") if masks else weak_seconds
    seconds = [mask_seconds[row] if place < masks else weak_seconds[row] for place, row in enumerate(rows)]
    if budget_seconds is None:
        return _purchase(index, rows, kinds, seconds, fixed_seconds, None)
    bought, spent = 0, fixed_seconds
    while bought < wanted and spent + seconds[bought] <= budget_seconds:
        spent += seconds[bought]
        bought += 1
    least = max(masks, 1)
    if bought < least:
        needed = fixed_seconds + sum(seconds[:least])
        what = f"the {masks} full masks" if masks else f"one image at {strategy.name}"
        raise BudgetTooSmallError(
            f"{float(budget_seconds / 3600):.2f} h do not buy {what}: that takes {float(needed / 3600):.2f} h"
            + ("; or ask for fewer with --full-images" if masks else "")
        )
    return _purchase(index, rows[:bought], kinds[:bought], seconds[:bought], fixed_seconds, budget_seconds)


def buy_mix(
    mix: Mix,
    *,
    index: Index,
    book: CostBook,
    seed: int,
    fixed_seconds: Fraction,
    budget_seconds: Fraction | None = None,
) -> Purchase:
    """Buy the images of a plan, masks first.

    Raises:
        InvalidInputError: The pool holds fewer images than the plan.
    """
    if mix.images > len(index.ids):
        raise InvalidInputError(
            f"the plan holds {mix.images:,} images, the training split {len(index.ids):,}; plan with --dataset"
        )
    if not mix.images:
        raise BudgetTooSmallError("the plan buys no image; plan with more hours")
    prices = _Prices(book, index)
    strongest_first = list(mix)[::-1]
    kinds = [kind for kind, count in strongest_first for _ in range(count)]
    rows = _order(index, seed)[: len(kinds)]
    seconds = [prices.of(kind)[row] for kind, row in zip(kinds, rows, strict=True)]
    return _purchase(index, rows, kinds, seconds, fixed_seconds, budget_seconds)
