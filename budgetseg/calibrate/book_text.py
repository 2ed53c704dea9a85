"""A calibration as a cost book: rates that extend the prior's, the labour around them, the medians last."""

import os
from pathlib import Path
from typing import Final, Literal

from budgetseg.calibrate.calibrate import Calibration, MeasuredRate
from budgetseg.costs.book import SCHEMA
from budgetseg.costs.kinds import RATES, Per
from budgetseg.costs.shelf import shipped_books

__all__ = ["Statistic", "TimeOf", "book_text"]

Statistic = Literal["mean", "median"]
TimeOf = Literal["labelling", "billable"]

_HALF: Final = 0.5
_LEAST_SHARE: Final = 1.0005
"""Billable over labelling time that is worth a line."""
_LEAST_SECONDS: Final = 1e-4
_MOST_PER_LABELLING: Final = 100.0


def book_text(
    calibration: Calibration, path: Path, *, statistic: Statistic = "mean", time: TimeOf = "labelling"
) -> str:
    """Return the TOML text of a cost book, which extends the prior's.

    Args:
        calibration: What was measured.
        path: Where the book will be; a prior with a path of its own is named from there.
        statistic: What the rates are. Only means add up to the hours that the work takes.
        time: ``labelling`` rates are of time in which labels were made, and ``paid_per_labelling`` says what was paid
            besides; ``billable`` ones hold all that was paid.
    """
    spent = calibration.time
    factor = spent.per_labelling if time == "billable" else 1.0
    of = "billable time" if time == "billable" else "labelling time"
    source = (
        f"{calibration.timings}: {calibration.tasks:,} tasks of {calibration.annotators} "
        f"annotator{'s' if calibration.annotators != 1 else ''}, budgetseg calibrate, {of}"
    )
    parts = [
        f"# Measured: {source}.\n"
        f"# Billable {spent.billable / 3600:.2f} h, of which labelling {spent.labelling / 3600:.2f} h and "
        f"idle {spent.idle / 3600:.2f} h.\n"
        "# low and high are central 80 % intervals; the medians stand at the end.",
        f"schema = {_quoted(SCHEMA)}\nname = {_quoted(path.stem or 'measured')}\n"
        f"extends = {_quoted(_extended(calibration, path))}\n"
        f"note = {_quoted(f'measured: {source}')}",
        *(
            _rate(name, rate, _per(calibration, name), statistic, factor, source)
            for name, rate in calibration.rates.items()
        ),
        *_labour(calibration, time),
        "[medians] # seconds by which half the acts are done\n"
        + "\n".join(f"{name} = {_number(rate.median * factor)}" for name, rate in calibration.rates.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _extended(calibration: Calibration, path: Path) -> str:
    origin = calibration.prior.origin
    if origin in shipped_books():
        return origin
    try:
        return Path(os.path.relpath(Path(origin).resolve(), path.resolve().parent)).as_posix()
    except ValueError:  # on another drive
        return Path(origin).resolve().as_posix()


def _per(calibration: Calibration, name: str) -> Per:
    rates = calibration.prior.rates
    return rates[name].per if name in rates else RATES[name].pers[0]


def _rate(name: str, rate: MeasuredRate, per: Per, statistic: Statistic, factor: float, source: str) -> str:
    low, seconds, high = (
        (rate.low, rate.mean, rate.high) if statistic == "mean" else (rate.median_low, rate.median, rate.median_high)
    )
    prior = rate.prior_weight > _HALF
    lines = [
        f"[rates.{name}]",
        f"seconds = {_number(seconds * factor)}",
        f"per = {_quoted(per)}",
        f"statistic = {_quoted(statistic)}",
        f"low = {_number(min(low, seconds) * factor)}",
        f"high = {_number(max(high, seconds) * factor)}",
        *([] if rate.log_sd is None else [f"log_sd = {rate.log_sd:.3f}"]),
        f"source = {_quoted(source + (f'; {rate.prior_weight:.0%} of it is the prior' if prior else ''))}",
        f"verified = {str(not prior).lower()}",
    ]
    return "\n".join(lines)


def _labour(calibration: Calibration, time: TimeOf) -> list[str]:
    lines = []
    per_labelling = calibration.time.per_labelling
    if time == "labelling" and per_labelling >= max(_LEAST_SHARE, float(calibration.prior.labour.paid_per_labelling)):
        lines.append(
            f"paid_per_labelling = {min(per_labelling, _MOST_PER_LABELLING):.4f} # billable over labelling time"
        )
    if calibration.speed_log_sd is not None:
        lines.append(f"speed_log_sd = {min(calibration.speed_log_sd, 3.0):.3f}")
    return ["\n".join(["[labour]", *lines])] if lines else []


def _number(seconds: float) -> str:
    return f"{max(seconds, _LEAST_SECONDS):.6g}" if seconds < 10**5 else f"{seconds:.1f}"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped) + '"'
