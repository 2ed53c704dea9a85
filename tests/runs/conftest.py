from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from budgetseg.plan.plan import Plan
from budgetseg.runs.config import spec_of
from budgetseg.runs.run import run
from budgetseg.runs.spec import Execution


@dataclass
class Recorder:
    """A watcher that remembers what it was told."""

    notices: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    iterations: list[int] = field(default_factory=list)
    on_iteration: Callable[[int], None] = lambda _iteration: None

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def planned(self, plan: Plan) -> None:
        self.plans.append(plan)

    def progress(self, what: str, done: int, of: int, loss: float | None) -> None:
        if what == "train":
            self.iterations.append(done)
            self.on_iteration(done)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="session")
def carry_out(photo_folder: Path) -> Callable[..., dict[str, Any]]:
    """Carry out a run of a few iterations on the small data set, in a folder that may outlive a test."""

    def carried(
        *,
        out: Path,
        watcher: Recorder | None = None,
        train: dict[str, Any] | None = None,
        mix: Any = None,
        how: Any = None,
        **settings: Any,
    ) -> dict[str, Any]:
        base = {"dataset": str(photo_folder), "backbone": "tiny", "full_images": 6}
        spec = spec_of(base | settings, {"iterations": 6, "batch": 4} | (train or {}), mix)
        execution = Execution(folder=out, device="cpu", checkpoint_seconds=0.0, **(how or {}))
        return run(spec, execution, watcher or Recorder())

    return carried


@pytest.fixture
def small_run(carry_out: Callable[..., dict[str, Any]], tmp_path: Path, recorder: Recorder) -> Callable[..., Any]:
    """Carry out a run in this test's folder: ``small_run(strategy="point", train={"lr": 1})``."""
    return partial(carry_out, out=tmp_path / "run", watcher=recorder)
