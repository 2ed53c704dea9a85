"""The objectness prior of a run, and what its folder remembers of it."""

from pathlib import Path

from budgetseg.learn.objectness import Prior, detector_file, open_prior

__all__ = ["MEMORY", "keep", "prior_of_run"]

MEMORY = "objectness.npz"
"""In the run's folder, until the run is finished."""


def prior_of_run(objectness: str, folder: Path) -> Prior:
    """Return the prior that a spec names; a detector's answers are looked up in the run's folder first.

    Raises:
        BudgetsegError: As :func:`budgetseg.learn.objectness.open_prior`.
    """
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
