"""Everything that the page of a plan shows: the plan, other budgets, other prices, the doubt, and the sources."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from budgetseg.costs.book import CostBook
from budgetseg.plan.budget_axis import BudgetAxis, axis_of
from budgetseg.plan.budget_sweep import BudgetStep, Chooser, Terms, sweep
from budgetseg.plan.document import to_plain
from budgetseg.plan.doubt import Doubt, doubts
from budgetseg.plan.evidence import Evidence
from budgetseg.plan.plan import Plan
from budgetseg.plan.sensitivity import PriceChange, price_changes
from budgetseg.plan.surface import Surface

__all__ = ["SCHEMA", "EvidenceSource", "PlanPage", "RateSource", "Said", "plan_page", "rate_sources"]

SCHEMA: Final = "budgetseg.planpage/1"


@dataclass(frozen=True, kw_only=True)
class EvidenceSource:
    """The trainings of one data set with one recipe."""

    dataset: str
    recipe: str
    trainings: int
    kinds: tuple[str, ...]
    here: bool
    """Whether the predictions are for this data set and recipe; else they borrow from it."""


@dataclass(frozen=True, kw_only=True)
class RateSource:
    """A rate of the cost book."""

    name: str
    seconds: float
    per: str
    source: str
    verified: bool
    """Whether somebody has looked it up in its source."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """Sentences of the first screen, for a face that does not word them itself."""

    binds: tuple[str, ...] = ()
    """Which limit binds, and what more of it brings."""
    why: tuple[str, ...] = ()
    """The reasons, and what they say of classes."""


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """The ``budgetseg.planpage/1`` value that the page draws."""

    plan: Plan
    axis: BudgetAxis
    steps: tuple[BudgetStep, ...]
    """By budget, ascending; one is the plan's."""
    seconds_of: Mapping[str, float]
    """Of one new image, by kind."""
    price_changes: tuple[PriceChange, ...]
    doubts: tuple[Doubt, ...]
    """Of the choices at the plan's budget."""
    evidence: tuple[EvidenceSource, ...]
    rates: tuple[RateSource, ...]
    """Empty where seconds an image were given in the place of a cost book."""
    said: Said
    command: str

    @property
    def given(self) -> int:
        """The place in ``steps`` of the plan's own budget."""
        return next(place for place, step in enumerate(self.steps) if step.budget == self.axis.given)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document."""
        parts = ("axis", "steps", "seconds_of", "price_changes", "doubts", "evidence", "rates", "said", "command")
        return {
            "schema": SCHEMA,
            "plan": self.plan.to_dict(),
            "given": self.given,
            **{part: to_plain(getattr(self, part)) for part in parts},
        }


def plan_page(
    choose: Chooser,
    chosen: Plan,
    terms: Terms,
    *,
    surface: Surface,
    evidence: Evidence,
    book: CostBook | None,
    said: Said,
    command: str,
) -> PlanPage:
    """Work out what the page of a plan shows.

    Args:
        choose: Chooses on other terms as the plan was chosen on its own.
        chosen: The plan.
        terms: Its limits and prices.
        surface: What its predictions are read off.
        evidence: What that was fitted to.
        book: The cost book; None where seconds an image were given.
        said: The sentences that go with the plan.
        command: What a reader types to get the page again.
    """
    axis = axis_of(terms.bounds, chosen.hours, terms.labour.currency)
    steps = sweep(choose, chosen, terms, axis)
    own = next(step for step in steps if step.budget == axis.given)
    return PlanPage(
        plan=chosen,
        axis=axis,
        steps=steps,
        seconds_of={kind: float(seconds) for kind, seconds in terms.prices.seconds_of.items()},
        price_changes=price_changes(choose, chosen, terms),
        doubts=doubts(surface, own.choices),
        evidence=_sources(evidence),
        rates=() if book is None else rate_sources(book),
        said=said,
        command=command,
    )


def _sources(evidence: Evidence) -> tuple[EvidenceSource, ...]:
    here = [(evidence, True)] if len(evidence.miou_R) else []
    return tuple(
        EvidenceSource(
            dataset=one.dataset or "not named",
            recipe=one.recipe or "not named",
            trainings=len(one.miou_R),
            kinds=replace(one, others=()).kinds,
            here=own,
        )
        for one, own in [*here, *((other, False) for other in evidence.others)]
    )


def rate_sources(book: CostBook) -> tuple[RateSource, ...]:
    """The rates that some kind charges by a cost book, with their sources."""
    used = {rate for kind in book.kinds for rate in book.charged(kind)}
    return tuple(
        RateSource(name=name, seconds=float(rate.seconds), per=rate.per, source=rate.source, verified=rate.verified)
        for name, rate in book.rates.items()
        if name in used
    )
