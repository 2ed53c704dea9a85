"""Choosing a plan: the mix of highest expected mIoU that hours and pool allow, beside what else they would buy."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np

from budgetseg.costs.accounting import Accounting
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.workload import Workload
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.alternatives import Prices, paper_hybrid, pure_alternatives
from budgetseg.plan.evidence import PAPER, Evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import NOTHING_HELD, Move, Offer, mix_after, upgrade_offers, whole_costs
from budgetseg.plan.plan import Alternative, Plan, Prediction
from budgetseg.plan.search import Counts, Limits, best_counts
from budgetseg.plan.surface import Surface
from budgetseg.plan.validation import Validation

__all__ = ["choose_plan", "holds_for"]

_NOTHING: Final = Fraction(0)
_TIE_MIOU: Final = 0.5  # seeds of one recipe differ by as much, and each further kind is one more job to organise


def choose_plan(
    *,
    budget_seconds: Fraction,
    book: CostBook,
    workload: Workload,
    pool: int,
    evidence: Evidence,
    accounting: Accounting = "exact",
    fixed_seconds: Fraction = _NOTHING,
    dataset: str | None = None,
    current: Mix = NOTHING_HELD,
    validation: Validation | None = None,
) -> Plan:
    """Choose how many images to buy at each kind.

    Args:
        budget_seconds: Seconds of annotators' work there are.
        book: What annotation costs.
        workload: The mean image of the data set.
        pool: Images there are, those that are annotated already among them; each ends at one kind.
        evidence: Trainings on which predictions rest.
        accounting: ``paper`` reckons with the paper's rounded seconds, but never rounds a number of images up.
        fixed_seconds: Paid once, whatever is bought.
        dataset: What to call the images for which ``workload`` and ``pool`` hold.
        current: Images that are annotated already: they count in the mix, and asking more of them costs the new
            questions alone.
        validation: Masks that measure the model; the budget pays for them first where they are charged.

    Returns:
        The plan; it and every alternative keep budget and pool, and none of the alternatives is expected to reach
        more. Of mixes within 0.5 mIoU of the best, it is one with the fewest kinds.

    Raises:
        BudgetTooSmallError: Not one image can be paid for; the message says how much would do.
        InvalidInputError: A pool below 1, a budget or fixed seconds below 0, or no kind with both a cost and evidence.
    """
    if pool < 1:
        raise InvalidInputError(f"pool: expected at least 1 image to annotate, got {pool}")
    if budget_seconds < 0:
        raise InvalidInputError(f"budget: expected at least 0 hours, got {float(budget_seconds / 3600):g}")
    if current.images and accounting != "exact":
        raise InvalidInputError("--current: the paper prices no image twice; leave out --accounting paper")
    if current.images and book.background_clicks:
        raise InvalidInputError("--background-clicks: leave it out with --current, whose own are not recorded")
    if current.images > pool:
        raise InvalidInputError(f"--current: {current.images:,} images are annotated already, the pool holds {pool:,}")
    validation_seconds = _NOTHING if validation is None else validation.charged_seconds
    prices = Prices.of(book, workload, accounting=accounting, fixed_seconds=fixed_seconds)
    usable = tuple(kind for kind in prices.seconds_of if kind in evidence.kinds)
    if not usable:
        raise InvalidInputError(
            f"{evidence.name}: knows {', '.join(evidence.kinds)}, "
            f"cost book {book.origin} has costs for {', '.join(book.kinds)}; a kind needs both"
        )
    offers = (
        *(Offer(held=None, kind=kind, seconds=prices.seconds_of[kind]) for kind in usable),
        *upgrade_offers(book, workload, current, usable),
    )
    left_seconds = budget_seconds - validation_seconds
    _require_one_image(budget_seconds, offers, prices.fixed_seconds + validation_seconds)

    others = list(
        pure_alternatives(book, workload, left_seconds, pool, fixed_seconds, accounting=accounting, current=current)
    )
    hybrid = paper_hybrid(book, workload, left_seconds, pool, fixed_seconds, accounting=accounting)
    if hybrid is not None and not current.images:
        others.append(hybrid)
    surface = fit_surface(evidence)
    for kind, _ in current:
        if kind not in surface.kinds:
            raise InvalidInputError(
                f"{evidence.name}: holds no training with {kind}, which --current holds, so nothing can be predicted"
            )
    moves = _best(surface, offers, left_seconds - prices.fixed_seconds, pool, current, others)
    mix = mix_after(current, moves)
    return Plan(
        budget_hours=float(budget_seconds / 3600),
        mix=mix,
        hours=float((prices.seconds_of_moves(moves) + validation_seconds) / 3600),
        predicted_miou=_predict(surface, mix),
        alternatives=tuple(
            replace(
                other,
                hours=other.hours + float(validation_seconds / 3600),
                predicted_miou=_predict(surface, other.mix),
            )
            for other in others
        ),
        pool=pool,
        costs=book.origin,
        evidence=evidence.name,
        holds_for=holds_for(evidence),
        accounting=accounting,
        dataset=dataset,
        workload=workload.to_dict(),
        unavailable=_unavailable(book, evidence),
        validation=validation,
        current=current if current.images else None,
        moves=moves if current.images else (),
        background_clicks=book.background_clicks,
    )


def _require_one_image(budget_seconds: Fraction, offers: Sequence[Offer], once_seconds: Fraction) -> None:
    cheapest = min(offers, key=lambda offer: offer.seconds)
    needed_seconds = once_seconds + cheapest.seconds
    if budget_seconds < needed_seconds:
        enough_hours = ceil(needed_seconds / 3600 * 10_000) / 10_000  # rounded up, so that it is enough
        once = f", {float(once_seconds):,.1f} s of it paid once" if once_seconds else ""
        raise BudgetTooSmallError(
            f"{float(budget_seconds / 3600):g} h buy nothing: one image at the cheapest kind, {cheapest.kind}, "
            f"takes {float(needed_seconds):,.1f} s{once}; give at least {enough_hours:g} h"
        )


def _counts(mix: Mix) -> Counts:
    return np.array([mix[kind] for kind in KINDS], np.int64)


def _best(
    surface: Surface,
    offers: Sequence[Offer],
    seconds: Fraction,
    pool: int,
    current: Mix,
    others: Sequence[Alternative],
) -> tuple[Move, ...]:
    """Return the offers to take, each for how many images."""
    stocks: list[str | None] = [None, *(kind for kind, _ in current)]
    costs, budget = whole_costs(offers, seconds, pool)
    limits = Limits(
        costs_K=np.array(costs, np.int64),
        budget=budget,
        stock_G=np.array([pool - current.images, *(images for _, images in current)], np.int64),
        stock_K=np.array([stocks.index(offer.held) for offer in offers]),
    )
    held = _counts(current)
    # What one image of each offer adds to the mix: one of its kind, one less of the kind that it held.
    adds_KI = np.stack([_counts(Mix.of({offer.kind: 1})) for offer in offers])
    for row, offer in enumerate(offers):
        if offer.held is not None:
            adds_KI[row] -= _counts(Mix.of({offer.held: 1}))
    counts_K = best_counts(
        lambda counts_MK: surface.mean((held + counts_MK @ adds_KI).astype(np.float64)),
        limits,
        also=[bought for other in others if (bought := _bought(other, offers)) is not None],
        tie=_TIE_MIOU,
    )
    return tuple(Move.of(offer, int(images)) for offer, images in zip(offers, counts_K, strict=True) if images)


def _bought(other: Alternative, offers: Sequence[Offer]) -> Counts | None:
    """Return what an alternative takes of each offer; None where it takes something that is not on offer."""
    wanted = {(move.held, move.kind): move.images for move in other.moves}
    if not other.moves:
        wanted = {(None, kind): images for kind, images in other.mix}
    if not wanted.keys() <= {(offer.held, offer.kind) for offer in offers}:
        return None
    return np.array([wanted.get((offer.held, offer.kind), 0) for offer in offers], np.int64)


def _predict(surface: Surface, mix: Mix) -> Prediction | None:
    if any(kind not in surface.kinds for kind, _ in mix):
        return None
    return surface.predict(_counts(mix)[None].astype(np.float64))[0]


def _unavailable(book: CostBook, evidence: Evidence) -> dict[str, str]:
    reasons = {}
    for kind in KINDS:
        if kind in book.unavailable:
            reasons[kind] = f"cost book {book.origin}: {book.unavailable[kind]}"
        elif kind not in evidence.kinds:
            reasons[kind] = f"evidence {evidence.name} holds no such training, so nothing is predicted"
    return reasons


def holds_for(evidence: Evidence) -> str:
    """Say for which trainer and images the predictions hold, so that nobody takes them for his own."""
    if evidence.name == PAPER:
        # Figures: the paper's Table 3; Zhang et al. (Duke), arXiv 2312.10600, VOC 2012 val with a PSPNet.
        return (
            "The predictions hold for the trainer of the paper (FCN-32s on VGG16, 2016) on PASCAL VOC 2012: there 883 "
            "full masks give 22.1 mIoU, while 800 give 52.2 with a PSPNet in the Duke study (arXiv 2312.10600). With a "
            "modern trainer do not read this ranking as yours; plan from trainings of your own: --evidence FILE.csv. "
            "Clicks and strokes had an objectness prior there; --objectness-seconds 2968.2 charges it."
        )
    recipe = evidence.recipe or "the trainer"
    dataset = evidence.dataset or "the images"
    return (
        f"The predictions hold for {recipe} on {dataset} of {evidence.name}; "
        "other trainers and images rank the kinds differently."
    )
