"""What a plan takes from the prompt to the answer, beside an interpreter that only loads numpy."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from budgetseg.errors import RunFailedError

__all__ = ["PlanBench", "bench_plan"]

NUMPY = ("-c", "import numpy")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, kw_only=True)
class PlanBench:
    """CPU seconds of fresh processes, one thread each, medians over the repeats."""

    command: str
    repeats: int
    plan_cpu_seconds: float
    numpy_cpu_seconds: float

    @property
    def ratio(self) -> float:
        """How many times what an interpreter takes that loads numpy and ends."""
        return self.plan_cpu_seconds / self.numpy_cpu_seconds

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"schema": "budgetseg.bench-plan/1", **asdict(self), "ratio": self.ratio}


def bench_plan(options: Sequence[str], *, repeats: int) -> PlanBench:
    """Run ``budgetseg plan`` with options, and the alternative, turn by turn.

    Raises:
        RunFailedError: The plan ended with an error; what it said stands in the message.
    """
    plan = ("-m", "budgetseg", "plan", *options)
    turns = [(_cpu_seconds(plan), _cpu_seconds(NUMPY)) for _ in range(repeats)]
    ours, theirs = zip(*turns, strict=True)
    command = " ".join(("budgetseg", *plan[2:]))
    return PlanBench(command=command, repeats=repeats, plan_cpu_seconds=median(ours), numpy_cpu_seconds=median(theirs))


def _cpu_seconds(arguments: Sequence[str]) -> float:
    before = os.times()
    done = subprocess.run(  # noqa: S603 - this interpreter, on this package or numpy
        [sys.executable, *arguments], capture_output=True, text=True, env={**os.environ, **ONE_THREAD}, check=False
    )
    after = os.times()
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise RunFailedError(f"{' '.join(arguments)} ended with code {done.returncode}: {reason}")
    return after.children_user + after.children_system - before.children_user - before.children_system
