"""How long it takes to list many runs, beside a program that reads every result."""

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from budgetseg.bench.fresh import interpreter
from budgetseg.bench.made_runs import make_runs

__all__ = ["ALTERNATIVE", "RunsBench", "bench_runs"]

ALTERNATIVE: Final = "an interpreter that reads every result.json and prints its name and mIoU"
_READS: Final = """
import json, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).glob("*/result.json")):
    print(path.parent.name, json.loads(path.read_text())["miou"])
"""


@dataclass(frozen=True, kw_only=True)
class RunsBench:
    """Fresh processes; medians over the repeats, but of the first list, which makes the index."""

    runs: int
    repeats: int
    first_cpu_seconds: float
    list_seconds: float
    list_cpu_seconds: float
    reading_seconds: float
    """Of the alternative."""
    reading_cpu_seconds: float

    @property
    def ratio(self) -> float:
        """How many times the processor time of the list the alternative takes."""
        return self.reading_cpu_seconds / self.list_cpu_seconds

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"schema": "budgetseg.bench-runs/1", **asdict(self), "ratio": self.ratio, "alternative": ALTERNATIVE}


def bench_runs(runs: int, *, repeats: int) -> RunsBench:
    """Make runs, and list them turn by turn with the alternative.

    Raises:
        RunFailedError: A list fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        make_runs(Path(folder), runs, np.random.default_rng(0), whole=False)
        listing, reading = ("-m", "budgetseg", "runs", "list", folder), ("-c", _READS, folder)
        first = interpreter(listing)
        turns = [(interpreter(listing), interpreter(reading)) for _ in range(repeats)]
    return RunsBench(
        runs=runs,
        repeats=repeats,
        first_cpu_seconds=first.cpu_seconds,
        list_seconds=median(ours.seconds for ours, _ in turns),
        list_cpu_seconds=median(ours.cpu_seconds for ours, _ in turns),
        reading_seconds=median(theirs.seconds for _, theirs in turns),
        reading_cpu_seconds=median(theirs.cpu_seconds for _, theirs in turns),
    )
