"""A pilot as the first screen shows it; every figure is one of its JSON document."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.plan.pilot_option import PilotOption
    from budgetseg.plan.pilot_plan import Pilot

__all__ = ["draw_pilot"]

_MOST_NAMED = 3


def draw_pilot(pilot: "Pilot", console: "Console") -> None:
    """Print the advice, all pilots that were tried, what the chosen one is, and what all of it rests on."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    def say(text: str) -> None:
        console.print(text, markup=False)

    say(pilot.advice.sentence)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("first")
    for column in ("hours", "trainings", "regret", "gain", "changes it"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_row("buy now", "0", "0", f"{pilot.regret_without:.2f}", "", "", style=None if pilot.advised else "bold")
    for option in pilot.options:
        table.add_row(
            f"{option.images:,} {option.kind}",
            f"{option.hours:,.2f}",
            str(len(option.trainings)),
            f"{option.regret:.2f}",
            f"{option.gain:+.2f} +- {option.gain_error:.2f}",
            f"{option.changes:.0%}",
            style="bold" if option == pilot.advised else None,
        )
    console.print(table)
    say("Regret: expected mIoU below the best mix of all the hours, the hours of the pilot paid. Its masks are kept.")
    if pilot.advised is not None:
        _say_what_to_do(pilot.advised, console)
    now = pilot.buy_now_miou
    say(f"Buying now: {pilot.buy_now}, mIoU {now.mean:.1f} [{now.low:.1f}, {now.high:.1f}].")
    say(f"Best, by what is known now: {_likely(pilot.best_kinds)}.")
    pool = "as many images as the hours buy" if pilot.pool is None else f"{pilot.pool:,} images"
    say(f"Images: {pool}{f' of {pilot.dataset}' if pilot.dataset else ''}.")
    say(f"Costs: {pilot.prices.origin}. Evidence: {pilot.evidence}.")
    if pilot.validation is not None:
        say(f"Measuring: {pilot.validation}.")


def _say_what_to_do(option: "PilotOption", console: "Console") -> None:
    def say(text: str) -> None:
        console.print(text, markup=False)

    say(f"1. Annotate {option.images:,} images with {option.kind}; derive {', '.join(option.derived) or 'nothing'}.")
    if option.timed and option.price_error is not None:
        say(
            f"2. Before that, time {option.timed} of them at each weaker kind ({option.timing_hours:.2f} h): a price "
            f"is then known to about +-{option.price_error:.0%}."
        )
    mixes = ", ".join(str(mix) for mix in option.trainings)
    say(f"3. Train on {mixes}; measure each, and plan again with --evidence.")
    say(
        f"Of {option.surfaces} surfaces that are possible now, about {option.remaining:.0f} would be likely afterwards."
    )
    say(f"Bought afterwards: {_likely(option.choices)}.")


def _likely(choices: Mapping[str, float]) -> str:
    """The likeliest choices with their probabilities."""
    named = [f"{name} {share:.0%}" for name, share in list(choices.items())[:_MOST_NAMED] if share >= 0.005]
    rest = 1 - sum(list(choices.values())[: len(named)])
    return ", ".join([*named, f"others {rest:.0%}"] if rest >= 0.005 else named)
