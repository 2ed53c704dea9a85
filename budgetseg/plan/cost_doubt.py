r"""What a cost book's doubt does to a plan: the same hours buy more or fewer images than its seconds say.

A rate with ``low`` and ``high`` is read as :mod:`budgetseg.costs.overrun` reads it: log-normal around the book's
seconds, these its central 80 % range. With seconds :math:`s_r` of rate r in the whole purchase and drawn factors
:math:`U_r`, the hours buy the same shares of kinds

.. math:: \frac{\sum_r s_r}{\sum_r s_r U_r}

times as often, within the pool. What the mIoU of these purchases spreads is added to the prediction's own interval, as
independent doubts add: squared.

Shape suffixes: S draws, R rates, K kinds.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.book import CostBook
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.overrun import range_log_sd
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload
from budgetseg.plan.mix import Mix

if TYPE_CHECKING:
    from budgetseg.plan.plan import Prediction

__all__ = ["CostDoubt", "cost_doubt"]

Floats = NDArray[np.float64]

_DRAWS: Final = 400
_LEAST_SHARE: Final = 0.005
"""Of the images: a doubt that moves them less is none."""


class _Expects(Protocol):
    def mean(self, counts_MK: Floats, /) -> Floats: ...


@dataclass(frozen=True, kw_only=True)
class CostDoubt:
    """How far the hours of a plan, and what they bring, depend on rates that are not known well."""

    rates: tuple[str, ...]
    """Those with a range, which this purchase pays for."""
    images_low: int
    """With ``images_high`` a central interval of the images that the hours buy."""
    images_high: int
    hours_low: float
    """With ``hours_high`` a central interval of the hours that the images take."""
    hours_high: float
    miou_sd: float
    """Of the expected mIoU, for the images that the hours do buy."""
    low: float
    """With ``high`` the interval of one new training, the doubt in the costs included."""
    high: float
    level: float


def cost_doubt(
    surface: _Expects,
    book: CostBook,
    workload: Workload,
    mix: Mix,
    predicted: "Prediction",
    pool: int,
    rng: np.random.Generator,
) -> CostDoubt | None:
    """Return what the ranges of the book's rates do to the purchase of a whole mix; None where they do nothing.

    Args:
        surface: Expected mIoU of mixes.
        book: Its rates have been charged for the mix.
        workload: The mean image.
        mix: All that is bought.
        predicted: For it.
        pool: Images there are.
        rng: Draws the rates.
    """
    kinds = [kind for kind, images in mix if images]
    doubtful = [
        name
        for name in dict.fromkeys(name for kind in kinds for name in book.charged(kind))
        if range_log_sd(book.rates[name]) > 0
    ]
    planned = sum((images * seconds_per_image(book, kind, workload) for kind, images in mix), Fraction(0))
    if not doubtful or not planned:
        return None
    share_R = np.array([float(_paid(book, name, workload, mix) / planned) for name in doubtful])
    sd_R = np.array([range_log_sd(book.rates[name]) for name in doubtful])
    factor_SR = np.exp(sd_R * rng.standard_normal((_DRAWS, len(doubtful))) - sd_R**2 / 2)
    dearer_S = 1 + (factor_SR - 1) @ share_R
    bought_S = np.minimum(1 / dearer_S, pool / mix.images)
    tail = (1 - predicted.level) / 2
    images_low, images_high = np.quantile(bought_S, [tail, 1 - tail]) * mix.images
    if images_high - images_low < _LEAST_SHARE * mix.images:
        return None
    hours_low, hours_high = np.quantile(dearer_S, [tail, 1 - tail]) * float(planned / 3600)
    miou_S = surface.mean(bought_S[:, None] * np.array([[mix[kind] for kind in KINDS]], np.float64))
    below, above = predicted.mean - np.quantile(miou_S, tail), np.quantile(miou_S, 1 - tail) - predicted.mean
    low, high = predicted.widened(float(below), float(above))
    return CostDoubt(
        rates=tuple(doubtful),
        images_low=int(images_low),
        images_high=int(images_high),
        hours_low=float(hours_low),
        hours_high=float(hours_high),
        miou_sd=float(miou_S.std()),
        low=low,
        high=high,
        level=predicted.level,
    )


def _paid(book: CostBook, name: str, workload: Workload, mix: Mix) -> Fraction:
    """Seconds that the mix pays at one rate: what twice the rate would add."""
    rate = book.rates[name]
    twice = replace(book, rates={**book.rates, name: replace(rate, seconds=2 * rate.seconds, low=None, high=None)})
    return sum(
        (
            images * (seconds_per_image(twice, kind, workload) - seconds_per_image(book, kind, workload))
            for kind, images in mix
        ),
        Fraction(0),
    )
