"""How well a prior tells objects from background, against masks, and how long its maps take.

Shape suffixes: H rows, W columns, V levels of probability.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetseg.data.dataset import BACKGROUND, VOID, Dataset
from budgetseg.errors import DataError, InvalidInputError
from budgetseg.learn.detector.auc import LEVELS, auc_of_counts, level_counts
from budgetseg.learn.objectness import Prior

__all__ = ["Audit", "audit"]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was measured; foreground is every object class, void counts as neither."""

    prior: str
    dataset: str
    images: int
    learned_from: int
    """Images that the prior learned from and that were left out here."""
    auc_pooled: float
    """Over the pixels of all images together."""
    auc_per_image: float
    """Mean over the images that hold both objects and background."""
    seconds_per_image: float
    """Of computing or reading the map; reading the photograph is not part of it."""

    def to_dict(self) -> dict[str, Any]:
        """The ``budgetseg.objectness-audit/1`` document."""
        return {"schema": "budgetseg.objectness-audit/1", **self.__dict__}


def audit(
    name: str,
    prior: Prior,
    dataset: Dataset,
    image_ids: Sequence[str],
    *,
    learned_from: Collection[str] = (),
    on_image: Callable[[int, int], None] = lambda _done, _images: None,
) -> Audit:
    """Compare a prior with the masks of some images.

    Args:
        name: What the prior is called.
        prior: Gives maps.
        dataset: Gives images and masks.
        image_ids: Which images.
        learned_from: Images that the prior has seen; they are left out.
        on_image: Told after each image: how many are done, of how many.

    Raises:
        InvalidInputError: The prior is ``none``.
        DataError: A broken image, mask or map, or no image with both objects and background.
    """
    asked = [image_id for image_id in image_ids if image_id not in set(learned_from)]
    background_V, objects_V = np.zeros(LEVELS, np.int64), np.zeros(LEVELS, np.int64)
    per_image: list[float] = []
    seconds = 0.0
    for done, image_id in enumerate(asked, start=1):
        image_HW3, mask_HW = dataset.image(image_id), dataset.mask(image_id)
        started = time.perf_counter()
        map_HW = prior(image_id, image_HW3)
        seconds += time.perf_counter() - started
        if map_HW is None:
            raise InvalidInputError(f"{name}: there is nothing to measure without a prior")
        own_background_V = level_counts(map_HW[mask_HW == BACKGROUND])
        own_objects_V = level_counts(map_HW[(mask_HW != BACKGROUND) & (mask_HW != VOID)])
        background_V += own_background_V
        objects_V += own_objects_V
        own = auc_of_counts(own_background_V, own_objects_V)
        per_image += [] if own is None else [own]
        on_image(done, len(asked))
    pooled = auc_of_counts(background_V, objects_V)
    if pooled is None or not per_image:
        raise DataError(f"{dataset.name}: no image with both objects and background to measure with")
    return Audit(
        prior=name,
        dataset=dataset.name,
        images=len(asked),
        learned_from=len(image_ids) - len(asked),
        auc_pooled=pooled,
        auc_per_image=float(np.mean(per_image)),
        seconds_per_image=seconds / len(asked),
    )
