"""Choosing a plan: the mix that is best at the objective within all limits, what else they would buy, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from budgetseg.costs.accounting import Accounting
from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.labour import Labour
from budgetseg.costs.workload import Workload
from budgetseg.errors import BudgetTooSmallError, InvalidInputError
from budgetseg.plan.binding import limit_uses
from budgetseg.plan.candidates import Candidates
from budgetseg.plan.chances import kinds_of_mix, rivals
from budgetseg.plan.coverage import Frequencies, coverage_of
from budgetseg.plan.disagreement import disagreement
from budgetseg.plan.evidence import MODERN, Evidence
from budgetseg.plan.exchange import break_even_prices, exchange_rates
from budgetseg.plan.fit import fit_classes, fit_surface
from budgetseg.plan.flips import flips
from budgetseg.plan.held_kinds import said_of_held, with_held
from budgetseg.plan.holds_for import holds_for
from budgetseg.plan.limits import Counts
from budgetseg.plan.marginal import next_hour
from budgetseg.plan.market import Market, counts_of_mix
from budgetseg.plan.mix import Mix
from budgetseg.plan.objective import MEAN, Objective
from budgetseg.plan.offers import NOTHING_HELD
from budgetseg.plan.others import alternative, other_purchases, other_rows
from budgetseg.plan.plan import Alternative, CandidateRow, Plan, Prediction
from budgetseg.plan.predictor import Predictor
from budgetseg.plan.prices import SAID, Prices, uses_prior
from budgetseg.plan.purse import Bounds, resources, short_of
from budgetseg.plan.reasons import Reasons, TargetOutcome
from budgetseg.plan.two_stage import compare_two_stage
from budgetseg.plan.validation import Validation

__all__ = ["choose_plan"]

_NOTHING: Final = Fraction(0)


def choose_plan(
    *,
    pool: int,
    evidence: Evidence,
    budget_seconds: Fraction | None = None,
    bounds: Bounds | None = None,
    book: CostBook | None = None,
    workload: Workload | None = None,
    prices: Prices | None = None,
    labour: Labour | None = None,
    accounting: Accounting = "exact",
    fixed_seconds: Fraction = _NOTHING,
    prior_seconds: Fraction = _NOTHING,
    dataset: str | None = None,
    current: Mix = NOTHING_HELD,
    validation: Validation | None = None,
    objective: Objective = MEAN,
    candidates: Candidates | None = None,
    frequencies: Frequencies | None = None,
    surface: Predictor | None = None,
    class_surfaces: Mapping[str, Predictor] | None = None,
    explain: bool = True,
) -> Plan:
    """Choose how many images to buy at each kind.

    Args:
        pool: Images there are, those that are annotated already among them; each ends at one kind.
        evidence: Trainings on which predictions rest.
        budget_seconds: Seconds of annotators' work there are; short for ``bounds`` of nothing else.
        bounds: All limits; they hold together.
        book: What annotation costs; with ``workload``, it gives the prices where ``prices`` is None.
        workload: The mean image of the data set.
        prices: What annotation costs, in the place of the book.
        labour: Wages and people; None for the book's.
        accounting: ``paper`` reckons with the paper's rounded seconds, but never rounds a number of images up.
        fixed_seconds: Paid once, whatever is bought, by the book.
        prior_seconds: Paid once besides where a kind is bought or held that uses an objectness prior.
        dataset: What to call the images for which ``workload`` and ``pool`` hold.
        current: Images that are annotated already: they count in the mix, and asking more of them costs the new
            questions alone.
        validation: Masks that measure the model; the budget pays for them first where they are charged.
        objective: What the best mix is best at.
        candidates: The only mixes that may be bought.
        frequencies: How often each class is there, for its expected number of images.
        surface: The fitted evidence, where it is there already.
        class_surfaces: A surface of each class, for ``worst-class``, where they are fitted already.
        explain: Whether to reckon the reasons, which takes a few times as long as the choice.

    Returns:
        The plan; it and every alternative keep all limits and the pool, and none of the alternatives is worth more to
        the objective. Of mixes within 0.1 of the best, it is one with the fewest kinds.

    Raises:
        BudgetTooSmallError: Not one image, or no candidate, can be paid for; the message says how much would do.
        InvalidInputError: A pool below 1, limits below 0 or none at all, no kind with both a cost and evidence, or no
            evidence on single classes for ``worst-class``.
    """
    bounds = Bounds(seconds=budget_seconds) if bounds is None else bounds
    if objective.goal == "worst-class" and class_surfaces is None:
        class_surfaces = fit_classes(evidence)
    _check(pool, bounds, current, book, accounting, objective, class_surfaces, evidence, candidates)
    if prices is None:
        if book is None or workload is None:
            raise InvalidInputError("costs: expected prices, or a cost book and a mean image")
        prices = Prices.of(
            book, workload, accounting=accounting, fixed_seconds=fixed_seconds, prior_seconds=prior_seconds
        )
    labour = (book.labour if book is not None else Labour()) if labour is None else labour
    surface = fit_surface(evidence) if surface is None else surface
    known = surface.kinds
    usable = tuple(kind for kind in prices.seconds_of if kind in known)
    if not usable:
        raise InvalidInputError(
            f"{evidence.name}: knows {', '.join(surface.kinds)}, "
            f"{_costs_of(prices)} has costs for {', '.join(prices.seconds_of)}; a kind needs both"
        )
    unseen = [kind for kind, _ in current if kind not in known]
    if unseen:
        surface = with_held(surface, unseen)
    given_seconds = bounds.seconds
    if objective.goal == "target" and not bounds.given:
        bounds = replace(bounds, seconds=pool * max(prices.seconds_of.values()) + prices.once_seconds(KINDS))
    paid_seconds = _NOTHING if validation is None else validation.charged_seconds
    held_kinds = [kind for kind, _ in current]
    once_seconds = prices.once_seconds(held_kinds) + paid_seconds
    left_to_pay = _NOTHING if uses_prior(held_kinds) else prices.prior_seconds

    def market_of(kinds: Sequence[str]) -> Market:
        offers = prices.offers(current, kinds)
        return Market(
            surface=surface,
            offers=offers,
            resources=resources(bounds, offers, labour, workload, once_seconds=once_seconds, prior_seconds=left_to_pay),
            current=current,
            pool=pool,
            objective=objective,
            classes=class_surfaces,
            candidates=candidates,
            prior_seconds=left_to_pay,
        )

    market = market_of(usable)
    _require_one_image(market)
    whole = market_of(tuple(prices.seconds_of))  # with kinds of which nothing is known
    others = other_purchases(whole, prices, paid_seconds)
    starts = [market.bought_of(whole, bought_K) for _, bought_K in others]
    chosen_K, simpler_K = market.best([start_K for start_K in starts if start_K is not None])
    if not chosen_K.any() and not current.images:
        limits = " and ".join(f"{float(one.limit):g} {one.unit}" for one in market.resources)
        raise BudgetTooSmallError(f"{limits} buy nothing: each pays for some image, but no image keeps all of them")
    alternatives = [other for other, _ in others]
    if (simpler_K != chosen_K).any() and market.mix(simpler_K) not in [other.mix for other in alternatives]:
        alternatives.append(alternative("simpler", market, prices, simpler_K, paid_seconds))
    if candidates is not None:
        alternatives = other_rows(market, prices, paid_seconds, chosen_K)
    chosen, *others_foretold = _predictions(surface, [market.mix(chosen_K), *(other.mix for other in alternatives)])
    alternatives = [
        replace(other, predicted_miou=foretold) for other, foretold in zip(alternatives, others_foretold, strict=True)
    ]
    against = disagreement(alternatives) if evidence.name == MODERN else None
    moves, mix = market.moves(chosen_K), market.mix(chosen_K)
    seconds = prices.seconds_of_moves(moves, current) + paid_seconds
    return Plan(
        budget_hours=float((seconds if given_seconds is None else given_seconds) / 3600),
        mix=mix,
        hours=float(seconds / 3600),
        predicted_miou=chosen,
        alternatives=tuple(alternatives),
        pool=pool,
        costs=prices.origin,
        evidence=evidence.name,
        holds_for=" ".join(filter(None, (holds_for(evidence), said_of_held(evidence, unseen), against))),
        accounting=accounting,
        dataset=dataset,
        workload=None if workload is None else workload.to_dict(),
        unavailable=_unavailable(prices, evidence, known),
        validation=validation,
        current=current if current.images else None,
        moves=moves if current.images else (),
        background_clicks=0 if book is None else book.background_clicks,
        objective=objective,
        target=_target(market, chosen_K),
        candidate=None if candidates is None else CandidateRow.of(candidates, mix),
        limits=tuple(
            # Hours that nobody has limited, for a target alone, limit nothing.
            use
            for use in (limit_uses(market, chosen_K) if explain else ())
            if use.name != "hours" or given_seconds is not None
        ),
        reasons=_reasons(market, chosen_K, alternatives) if explain else None,
        coverage=None if frequencies is None else coverage_of(mix, frequencies),
        two_stage=() if frequencies is None else compare_two_stage(prices, book, workload, pool, frequencies),
    )


def _check(
    pool: int,
    bounds: Bounds,
    current: Mix,
    book: CostBook | None,
    accounting: Accounting,
    objective: Objective,
    class_surfaces: Mapping[str, Predictor] | None,
    evidence: Evidence,
    candidates: Candidates | None,
) -> None:
    if pool < 1:
        raise InvalidInputError(f"pool: expected at least 1 image to annotate, got {pool}")
    if not bounds.given and objective.goal != "target":
        raise InvalidInputError("budget: give at least one of --hours, --dollars and --by (with --annotators)")
    if bounds.seconds is not None and bounds.seconds < 0:
        raise InvalidInputError(f"budget: expected at least 0 hours, got {float(bounds.seconds / 3600):g}")
    if bounds.money is not None and bounds.money < 0:
        raise InvalidInputError(f"--dollars: expected at least 0, got {float(bounds.money):g}")
    if current.images and accounting != "exact":
        raise InvalidInputError("--current: the paper prices no image twice; leave out --accounting paper")
    if current.images and book is not None and book.background_clicks:
        raise InvalidInputError("--background-clicks: leave it out with --current, whose own are not recorded")
    if current.images and candidates is not None:
        raise InvalidInputError("--candidates: its rows are whole mixes of new images; leave out --current")
    if current.images > pool:
        raise InvalidInputError(f"--current: {current.images:,} images are annotated already, the pool holds {pool:,}")
    if objective.goal == "worst-class" and not class_surfaces:
        raise InvalidInputError(
            f"--objective worst-class: {evidence.name} holds no IoU of single classes; it takes trainings with a "
            "column iou_CLASS for each class beside miou"
        )


def _require_one_image(market: Market) -> None:
    """Raise unless each limit pays for one image at its cheapest kind."""
    if market.candidates is not None:
        return  # they say themselves what the cheapest of them needs
    for resource in market.resources:
        singles = np.eye(len(market.offers), dtype=np.int64).tolist()
        one = min(range(len(market.offers)), key=lambda column: resource.used(singles[column]))
        if resource.limit < resource.used(singles[one]):
            raise short_of(resource, singles[one], f"one image at the cheapest kind, {market.offers[one].kind},")


def _reasons(market: Market, chosen_K: Counts, others: Sequence[Alternative]) -> Reasons:
    rates = exchange_rates(market)
    return Reasons(
        next_hour=next_hour(market, chosen_K),
        exchange=rates,
        break_even=break_even_prices(market, rates),
        # Where the fewest hours are sought, the others, of all hours, are better at something else.
        rivals=() if market.objective.goal == "target" else rivals(market, chosen_K, others),
        best_kinds=kinds_of_mix(market, chosen_K) if market.candidates is None else (),
        flips=flips(market, chosen_K),
    )


def _target(market: Market, chosen_K: Counts) -> TargetOutcome | None:
    objective = market.objective
    if objective.target_miou is None:
        return None
    return TargetOutcome(
        miou=objective.target_miou,
        confidence=objective.confidence,
        chance=float(objective.chance(market.surface, market.counts(chosen_K[None]))[0]),
        reached=bool(market.value()(chosen_K[None])[0] >= 0),
    )


def _predictions(surface: Predictor, mixes: Sequence[Mix]) -> list[Prediction | None]:
    """What is foretold of each mix; None where nothing is known of a kind of it."""
    known = [mix for mix in mixes if all(kind in surface.kinds for kind, _ in mix)]
    foretold = iter(surface.predict(np.array([counts_of_mix(mix) for mix in known], np.float64)) if known else ())
    return [next(foretold) if all(kind in surface.kinds for kind, _ in mix) else None for mix in mixes]


def _costs_of(prices: Prices) -> str:
    return "--seconds-per-image" if prices.origin == SAID else f"cost book {prices.origin}"


def _unavailable(prices: Prices, evidence: Evidence, known: Sequence[str]) -> dict[str, str]:
    reasons = {}
    for kind in KINDS:
        if kind in prices.unavailable:
            reasons[kind] = prices.unavailable[kind]
        elif kind not in known:
            reasons[kind] = f"evidence {evidence.name} holds no such training, so nothing is predicted"
    return reasons
