"""What a calibration cannot say: rates that the tasks do not tell apart, and rates that rest on the prior.

Shape suffix: P rates.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["inseparable", "warnings_of"]

Floats = NDArray[np.float64]

_LEAST_EIGENVALUE: Final = 0.005
"""Of the information, scaled to a diagonal of 1: below, a direction of the rates is not seen (condition above 200)."""
_MEMBER: Final = 0.25
"""Of a unit vector: entries above it take part."""
_HALF: Final = 0.5


def inseparable(names: Sequence[str], information_PP: Floats) -> tuple[tuple[str, ...], ...]:
    """Return the groups of rates whose sum is all that the tasks know."""
    size_P = np.sqrt(np.diag(information_PP))
    values_P, vectors_PP = np.linalg.eigh(information_PP / np.outer(size_P, size_P))
    groups = []
    for value, vector_P in zip(values_P, vectors_PP.T, strict=True):
        if value < _LEAST_EIGENVALUE:
            group = tuple(name for name, part in zip(names, np.abs(vector_P), strict=True) if part > _MEMBER)
            groups.append(group)
    return tuple(dict.fromkeys(groups))


def warnings_of(
    names: Sequence[str], information_PP: Floats, prior_weight_P: Floats, tasks_P: Sequence[int], prior: str
) -> tuple[str, ...]:
    """Say which rates the tasks do not identify, and what to time so that they would."""
    said = []
    grouped: set[str] = set()
    for group in inseparable(names, information_PP):
        grouped |= set(group)
        said.append(
            f"{' and '.join(group)} cannot be told apart: they go together in these tasks, and how the seconds are "
            f"split is the prior's ({prior}); time tasks that hold one without the other"
        )
    for name, weight, tasks in zip(names, prior_weight_P, tasks_P, strict=True):
        if weight > _HALF and name not in grouped:
            said.append(
                f"{name} is {weight:.0%} the prior's ({prior}): {tasks} task{'s' if tasks != 1 else ''} with it "
                "say little; time more"
            )
    return tuple(said)
