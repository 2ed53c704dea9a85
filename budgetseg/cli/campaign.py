"""``budgetseg campaign``: spending hours in slices, with a plan made anew after each."""

import typer

from budgetseg.cli.campaign_real import next_step, record, start, status
from budgetseg.cli.campaign_simulate import simulate

__all__ = ["app"]

app = typer.Typer(
    name="campaign",
    help="Spend hours in slices: plan, annotate, train, plan again; for real, or played through.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(simulate)
app.command()(start)
app.command("next")(next_step)
app.command()(record)
app.command()(status)
