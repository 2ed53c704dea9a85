"""``budgetseg replay``: is the planner right? Measured surfaces, replayed against peers and rules of thumb."""

from pathlib import Path
from typing import Annotated

import typer

from budgetseg.errors import InvalidInputError

__all__ = ["replay"]


def replay(
    surface: Annotated[
        list[Path],
        typer.Option(help="Measured surface: a CSV of trainings, one or more data sets and recipes; may be repeated."),
    ],
    others: Annotated[
        list[Path] | None,
        typer.Option(
            help="Trainings of other data sets (CSV; may be repeated), from which beliefs are pooled; what shares a "
            "name or a training with a surface is not used for it.  [default: none, the base beliefs]"
        ),
    ] = None,
    seconds_per_image: Annotated[
        str | None, typer.Option(help="Prices, such as full=155,point=7.6; other kinds cannot be bought.")
    ] = None,
    costs: Annotated[
        str, typer.Option(help="Cost book where no prices are given; for the mean image of VOC 2012.")
    ] = "voc2012",
    hours: Annotated[str, typer.Option(help="Budgets at which to choose.")] = "10,15,30,60",
    grid: Annotated[
        bool, typer.Option("--grid", help="Choose from a grid of mixes, by the smooth truth, not from measured ones.")
    ] = False,
    truth: Annotated[
        str, typer.Option(help="What choices are judged by: smooth (a fit of all rows), or measured (means of seeds).")
    ] = "smooth",
    pilots: Annotated[str, typer.Option(help="Hours of pilots.")] = "2,4,8",
    validation_masks: Annotated[int, typer.Option(help="Masks that a pilot pays for besides, to be measured on.")] = 0,
    most_images: Annotated[
        str, typer.Option(help="Fit the rows of at most so many images; one split each.")
    ] = "700,320",
    seeds: Annotated[int, typer.Option(help="Random halves.")] = 20,
    trainings: Annotated[str, typer.Option(help="Trainings of a new data set that are known.")] = "0,3,6,12",
    left_out_seeds: Annotated[int, typer.Option(help="Orders of the trainings of a new data set.")] = 1,
    parts: Annotated[str, typer.Option(help="Some of counts, paid, left-out.")] = "counts,paid,left-out",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the JSON document to this file.")] = None,
) -> None:
    """Replay measured surfaces: what is foretold, chosen and decided from some rows, judged by all the others."""
    from budgetseg.cli.output import emit, notice
    from budgetseg.cli.replay_drawing import draw_replay
    from budgetseg.files import write_json
    from budgetseg.replay.prices import ImagePrices
    from budgetseg.replay.replay import Design
    from budgetseg.replay.replay import replay as replay_all
    from budgetseg.replay.sets import read_measured
    from budgetseg.settings import comma_list

    design = Design(
        parts=comma_list(parts),
        most_images=tuple(int(most) for most in _numbers("--most-images", most_images, whole=True)),
        seeds=seeds,
        grid=grid,
        truth=truth,
        budgets=_numbers("--hours", hours),
        pilots=_numbers("--pilots", pilots),
        validation_masks=validation_masks,
        trainings=tuple(int(count) for count in _numbers("--trainings", trainings, whole=True)),
        left_out_seeds=left_out_seeds,
    )
    prices = ImagePrices.of_book(costs) if seconds_per_image is None else ImagePrices.parse(seconds_per_image)
    found = replay_all(
        [each for path in surface for each in read_measured(path)],
        [each for path in others or () for each in read_measured(path)],
        prices,
        design,
        notice,
    )
    document = found.to_dict()
    if output is not None:
        write_json(output, document)
        notice(f"replay written to {output}")
    emit(document, as_json, lambda console: draw_replay(found, console))


def _numbers(option: str, text: str, *, whole: bool = False) -> tuple[float, ...]:
    """Read ``10,15,30``."""
    from budgetseg.settings import comma_list

    expected = "whole numbers" if whole else "numbers"
    try:
        return tuple(int(item) if whole else float(item) for item in comma_list(text))
    except ValueError:
        raise InvalidInputError(f'{option}: expected {expected} such as 10,15,30, got "{text}"') from None
