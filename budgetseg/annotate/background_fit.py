"""Find the numbers of ``background.py`` from real clicks on the background.

Run as ``python -m budgetseg.annotate.background_fit DATASET BACKGROUND_POINTS [even | odd]``; ``even`` and ``odd`` fit
on every other image, for a test on the rest. A click is a choice among the background's pixels, as in ``fit.py``.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from budgetseg.annotate.background import distances, features
from budgetseg.annotate.fit import ALTERNATIVES, Choices, fit_model
from budgetseg.annotate.real_clicks import RealClicks, read_background_clicks
from budgetseg.data.dataset import BACKGROUND, Dataset

__all__ = ["gather", "main"]


def gather(dataset: Dataset, points: RealClicks, image_ids: Sequence[str], generator: np.random.Generator) -> Choices:
    """The clicks on these images that are on the background."""
    rows, offers = [], []
    for image_id in image_ids:
        mask_HW = dataset.mask(image_id)
        of_background_HW = mask_HW == BACKGROUND
        height, width = mask_HW.shape
        clicks = [c for c in points.background(image_id, height, width) if of_background_HW[c.y, c.x]]
        if not clicks:
            continue
        features_PF = features(*distances(of_background_HW, max(height, width)))
        number_HW = np.cumsum(of_background_HW).reshape(height, width) - 1
        for click in clicks:
            rows.append(features_PF[number_HW[click.y, click.x]].copy())  # a view would keep all of them
            offers.append(features_PF[generator.permutation(len(features_PF))[:ALTERNATIVES]])
    sizes_N = np.array([len(offer) for offer in offers])
    return Choices(chosen_NF=np.stack(rows), offered_QF=np.concatenate(offers), sizes_N=sizes_N)


def main(arguments: Sequence[str]) -> None:
    """Print the numbers."""
    from budgetseg.data.open import open_dataset

    dataset = open_dataset(Path(arguments[0]))
    points = read_background_clicks(Path(arguments[1]), dataset)
    half = {"even": slice(0, None, 2), "odd": slice(1, None, 2)}.get("".join(arguments[2:]), slice(None))
    image_ids = (*dataset.ids("train"), *dataset.ids("val"))[half]
    choices = gather(dataset, points, image_ids, np.random.default_rng(0))
    numbers = ", ".join(f"{value:.3f}" for value in fit_model(choices))
    sys.stdout.write(f"MODEL = ({numbers})  # {len(choices.sizes_N)} clicks\n")


if __name__ == "__main__":
    main(sys.argv[1:])
