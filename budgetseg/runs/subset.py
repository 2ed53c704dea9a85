"""Which image is bought at which kind.

Images are bought in one random order that depends on the seed alone, so a larger budget contains what a smaller one
bought. Each image costs what its own classes and instances cost. Images that are annotated already come first: they
stay as they are, or are asked what is new.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import Move
from budgetseg.runs.purchase import Market, Purchase
from budgetseg.runs.strategy import Strategy

__all__ = ["buy_mix", "buy_moves", "buy_strategy"]


def buy_strategy(
    strategy: Strategy,
    market: Market,
    *,
    full_images: int,
    images: int | None,
    budget_seconds: Fraction | None,
    fixed_seconds: Fraction,
) -> Purchase:
    """Buy images until the budget, the number asked for or the pool ends.

    Args:
        strategy: What to buy; with ``full_images`` its masks come first.
        market: The pool.
        full_images: Masks of a strategy that holds some.
        images: Images in all, those annotated already among them; None for no limit but the pool.
        budget_seconds: Time there is; None for no limit.
        fixed_seconds: Paid before the first image.

    Raises:
        BudgetTooSmallError: Nothing, or not all the masks asked for, can be bought.
        InvalidInputError: More images are asked for than the pool holds.
    """
    pool = len(market.order)
    masks = full_images if strategy.full_images else 0
    wanted = pool if images is None else images
    if max(wanted, masks) > pool:
        raise InvalidInputError(
            f"{max(wanted, masks)} images asked for, the training split holds {pool}; ask for fewer"
        )
    if masks > wanted:
        raise InvalidInputError(f"--images {wanted}: --full-images {masks} are more than all; ask for fewer masks")
    rows = market.order[:wanted]
    kinds, seconds = [], []
    for place, row in enumerate(rows):
        kind, price_kind, annotators = strategy.kind, strategy.price_kind, strategy.paid_annotators
        if place < masks:
            kind, price_kind, annotators = "full", "full", 1
        answered = market.leaves_nothing_to_ask(row, price_kind)
        kinds.append(str(market.held[row]) if answered else kind)
        seconds.append(market.seconds(row, price_kind, annotators))
    if budget_seconds is None:
        return market.purchase(rows, kinds, seconds, fixed_seconds=fixed_seconds, budget_seconds=None)
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
    return market.purchase(
        rows[:bought],
        kinds[:bought],
        seconds[:bought],
        fixed_seconds=fixed_seconds,
        budget_seconds=budget_seconds,
    )


def buy_mix(mix: Mix, market: Market, *, fixed_seconds: Fraction) -> Purchase:
    """Buy the images of a plan that starts from nothing, the strongest kinds first.

    Raises:
        BudgetTooSmallError: The plan buys nothing.
        InvalidInputError: The pool holds fewer images than the plan, or some are annotated already.
    """
    if any(market.held):
        raise InvalidInputError("--current: the plan was made without it; plan again with --current")
    moves = [Move(held=None, kind=kind, images=count, seconds=Fraction(0)) for kind, count in list(mix)[::-1]]
    return buy_moves(moves, market, fixed_seconds=fixed_seconds)


def buy_moves(moves: Sequence[Move], market: Market, *, fixed_seconds: Fraction) -> Purchase:
    """Buy what a plan says of new images and of those annotated already.

    Raises:
        BudgetTooSmallError: The plan buys nothing.
        InvalidInputError: There are fewer images than the plan moves.
    """
    if not any(move.images for move in moves):
        raise BudgetTooSmallError("the plan buys no image; plan with more hours")
    stock = Counter(market.held[row] for row in market.order)
    for held in {move.held for move in moves}:
        images = sum(move.images for move in moves if move.held == held)
        if images > stock[held]:
            whose = "new images" if held is None else f"images that hold {held}"
            hint = "plan with --dataset" if held is None else "give --current as when planning"
            raise InvalidInputError(
                f"the plan takes {images:,} {whose}, the training split has {stock[held]:,}; {hint}"
            )
    left = {held: [row for row in market.order if market.held[row] == held] for held in stock}
    rows, kinds = [], []
    for move in moves:
        rows += left[move.held][: move.images]
        kinds += [move.kind] * move.images
        left[move.held] = left[move.held][move.images :]
    seconds = [market.seconds(row, kind) for row, kind in zip(rows, kinds, strict=True)]
    return market.purchase(rows, kinds, seconds, fixed_seconds=fixed_seconds, budget_seconds=None)
