"""How the accuracy table looks: runs before they are carried out, and what they show."""

from typing import TYPE_CHECKING

from rich.console import Console

from budgetseg.accuracy.equal_hours import LEAD_GOAL, LEAD_HOURS
from budgetseg.accuracy.spread import LEVEL
from budgetseg.cli.costs_terms import table_of

if TYPE_CHECKING:
    from budgetseg.accuracy.accuracy import Accuracy
    from budgetseg.accuracy.equal_hours import Lead
    from budgetseg.accuracy.kind_rows import KindRow
    from budgetseg.accuracy.spread import Summary
    from budgetseg.accuracy.worth import Bounded

__all__ = ["draw_accuracy", "draw_runs"]


def draw_runs(found: "Accuracy", console: Console) -> None:
    """Print every run with its hours, and the commands of those that are missing."""
    table = table_of("what", "annotators' h", "compute h", "mIoU", "state")
    for run in found.runs:
        shown = "-" if run.miou is None else f"{run.miou:.1f}"
        table.add_row(run.trial.name, f"{run.hours:.2f}", f"{run.compute_hours:.3f}", shown, run.state)
    console.print(table)
    _say(console, *(run.command for run in found.missing), _left(found))


def draw_accuracy(found: "Accuracy", console: Console) -> None:
    """Print the tables that were asked for."""
    if "kinds" in found.tables:
        _draw_kinds(found, console)
    if "mixes" in found.tables:
        _draw_mixes(found, console)
    if "hours" in found.tables:
        _draw_hours(found, console)
    _say(console, _left(found))


def _draw_kinds(found: "Accuracy", console: Console) -> None:
    table = table_of("kind", "images", "hours", "mIoU", "of full's", "goal")
    for row in found.kinds:
        goal = "-" if row.share_goal is None else f"{row.share_goal:.0%}{_met(row.goals().get('share'))}"
        share = "-"
        if row.share is not None:
            error = row.share.standard_error
            share = f"{row.share.value:.1%}" + ("" if error is None else f" ± {error:.1%}")
        table.add_row(row.kind, f"{row.images:,}", f"{row.hours:.2f}", _mean(row.miou), share, goal)
    console.print(table)
    _say(
        console,
        "mIoU: mean, standard deviation, number of seeds. Of full's: the share of what masks on the same images reach, "
        "± one standard error.",
        *(_exchange(row) for row in found.kinds if row.worth is not None),
    )


def _exchange(row: "KindRow") -> str:
    """One line: what the annotations are worth in masks."""
    worth = row.worth
    assert worth is not None
    ends = worth.exchange.interval
    sure = "one seed somewhere: no interval" if ends is None else f"{LEVEL:.0%}: {ends[0]} to {ends[1]}"
    count = worth.exchange.count
    goal = "" if row.worth_goal is None else f" (goal {row.worth_goal:g}{_met(row.goals().get('worth'))})"
    price, relative = _bounded(worth.break_even_seconds, ".0f"), _bounded(worth.relative, ".2f")
    return (
        f"{row.images:,} {row.kind} = {count} masks ({sure}); break-even at {price} s a mask, {relative} of the book's "
        f"{worth.mask_seconds:.0f} s; {_bounded(worth.times, '.2f')} x its hours' worth of masks{goal}"
    )


def _draw_mixes(found: "Accuracy", console: Console) -> None:
    table = table_of("what", "mIoU", "best part", "its mIoU", "difference", "verdict")
    for row in found.mixes:
        if row.found is None:
            table.add_row(str(row.mix), "-", "-", "-", "-", "not measured")
            continue
        each = row.found
        error = each.difference.standard_error
        difference = f"{each.difference.mean:+.1f}" + ("" if error is None else f" ± {error:.1f}")
        table.add_row(str(row.mix), _mean(each.mix), each.best, _mean(each.parts[each.best]), difference, each.verdict)
    console.print(table)
    _say(
        console,
        "A mix hurts where it lies more than one standard error (over paired seeds) below the best of its parts, each "
        "trained alone on the images that it has in the mix.",
    )


def _draw_hours(found: "Accuracy", console: Console) -> None:
    table = table_of("budget h", "what", "images", "spent h", "mIoU", "best rival", "lead", "over full alone")
    for row in found.hours:
        images = " + ".join(f"{images:,.0f}" for images in row.images.values())
        rival = "-" if row.lead is None else row.lead.rival
        table.add_row(
            f"{row.budget_hours:g}",
            " + ".join(row.kinds),
            images,
            f"{row.hours:.2f}",
            _mean(row.miou),
            rival,
            _lead(row.lead) + _met(row.goal_met),
            _lead(row.lead_over_masks),
        )
    console.print(table)
    low, high = LEAD_HOURS
    _say(
        console,
        f"Leads: mean over paired seeds with Student's {LEVEL:.0%} interval; goal: {LEAD_GOAL:g} mIoU at {low:g} to "
        f"{high:g} h.",
        *(f"{' + '.join(kinds)}: masks alone win {each}" for kinds, each in found.masks_win.items()),
    )


def _left(found: "Accuracy") -> str:
    return (
        f"{len(found.missing)} of {len(found.runs)} runs to train, {found.compute_hours:.2f} compute hours: "
        f"iterations x batch at {found.images_per_second:g} images a second, without loading and measuring. 1640 were "
        "measured with EfficientNet-Lite0 at 224 px, five processes on one H100."
    )


def _mean(found: "Summary | None") -> str:
    if found is None:
        return "-"
    return f"{found.mean:.1f} " + ("(1 seed)" if found.sd is None else f"± {found.sd:.1f} ({found.seeds})")


def _lead(lead: "Lead | None") -> str:
    if lead is None:
        return "-"
    ends = "one seed" if lead.interval is None else f"{lead.interval.low:+.1f} to {lead.interval.high:+.1f}"
    return f"{lead.difference.mean:+.1f} ({ends})"


def _bounded(number: "Bounded", form: str) -> str:
    return f"{'' if number.side == 'about' else number.side.replace('fewer', 'less') + ' '}{number.value:{form}}"


def _met(met: bool | None) -> str:
    return "" if met is None else ", met" if met else ", not met"


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
