"""How the processes of a sweep share one machine: its cores where there is no GPU, else its GPUs in turn."""

import os
from dataclasses import dataclass
from typing import Final

from budgetseg.errors import InvalidInputError

__all__ = ["Machine", "environments_of", "this_machine"]

_RUNS_A_GPU: Final = 4
"""Side by side on one GPU: small trainings leave most of it idle. Five of EfficientNet-Lite0 fill an H100."""
_MEMORY_A_RUN: Final = 2 << 30
"""Bytes of main memory that a run may take, counted generously."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What there is to share."""

    cores: int
    memory: int
    """Bytes that are free."""
    gpus: tuple[str, ...] = ()
    """As in CUDA_VISIBLE_DEVICES."""


def this_machine(device: str) -> Machine:
    """Look around: the cores that this process may use, free memory, and GPUs where ``device`` is one or ``auto``."""
    memory = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    gpus: tuple[str, ...] = ()
    if device in ("auto", "cuda"):
        from budgetseg.learn.device import visible_gpus

        gpus = visible_gpus()
    return Machine(cores=_cores(), memory=memory, gpus=gpus)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def environments_of(machine: Machine, jobs: int | None) -> list[dict[str, str]]:
    """Return what each process is told of its share.

    Args:
        machine: What there is.
        jobs: Processes; None: a core each, or four a GPU, as far as cores and memory go.

    Raises:
        InvalidInputError: Not one process or more.
    """
    if jobs is None:
        most = _RUNS_A_GPU * len(machine.gpus) or machine.cores
        jobs = max(1, min(most, machine.cores, machine.memory // _MEMORY_A_RUN))
    if jobs < 1:
        raise InvalidInputError(f"--jobs: expected a whole number >= 1, got {jobs}")
    threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, machine.cores // jobs))
    shares = [{"OMP_NUM_THREADS": threads} for _ in range(jobs)]
    for number, share in enumerate(shares):
        if machine.gpus:
            share["CUDA_VISIBLE_DEVICES"] = machine.gpus[number % len(machine.gpus)]
    return shares
