"""Find the numbers of ``pointing.py`` from real clicks.

Run as ``python -m budgetseg.annotate.fit DATASET POINTS [INSTANCES [even | odd]]``; ``even`` and ``odd`` fit on every
other image, for a test on the rest.

Given the thing that was clicked, the click is a choice among its pixels (a conditional logit). The log-likelihood is
concave in the numbers, and where it is largest the mean of each feature over the real clicks equals its mean under
the model. That takes the things that people clicked right as given; simulated people get other things right, and
``match.py`` makes up for it.

Shape suffixes: N clicks, Q pixels to choose from (of all clicks, one after the other), F features.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from budgetseg.annotate.annotation import Click
from budgetseg.annotate.match import match
from budgetseg.annotate.picture import Picture, Thing
from budgetseg.annotate.pointing import features, places
from budgetseg.annotate.real_clicks import RealClicks, read_clicks
from budgetseg.data.dataset import Dataset

__all__ = ["Choices", "fit_model", "gather", "main"]

ALTERNATIVES = 200
"""Pixels that stand for a thing's: drawn uniformly, or all where there are fewer."""
RIDGE = 0.3
"""Weight of a normal prior on the numbers in units of each feature's spread; keeps alike features from playing off."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Choices:
    """The clicks as choices."""

    chosen_NF: NDArray[np.float64]
    """Features of the pixels that were clicked."""
    offered_QF: NDArray[np.float64]
    """Features of the pixels that could have been."""
    sizes_N: NDArray[np.int64]
    """How many rows of ``offered_QF`` belong to each click."""


def gather(
    dataset: Dataset, points: RealClicks, image_ids: Sequence[str], generator: np.random.Generator
) -> tuple[Choices, Choices]:
    """The right clicks on these images that lie on a thing: those on first instances, and the later ones."""
    rows: tuple[list[NDArray[np.float64]], ...] = ([], [])
    offers: tuple[list[NDArray[np.float64]], ...] = ([], [])
    for image_id in image_ids:
        picture = Picture.of(dataset, image_id)
        for click in points.annotation(image_id, "allpoints", picture.height, picture.width).clicks:
            for thing in picture.things:
                if thing.cls == click.cls and thing.holds(click.x, click.y):
                    offered_PF, index = _offer(picture, thing, click)
                    few = generator.permutation(len(offered_PF))[:ALTERNATIVES]
                    rows[click.rank > 1].append(offered_PF[index].copy())  # a view would keep all of them
                    offers[click.rank > 1].append(offered_PF[few])
    first, later = (
        Choices(chosen_NF=np.stack(r), offered_QF=np.concatenate(o), sizes_N=np.array([len(x) for x in o]))
        for r, o in zip(rows, offers, strict=True)
    )
    return first, later


def _offer(picture: Picture, thing: Thing, click: Click) -> tuple[NDArray[np.float64], int]:
    """Features (P, F) of the thing's pixels in the region that was clicked, and which of them was."""
    regions = picture.regions(thing.cls)
    of_thing_hw = np.zeros(regions.labels_hw.shape, bool)
    down, across = thing.top - regions.top, thing.left - regions.left
    height, width = thing.pixels_hw.shape
    of_thing_hw[down : down + height, across : across + width] = thing.pixels_hw
    clicked_hw = np.zeros_like(of_thing_hw)
    clicked_hw[click.y - regions.top, click.x - regions.left] = True
    region_hw = regions.labels_hw == regions.labels_hw[clicked_hw]
    share = np.count_nonzero(region_hw) / picture.mask_HW.size
    window = regions.windows[int(regions.labels_hw[clicked_hw][0]) - 1]
    both_hw = (of_thing_hw & region_hw)[window]
    features_PF = features(*places(region_hw[window]), share)[both_hw[region_hw[window]]]
    return features_PF, int(np.flatnonzero(clicked_hw[window][both_hw])[0])


def fit_model(choices: Choices) -> NDArray[np.float64]:
    """The numbers (F,) that make the clicks likeliest, under a weak prior."""
    scale_F = choices.offered_QF.std(axis=0)
    chosen_F = choices.chosen_NF.sum(axis=0) / scale_F
    offered_QF = choices.offered_QF / scale_F
    starts_N = np.concatenate([[0], np.cumsum(choices.sizes_N)[:-1]])
    click_Q = np.repeat(np.arange(len(starts_N)), choices.sizes_N)

    def loss(model_F: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_Q = offered_QF @ model_F
        top_N = np.maximum.reduceat(log_Q, starts_N)
        weight_Q = np.exp(log_Q - top_N[click_Q])
        total_N = np.add.reduceat(weight_Q, starts_N)
        mean_F = offered_QF.T @ (weight_Q / total_N[click_Q])
        likelihood = chosen_F @ model_F - (np.log(total_N) + top_N).sum()
        return RIDGE / 2 * model_F @ model_F - likelihood, mean_F - chosen_F + RIDGE * model_F

    found = minimize(loss, np.zeros(len(scale_F)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x / scale_F)


def main(arguments: Sequence[str]) -> None:
    """Print the numbers for first and later clicks."""
    from budgetseg.data.open import open_dataset

    dataset = open_dataset(Path(arguments[0]), instances=Path(arguments[2]) if len(arguments) > 2 else None)
    points = read_clicks(Path(arguments[1]), dataset)
    half = {"even": slice(0, None, 2), "odd": slice(1, None, 2)}.get("".join(arguments[3:]), slice(None))
    image_ids = (*dataset.ids("train"), *dataset.ids("val"))[half]
    choices = gather(dataset, points, image_ids, np.random.default_rng(0))
    models = match(dataset, points, image_ids, [fit_model(of_rank) for of_rank in choices])
    for name, model_F, of_rank in zip(("FIRST", "LATER"), models, choices, strict=True):
        numbers = ", ".join(f"{value:.3f}" for value in model_F)
        sys.stdout.write(f"{name} = ({numbers})  # {len(of_rank.sizes_N)} clicks\n")


if __name__ == "__main__":
    main(sys.argv[1:])
