"""What a plan takes from the prompt to the answer, beside an interpreter that only loads numpy."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from budgetseg.bench.fresh import interpreter

__all__ = ["PlanBench", "bench_plan"]

NUMPY = ("-c", "import numpy")


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
    turns = [(interpreter(plan).cpu_seconds, interpreter(NUMPY).cpu_seconds) for _ in range(repeats)]
    ours, theirs = zip(*turns, strict=True)
    command = " ".join(("budgetseg", *plan[2:]))
    return PlanBench(command=command, repeats=repeats, plan_cpu_seconds=median(ours), numpy_cpu_seconds=median(theirs))
