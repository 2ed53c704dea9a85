"""``budgetseg pilot``: whether to measure before buying, and what."""

from pathlib import Path
from typing import Annotated

import typer

from budgetseg.cli import evidence_terms
from budgetseg.cli import market_options as options

__all__ = ["pilot"]

_SAMPLES = 200
"""Surfaces that may be true: what a pilot is worth is a mean over them."""


def pilot(
    hours: options.Hours,
    costs: options.Costs = "voc2012",
    seconds_per_image: options.SecondsPerImage = None,
    fixed_seconds: options.FixedSeconds = "0",
    pool: options.Pool = None,
    dataset: options.Dataset = None,
    classes: options.Classes = None,
    classes_per_image: options.ClassesPerImage = None,
    instances_per_image: options.InstancesPerImage = None,
    instances: options.Instances = None,
    evidence: evidence_terms.Rests = "modern",
    for_dataset: evidence_terms.ForDataset = None,
    for_recipe: evidence_terms.ForRecipe = None,
    validation: options.ValidationMasks = "free",
    background_clicks: options.BackgroundClicks = 0,
    timings: Annotated[int, typer.Option(help="Images on which each weaker kind is timed.")] = 5,
    seed: Annotated[int, typer.Option(help="Of the imagined measurements.")] = 0,
    as_json: options.Json = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the JSON document to this file.")] = None,
) -> None:
    """Design a pilot inside the hours: masks, from which every weaker kind is derived, trainings, and timings.

    Says how far below the best mix the choice is expected to end with it and without it, and "no pilot" where buying
    now is better.
    """
    import numpy as np

    from budgetseg.cli.costs_terms import announce_unverified
    from budgetseg.cli.output import emit, notice
    from budgetseg.cli.pilot_drawing import draw_pilot
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.files import write_json
    from budgetseg.plan.fit import fit_surface
    from budgetseg.plan.pilot_plan import design_pilot

    budget_seconds = seconds_of_hours(hours)
    market = options.market(
        costs=costs,
        seconds_per_image=seconds_per_image,
        fixed_seconds=fixed_seconds,
        pool=pool,
        dataset=dataset,
        classes=classes,
        classes_per_image=classes_per_image,
        instances_per_image=instances_per_image,
        instances=instances,
        background_clicks=background_clicks,
    )
    known = evidence_terms.evidence_of(evidence, for_dataset, for_recipe)
    if market.book is not None:
        announce_unverified(market.book, [kind for kind in market.prices.kinds if kind in known.kinds])
    designed = design_pilot(
        fit_surface(known, members=_SAMPLES),
        market.prices,
        budget_seconds,
        market.pool,
        np.random.default_rng(seed),
        evidence=known.name,
        validation=market.validation(validation),
        timed=timings,
        dataset=market.dataset,
        workload=None if market.workload is None else market.workload.to_dict(),
    )
    document = designed.to_dict()
    if output is not None:
        write_json(output, document)
        notice(f"pilot written to {output}")
    emit(document, as_json, lambda console: draw_pilot(designed, console))
