"""How many masks an annotation set is worth: "1,756 points = k masks".

The learning curve of masks is the mean mIoU at each measured number of masks, made rising (isotonic regression, weights
the numbers of seeds) and joined by lines in the logarithm of the images. k is the least number of masks that the curve
says reach the kind's mean mIoU. Beyond the measured ends nothing is said but "more than" and "fewer than".

The interval is a bootstrap over seeds, of the kind and of every point of the curve, each on its own.

Shape suffixes: S seeds, N numbers of masks, D draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from budgetseg.accuracy.spread import LEVEL

__all__ = ["DRAWS", "Exchange", "MaskCount", "Side", "exchange_rate", "masks_reaching", "rising_curve"]

Floats = NDArray[np.float64]
Side = Literal["about", "more than", "fewer than"]

DRAWS: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class MaskCount:
    """A number of masks, or the measured end beyond which it lies."""

    masks: float
    side: Side = "about"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"masks": self.masks, "side": self.side}

    def __str__(self) -> str:
        return f"{'' if self.side == 'about' else self.side + ' '}{self.masks:,.0f}"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Masks that reach what a set of another kind reaches."""

    count: MaskCount
    interval: tuple[MaskCount, MaskCount] | None
    """None where some part was measured with one seed only."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        ends = self.interval
        interval = None if ends is None else {"low": ends[0].to_dict(), "high": ends[1].to_dict(), "level": LEVEL}
        return {**self.count.to_dict(), "interval": interval}


def rising_curve(miou_N: Floats, weight_N: Floats) -> Floats:
    """Return the nearest curve (weighted least squares) that never falls, shape (N,)."""
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(miou_N, weights=weight_N).x, np.float64)


def masks_reaching(masks_N: Floats, curve_N: Floats, miou: float) -> float:
    """Return the least number of masks whose curve reaches ``miou``.

    Args:
        masks_N: Rising numbers of masks, above 0.
        curve_N: mIoU of each, never falling.
        miou: What is to be reached.

    Returns:
        The number; minus infinity below the curve's first value, infinity above its last.
    """
    place = int(np.searchsorted(curve_N, miou, side="left"))
    if place == len(curve_N):
        return float("inf")
    if place == 0:
        return float(masks_N[0]) if curve_N[0] == miou else float("-inf")
    low, high = curve_N[place - 1 : place + 1]
    part = (miou - low) / (high - low)  # above 0: low < miou <= high
    fewer, more = masks_N[place - 1 : place + 1]
    # Rounding may lead out of the stretch by a part in 10^16, and would make more mIoU take fewer masks.
    return float(np.clip(fewer * (more / fewer) ** part, fewer, more))


def exchange_rate(
    kind_S: Floats, full: Mapping[int, Floats], rng: np.random.Generator, draws: int = DRAWS
) -> Exchange | None:
    """Return how many masks reach the mean of ``kind_S``; None where nothing is measured.

    Args:
        kind_S: mIoU of the kind with each seed, 0 to 100.
        full: mIoU of masks with each seed, by number of masks.
        rng: Of the bootstrap.
        draws: Of the bootstrap.
    """
    measured = {masks: miou_S for masks, miou_S in sorted(full.items()) if len(miou_S)}
    if not measured or not len(kind_S):
        return None
    masks_N = np.array(list(measured), np.float64)
    weight_N = np.array([len(miou_S) for miou_S in measured.values()], np.float64)

    def masks_of(miou_N: Floats, miou: float) -> float:
        return masks_reaching(masks_N, rising_curve(miou_N, weight_N), miou)

    count = masks_of(np.array([miou_S.mean() for miou_S in measured.values()]), float(kind_S.mean()))
    interval = None
    if min(len(kind_S), *map(len, measured.values())) > 1:
        curve_DN = np.stack([_means(miou_S, rng, draws) for miou_S in measured.values()], axis=1)
        drawn_D = np.array([masks_of(*pair) for pair in zip(curve_DN, _means(kind_S, rng, draws), strict=True)])
        # Of the two values beside a quantile one may be infinite, so nothing is interpolated between them.
        low, high = np.quantile(drawn_D, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], method="inverted_cdf")
        interval = _count(float(low), masks_N), _count(float(high), masks_N)
    return Exchange(count=_count(count, masks_N), interval=interval)


def _means(miou_S: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """Bootstrap means, shape (D,), widened by sqrt(n / (n - 1)): of few seeds a plain bootstrap spreads too little."""
    seeds = len(miou_S)
    drawn_D = miou_S[rng.integers(seeds, size=(draws, seeds))].mean(axis=1)
    widened_D: Floats = miou_S.mean() + (drawn_D - miou_S.mean()) * np.sqrt(seeds / (seeds - 1))
    return widened_D


def _count(masks: float, masks_N: Floats) -> MaskCount:
    if np.isfinite(masks):
        return MaskCount(masks=masks)
    if masks > 0:
        return MaskCount(masks=float(masks_N[-1]), side="more than")
    return MaskCount(masks=float(masks_N[0]), side="fewer than")
