r"""Strokes that go astray: begun on another class or on void, and led into their thing.

Three strokes are drafted: the one that is meant (0), one that begins on another class (1) and one that begins on void
(2). Draft d has n_d pixels, w_d of them on another class and v_d on void. Which one is drawn is left to chance, with
probabilities p such that both rates, r and s, hold for what is expected of every single stroke:

.. math:: \sum_d p_d (w_d - r n_d) = 0, \qquad \sum_d p_d (v_d - s n_d) = 0

So they hold in every data set, whatever its things are like and however much a straight way crosses.

Shape suffixes: H rows, W columns of the image; P pixels, 2 is (x, y).
"""

import math

import numpy as np
from numpy.typing import NDArray

from budgetseg.annotate.raster import pen_pixels
from budgetseg.annotate.walks import Pixel, wander
from budgetseg.annotate.ways import Onto, off_class, way_off

__all__ = ["chances", "stray"]

ASTRAY = 0.5
"""Share of the pixels of a stroke that begins on another class that lies there."""
ASTRAY_VOID = 0.12
"""The same of one that begins on void, which is narrow."""
AMPLE = 1.5
"""The least share of a draft that is off, in units of the rate: a draft below the rate could not reach it."""
SPARE = 2.0
"""Strokes may go astray so many times as often as drafts of the shares above ask for. Where chance says that a stroke
stays even so, which is most often, nothing is drafted: drafting takes longer than drawing."""
ROUNDS = 20
"""Rounds in which the two probabilities are fitted to each other: plenty, for they hardly matter to each other."""


def stray(
    mask_HW: NDArray[np.uint8],
    cls: int,
    meant: list[Pixel],
    width: int,
    rates: tuple[float, float],
    generator: np.random.Generator,
) -> list[Pixel]:
    """A stroke as it is drawn.

    Args:
        mask_HW: The truth.
        cls: Class of the thing that was meant.
        meant: Pixels along the middle of the stroke, in order.
        width: Of the pen, in pixels.
        rates: The shares of its pixels that shall be on another class and on void.
        generator: Source of the draws.
    """
    class_share, void_share = max(ASTRAY, AMPLE * rates[0]), max(ASTRAY_VOID, AMPLE * rates[1])
    most = min(1.0, SPARE * (rates[0] / class_share + rates[1] / void_share))
    draw = generator.random()
    if draw >= most:
        return meant
    drafts = [
        meant,
        _begun_off(mask_HW, cls, meant, "class", class_share, generator) if rates[0] > 0 else meant,
        _begun_off(mask_HW, cls, meant, "void", void_share, generator) if rates[1] > 0 else meant,
    ]
    wrong, void = chances([_excess(mask_HW, cls, draft, width, rates) for draft in drafts], most)
    return drafts[1] if draw < wrong else drafts[2] if draw < wrong + void else meant


def chances(excess_32: list[tuple[float, float]], most: float = 1.0) -> tuple[float, float]:
    """The probabilities p_1 and p_2 of the drafts that begin on another class and on void.

    Args:
        excess_32: ``(w_d - r n_d, v_d - s n_d)`` of each draft.
        most: What they sum to at most.

    Returns:
        What solves the equations above, or comes close: neither is below 0.
    """
    (meant_w, meant_v), (class_w, class_v), (void_w, void_v) = excess_32
    wrong = void = 0.0
    for _ in range(ROUNDS):
        wrong = _fraction(meant_w + void * (void_w - meant_w), class_w - meant_w, most)
        void = _fraction(meant_v + wrong * (class_v - meant_v), void_v - meant_v, most - wrong)
    return wrong, void


def _fraction(missing: float, gain: float, most: float) -> float:
    """How much of ``gain`` brings ``missing``, which is negative where something is missing, to 0."""
    return min(max(-missing / gain, 0.0), most) if gain > 0 else 0.0


def _excess(
    mask_HW: NDArray[np.uint8], cls: int, draft: list[Pixel], width: int, rates: tuple[float, float]
) -> tuple[float, float]:
    """How many more pixels of a draft than the rates ask for are on another class, and on void."""
    xy_P2 = pen_pixels(draft, width, *mask_HW.shape)
    seen_P = mask_HW[xy_P2[:, 1], xy_P2[:, 0]]
    wrong, void = (np.count_nonzero(off_class(seen_P, cls, onto)) for onto in ("class", "void"))
    return wrong - rates[0] * len(seen_P), void - rates[1] * len(seen_P)


def _begun_off(
    mask_HW: NDArray[np.uint8],
    cls: int,
    meant: list[Pixel],
    onto: Onto,
    share: float,
    generator: np.random.Generator,
) -> list[Pixel]:
    """The same stroke, begun with a walk off its class and ended earlier; as it was where there is no such pixel."""
    way = way_off(mask_HW, cls, meant[0], onto, generator)
    if way is None:
        return meant
    x_T, y_T, off_N = way
    straight = list(zip(x_T[: off_N[0] + 1].tolist(), y_T[: off_N[0] + 1].tolist(), strict=True))
    angle = math.atan2(straight[-1][1] - meant[0][1], straight[-1][0] - meant[0][0])
    amount = max(1, round(min(1.0, share) * len(meant)))
    walk = wander(off_class(mask_HW, cls, onto), straight[-1], angle, amount, generator)
    lead = (straight + walk[1:])[::-1]
    return lead + meant[: max(1, len(meant) - len(lead))]
