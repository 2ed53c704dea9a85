"""How runs look: a list as plain columns, which thousands of rows need, and one or a few in full."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from budgetseg.runs.comparison import RunDetail
    from budgetseg.runs.record import RunRecord

__all__ = ["draw_comparison", "draw_run", "runs_text"]

_HEAD = ("run", "mIoU", "hours", "seed", "buys", "status")
_RIGHT = (False, True, True, True, False, False)


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _mix(mix: Mapping[str, int]) -> str:
    return " + ".join(f"{images:,} {kind}" for kind, images in mix.items()) or "-"


def _plain(text: str) -> str:
    """On one line, with nothing in it that moves a terminal's cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def runs_text(records: "Sequence[RunRecord]") -> str:
    """Return a line a run under a header, and how many there are of each status."""
    rows = [_HEAD]
    for record in records:
        status = record.status if record.reason is None else f"{record.status}: {record.reason}"
        seed = "-" if record.seed is None else str(record.seed)
        cells = (record.name, _number(record.miou, 1), _number(record.hours, 2), seed, _mix(record.mix), status)
        rows.append(tuple(map(_plain, cells)))  # type: ignore[arg-type]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, _RIGHT, strict=True)
        ]
        lines.append("  ".join(padded).rstrip() + "\n")
    statuses = [record.status for record in records]
    counts = ", ".join(f"{statuses.count(status):,} {status}" for status in dict.fromkeys(statuses))
    return "".join(lines) + f"{len(records):,} runs" + (f": {counts}\n" if counts else "\n")


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
    console.print(Text(f"buys {_mix(record.mix)}, seed {record.seed}, on {record.dataset}"), soft_wrap=True)
    if record.hours is not None:
        console.print(f"annotators' hours: {record.hours:.2f} of {_number(record.budget_hours, 2)}")
    if record.miou is not None:
        interval = result.get("miou_interval") or {}
        bounds = f" ({interval['low']:.1f} to {interval['high']:.1f})" if interval else ""
        console.print(f"mIoU {record.miou:.1f}{bounds}")
        rows = [(name, "absent" if iou is None else f"{iou:.1f}") for name, iou in result["iou"].items()]
        console.print(_settings_table(rows, "class", "IoU"))
        console.print(f"trained and measured in {_number(record.seconds, 0)} s on {result.get('device')}", markup=False)
    console.print(Text(f"in {record.folder}; again with: {result.get('command') or 'budgetseg run'}"), soft_wrap=True)


def draw_comparison(details: "Sequence[RunDetail]", differing: Mapping[str, Sequence[Any]], console: Console) -> None:
    """Print runs in columns: settings that differ, then what each bought and reached."""
    rows = [(name, *("-" if value is None else str(value) for value in values)) for name, values in differing.items()]
    rows.append(("buys", *(_mix(detail.record.mix) for detail in details)))
    rows.append(("hours", *(_number(detail.record.hours, 2) for detail in details)))
    rows.append(("mIoU", *(_number(detail.record.miou, 1) for detail in details)))
    classes = dict.fromkeys(name for detail in details for name in detail.result.get("iou") or {})
    for name in classes:
        each = [(detail.result.get("iou") or {}).get(name) for detail in details]
        rows.append((f"IoU {name}", *(_number(value, 1) for value in each)))
    console.print(_settings_table(rows, "", *(detail.record.name for detail in details)))
