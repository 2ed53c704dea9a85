"""How long a report of many runs takes to make and to open."""

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from budgetseg.bench.browser import open_page
from budgetseg.bench.fresh import interpreter
from budgetseg.bench.made_runs import make_runs

__all__ = ["ReportBench", "bench_report"]

EMPTY: Final = "<!doctype html><title>empty</title><body>nothing</body>"


@dataclass(frozen=True, kw_only=True)
class ReportBench:
    """Of made-up runs; of opening, medians over the repeats."""

    runs: int
    make_seconds: float
    make_cpu_seconds: float
    megabytes: float
    repeats: int
    open_seconds: float
    """From the start of the navigation until the first chart is painted, by the clock."""
    open_cpu_seconds: float
    """Of the processors in that time, beyond what an empty page takes, the start of the browser left out likewise."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"schema": "budgetseg.bench-report/1", **asdict(self)}


def bench_report(runs: int, *, browser: str, repeats: int) -> ReportBench:
    """Make runs, their report, and open it.

    Args:
        runs: How many are made up.
        browser: The program that opens the page.
        repeats: How often it is opened, turn by turn with an empty page.

    Raises:
        RunFailedError: The report fails, or the page does not open.
    """
    with tempfile.TemporaryDirectory() as place:
        folder, page, empty = Path(place) / "runs", Path(place) / "report.html", Path(place) / "empty.html"
        make_runs(folder, runs, np.random.default_rng(0))
        made = interpreter(["-m", "budgetseg", "report", str(folder), "-o", str(page)])
        empty.write_text(EMPTY)
        turns = [(open_page(browser, page), open_page(browser, empty, charts=False)) for _ in range(repeats)]
        megabytes = page.stat().st_size / 1e6
    return ReportBench(
        runs=runs,
        make_seconds=made.seconds,
        make_cpu_seconds=made.cpu_seconds,
        megabytes=megabytes,
        repeats=repeats,
        open_seconds=median(opened.seconds for opened, _ in turns),
        open_cpu_seconds=median(opened.cpu_seconds - nothing.cpu_seconds for opened, nothing in turns),
    )
