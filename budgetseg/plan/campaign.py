"""A real campaign, step by step: plan the next slice from all that was measured, record what came, and go on.

Shape suffixes: R measurements, K kinds in the order of ``KINDS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.affordable import Counts
from budgetseg.plan.campaign_replay import slice_towards
from budgetseg.plan.campaign_state import Campaign, Measurement, Slice
from budgetseg.plan.campaign_strategy import Situation, aim_of
from budgetseg.plan.campaign_trainings import joined_evidence
from budgetseg.plan.evidence import Evidence, read_evidence
from budgetseg.plan.fit import fit_surface
from budgetseg.plan.mix import Mix
from budgetseg.plan.pilot import mix_of
from budgetseg.plan.surface import counts_of

__all__ = ["Status", "next_slice", "recorded", "status_of", "with_slice"]

STATUS_SCHEMA = "budgetseg.campaign-status/1"
_MOST_IMAGES = 10**9


def _counts(mix: Mix) -> Counts:
    counts_K: Counts = counts_of([mix.to_dict()])[0].astype(np.int64)
    return counts_K


def next_slice(campaign: Campaign, on: str, *, read: Callable[[str], Evidence] = read_evidence) -> Slice:
    """Plan the next slice: aim with all hours that are left, and go as far as one step's share of them.

    Args:
        campaign: Where things stand; nothing may be pending.
        on: The day.
        read: From the name of what was known beforehand to that evidence.

    Raises:
        BudgetTooSmallError: The hours that are left buy not one image, or none that helps.
        InvalidInputError: Evidence that cannot be read, or without a kind that has a price.
    """
    own_RK = counts_of([one.mix.to_dict() for one in campaign.measurements]).astype(np.int64)
    miou_R = np.array([one.miou for one in campaign.measurements])
    known = None if campaign.evidence is None else read(campaign.evidence)
    evidence = joined_evidence(known, own_RK, miou_R, "this campaign")
    surface = None if evidence is None else fit_surface(evidence)
    left_seconds = campaign.left_hours * 3600
    held_K = _counts(campaign.held)
    pool = _MOST_IMAGES if campaign.pool is None else campaign.pool
    cheapest = min(campaign.prices.seconds_of.values())
    if left_seconds < cheapest or held_K.sum() >= pool:
        raise BudgetTooSmallError(
            f"nothing is left to buy: {float(campaign.left_hours):.2f} h, {max(0, pool - int(held_K.sum())):,} images"
        )
    if campaign.pool is None:  # as many as the hours could buy, so that a search has an end
        pool = int(held_K.sum()) + int(left_seconds / max(cheapest, Fraction(1, 1000)))
    aim_K = aim_of(
        Situation(
            held_K=held_K,
            seconds_left=left_seconds,
            pool=pool,
            prices=campaign.prices,
            surface=surface,
            truth=None,
        )
    )
    steps_left = max(1, campaign.steps - len(campaign.slices))
    after_K = slice_towards(aim_K, held_K, campaign.prices, left_seconds / steps_left, left_seconds)
    if (after_K == held_K).all():  # the share of a step buys not one image
        after_K = aim_K
    if (after_K == held_K).all():
        raise BudgetTooSmallError(
            f"nothing is left to buy: no purchase for {float(campaign.left_hours):.2f} h is expected to help"
        )
    held = mix_of(after_K)
    predicted = None
    if surface is not None and held.images and all(kind in surface.kinds for kind, _ in held):
        predicted = surface.predict(after_K[None].astype(np.float64))[0]
    return Slice(
        step=len(campaign.slices) + 1,
        planned_on=on,
        aim=mix_of(aim_K),
        planned=mix_of(after_K - held_K),
        held=held,
        hours=float(campaign.prices.seconds(after_K - held_K) / 3600),
        predicted=predicted,
        rests_on=len(campaign.measurements),
    )


def with_slice(campaign: Campaign, one: Slice) -> Campaign:
    """Put a planned slice on record.

    Raises:
        InvalidInputError: The slice before is still pending.
    """
    if campaign.pending is not None:
        raise InvalidInputError(f"step {campaign.pending.step} is planned already; record it first")
    return replace(campaign, slices=(*campaign.slices, one))


def recorded(
    campaign: Campaign,
    on: str,
    *,
    bought: Mapping[str, int] | None = None,
    hours: float | None = None,
    miou: float | None = None,
    mix: Mapping[str, int] | None = None,
) -> Campaign:
    """Put on record what was bought or measured.

    Args:
        campaign: Where things stand.
        on: The day of the measurement.
        bought: New images of the pending slice; as planned where it is None.
        hours: Annotators' hours that they took; by the prices where it is None.
        miou: Of a training, 0 to 100; None where only the purchase is recorded.
        mix: What it was trained on; all that is held where it is None.

    Raises:
        InvalidInputError: Nothing is pending for what was bought, or nothing is held for what was measured; more images
            than the pool has, or a mix with more images than are held.
    """
    pending = campaign.pending
    if pending is None and (bought is not None or hours is not None):
        raise InvalidInputError(
            "nothing is pending, so nothing can have been bought; plan with: budgetseg campaign next"
        )
    if pending is None and miou is None:
        raise InvalidInputError("nothing to record: give --miou, or plan a slice with: budgetseg campaign next")
    if pending is not None:
        new = pending.planned if bought is None else Mix.of(bought)
        by_prices = float(campaign.prices.seconds(_counts(new)) / 3600)
        done = replace(pending, bought=new, spent_hours=by_prices if hours is None else hours)
        campaign = replace(campaign, slices=(*campaign.slices[:-1], done))
    if campaign.pool is not None and campaign.held.images > campaign.pool:
        raise InvalidInputError(f"--bought: {campaign.held.images:,} images in all, the pool has {campaign.pool:,}")
    if miou is None:
        return campaign
    trained = campaign.held if mix is None else Mix.of(mix)
    if trained.images > campaign.held.images:
        raise InvalidInputError(f"--mix: {trained.images:,} images, only {campaign.held.images:,} are held")
    measurement = Measurement(step=len(campaign.slices), mix=trained, miou=miou, on=on)
    return replace(campaign, measurements=(*campaign.measurements, measurement))


@dataclass(frozen=True, kw_only=True)
class Status:
    """A campaign, what its predictions were worth, and what is next."""

    campaign: Campaign
    next: Slice | None
    """Pending, or what would be planned now; None where nothing is left to buy."""
    over: str | None
    """Why nothing is next."""

    @property
    def judged(self) -> tuple[tuple[Slice, float | None, bool | None], ...]:
        """Each slice with its measurement, and whether that fell into the interval that was predicted."""
        found = []
        for one in self.campaign.slices:
            miou = self.campaign.measured(one)
            # A prediction is of the mix that was planned; of another purchase it said nothing.
            told = one.predicted if one.bought in (None, one.planned) else None
            inside = None if miou is None or told is None else told.low <= miou <= told.high
            found.append((one, miou, inside))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """The ``budgetseg.campaign-status/1`` document."""
        return {
            "schema": STATUS_SCHEMA,
            "held": self.campaign.held.to_dict(),
            "budget_hours": float(self.campaign.budget_hours),
            "charged_hours": float(self.campaign.charged_hours),
            "spent_hours": float(self.campaign.spent_hours),
            "left_hours": float(self.campaign.left_hours),
            "slices": [
                {
                    **one.to_dict(),
                    "measured": miou,
                    "error": None if miou is None or inside is None else miou - one.predicted.mean,  # type: ignore[union-attr]
                    "inside": inside,
                }
                for one, miou, inside in self.judged
            ],
            "measurements": [one.to_dict() for one in self.campaign.measurements],
            "pending": self.campaign.pending is not None,
            "next": None if self.next is None else self.next.to_dict(),
            "over": self.over,
        }


def status_of(campaign: Campaign, on: str, *, read: Callable[[str], Evidence] = read_evidence) -> Status:
    """Look at a campaign; nothing is changed. Errors as of :func:`next_slice`, but that nothing is left to buy."""
    if campaign.pending is not None:
        return Status(campaign=campaign, next=campaign.pending, over=None)
    try:
        return Status(campaign=campaign, next=next_slice(campaign, on, read=read), over=None)
    except BudgetTooSmallError as error:
        return Status(campaign=campaign, next=None, over=str(error))
