"""How one run looks, or a few beside each other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from budgetseg.cli.runs_text import mix_text, number_text

if TYPE_CHECKING:
    from budgetseg.runs.comparison import RunDetail

__all__ = ["draw_comparison", "draw_run"]


def _settings_table(rows: Sequence[tuple[str, ...]], *heads: str) -> Table:
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    return table


def draw_run(detail: "RunDetail", console: Console) -> None:
    """Print what a run bought and reached, or why it did not, and how to repeat it."""
    record, result = detail.record, detail.result
    why = f": {record.reason}" if record.reason else ""
    console.print(Text(f"{record.name}: {record.status}{why}"), soft_wrap=True)
    console.print(Text(f"buys {mix_text(record.mix)}, seed {record.seed}, on {record.dataset}"), soft_wrap=True)
    if record.hours is not None:
        console.print(f"annotators' hours: {record.hours:.2f} of {number_text(record.budget_hours, 2)}")
    if record.miou is not None:
        interval = result.get("miou_interval") or {}
        bounds = f" ({interval['low']:.1f} to {interval['high']:.1f})" if interval else ""
        console.print(f"mIoU {record.miou:.1f}{bounds}")
        rows = [(name, "absent" if iou is None else f"{iou:.1f}") for name, iou in result["iou"].items()]
        console.print(_settings_table(rows, "class", "IoU"))
        console.print(
            f"trained and measured in {number_text(record.seconds, 0)} s on {result.get('device')}", markup=False
        )
    console.print(Text(f"in {record.folder}; again with: {result.get('command') or 'budgetseg run'}"), soft_wrap=True)


def draw_comparison(details: "Sequence[RunDetail]", differing: Mapping[str, Sequence[Any]], console: Console) -> None:
    """Print runs in columns: settings that differ, then what each bought and reached."""
    rows = [(name, *("-" if value is None else str(value) for value in values)) for name, values in differing.items()]
    rows.append(("buys", *(mix_text(detail.record.mix) for detail in details)))
    rows.append(("hours", *(number_text(detail.record.hours, 2) for detail in details)))
    rows.append(("mIoU", *(number_text(detail.record.miou, 1) for detail in details)))
    classes = dict.fromkeys(name for detail in details for name in detail.result.get("iou") or {})
    for name in classes:
        each = [(detail.result.get("iou") or {}).get(name) for detail in details]
        rows.append((f"IoU {name}", *(number_text(value, 1) for value in each)))
    console.print(_settings_table(rows, "", *(detail.record.name for detail in details)))
