"""How a run looks while it works, and its result."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from budgetseg.cli.output import notice
from budgetseg.plan.plan import Plan

__all__ = ["RunDisplay", "draw_result"]

_LINE_SECONDS = 10.0
_TITLES = {"load": "loading images", "train": "training", "relabel": "relabelling", "measure": "measuring"}


class RunDisplay:
    """Watches a run: the plan first, then a bar on a terminal or a line every ten seconds elsewhere."""

    def __init__(self, as_json: bool) -> None:
        self._data = Console(stderr=as_json, highlight=False)
        self._bars: Progress | None = None
        if sys.stderr.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
        self._tasks: dict[str, TaskID] = {}
        self._said_at = 0.0

    def __enter__(self) -> "RunDisplay":
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def notice(self, text: str) -> None:
        """Say something on stderr."""
        notice(text)

    def planned(self, plan: Plan) -> None:
        """Print what will be bought."""
        if plan.current is None:
            bought = str(plan.mix)
        else:
            bought = f"{' + '.join(map(str, plan.moves)) or 'nothing'} on top of {plan.current}"
        self._data.print(f"buying {bought}: {plan.hours:.2f} h of {plan.budget_hours:.2f} h", soft_wrap=True)
        if plan.validation is not None:
            self._data.print(str(plan.validation), soft_wrap=True)

    def progress(self, what: str, done: int, of: int, loss: float | None) -> None:
        """Move the bar, or print a line now and then."""
        text = _TITLES[what] + ("" if loss is None else f", loss {loss:.3f}")
        if self._bars:
            if what not in self._tasks:
                self._tasks[what] = self._bars.add_task(text, total=of)
            self._bars.update(self._tasks[what], completed=done, description=text)
        elif time.monotonic() - self._said_at >= _LINE_SECONDS or (done == of and what == "train"):
            self._said_at = time.monotonic()
            notice(f"{text}: {done} of {of}")


def draw_result(result: Mapping[str, Any], folder: Path, console: Console) -> None:
    """Print mIoU, per-class IoU, hours, and what the same hours buy in the other kinds."""
    interval = result["miou_interval"]
    console.print(
        f"mIoU {result['miou']:.1f} ({interval['low']:.1f} to {interval['high']:.1f}, "
        f"{interval['level']:.0%} bootstrap over {result['validation_images']:,} validation images)"
    )
    table = Table("class", "IoU", box=None, pad_edge=False)
    for name, iou in result["iou"].items():
        table.add_row(name, "absent" if iou is None else f"{iou:.1f}")
    console.print(table)
    hours = result["hours"]
    spent = ", ".join(f"{kind} {h:.2f} h" for kind, h in result["hours_by_kind"].items())
    console.print(f"annotators' hours: {hours['actual']:.2f} of {hours['planned']:.2f} ({spent})")
    bought = ", ".join(
        f"{sum(other['mix'].values()):,} {other['name']} ({other['hours']:.2f} h)" for other in result["alternatives"]
    )
    if bought:
        console.print(f"the same hours buy, of one kind alone: {bought}", soft_wrap=True)
    console.print(f"results in {folder}", markup=False, soft_wrap=True)
