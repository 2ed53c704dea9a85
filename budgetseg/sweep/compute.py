"""How long a run computes, estimated: from finished runs of the same training where there are some, else by speed."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Final

from budgetseg.accuracy.found import IMAGES_PER_SECOND
from budgetseg.errors import InvalidInputError

if TYPE_CHECKING:
    from budgetseg.runs.spec import RunSpec

__all__ = ["Speed", "speed_from"]

_TINY_IMAGES_PER_SECOND: Final = 160.0
"""Training images a second of the tiny network at 128 px, on one core of an AMD EPYC."""
_AROUND_TRAINING: Final = 5.0
"""Seconds a run for loading, measuring and writing, of the same on the embedded scenes."""


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Of one process."""

    images_per_second: float | None = None
    """Training images; None: as measured for the network."""
    seconds_of_like: dict[tuple[str, str, int], float]
    """Mean seconds of finished runs by backbone, recipe and iterations."""

    def __post_init__(self) -> None:
        if self.images_per_second is not None and not self.images_per_second > 0:
            raise InvalidInputError(f"--images-per-second: expected a number > 0, got {self.images_per_second:g}")

    @property
    def source(self) -> str:
        """Where the estimate comes from."""
        if self.images_per_second is not None:
            return f"{self.images_per_second:g} training images a second"
        if self.seconds_of_like:
            return "runs finished here"
        return (
            f"{_TINY_IMAGES_PER_SECOND:g} training images a second of the tiny network on one CPU core, "
            f"{IMAGES_PER_SECOND:g} of others on an H100"
        )

    def seconds(self, spec: "RunSpec") -> float:
        """Seconds of a run in one process."""
        images = spec.train.iterations * spec.train.batch * (1 + spec.train.rounds)
        if self.images_per_second is not None:
            return images / self.images_per_second
        like = self.seconds_of_like.get((spec.backbone, spec.train.preset, spec.train.iterations))
        if like is not None:
            return like
        return _AROUND_TRAINING + images / (_TINY_IMAGES_PER_SECOND if spec.backbone == "tiny" else IMAGES_PER_SECOND)


def speed_from(finished: Iterable[tuple[str, str, int, float]], images_per_second: float | None = None) -> Speed:
    """Learn from finished runs.

    Args:
        finished: Backbone, recipe, iterations and seconds of each.
        images_per_second: Wins over them.

    Raises:
        InvalidInputError: A speed that is not above 0.
    """
    seconds: dict[tuple[str, str, int], list[float]] = {}
    for backbone, recipe, iterations, took in finished:
        seconds.setdefault((backbone, recipe, iterations), []).append(took)
    return Speed(
        images_per_second=images_per_second, seconds_of_like={key: fmean(values) for key, values in seconds.items()}
    )
