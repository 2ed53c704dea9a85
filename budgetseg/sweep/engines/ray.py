"""Runs on a Ray cluster: Ray places them by CPUs and GPUs, moves those of a node that is lost, and ours are its tasks.

The folder of the runs must be seen by all nodes under one path, and budgetseg be installed on each.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from budgetseg.errors import RunFailedError
from budgetseg.sweep.engines.optional import package_of
from budgetseg.sweep.task import Outcome, Task, carry_out

__all__ = ["RayEngine"]


@dataclass(frozen=True, kw_only=True)
class _Needs:
    """What one run takes of a cluster."""

    cpus: float
    gpus: float
    """May be a part of one: several small runs then share it."""


class RayEngine:
    """A driver of a Ray cluster."""

    def __init__(self, address: str, *, cpus_per_run: float, gpus_per_run: float | None, retries: int) -> None:
        """Say which cluster.

        Args:
            address: ``auto`` for the cluster of this machine, ``local`` for one of this process, or HOST:PORT.
            cpus_per_run: CPUs that a run takes.
            gpus_per_run: GPUs that a run takes, such as 0.25; None: a quarter where the cluster has any.
            retries: How often Ray begins a run again whose process or node was lost.
        """
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        self._ray = package_of("ray", "ray")
        self._address, self._cpus, self._gpus, self._retries = address, cpus_per_run, gpus_per_run, retries
        self._flying: dict[Any, Task] = {}
        self._needs = _Needs(cpus=cpus_per_run, gpus=gpus_per_run or 0.0)
        self._task: Any = None

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            RunFailedError: There is no such cluster.
        """
        address = None if self._address == "local" else self._address
        try:
            self._ray.init(address=address, log_to_driver=False, include_dashboard=None if address else False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise RunFailedError(
                f"--address {self._address}: no Ray cluster there ({error}); start one with: ray start --head"
            ) from error
        gpus = self._gpus
        if gpus is None:
            gpus = 0.25 if self._ray.cluster_resources().get("GPU") else 0.0
        self._needs = _Needs(cpus=self._cpus, gpus=gpus)
        # Tasks of Ray end with the driver, and what they leave a next sweep goes on with.
        remote = self._ray.remote(num_cpus=self._needs.cpus, num_gpus=gpus, max_retries=self._retries)
        self._task = remote(carry_out)
        return self

    def slots(self) -> int:
        """What the cluster can carry at this moment; nodes may come and go."""
        have = self._ray.cluster_resources()
        room = have.get("CPU", 0.0) / self._needs.cpus if self._needs.cpus else float("inf")
        if self._needs.gpus:
            room = min(room, have.get("GPU", 0.0) / self._needs.gpus)
        return max(1, int(min(room, 10_000)))

    def begin(self, tasks: Sequence[Task]) -> None:
        """Queue them with Ray."""
        for task in tasks:
            self._flying[self._task.remote(task)] = task

    def ended(self, seconds: float) -> list[tuple[Task, Outcome]]:
        """Ask Ray; what it gave up after its own retries has failed."""
        if not self._flying:
            time.sleep(seconds)
            return []
        flying = list(self._flying)
        self._ray.wait(flying, num_returns=1, timeout=seconds)
        ready, _ = self._ray.wait(flying, num_returns=len(flying), timeout=0)
        return [(self._flying.pop(reference), self._outcome(reference)) for reference in ready]

    def _outcome(self, reference: Any) -> Outcome:
        try:
            outcome = self._ray.get(reference)
        except self._ray.exceptions.TaskCancelledError as error:
            return Outcome(status="interrupted", reason=str(error))
        except self._ray.exceptions.RayTaskError as error:  # ours, of a kind that carry_out did not catch
            return Outcome(status="failed", reason=f"{type(error.cause).__name__}: {error.cause}")
        except self._ray.exceptions.RayError as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            return Outcome(status="failed", reason=f"Ray gave it up after {self._retries} retries: {first}")
        assert isinstance(outcome, Outcome)
        return outcome

    def stop(self) -> None:
        """Interrupt them: they save their state."""
        for reference in self._flying:
            self._ray.cancel(reference, force=False)

    def __exit__(self, *_ended: object) -> None:
        """Leave the cluster."""
        self._ray.shutdown()
