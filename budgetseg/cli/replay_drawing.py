"""How a replay looks; every figure is one of its JSON document."""

from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from budgetseg.replay.decisions import NEAR_80
from budgetseg.replay.ground import TRUTHS
from budgetseg.replay.methods import OURS
from budgetseg.replay.regret import PERFECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from budgetseg.replay.regret import Regret
    from budgetseg.replay.replay import Replay
    from budgetseg.replay.scores import Score

__all__ = ["draw_replay"]

_FIGURES: Final = ("RMSE", "score", "held", "width", "regret", "good", "mIoU")
_NAMES_WIDTH: Final = 26


def draw_replay(found: "Replay", console: Console) -> None:
    """Print a block for each thing that was replayed, all with the same columns."""
    for group in found.counts:
        splits = f", {group.splits} seeds" if group.splits > 1 else ""
        title = f"{group.surface}, fitted on {group.group} ({group.fitted:.0f} rows{splits})"
        _draw_block(console, title, group.scores, group.perfect, group.regrets)
    for paid in found.paid:
        title = f"{paid.surface}, a pilot of {paid.pilot_hours:g} h ({paid.masks} masks, {paid.rows} measured rows)"
        _draw_block(console, title, {}, None, paid.regrets)
    for out in found.left_out:
        title = f"a data set left out, {out.trainings} trainings of it known ({len(out.by_set)} data sets)"
        _draw_block(console, title, out.scores, out.perfect, out.regrets)
    _draw_calibration(found, console)
    _say(console, *_legend(found))


def _legend(found: "Replay") -> list[str]:
    """What the figures are."""
    prices = ", ".join(f"{kind} {seconds:g}" for kind, seconds in found.prices.seconds_of.items())
    which = "mix of a grid" if found.design.grid else "measured mix"
    lines = [
        "Rows that were not fitted are foretold: RMSE; interval score (80 %, lower is better); share that the interval "
        f"held; mean width. Regret: mIoU below the best {which} that the hours buy; good: share of budgets within 1 "
        f"mIoU of it; mIoU: reached. Budgets: {', '.join(f'{hours:g}' for hours in found.design.budgets)} h.",
        f"Truth of a choice: {TRUTHS[found.design.truth]}. {PERFECT}: foretells with that truth and the measured "
        "noise, and chooses by one training of each candidate.",
        f"Seconds an image: {prices}. Beliefs: {', '.join(found.helping) or 'the base beliefs'}.",
    ]
    if found.left_out:
        lines.append(
            "Left out: beliefs from all other data sets; a budget for each quarter of its mixes, the last buys all."
        )
    return lines


def _draw_block(
    console: Console,
    title: str,
    scores: "Mapping[str, Score]",
    perfect: "Score | None",
    regrets: "Iterable[Regret]",
) -> None:
    """Print one replay: who foretells, who chooses, who does both."""
    table = _table(title, _FIGURES)
    chosen = {each.chooser: each for each in regrets}
    by_name = dict(scores) if perfect is None else {**scores, PERFECT: perfect}
    for name in dict.fromkeys([*scores, *chosen, *by_name]):
        score, regret = by_name.get(name), chosen.get(name)
        cells = [""] * len(_FIGURES)
        if score is not None:
            cells[:4] = f"{score.rmse:.1f}", f"{score.interval:.1f}", f"{score.coverage:.0%}", f"{score.width:.1f}"
        if regret is not None:
            cells[4:] = f"{regret.regret:.1f}", f"{regret.good:.0%}", f"{regret.miou:.1f}"
        table.add_row(name, *cells, style="bold" if name == OURS else None)
    console.print(table)


def _draw_calibration(found: "Replay", console: Console) -> None:
    """Print what holds over all splits together."""
    if not found.counts:
        return
    low, high = NEAR_80
    said = f'"A beats B", {low:.0%} to {high:.0%}'
    table = _table(f"all splits: interval of 80 %; {said}", ("held", "right by truth", "right as measured"))
    for name, share in found.coverage.items():
        cells = [f"{share:.0%}"]
        for by in ("truth", "measurement"):
            near = [each for each in found.decisions(by).get(name, ()) if (each.low, each.high) == NEAR_80]
            cells += [f"{each.right:.0%} of {each.statements:,.0f}" for each in near if each.right is not None]
        table.add_row(name, *cells, style="bold" if name == OURS else None)
    console.print(table)


def _table(title: str, figures: "Iterable[str]") -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title=title, title_justify="left", title_style="none")
    table.add_column("", min_width=_NAMES_WIDTH, no_wrap=True)
    for figure in figures:
        table.add_column(figure, justify="right", no_wrap=True)
    return table


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
