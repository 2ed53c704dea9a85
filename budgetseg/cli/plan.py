"""``budgetseg plan``: the best mix under a budget, from published or own evidence."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli import evidence_terms, market_options, plan_images, plan_terms

if TYPE_CHECKING:
    from fractions import Fraction

    from budgetseg.costs.book import CostBook
    from budgetseg.plan.cost_doubt import CostDoubt
    from budgetseg.plan.plan import Plan
    from budgetseg.plan.prices import Prices
    from budgetseg.plan.surface import Surface
    from budgetseg.plan.validation import Validation
    from budgetseg.plan.validation_doubt import ValidationDoubt

__all__ = ["plan"]


def plan(
    hours: plan_terms.Hours = None,
    dollars: plan_terms.Dollars = None,
    by: plan_terms.By = None,
    annotators: plan_terms.Annotators = None,
    start: plan_terms.Start = None,
    wage: plan_terms.Wage = None,
    costs: plan_terms.Costs = None,
    seconds_per_image: plan_terms.SecondsPerImage = None,
    fixed_seconds: plan_terms.FixedSeconds = "0",
    dataset: plan_images.Dataset = None,
    classes: plan_images.Classes = None,
    instances: plan_images.InstanceBoxes = None,
    classes_per_image: plan_images.Present = None,
    instances_per_image: plan_images.InstancesEach = None,
    frequency: plan_images.Frequency = "",
    pool: plan_images.Pool = None,
    evidence: evidence_terms.Rests = "modern",
    for_dataset: evidence_terms.ForDataset = None,
    for_recipe: evidence_terms.ForRecipe = None,
    candidates: plan_terms.CandidateRows = None,
    objective: plan_terms.Goal = "mean",
    target: plan_terms.Target = None,
    confidence: plan_terms.Confidence = None,
    accounting: Annotated[
        str, typer.Option(help="exact, or paper: the paper's rounded seconds. Neither goes over budget.")
    ] = "exact",
    objectness_seconds: Annotated[
        str,
        typer.Option(
            help="What an objectness prior costs, paid once by mixes that use one (not by masks and boxes alone); "
            "detector:FILE charges its boxes."
        ),
    ] = "0",
    background_clicks: market_options.BackgroundClicks = 0,
    current: Annotated[
        Path | None,
        typer.Option(
            help="What is annotated already: a run's folder or subset.csv, a plan, or JSON such as "
            '{"image": 500}. It stays, and asking more of these images costs the new questions alone.'
        ),
    ] = None,
    validation: Annotated[
        str, typer.Option(help="Masks that measure the model: free, or how many of them the hours pay for.")
    ] = "free",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the JSON document to this file.")] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write a page to this HTML file: a budget slider, the mix and the frontier over the budget, costs, "
            "and what other prices would change. It needs no network."
        ),
    ] = None,
) -> None:
    """Plan how to spend annotation hours: images per kind, the mIoU to expect, and what else the hours would buy."""
    from budgetseg.cli.frequency import shares_of
    from budgetseg.cli.output import emit, notice
    from budgetseg.cli.plan_drawing import draw_plan
    from budgetseg.costs.per_image import check_choices
    from budgetseg.costs.workload import exact_number
    from budgetseg.files import write_json
    from budgetseg.plan.budget_sweep import Terms
    from budgetseg.plan.candidates import read_candidates
    from budgetseg.plan.choose import choose_plan
    from budgetseg.plan.current import read_current
    from budgetseg.plan.fit import fit_classes, fit_surface
    from budgetseg.plan.objective import objective_of
    from budgetseg.plan.offers import NOTHING_HELD
    from budgetseg.plan.prices import seconds_said

    check_choices(accounting, 1, "once")
    goal = objective_of(objective, target, confidence)
    bounds = plan_terms.bounds_of(hours, dollars, by, start, annotators)
    said = None if seconds_per_image is None else seconds_said(seconds_per_image)
    known = evidence_terms.evidence_of(evidence, for_dataset, for_recipe)
    images = plan_images.images_of(
        dataset,
        classes,
        (classes_per_image, instances_per_image),
        instances,
        pool,
        shares_of(frequency),
        priced=said is not None,
    )
    prices, book, labour = plan_terms.prices_of(
        costs,
        said,
        accounting,
        exact_number(fixed_seconds, "--fixed-seconds"),
        exact_number(_prior_seconds(objectness_seconds), "--objectness-seconds"),
        images.workload,
        background_clicks,
    )
    surface = fit_surface(known)
    masks = _validation(validation, prices, book, images)
    terms = Terms(
        bounds=bounds,
        prices=prices,
        labour=plan_terms.labour_of(labour, prices.origin, wage, used=dollars is not None or by is not None),
    )
    held = NOTHING_HELD if current is None else read_current(current).mix
    rows = None if candidates is None else read_candidates(candidates)
    classes_fitted = fit_classes(known) if goal.goal == "worst-class" else None

    def choose(on: Terms, /, *, explain: bool = True) -> "Plan":
        return choose_plan(
            bounds=on.bounds,
            surface=surface,
            class_surfaces=classes_fitted,
            book=book,
            prices=on.prices,
            labour=on.labour,
            workload=images.workload,
            pool=images.pool,
            current=held,
            validation=masks,
            evidence=known,
            accounting="paper" if accounting == "paper" else "exact",
            dataset=images.name,
            objective=goal,
            candidates=rows,
            frequencies=images.frequencies if explain else None,
            explain=explain,
        )

    chosen = choose(terms)
    if book is not None:
        from budgetseg.cli.costs_terms import announce_unverified

        announce_unverified(book, [kind for kind in book.kinds if kind not in chosen.unavailable])
    if not len(known.miou_R) and bounds.seconds is not None and goal.goal == "mean" and current is None:
        chosen = replace(chosen, advice=(_pilot_or_buy(chosen, surface, prices, bounds.seconds, masks),))
    chosen = replace(
        chosen,
        cost_doubt=_cost_doubt(chosen, surface, book, images),
        validation_doubt=_validation_doubt(chosen, images),
    )
    document = chosen.to_dict()
    if output is not None:
        write_json(output, document)
        notice(f"plan written to {output}")
    if report is not None:
        from budgetseg.cli.plan_page import write_page

        write_page(report, choose, chosen, terms, surface=surface, evidence=known, book=book)
        notice(f"page written to {report}: open it in any browser, it needs no network")
    emit(document, as_json, lambda console: draw_plan(chosen, console))


def _cost_doubt(
    chosen: "Plan", surface: "Surface", book: "CostBook | None", images: plan_images.Images
) -> "CostDoubt | None":
    """What the ranges of the book's rates do; nothing is said where images were annotated before."""
    import numpy as np

    from budgetseg.plan.cost_doubt import cost_doubt

    if book is None or images.workload is None or chosen.predicted_miou is None or chosen.current is not None:
        return None
    rng = np.random.default_rng(0)
    return cost_doubt(surface, book, images.workload, chosen.mix, chosen.predicted_miou, chosen.pool, rng)


def _validation_doubt(chosen: "Plan", images: plan_images.Images) -> "ValidationDoubt | None":
    """How far off the validation images may measure, where it is known how many they are and what an image holds."""
    from budgetseg.plan.validation_doubt import spreads_for, validation_doubt

    if chosen.predicted_miou is None or chosen.validation is None or images.frequencies is None:
        return None
    spreads = spreads_for(images.frequencies)
    return None if spreads is None else validation_doubt(spreads, chosen.validation.images, chosen.predicted_miou)


def _pilot_or_buy(
    chosen: "Plan", surface: "Surface", prices: "Prices", seconds: "Fraction", masks: "Validation | None"
) -> str:
    """Say whether a pilot repays itself, for plans that rest on nothing but trainings elsewhere."""
    import numpy as np

    from budgetseg.plan.pilot_plan import pilot_advice

    advice = pilot_advice(
        surface, prices, seconds, chosen.pool, np.random.default_rng(0), validation=masks, buy_now=chosen.mix
    )
    return f"{advice.sentence} (budgetseg pilot tells more.)"


def _validation(
    choice: str, prices: "Prices", book: "CostBook | None", images: plan_images.Images
) -> "Validation | None":
    from budgetseg.plan.validation import charged_images, value_masks, value_validation

    workload, available = images.validation
    charged = charged_images(choice)
    if book is None or workload is None:
        return value_masks(prices.seconds_of.get("full"), available=available, charged=charged)
    return value_validation(book, workload, available=available, charged=charged)


def _prior_seconds(text: str) -> str:
    """Read seconds, or the file of the detector that they were spent on."""
    if not text.startswith("detector:"):
        return text
    from budgetseg.learn.detector.file import load_detector

    return str(load_detector(Path(text.removeprefix("detector:"))).provenance.seconds)
