"""Campaigns as tables; every figure is one of their JSON documents."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.plan.campaign import Status
    from budgetseg.plan.campaign_simulation import Simulation

__all__ = ["draw_simulation", "draw_status"]


def table_of(*columns: str) -> Any:
    """An empty table; the first two columns are words, the others numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < 2 else "right", no_wrap=place >= 2)
    return table


def number(value: float | None, digits: int = 1) -> str:
    """A number, or a dash for one that nobody knows."""
    return "-" if value is None else f"{value:,.{digits}f}"


def draw_simulation(simulation: "Simulation", console: "Console") -> None:
    """Print the steps of every strategy, and what they come to in the end."""

    def say(text: str) -> None:
        console.print(text, markup=False)

    seeds = len(simulation.replays) // len(simulation.strategies)
    for name in simulation.strategies:
        say(f"{name}{f', mean of {seeds} seeds' if seeds > 1 else ''}:")
        table = table_of("step", "mix held", "hours", "predicted", "measured", "inside", "regret")
        for mean in simulation.means(name):
            inside = "-"
            if mean.inside is not None:
                inside = f"{mean.inside:.0%}" if seeds > 1 else ("no", "yes")[mean.inside > 0]
            regret = number(mean.regret)
            if mean.regret_error is not None:
                regret += f" +- {mean.regret_error:.1f}"
            table.add_row(
                str(mean.step),
                mean.mix,
                number(mean.hours, 2),
                number(mean.predicted),
                number(mean.measured),
                inside,
                regret,
            )
        console.print(table)
    if len(simulation.strategies) > 1:
        ends = {name: simulation.means(name)[-1] for name in simulation.strategies}
        order = sorted(ends, key=lambda name: -(ends[name].expected or ends[name].measured or 0.0))
        say("In the end: " + ", ".join(f"{name} {_reached(ends[name])}" for name in order) + ".")
    if simulation.best is not None:
        say(
            f"Regret: true mIoU below the best mix of the same hours ({simulation.best[-1]:.1f} in the end). Truth: a "
            "smooth fit of all rows; measured: with the noise of one training."
        )
    say(f"World: {simulation.world}, {simulation.pool:,} images. Costs: {simulation.prices.origin}.")


def _reached(end: Any) -> str:
    value = end.measured if end.expected is None else end.expected
    return f"{number(value)}{'' if end.regret is None else f' (regret {end.regret:.1f})'}"


def draw_status(status: "Status", console: "Console") -> None:
    """Print what was planned, predicted, bought and measured, what is left, and what is next."""
    campaign = status.campaign

    def say(text: str) -> None:
        console.print(text, markup=False)

    if campaign.slices:
        table = table_of("step", "held", "hours", "predicted", "measured", "error", "inside")
        for one, miou, inside in status.judged:
            told = one.predicted
            remark = " (planned)" if one.bought is None else "" if one.bought == one.planned else " (bought otherwise)"
            predicted = "-" if told is None else f"{told.mean:.1f} [{told.low:.1f}, {told.high:.1f}]"
            error = "-" if miou is None or told is None or inside is None else f"{miou - told.mean:+.1f}"
            table.add_row(
                str(one.step),
                f"{campaign.held_after(one) if one.bought is not None else one.held}{remark}",
                number(one.hours if one.spent_hours is None else one.spent_hours, 2),
                predicted,
                number(miou),
                error,
                "-" if inside is None else ("no", "yes")[inside],
            )
        console.print(table)
    say(
        f"{float(campaign.spent_hours):,.2f} of {float(campaign.budget_hours):,.2f} h are spent on annotations"
        + (f", {float(campaign.charged_hours):,.2f} h go to what is paid besides" if campaign.charged_hours else "")
        + f"; {float(campaign.left_hours):,.2f} h are left. You hold {campaign.held}."
    )
    if status.next is None:
        say(f"Over: {status.over}.")
        return
    coming = status.next
    verb = "Planned" if coming is campaign.pending else "Next"
    say(f"{verb}, step {coming.step}: buy {coming.planned} ({coming.hours:,.2f} h), on the way to {coming.aim}.")
    if coming.predicted is not None:
        say(
            f"Expected mIoU {coming.predicted.mean:.1f} [{coming.predicted.low:.1f}, {coming.predicted.high:.1f}] "
            f"({coming.predicted.level:.0%} interval for one new training)."
        )
    elif not campaign.measurements:
        say("Nothing was measured yet. A stronger annotation holds the weaker ones: record a training on each kind.")
