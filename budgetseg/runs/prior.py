"""The objectness prior of a run, and what its folder remembers of it."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from budgetseg.costs.workload import exact_number
from budgetseg.learn.objectness import Prior, detector_file, open_prior
from budgetseg.plan.prices import uses_prior
from budgetseg.runs.spec import RunSpec

__all__ = ["MEMORY", "keep", "objectness_for", "prior_of_run", "prior_seconds"]

MEMORY = "objectness.npz"
"""In the run's folder, until the run is finished."""


def objectness_for(spec: RunSpec, kinds: Iterable[str]) -> str:
    """Return the prior that a run uses for what it bought: ``none`` where every pixel is labelled without it."""
    bought = set(kinds)
    doubted = "box" in bought and spec.train.objectness_where == "all"
    return spec.objectness if uses_prior(bought) or doubted else "none"


def prior_seconds(spec: RunSpec, kinds: Iterable[str]) -> Fraction:
    """Return what the prior costs the run, once; a run that does not use it does not pay for it.

    Raises:
        InvalidInputError: The spec's ``objectness_seconds`` is no number.
    """
    seconds = exact_number(spec.objectness_seconds, "--objectness-seconds")
    return seconds if spec.objectness == objectness_for(spec, kinds) else Fraction(0)


def prior_of_run(spec: RunSpec, kinds: Iterable[str], folder: Path) -> Prior:
    """Return the prior of a run and what it bought; a detector's answers are looked up in the run's folder first.

    Raises:
        BudgetsegError: As :func:`budgetseg.learn.objectness.open_prior`.
    """
    objectness = objectness_for(spec, kinds)
    detector = detector_file(objectness)
    if detector is None:
        return open_prior(objectness)
    from budgetseg.learn.detector.remembered import RememberedPrior  # as in open_prior

    return RememberedPrior(detector, folder / MEMORY)


def keep(prior: Prior) -> None:
    """Write what the prior has computed, where that is worth it.

    Raises:
        RunFailedError: The run's folder cannot be written to.
    """
    save = getattr(prior, "save", None)
    if save is not None:
        save()
