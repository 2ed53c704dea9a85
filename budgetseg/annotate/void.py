"""How much of what people mark in a data set lies on images with void: marks can fall on void there only."""

from collections.abc import Iterable

import numpy as np

from budgetseg.annotate.annotator import Marking
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.registry import ANNOTATORS
from budgetseg.data.dataset import Dataset

__all__ = ["share_of_images_with_void", "void_shares"]

MOST = 1000
"""The most images that are looked at."""
ENOUGH = 100
"""Images with void after which no more are looked at: the share is then known to a tenth of itself."""


def share_of_images_with_void(dataset: Dataset) -> float:
    """Share of the training images that have void, from images drawn as for :func:`void_shares`."""
    ids = dataset.ids("train")
    seen = looked_at = 0
    for k in np.random.default_rng(0).permutation(len(ids))[:MOST]:
        seen += Picture.of(dataset, ids[k]).has_void
        looked_at += 1
        if seen == ENOUGH:
            break
    return seen / looked_at if looked_at else 0.0


def void_shares(dataset: Dataset, kinds: Iterable[str]) -> dict[str, float]:
    """Share of the marks of each kind that lies on images with void, from training images drawn the same way each time.

    Marks, not images, are counted: where the images with void are those with more things, they have more of the clicks.
    Kinds without marks are left out.
    """
    marking = {kind: annotator for kind in kinds if isinstance(annotator := ANNOTATORS[kind], Marking)}
    ids = dataset.ids("train")
    everywhere, with_void = dict.fromkeys(marking, 0.0), dict.fromkeys(marking, 0.0)
    seen = 0
    for k in np.random.default_rng(0).permutation(len(ids))[:MOST] if marking else ():
        picture = Picture.of(dataset, ids[k])
        for kind, annotator in marking.items():
            marks = annotator.marks(picture)
            everywhere[kind] += marks
            with_void[kind] += marks * picture.has_void
        seen += picture.has_void
        if seen == ENOUGH:
            break
    return {kind: with_void[kind] / everywhere[kind] if everywhere[kind] else 0.0 for kind in marking}
