"""Two-stage buying in a run: labels as a search for a class, then masks where an annotator said that it is there."""

from collections.abc import Callable
from fractions import Fraction

from budgetseg.errors import BudgetTooSmallError
from budgetseg.plan.two_stage import search_then_mask
from budgetseg.runs.purchase import Market, Purchase

__all__ = ["buy_search"]


def buy_search(
    market: Market, holds_class: Callable[[str], bool], *, budget_seconds: Fraction, fixed_seconds: Fraction
) -> Purchase:
    """Label images in the order of purchase and mask those that hold the class, until the budget ends.

    A mask costs what it asks besides the labels that are there already. Time is left over where the whole pool has been
    looked at: what to do with it is another decision, for no image is left that is known to hold the class.

    Args:
        market: The pool, of which nothing is annotated.
        holds_class: The annotator's answer for an image, asked only where it is paid for.
        budget_seconds: Time there is.
        fixed_seconds: Paid before the first image.

    Raises:
        BudgetTooSmallError: Not one image can be looked at and masked.
    """
    row_of = {market.index.ids[row]: row for row in market.order}
    labels = {image_id: market.seconds(row, "image") for image_id, row in row_of.items()}
    further = {image_id: market.seconds(row, "full", held="image") for image_id, row in row_of.items()}
    looked, masked, _ = search_then_mask(
        row_of,
        holds_class,
        budget_seconds=budget_seconds - fixed_seconds,
        look_seconds=labels.__getitem__,
        mask_seconds=further.__getitem__,
    )
    if not looked:
        first = next(iter(row_of))
        needed = fixed_seconds + labels[first] + further[first]
        raise BudgetTooSmallError(
            f"{float(budget_seconds / 3600):.2f} h do not buy the labels and the mask of one image: that takes "
            f"{float(needed / 3600):.2f} h"
        )
    found = set(masked)
    rest = [image_id for image_id in looked if image_id not in found]
    return market.purchase(
        [row_of[image_id] for image_id in (*masked, *rest)],
        ["full"] * len(masked) + ["image"] * len(rest),
        [labels[i] + further[i] for i in masked] + [labels[i] for i in rest],
        fixed_seconds=fixed_seconds,
        budget_seconds=budget_seconds,
    )
