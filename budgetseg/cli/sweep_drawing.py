"""How a sweep looks: a table that moves on a terminal, plain lines elsewhere, and its runs before and after."""

import sys
import time
from typing import TYPE_CHECKING, Final, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from budgetseg.cli.output import notice

if TYPE_CHECKING:
    from budgetseg.sweep.progress import Progress
    from budgetseg.sweep.sweep import Sweep, SweepRun
    from budgetseg.sweep.task import Outcome

__all__ = ["SweepDisplay", "draw_sweep", "time_text"]

_LINE_SECONDS: Final = 30.0


def time_text(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3.4 h``: rounded, as an estimate deserves."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


class SweepDisplay:
    """Watches a sweep, on stderr."""

    def __init__(self) -> None:
        self._live: Live | None = None
        if sys.stderr.isatty():
            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
        self._said_at = time.monotonic()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_ended: object) -> None:
        if self._live:
            self._live.stop()

    def notice(self, text: str) -> None:
        """Say something, above the table where there is one."""
        if self._live:
            self._live.console.print(Text(text), soft_wrap=True)
        else:
            notice(text)

    def ended(self, run: "SweepRun", outcome: "Outcome", seconds: float, progress: "Progress") -> None:
        """A line a run."""
        place = f"[{progress.done + progress.failed}/{progress.total}] {run.name}"
        if outcome.status == "completed":
            self.notice(f"{place}: mIoU {outcome.miou:.1f} for {run.hours:.2f} h ({time_text(seconds)})")
        else:
            self.notice(f"{place}: failed: {outcome.reason}")
        self._said_at = time.monotonic()

    def moved(self, progress: "Progress") -> None:
        """Move the table, or print a line now and then."""
        if self._live:
            self._live.update(_table(progress), refresh=True)
        elif time.monotonic() - self._said_at >= _LINE_SECONDS:
            self._said_at = time.monotonic()
            notice(_line(progress))


def _cells(progress: "Progress") -> dict[str, str]:
    best, left = progress.best, progress.seconds_left
    return {
        "done": f"{progress.done} of {progress.total}",
        "running": f"{progress.running}" + (f" (+{progress.elsewhere} elsewhere)" if progress.elsewhere else ""),
        "failed": str(progress.failed),
        "left": str(progress.left),
        "time left": "-" if left is None else f"about {time_text(left)}",
        "best so far": "-" if best is None else f"{best.miou:.1f} mIoU for {best.hours:.2f} h ({best.name})",
    }


def _line(progress: "Progress") -> str:
    return ", ".join(f"{name} {cell}" for name, cell in _cells(progress).items())


def _table(progress: "Progress") -> Table:
    cells = _cells(progress)
    table = Table(*cells, box=None, pad_edge=False)
    table.add_row(*(Text(cell) for cell in cells.values()))
    return table


def draw_sweep(sweep: "Sweep", console: Console, *, dry: bool) -> None:
    """Print the runs; before they are carried out with their commands."""
    table = Table(box=None, pad_edge=False)
    table.add_column("run", no_wrap=True)
    table.add_column("buys")
    for name in ("annotators' h", "compute", "mIoU", "state"):
        table.add_column(name, justify="right")
    for run in sweep.runs:
        miou = "-" if run.miou is None else f"{run.miou:.1f}"
        compute = "-" if run.state == "finished" else time_text(run.compute_seconds)
        table.add_row(Text(run.name), str(run.mix), f"{run.hours:.2f}", compute, miou, run.state)
    console.print(table)
    for run in sweep.missing if dry else ():
        console.print(run.command, markup=False, soft_wrap=True)
    left = sweep.missing
    done = len(sweep.runs) - len(left)
    if left:
        console.print(
            f"{len(sweep.runs)} runs, {done} finished, {len(left)} to run: about {time_text(sweep.compute_seconds)} of "
            f"compute in one process ({sweep.speed.source})",
            soft_wrap=True,
        )
    else:
        next_step = f"next: budgetseg report {sweep.folder}"
        console.print(f"all {done} runs are finished, in {sweep.folder}; {next_step}", soft_wrap=True)
