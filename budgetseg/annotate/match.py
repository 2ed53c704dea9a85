r"""Tilt the curves of ``pointing.py`` until simulated right clicks agree with the real ones.

The curves are right for a thing when the mean of each feature over its clicks is that of the real ones. Over all right
clicks it then still is not: simulated people get other things right than real ones. So a simulation of the same
images is compared with the real clicks, and t_1 d + t_2 v + t_3 r + t_4 r^2, as far as the curves bend, is added to
D + V + R, such that the means of g = (d, v, r, r^2) agree. Newton's steps are

.. math:: t \leftarrow t + C^{-1} (\bar g_{real} - \bar g_{simulated})

with C the covariance of g over the simulated clicks.

Shape suffixes: N clicks; F numbers of the model; 4 terms.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np

from budgetseg.annotate.annotation import Click
from budgetseg.annotate.annotator import Manner
from budgetseg.annotate.errors import HUMAN
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.pointing import AWAYS, DEPTHS, DOWNS, Array, features, places
from budgetseg.annotate.real_clicks import RealClicks
from budgetseg.annotate.simulate import annotate_image
from budgetseg.data.dataset import Dataset

__all__ = ["match", "right_clicks"]

STEPS = 3
"""Newton steps; a fourth would move the means by less than the noise of the simulation."""
PEOPLE = 2
"""Independent people who click each simulated image."""


def right_clicks(
    dataset: Dataset, image_ids: Sequence[str], clicks_of: Callable[[Picture], Sequence[Click]]
) -> tuple[Array, Array]:
    """Features (N, F) of the clicks on their class: those of rank 1, and the later ones.

    Args:
        dataset: The truth.
        image_ids: Images to look at.
        clicks_of: The clicks on a picture.
    """
    rows: tuple[list[Array], list[Array]] = ([], [])
    for image_id in image_ids:
        picture = Picture.of(dataset, image_id)
        for click in clicks_of(picture):
            if picture.mask_HW[click.y, click.x] == click.cls:
                rows[click.rank > 1].append(_features_at(picture, click))
    return np.concatenate(rows[0]), np.concatenate(rows[1])


def match(dataset: Dataset, points: RealClicks, image_ids: Sequence[str], models: Sequence[Array]) -> list[Array]:
    """The models (F,) of first and later clicks, tilted.

    Args:
        dataset: What is clicked.
        points: The real clicks.
        image_ids: Images to compare on.
        models: Where to start.
    """
    real = right_clicks(dataset, image_ids, partial(_real, points))
    models = list(models)
    for _ in range(STEPS):
        first, later = (tuple(float(value) for value in model_F) for model_F in models)
        manner = Manner(errors=HUMAN, spread=1.0, first_clicks=first, later_clicks=later)
        simulated = right_clicks(dataset, image_ids, partial(_simulated, manner))
        models = [
            model_F + _step(real_NF, simulated_NF)
            for model_F, real_NF, simulated_NF in zip(models, real, simulated, strict=True)
        ]
    return models


def _real(points: RealClicks, picture: Picture) -> tuple[Click, ...]:
    return points.annotation(picture.image_id, "allpoints", picture.height, picture.width).clicks


def _simulated(manner: Manner, picture: Picture) -> tuple[Click, ...]:
    return annotate_image(picture, "allpoints", manner, seed=0, annotators=PEOPLE).clicks


def _terms(features_count: int) -> Array:
    """What g is in terms of the features: (F, 4)."""
    terms_F4, start = np.zeros((features_count, 4)), 0
    for knots, powers in ((DEPTHS, {0: 1}), (DOWNS, {1: 1}), (AWAYS, {2: 1, 3: 2})):
        rise = np.subtract(knots[1:], knots[0])
        for k, power in powers.items():
            terms_F4[start : start + len(rise), k] = rise**power
        start += len(rise)
    return terms_F4


def _step(real_NF: Array, simulated_NF: Array) -> Array:
    """What a Newton step adds to the model (F,)."""
    terms_F4 = _terms(real_NF.shape[1])
    simulated_N4 = simulated_NF @ terms_F4
    gap_4 = (real_NF @ terms_F4).mean(axis=0) - simulated_N4.mean(axis=0)
    step_F: Array = terms_F4 @ np.linalg.solve(np.cov(simulated_N4.T), gap_4)
    return step_F


def _features_at(picture: Picture, click: Click) -> Array:
    """Features (1, F) of the pixel under a click, as part of its region."""
    regions = picture.regions(click.cls)
    number = int(regions.labels_hw[click.y - regions.top, click.x - regions.left])
    window = regions.windows[number - 1]
    depth_P, u_P, v_P = _places(picture, click.cls, number)
    region_hw = regions.labels_hw[window] == number
    row, column = click.y - regions.top - window[0].start, click.x - regions.left - window[1].start
    index = np.count_nonzero(region_hw[:row]) + np.count_nonzero(region_hw[row, :column])
    at = slice(index, index + 1)
    return features(depth_P[at], u_P[at], v_P[at], len(depth_P) / picture.mask_HW.size)


@lru_cache(maxsize=64)  # several clicks fall on the same region
def _places(picture: Picture, cls: int, number: int) -> tuple[Array, Array, Array]:
    regions = picture.regions(cls)
    return places(regions.labels_hw[regions.windows[number - 1]] == number)
