"""A list of runs in plain columns: thousands of rows would keep a drawn table busy for seconds."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budgetseg.runs.record import RunRecord

__all__ = ["mix_text", "number_text", "runs_text"]

_HEAD = ("run", "mIoU", "hours", "seed", "buys", "status")
_RIGHT = (False, True, True, True, False, False)


def number_text(value: float | None, digits: int) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def mix_text(mix: Mapping[str, int]) -> str:
    """``900 point + 100 full``."""
    return " + ".join(f"{images:,} {kind}" for kind, images in mix.items()) or "-"


def _plain(text: str) -> str:
    """On one line, with nothing in it that moves a terminal's cursor."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)


def runs_text(records: "Sequence[RunRecord]") -> str:
    """Return a line a run under a header, and how many there are of each status."""
    rows = [_HEAD]
    for record in records:
        status = record.status if record.reason is None else f"{record.status}: {record.reason}"
        seed = "-" if record.seed is None else str(record.seed)
        cells = (
            record.name,
            number_text(record.miou, 1),
            number_text(record.hours, 2),
            seed,
            mix_text(record.mix),
            status,
        )
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
