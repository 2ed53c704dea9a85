"""``budgetseg calibrate``: a cost book from measured times."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from budgetseg.cli.costs_terms import Classes, Instances, Json, Present, workload_of
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from budgetseg.calibrate.book_text import Statistic, TimeOf

__all__ = ["calibrate"]


def calibrate(
    timings: Annotated[Path, typer.Argument(help="Measured times, timings.csv, as ingest and annotate write them.")],
    prior: Annotated[
        str, typer.Option(help="Cost book to start from: believed where tasks are few, kept for what was not timed.")
    ] = "voc2012",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the cost book to this file.")] = None,
    act: Annotated[
        str | None,
        typer.Option(help="Every row is one act of this rate, such as squiggle_s; only its seconds are read."),
    ] = None,
    idle_cap: Annotated[
        str,
        typer.Option(
            help="Seconds beyond which nobody works on a task; auto: find the tasks that were left open; none: every "
            "second is work."
        ),
    ] = "auto",
    statistic: Annotated[
        str, typer.Option(help="What the book's rates are: mean, which adds up to hours, or median.")
    ] = "mean",
    time: Annotated[
        str,
        typer.Option(help="labelling: making labels, what is paid besides apart; billable: all time is in the rates."),
    ] = "labelling",
    hours: Annotated[str | None, typer.Option(help="Say what these hours buy by the prior, means and medians.")] = None,
    classes: Classes = None,
    classes_per_image: Present = None,
    instances_per_image: Instances = None,
    seed: Annotated[int, typer.Option(help="Of the draws behind the intervals.")] = 0,
    as_json: Json = False,
) -> None:
    """Measure what each act of annotation takes, with intervals, and write it as a cost book.

    One regression takes the seconds of tasks apart into their acts. Time in which a task was only open is left out and
    told, and a rate that the tasks cannot tell is warned of.
    """
    import numpy as np

    from budgetseg.calibrate.book_text import book_text
    from budgetseg.calibrate.calibrate import calibrate as measure
    from budgetseg.calibrate.effect import effects
    from budgetseg.calibrate.timings import read_timings
    from budgetseg.cli.calibrate_drawing import draw_calibration
    from budgetseg.cli.output import emit, notice
    from budgetseg.costs.book import load_book
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.files import write_text

    of_rates = cast("Statistic", _choice(statistic, ("mean", "median"), "--statistic"))
    of_time = cast("TimeOf", _choice(time, ("labelling", "billable"), "--time"))
    budget_seconds = None if hours is None else seconds_of_hours(hours)
    workload = workload_of((classes, classes_per_image, instances_per_image))
    measured = measure(
        read_timings(timings, act=act), load_book(prior), np.random.default_rng(seed), idle_cap=_cap(idle_cap)
    )
    bought = () if budget_seconds is None else effects(measured, workload, budget_seconds)
    for warning in measured.warnings:
        notice(f"warning: {warning}")
    if output is not None:
        write_text(output, book_text(measured, output, statistic=of_rates, time=of_time))
        load_book(output)
        notice(f"cost book written to {output}: budgetseg plan --costs {output} uses it")
    document: dict[str, Any] = {**measured.to_dict(), "statistic": of_rates, "time_of_rates": of_time}
    if budget_seconds is not None:
        document |= {"hours": float(budget_seconds / 3600), "workload": workload.to_dict()}
        document |= {"effects": [effect.to_dict() for effect in bought]}
    emit(document, as_json, lambda console: draw_calibration(measured, bought, hours, console))


def _choice(value: str, choices: tuple[str, ...], option: str) -> str:
    if value not in choices:
        raise InvalidInputError(f'{option}: expected {" or ".join(choices)}, got "{value}"')
    return value


def _cap(text: str) -> float | Literal["auto", "none"]:
    if text in ("auto", "none"):
        return cast(Literal["auto", "none"], text)
    try:
        return float(text)
    except ValueError:
        raise InvalidInputError(f'--idle-cap: expected seconds more than 0, auto or none, got "{text}"') from None
