"""How a replay looks; every figure is one of its JSON document."""

from typing import TYPE_CHECKING, Any

from rich.console import Console

from budgetseg.replay.decisions import NEAR_80
from budgetseg.replay.methods import OURS
from budgetseg.replay.regret import PERFECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from budgetseg.replay.regret import Regret
    from budgetseg.replay.replay import Replay
    from budgetseg.replay.scores import Score

__all__ = ["draw_replay"]


def draw_replay(found: "Replay", console: Console) -> None:
    """Print one table: a block of rows for each thing that was replayed."""
    table = _table()
    for group in found.counts:
        splits = f", {group.splits} seeds" if group.splits > 1 else ""
        title = f"{group.surface}, fitted on {group.group} ({group.fitted:.0f} rows{splits})"
        _block(table, title, group.scores, group.perfect, group.regrets)
    for paid in found.paid:
        title = f"{paid.surface}, a pilot of {paid.pilot_hours:g} h ({paid.masks} masks give {paid.rows} rows)"
        _block(table, title, {}, None, paid.regrets)
    for out in found.left_out:
        title = f"a data set left out, {out.trainings} trainings of it known ({len(out.by_set)} data sets)"
        _block(table, title, out.scores, out.perfect, out.regrets)
    console.print(table)
    _draw_decisions(found, console)
    prices = ", ".join(f"{kind} {seconds:g}" for kind, seconds in found.prices.seconds_of.items())
    _say(
        console,
        "Rows that were not fitted are foretold: RMSE, interval score (80 %, lower is better), coverage and mean width. "
        "Regret: mIoU below the best measured mix that the hours buy, by the denoised surface; good: share of budgets "
        f"within 1 mIoU of it. Budgets: {', '.join(f'{hours:g}' for hours in found.design.budgets)} h.",
        f"Denoised: {found.to_dict()['truth']}. {PERFECT}: knows it and the noise, or sees each candidate trained once.",
        f"Seconds an image: {prices}. Beliefs: {', '.join(found.helping) or 'the base beliefs'}.",
    )


def _table() -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("who", overflow="fold")
    for column in ("RMSE", "interval score", "coverage", "width", "regret", "good", "mIoU reached"):
        table.add_column(column, justify="right")
    return table


def _block(
    table: Any,
    title: str,
    scores: "Mapping[str, Score]",
    perfect: "Score | None",
    regrets: "Iterable[Regret]",
) -> None:
    """Add the rows of one replay: who foretells, who chooses, who does both."""
    table.add_section()
    table.add_row(title, style="bold")
    chosen = {each.chooser: each for each in regrets}
    by_name = dict(scores) if perfect is None else {**scores, PERFECT: perfect}
    for name in dict.fromkeys([*scores, *chosen, *by_name]):
        score, regret = by_name.get(name), chosen.get(name)
        foretold = ("", "", "", "")
        if score is not None:
            foretold = (f"{score.rmse:.1f}", f"{score.interval:.1f}", f"{score.coverage:.0%}", f"{score.width:.1f}")
        reached = ("", "", "")
        if regret is not None:
            reached = (f"{regret.regret:.1f}", f"{regret.good:.0%}", f"{regret.miou:.1f}")
        table.add_row(f"  {name}", *foretold, *reached, style="green" if name == OURS else None)


def _draw_decisions(found: "Replay", console: Console) -> None:
    for name, share in found.coverage.items():
        said = []
        for by in ("truth", "measurement"):
            for each in found.decisions(by).get(name, ()):
                if (each.low, each.high) == NEAR_80 and each.right is not None:
                    said.append(f"{each.right:.0%} of {each.statements:,.0f} by {by}")
        right = f'; of "A beats B with 75 to 85 %" right: {", ".join(said)}' if said else ""
        _say(console, f"{name}: coverage over all splits {share:.0%}{right}.")


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
