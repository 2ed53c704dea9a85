"""A made-up surface in closed form, for tests of what is done with a surface."""

from collections.abc import Callable

import numpy as np
import pytest

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.plan import Prediction


class MadeUp:
    """Full masks and points alone, by a formula of their counts; S surfaces that differ by an offset or a scale."""

    def __init__(
        self,
        formula: Callable[[np.ndarray, np.ndarray], np.ndarray],
        *,
        scales: tuple[float, ...] = (1.0,),
        noise: float = 1.0,
        kinds: tuple[str, ...] = ("point", "full"),
    ) -> None:
        self.formula, self.scales, self.sd, self.kinds = formula, scales, noise, kinds

    def samples(self, counts_MK: np.ndarray) -> np.ndarray:
        point_M, full_M = (counts_MK[:, list(KINDS).index(kind)] for kind in ("point", "full"))
        return np.array([self.formula(scale * point_M, full_M) for scale in self.scales])

    def mean(self, counts_MK: np.ndarray) -> np.ndarray:
        return self.samples(counts_MK).mean(axis=0)

    def noise(self, counts_MK: np.ndarray) -> np.ndarray:
        return np.full(len(counts_MK), self.sd)

    def predict(self, counts_MK: np.ndarray, *, level: float = 0.8) -> list[Prediction]:
        return [
            Prediction(mean=float(m), low=float(m) - 1, high=float(m) + 1, level=level) for m in self.mean(counts_MK)
        ]


@pytest.fixture
def made_up() -> type[MadeUp]:
    return MadeUp
