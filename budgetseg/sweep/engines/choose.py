"""Engines by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.sweep.engines.engine import Engine

__all__ = ["ENGINES", "EngineOptions", "engine_of"]


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """What the command line says of engines; each takes what concerns it."""

    folder: Path
    """Of the runs."""
    jobs: int | None = None
    """Runs side by side; None: as many as the machine carries (local), or 64 (slurm). Ray fills the cluster."""
    device: str = "auto"
    address: str = "auto"
    """Of a Ray cluster."""
    cpus_per_run: float = 1.0
    gpus_per_run: float | None = None
    retries: int = 3
    slurm: str = ""
    """Parameters of submitit: NAME=VALUE,NAME=VALUE."""


def _local(options: EngineOptions) -> Engine:
    from budgetseg.sweep.engines.local import LocalEngine
    from budgetseg.sweep.engines.sharing import environments_of, this_machine

    return LocalEngine(environments_of(this_machine(options.device), options.jobs))


def _ray(options: EngineOptions) -> Engine:
    from budgetseg.sweep.engines.ray import RayEngine

    return RayEngine(
        options.address,
        cpus_per_run=options.cpus_per_run,
        gpus_per_run=options.gpus_per_run,
        retries=options.retries,
    )


def _slurm(options: EngineOptions) -> Engine:
    from budgetseg.sweep.engines.slurm import SlurmEngine, parameters_of

    return SlurmEngine(
        options.folder / ".slurm",
        jobs=options.jobs or 64,
        cpus_per_run=options.cpus_per_run,
        gpus_per_run=options.gpus_per_run,
        parameters=parameters_of(options.slurm),
    )


ENGINES: Mapping[str, Callable[[EngineOptions], Engine]] = {"local": _local, "ray": _ray, "slurm": _slurm}


def engine_of(name: str, options: EngineOptions) -> Engine:
    """Return an engine, not yet started.

    Raises:
        InvalidInputError: No engine has this name, or an option is wrong.
        MissingPackageError: Its package is not installed.
    """
    if name not in ENGINES:
        raise InvalidInputError(f'--engine: unknown engine "{name}"{did_you_mean(name, ENGINES)}')
    return ENGINES[name](options)
