"""A calibration as the screen shows it; every figure is one of its JSON document."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from budgetseg.calibrate.calibrate import Calibration
    from budgetseg.calibrate.effect import Effect

__all__ = ["draw_calibration"]


def draw_calibration(
    measured: "Calibration", effects: "Sequence[Effect]", hours: str | None, console: "Console"
) -> None:
    """Print the rates beside the prior's, where the time went, and what hours buy by them."""
    from budgetseg.cli.costs_terms import table_of

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    people = f"{measured.annotators} annotator{'s' if measured.annotators != 1 else ''}"
    together = "" if measured.measurements == measured.tasks else f" (timed together, {measured.measurements:,} times)"
    say(f"{measured.timings}: {measured.tasks:,} of {measured.rows:,} rows fitted{together}, {people}. Seconds an act:")
    table = table_of("rate", "mean", "80 % interval", "median", "prior", "weight", "tasks", "acts")
    for name, rate in measured.rates.items():
        table.add_row(
            name,
            f"{rate.mean:.2f}",
            f"{rate.low:.2f} to {rate.high:.2f}",
            f"{rate.median:.2f}",
            "-" if rate.prior is None else f"{rate.prior:g}",
            f"{rate.prior_weight:.0%}",
            f"{rate.tasks:,}",
            f"{rate.acts:,.0f}",
        )
    console.print(table)
    say(f"prior: {measured.prior.name}; weight: how much of the rate is the prior's.")
    spent = measured.time
    say(
        f"Time: {spent.billable / 3600:.2f} h billable, {spent.labelling / 3600:.2f} h of it labelling; "
        f"{spent.idle / spent.billable:.1%} was idle, in {measured.idle_tasks:,} tasks"
        + "".join(
            f"; {seconds / spent.billable:.1%} {what}"
            for what, seconds in (
                ("skipped", spent.skipped),
                ("in later changes", spent.updates),
                ("correcting a model", spent.corrections),
                ("in tasks without a counted act", spent.unexplained),
            )
            if seconds
        )
        + "."
    )
    if measured.speed_log_sd is not None:
        say(f"Annotators' speeds differ by {measured.speed_log_sd:.2f} in the logarithm (standard deviation).")
    if measured.not_timed:
        say(f"Not timed, as in {measured.prior.name}: {', '.join(measured.not_timed)}.")
    if hours is not None:
        _draw_effects(measured, effects, hours, console)


def _draw_effects(measured: "Calibration", effects: "Sequence[Effect]", hours: str, console: "Console") -> None:
    from budgetseg.cli.costs_terms import table_of

    names = {"prior": measured.prior.name, "means": "means", "medians": "medians"}
    console.print(f"Images that {hours} h buy, by three books:", markup=False, highlight=False)
    table = table_of("kind", *names.values(), *(f"s: {title}" for title in names.values()), "truly, h")
    for effect in effects:
        images = (f"{effect.images_of[name]:,}" if name in effect.images_of else "-" for name in names)
        seconds = (f"{effect.seconds_of[name]:.1f}" if name in effect.seconds_of else "-" for name in names)
        table.add_row(effect.kind, *images, *seconds, f"{effect.hours_of_promised:.1f}")
    console.print(table)
    console.print(
        "s: seconds an image. truly: what the images that the medians promise take, by the means.",
        markup=False,
        highlight=False,
    )
