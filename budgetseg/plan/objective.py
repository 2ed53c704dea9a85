"""What the best mix is best at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.plan.one_training import chance_to_reach, quantile
from budgetseg.plan.predictor import Predictor

__all__ = ["MEAN", "Goal", "Objective", "objective_of"]

Floats = NDArray[np.float64]

Goal = Literal["mean", "p10", "target", "worst-class"]
_LOW: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Objective:
    """The goal, and what belongs to it."""

    goal: Goal = "mean"
    """``mean``: highest expected mIoU. ``p10``: highest mIoU that one new training exceeds with 90 %. ``target``: the
    fewest hours that reach a mIoU with some confidence. ``worst-class``: highest expected IoU of the worst class."""
    target_miou: float | None = None
    confidence: float = 0.8
    """Probability with which one new training shall reach the target."""

    @property
    def words(self) -> str:
        """What is sought, for a sentence."""
        if self.goal == "target":
            return f"the fewest hours that reach {self.target_miou:g} mIoU with {self.confidence:.0%}"
        return {
            "mean": "the highest expected mIoU",
            "p10": "the highest mIoU that nine of ten trainings exceed",
            "worst-class": "the highest expected IoU of the worst class",
        }[self.goal]

    def worth(
        self,
        surface: Predictor,
        counts_MK: Floats,
        spent_M: Floats,
        classes: Mapping[str, Predictor] | None = None,
    ) -> Floats:
        """Return what mixes are worth, (M,); higher is better.

        In points of (m)IoU but for ``target``: there a mix that reaches it is worth -100 log(share of the hours that it
        takes), so that a point is a percent of its hours, and one that does not the points that it is short of it.

        Args:
            surface: Of the mean over the classes.
            counts_MK: Images at each kind, columns in the order of ``KINDS``.
            spent_M: Share of the hours that each takes, 0 to 1.
            classes: A surface of each class, for ``worst-class``.
        """
        if self.goal == "mean":
            return surface.mean(counts_MK)
        if self.goal == "worst-class":
            assert classes
            worst_M: Floats = np.min([one.mean(counts_MK) for one in classes.values()], axis=0)
            return worst_M
        samples_SM, noise_M = surface.samples(counts_MK), surface.noise(counts_MK)
        if self.goal == "p10":
            return quantile(samples_SM, noise_M, _LOW)
        assert self.target_miou is not None
        short_M = quantile(samples_SM, noise_M, 1 - self.confidence) - self.target_miou
        return np.where(short_M >= 0, -100 * np.log(spent_M.clip(1e-9, 1.0)), np.minimum(short_M, -1e-9))

    def chance(self, surface: Predictor, counts_MK: Floats) -> Floats:
        """Return the probability (M,) that one new training reaches the target."""
        assert self.target_miou is not None
        return chance_to_reach(surface.samples(counts_MK), surface.noise(counts_MK), self.target_miou)


MEAN: Final = Objective()


def objective_of(goal: str, target: float | None, confidence: float | None) -> Objective:
    """Make an objective from options.

    Raises:
        InvalidInputError: An unknown goal, a target that is missing, out of range or given for another goal.
    """
    if goal not in get_args(Goal):
        raise InvalidInputError(f'--objective: unknown "{goal}"{did_you_mean(goal, get_args(Goal))}')
    if goal != "target":
        if target is not None or confidence is not None:
            option = "--target" if target is not None else "--confidence"
            raise InvalidInputError(f"{option}: belongs to --objective target, got --objective {goal}")
        return Objective(goal=goal)  # type: ignore[arg-type]  # looked up above
    if target is None:
        raise InvalidInputError("--objective target: give the mIoU to reach, as in --target 60")
    if not 0 < target < 100:
        raise InvalidInputError(f"--target: expected a mIoU above 0 and below 100, got {target:g}")
    confidence = 0.8 if confidence is None else confidence
    if not 0.01 <= confidence <= 0.99:
        raise InvalidInputError(f"--confidence: expected a probability from 0.01 to 0.99, got {confidence:g}")
    return Objective(goal="target", target_miou=target, confidence=confidence)
