r"""What the choice of validation images adds to a prediction: the measured mIoU is not the model's.

The mIoU that N images measure is off by a standard deviation :math:`s / \sqrt N` (`budgetseg.costs.validation`),
whatever the training. So what will be measured is known less well than what is trained: the squares of both doubts add.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from budgetseg.costs.validation import MEASURED, Spreads, spreads_of_shares
from budgetseg.plan.coverage import Frequencies

if TYPE_CHECKING:
    from budgetseg.plan.plan import Prediction

__all__ = ["ValidationDoubt", "spreads_for", "validation_doubt"]


@dataclass(frozen=True, kw_only=True)
class ValidationDoubt:
    """How far a measurement on the validation images may be from the model's mIoU."""

    images: int
    miou_sd: float
    within: float
    """Points around the model's mIoU in which the measurement falls with probability ``level``."""
    low: float
    """With ``high`` the interval of what one new training will be measured at."""
    high: float
    level: float


def spreads_for(frequencies: Frequencies, measured: Spreads = MEASURED) -> Spreads | None:
    """Return what one image contributes, class by class; None where no class is known to be there.

    A class that no image holds is measured by none, and left out of the mean.
    """
    named = {name: share for name, share in frequencies.named.items() if share > 0}
    others = frequencies.others if frequencies.other_share > 0 else 0
    return spreads_of_shares(named, others, frequencies.other_share, measured) if named or others else None


def validation_doubt(spreads: Spreads, images: int, predicted: "Prediction") -> ValidationDoubt:
    """Return the doubt of a measurement on at least one image.

    Args:
        spreads: What one image contributes, class by class.
        images: That measure.
        predicted: Of the model, its doubt in the trainings alone.
    """
    sd = sqrt(spreads.variance_of_one_image / images)
    within = NormalDist().inv_cdf((1 + predicted.level) / 2) * sd
    low, high = predicted.widened(within, within)
    return ValidationDoubt(
        images=images,
        miou_sd=sd,
        within=within,
        low=low,
        high=high,
        level=predicted.level,
    )
