r"""What there is to spend: labelling hours, money, and people's time until a date. All limits hold together.

Of s labelling seconds of kind k, with the labour part of a cost book (:mod:`budgetseg.costs.labour`),

.. math::
    \text{at work} &= s \cdot (1 + \text{control}) (1 + \text{redone}) \cdot \text{paid per labelling} \\
    \text{money} &= \text{at work} \cdot \text{wage}_k, \quad \text{or pieces} \cdot \text{price} \cdot
                    (1 + \text{control}) (1 + \text{redone})

and every annotator loses ``ramp_up_hours`` once. As :mod:`budgetseg.costs.scheduling` reckons, but that the ramp-up is
charged at the highest wage of its team and to teams without work too: rather a little too much than over the limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Final

from budgetseg.costs.labour import Labour
from budgetseg.costs.scheduling import team_of
from budgetseg.costs.workload import Workload
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.offers import Offer
from budgetseg.plan.prices import uses_prior

__all__ = ["Bounds", "Resource", "resources", "short_of"]

_HOUR: Final = 3600
_MOST_PEOPLE: Final = 10**6
_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a plan may spend; None where nobody has said."""

    seconds: Fraction | None = None
    """Of labelling."""
    money: Fraction | None = None
    """In the currency of the labour part."""
    by: date | None = None
    """The last day."""
    days: int | None = None
    """Working days until then."""
    people: Mapping[str, int] = field(default_factory=lambda: {"anyone": 1})
    """Annotators: ``anyone``, or ``expert`` and ``crowd``."""

    @property
    def given(self) -> bool:
        """Whether anything is limited."""
        return any(limit is not None for limit in (self.seconds, self.money, self.days))


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One limit, and what each offer takes of it."""

    name: str
    """``hours``, ``money``, or ``time`` (of whom, where there are several teams)."""
    unit: str
    """``h``, the currency, or ``h at work`` until the last day."""
    limit: Fraction
    """What there is."""
    once: Fraction
    """Of it, what is paid once, whatever is bought: validation, ramp-up."""
    costs: tuple[Fraction, ...]
    """Of one image of each offer."""
    prior: Fraction = _NOTHING
    """Of it, what an objectness prior takes, once, where an offer is bought that uses it."""
    uses_prior: tuple[bool, ...] = ()
    """Which of the offers do; empty where no prior is paid for."""

    @property
    def left(self) -> Fraction:
        """What is left for images."""
        return self.limit - self.once

    def paid_once(self, counts: Sequence[int]) -> Fraction:
        """What a purchase takes of it once, however many images it takes."""
        uses = any(count and uses for count, uses in zip(counts, self.uses_prior, strict=False))
        return self.once + (self.prior if uses else _NOTHING)

    def used(self, counts: Sequence[int]) -> Fraction:
        """What a purchase takes of it, with what is paid once."""
        images = sum((count * cost for count, cost in zip(counts, self.costs, strict=True)), _NOTHING)
        return self.paid_once(counts) + images


def resources(
    bounds: Bounds,
    offers: Sequence[Offer],
    labour: Labour,
    workload: Workload | None,
    *,
    once_seconds: Fraction,
    prior_seconds: Fraction = _NOTHING,
) -> tuple[Resource, ...]:
    """Return the limits that ``bounds`` sets.

    Args:
        bounds: What there is.
        offers: What can be bought.
        labour: Wages, prices and people.
        workload: The mean image, for prices by the piece; None where nobody knows it.
        once_seconds: Labelling seconds that are paid before any image.
        prior_seconds: Those that are paid besides before the first image that needs an objectness prior.

    Raises:
        InvalidInputError: Money is limited and a kind has neither a wage nor a price, or a kind has nobody to do it.
    """
    _check_people(bounds.people)
    found = []
    needs = tuple(uses_prior((offer.kind,)) for offer in offers) if prior_seconds else ()
    if bounds.seconds is not None:
        hours = tuple(offer.seconds / _HOUR for offer in offers)
        found.append(
            Resource(
                name="hours",
                unit="h",
                limit=bounds.seconds / _HOUR,
                once=once_seconds / _HOUR,
                costs=hours,
                prior=prior_seconds / _HOUR,
                uses_prior=needs,
            )
        )
    at_work = [offer.seconds / _HOUR * labour.work_per_labelling * labour.paid_per_labelling for offer in offers]
    once = once_seconds / _HOUR * labour.paid_per_labelling
    prior = prior_seconds / _HOUR * labour.paid_per_labelling
    if bounds.money is not None:
        money, wage = _money(bounds, offers, labour, workload, at_work, once)
        found.append(replace(money, prior=prior * wage, uses_prior=needs))
    if bounds.days is not None:
        teams = [team_of(offer.kind, labour, bounds.people, "--annotators") for offer in offers]
        # What is paid once is masks and boxes: those who can do everything do it.
        first = "expert" if "expert" in bounds.people else next(iter(bounds.people))
        for team, people in bounds.people.items():
            ramp_up = people * labour.ramp_up_hours * labour.paid_per_labelling
            whose = {"anyone": "", "expert": " of experts", "crowd": " of the crowd"}[team]
            found.append(
                Resource(
                    name=f"time{whose}",
                    unit="h at work" + (f" until {bounds.by}" if bounds.by else ""),
                    limit=people * bounds.days * labour.hours_per_day,
                    once=ramp_up + (once if team == first else _NOTHING),
                    prior=prior if team == first else _NOTHING,
                    uses_prior=needs,
                    costs=tuple(
                        hours if does == team else _NOTHING for hours, does in zip(at_work, teams, strict=True)
                    ),
                )
            )
    return tuple(found)


def _check_people(people: Mapping[str, int]) -> None:
    if not people or not (people.keys() <= {"expert", "crowd"} or people.keys() == {"anyone"}):
        raise InvalidInputError(
            f"--annotators: expected a number, or expert=1,crowd=4, got {', '.join(people) or 'none'}"
        )
    if any(not 1 <= count <= _MOST_PEOPLE for count in people.values()):
        raise InvalidInputError(f"--annotators: expected numbers from 1 to {_MOST_PEOPLE:,}, got {dict(people)}")


def _money(
    bounds: Bounds,
    offers: Sequence[Offer],
    labour: Labour,
    workload: Workload | None,
    at_work: Sequence[Fraction],
    once: Fraction,
) -> tuple[Resource, Fraction]:
    """What money there is, and the wage at which work that is paid once is charged."""
    assert bounds.money is not None
    costs, wages = [], {}
    for offer, hours in zip(offers, at_work, strict=True):
        wage, price = labour.wage(offer.kind), labour.prices.get(offer.kind)
        if price is not None and workload is not None:
            costs.append(workload.quantity(price.per) * price.amount * labour.work_per_labelling)
        elif wage is not None:
            wages[offer.kind] = wage
            costs.append(hours * wage)
        else:
            raise InvalidInputError(
                f"--dollars: nobody has said what {offer.kind} pays; give --wage, or [labour].wage_per_hour in a cost "
                "book of yours (--costs)"
            )
    highest = max(wages.values(), default=labour.wage_per_hour or _NOTHING)
    ramp_up = _NOTHING
    for team, people in bounds.people.items():
        own = [wage for kind, wage in wages.items() if team_of(kind, labour, bounds.people, "--annotators") == team]
        ramp_up += people * labour.ramp_up_hours * labour.paid_per_labelling * max(own, default=_NOTHING)
    money = Resource(
        name="money",
        unit=labour.currency or "USD",
        limit=bounds.money,
        once=ramp_up + once * highest,
        costs=tuple(costs),
    )
    return money, highest


def short_of(resource: Resource, counts: Sequence[int], what: str) -> BudgetTooSmallError:
    """Return the refusal of a budget that does not pay for a purchase, ``what``, with how much would do."""
    needed, paid_once = resource.used(counts), resource.paid_once(counts)
    enough = ceil(needed * 10_000) / 10_000  # rounded up, so that it is enough
    seconds = f"{float(needed * _HOUR):,.1f} s" if resource.unit.startswith("h") else f"{enough:g} {resource.unit}"
    once = ""
    if paid_once:
        paid = f"{float(paid_once * _HOUR):,.1f} s" if resource.unit.startswith("h") else f"{float(paid_once):g}"
        once = f", {paid} of it paid once"
    limit = f"{float(resource.limit):g} {resource.unit}"
    return BudgetTooSmallError(
        f"{limit} buy nothing: {what} takes {seconds}{once}; give at least {enough:g} {resource.unit}"
    )
