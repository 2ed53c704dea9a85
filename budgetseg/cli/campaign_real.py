"""``budgetseg campaign start|next|record|status``: a real campaign and its state file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetseg.cli import market_options as options
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from budgetseg.plan.campaign_state import Campaign

__all__ = ["next_step", "record", "start", "status"]

State = Annotated[Path, typer.Argument(metavar="STATE.json", help="The campaign's state file.")]
Day = Annotated[str | None, typer.Option("--on", help="Day, such as 2027-01-31.  [default: today]")]


def _today(on: str | None) -> str:
    from datetime import datetime

    return datetime.now().astimezone().date().isoformat() if on is None else on


def _show(campaign: "Campaign", on: str | None, as_json: bool) -> None:
    from budgetseg.cli.campaign_drawing import draw_status
    from budgetseg.cli.output import emit
    from budgetseg.plan.campaign import status_of

    found = status_of(campaign, _today(on))
    emit(found.to_dict(), as_json, lambda console: draw_status(found, console))


def start(
    state: State,
    hours: options.Hours,
    steps: Annotated[int, typer.Option(help="Slices in which the hours are to be spent.")] = 5,
    costs: options.Costs = "voc2012",
    seconds_per_image: options.SecondsPerImage = None,
    fixed_seconds: options.FixedSeconds = "0",
    pool: options.Pool = None,
    dataset: options.Dataset = None,
    classes: options.Classes = None,
    classes_per_image: options.ClassesPerImage = None,
    instances_per_image: options.InstancesPerImage = None,
    instances: options.Instances = None,
    evidence: Annotated[
        str | None,
        typer.Option(help="What is known beforehand: modern, paper, a CSV file or runs/.  [default: nothing]"),
    ] = None,
    validation: options.ValidationMasks = "free",
    as_json: options.Json = False,
) -> None:
    """Begin a campaign: write its state file, and show the first slice; `campaign next` puts it on record."""
    from budgetseg.costs.hours import seconds_of_hours
    from budgetseg.plan.campaign_state import Campaign, write_campaign
    from budgetseg.plan.evidence import read_evidence

    if state.exists():
        raise InvalidInputError(
            f"{state}: is there already; choose another file, or go on with: campaign status {state}"
        )
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
    )
    if evidence is not None:
        read_evidence(evidence)  # a wrong name is said now, not at the first plan
    campaign = Campaign(
        budget_hours=seconds_of_hours(hours) / 3600,
        steps=steps,
        pool=market.pool,
        prices=market.prices,
        evidence=evidence,
        validation=market.validation(validation),
    )
    write_campaign(state, campaign)
    _show(campaign, None, as_json)


def next_step(state: State, on: Day = None, as_json: options.Json = False) -> None:
    """Plan the next slice from all that was measured, and put the plan and its prediction on record."""
    from budgetseg.cli.output import notice
    from budgetseg.plan.campaign import next_slice, with_slice
    from budgetseg.plan.campaign_state import read_campaign, write_campaign

    campaign = read_campaign(state)
    if campaign.pending is not None:
        notice(f"step {campaign.pending.step} is planned already; record it with: budgetseg campaign record {state}")
    else:
        campaign = with_slice(campaign, next_slice(campaign, _today(on)))
        write_campaign(state, campaign)
    _show(campaign, on, as_json)


def record(
    state: State,
    miou: Annotated[float | None, typer.Option(help="What a training reached, 0 to 100.")] = None,
    mix: Annotated[
        str | None, typer.Option(help="What it was trained on, full=40,point=640.  [default: all that is held]")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="Take mIoU and mix from a finished run's folder, instead of --miou and --mix.")
    ] = None,
    bought: Annotated[
        str | None, typer.Option(help="New images of the planned slice, full=40,point=640.  [default: as planned]")
    ] = None,
    hours: Annotated[
        float | None, typer.Option(help="Annotators' hours that they took.  [default: by the prices]")
    ] = None,
    on: Day = None,
    as_json: options.Json = False,
) -> None:
    """Put on record what was bought, and what a training measured; several trainings of a step are welcome."""
    from budgetseg.plan.campaign import recorded
    from budgetseg.plan.campaign_state import read_campaign, write_campaign
    from budgetseg.settings import counts_by_name

    campaign = read_campaign(state)
    trained = None if mix is None else counts_by_name(mix, "--mix")
    if run is not None:
        if miou is not None or mix is not None:
            raise InvalidInputError("--run: holds mIoU and mix; leave --miou and --mix out")
        miou, trained = _of_run(run)
    campaign = recorded(
        campaign,
        _today(on),
        bought=None if bought is None else counts_by_name(bought, "--bought"),
        hours=hours,
        miou=miou,
        mix=trained,
    )
    write_campaign(state, campaign)
    _show(campaign, on, as_json)


def status(state: State, on: Day = None, as_json: options.Json = False) -> None:
    """Show what earlier plans predicted beside what came, the hours left, and the next slice; changes nothing."""
    from budgetseg.plan.campaign_state import read_campaign

    _show(read_campaign(state), on, as_json)


def _of_run(folder: Path) -> tuple[float, dict[str, int]]:
    from budgetseg.files import read_json

    path = folder / "result.json"
    document = read_json(path)
    try:
        if document["status"] != "completed":
            raise InvalidInputError(f"{path}: this run is not finished")
        return float(document["miou"]), {str(kind): int(images) for kind, images in document["mix"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInputError(f"{path}: expected the result of a finished run ({error})") from error
