"""What a run buys before it trains: the images that measure, those that train, and the plan that says so."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np

from budgetseg.annotate.errors import by_name
from budgetseg.annotate.simulate import simulate
from budgetseg.costs.book import CostBook
from budgetseg.costs.hours import seconds_of_hours
from budgetseg.costs.per_image import seconds_of_images
from budgetseg.data.dataset import Dataset
from budgetseg.data.index import Index, index_images
from budgetseg.errors import BudgetTooSmallError, InvalidInputError, did_you_mean
from budgetseg.plan.alternatives import pure_alternatives
from budgetseg.plan.current import read_current
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import Move
from budgetseg.plan.plan import Plan
from budgetseg.plan.validation import Validation, charged_images, value_validation
from budgetseg.runs.prior import prior_seconds
from budgetseg.runs.purchase import Market, Purchase
from budgetseg.runs.search import buy_search
from budgetseg.runs.spec import RunSpec
from budgetseg.runs.strategy import Strategy
from budgetseg.runs.subset import buy_mix, buy_moves, buy_strategy

__all__ = ["buy", "market_for", "measuring", "plan_of"]

HOUR = 3600


def measuring(spec: RunSpec, dataset: Dataset, book: CostBook) -> tuple[tuple[str, ...], Validation]:
    """Return the images that measure the model, and what their masks cost or would cost."""
    index = index_images(dataset, "val")
    charged = charged_images(spec.validation)
    validation = value_validation(book, index.workload, available=len(index.ids), charged=charged)
    assert validation is not None  # there are validation images
    if charged is None:
        return index.ids, validation
    # The same ones in every run that pays for so many, whatever its seed, so that runs can be compared.
    rows = sorted(np.random.default_rng(0).permutation(len(index.ids))[:charged])
    seconds = seconds_of_images(
        book,
        "full",
        classes_asked=index.classes_asked,
        classes_present_N=index.classes_present_N[rows].tolist(),
        instances_N=index.instances_N[rows].tolist(),
    )
    ids = tuple(index.ids[row] for row in rows)
    return ids, Validation(images=charged, seconds=sum(seconds, Fraction(0)), charged=True)


def market_for(spec: RunSpec, index: Index, book: CostBook) -> Market:
    """The images that a run can buy, in its order; runs of one seed on one data set can share it.

    Raises:
        InvalidInputError: The images that are annotated already are not named.
    """
    current = None if spec.current is None else read_current(Path(spec.current))
    if current is not None and current.mix.images and not current.kind_of:
        raise InvalidInputError(
            f'{current.source}: --current: a run must know which images are annotated already; give {{"images": '
            '{"ID": "point"}} or a run\'s subset.csv'
        )
    return Market(
        index,
        book,
        {} if current is None else current.kind_of,
        spec.seed if spec.order == "random" else None,
        spec.skip,
    )


def buy(spec: RunSpec, strategy: Strategy, market: Market, validation: Validation, dataset: Dataset) -> Purchase:
    """Buy what a run says: a strategy within hours or images, or what a plan says.

    A search asks the simulated annotators for labels; of images that it does not pay for it learns nothing.

    Raises:
        BudgetTooSmallError: The hours do not pay for the measuring, or for one image besides.
        InvalidInputError: More images are asked for than there are.
    """
    held = {kind for kind in market.held if kind is not None}
    if spec.moves:
        moves = [Move.parse(text) for text in spec.moves]
        return buy_moves(moves, market, fixed_seconds=prior_seconds(spec, {*held, *(move.kind for move in moves)}))
    if spec.mix is not None:
        return buy_mix(Mix.of(spec.mix), market, fixed_seconds=prior_seconds(spec, {*held, *spec.mix}))
    fixed_seconds = prior_seconds(spec, {*held, strategy.kind})
    budget_seconds = None
    if spec.hours is not None:
        budget_seconds = seconds_of_hours(spec.hours) - validation.charged_seconds
        if budget_seconds <= 0:
            raise BudgetTooSmallError(f"{spec.hours} h do not pay for the measuring: {validation}")
    if strategy.searches:
        assert spec.search_class is not None  # the spec has seen to both
        assert budget_seconds is not None
        found = _holders(spec, spec.search_class, dataset, market)
        return buy_search(market, found.__contains__, budget_seconds=budget_seconds, fixed_seconds=fixed_seconds)
    return buy_strategy(
        strategy,
        market,
        full_images=spec.full_images,
        images=spec.images,
        budget_seconds=budget_seconds,
        fixed_seconds=fixed_seconds,
    )


def _holders(spec: RunSpec, name: str, dataset: Dataset, market: Market) -> set[str]:
    """The images of which an annotator would say that they hold a class."""
    objects = dataset.classes[1:]
    if name not in objects:
        raise InvalidInputError(f'--search-class: unknown class "{name}"{did_you_mean(name, objects)}')
    kind_of = dict.fromkeys((market.index.ids[row] for row in market.order), "image")
    answers = simulate(dataset, kind_of, seed=spec.seed, errors=by_name(spec.annotators))
    wanted = dataset.classes.index(name)
    return {image_id for image_id, answer in answers.annotations.items() if wanted in answer.present}


def plan_of(spec: RunSpec, purchase: Purchase, index: Index, book: CostBook, validation: Validation) -> Plan:
    """What is bought, and what the same hours would buy at each other kind."""
    images = len(index.ids)
    held = Mix.of(Counter(kind for kind in purchase.held if kind is not None))
    paid = validation.charged_seconds
    return Plan(
        budget_hours=float((purchase.budget_seconds + paid) / HOUR),
        mix=purchase.mix,
        hours=float((purchase.spent_seconds + paid) / HOUR),
        predicted_miou=None,
        # What people marked does not tell how many instances the other kinds would have been paid for.
        alternatives=pure_alternatives(
            book,
            index.workload,
            purchase.budget_seconds,
            images,
            prior_seconds=prior_seconds(spec, ["image"]),  # each alternative pays it where it uses it
            current=held,
        )
        if spec.annotations is None
        else (),
        pool=images,
        costs=spec.costs,
        evidence=None,
        validation=validation,
        current=held if held.images else None,
        moves=_moves(purchase) if held.images else (),
        background_clicks=spec.background_clicks,
    )


def _moves(purchase: Purchase) -> tuple[Move, ...]:
    """What is bought on top of what was held."""
    seconds_of: dict[tuple[str | None, str], list[Fraction]] = {}
    for held, kind, seconds in zip(purchase.held, purchase.kinds, purchase.seconds, strict=True):
        if held != kind:
            seconds_of.setdefault((held, kind), []).append(seconds)
    return tuple(
        Move(held=held, kind=kind, images=len(seconds), seconds=sum(seconds, Fraction(0)))
        for (held, kind), seconds in seconds_of.items()
    )
