"""Annotating a data set: the answers that a campaign would get, from the truth or from real clicks."""

import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast, get_args

import numpy as np

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.annotator import Chance, Manner, Placement
from budgetseg.annotate.errors import HUMAN, ErrorRates
from budgetseg.annotate.merge import union
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.real_clicks import RealClicks
from budgetseg.annotate.registry import ANNOTATORS
from budgetseg.annotate.void import void_shares
from budgetseg.data.dataset import Dataset
from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["Merge", "annotate_image", "as_merge", "as_placement", "simulate"]

Merge = Literal["union", "random"]


def simulate(
    dataset: Dataset,
    kind_of: Mapping[str, str],
    *,
    seed: int,
    errors: ErrorRates = HUMAN,
    annotators: int = 1,
    merge: Merge = "union",
    placement: Placement = "human",
    points: RealClicks | None = None,
    spread: float = 0.5,
    seconds_of: Mapping[str, float] | None = None,
) -> AnnotationSet:
    """Annotate images of a data set, each at its own kind.

    What an image gets depends on the seed, its id, its mask and how rare void is in the data set, not on which other
    images are annotated or in what order.

    Args:
        dataset: Where the truth comes from.
        kind_of: Kind of each image to annotate, by image id.
        seed: Not negative.
        errors: How often annotators err.
        annotators: People an image. Boxes are right, hence alike, and are kept once; of masks the first is kept.
        merge: What becomes of several answers: ``union`` keeps all clicks, ``random`` the answer of one person,
            drawn for each image.
        placement: Where clicks fall. ``uniform`` (the paper's "random points") knows the mask and never errs.
        points: Real clicks; they replace the simulated ones of ``point`` and ``allpoints``.
        spread: How far people differ where they click, 0 (not at all) to 1 (independent).
        seconds_of: Annotators' time of each image, to be kept with its annotation; 0 where not given.

    Raises:
        InvalidInputError: An unknown kind, or a value out of range.
    """
    for kind in dict.fromkeys(kind_of.values()):
        if kind not in ANNOTATORS:
            raise InvalidInputError(f'kind: "{kind}" is unknown{did_you_mean(kind, ANNOTATORS)}')
    if seed < 0:
        raise InvalidInputError(f"seed: expected a whole number from 0, got {seed}")
    if annotators < 1:
        raise InvalidInputError(f"annotators: expected at least 1 an image, got {annotators}")
    if not 0 <= spread <= 1:
        raise InvalidInputError(f"spread: expected 0 (annotators agree) to 1 (independent), got {spread}")
    as_merge(merge)
    as_placement(placement)
    if points is not None and annotators != 1:
        raise InvalidInputError(f"annotators: {points.path} holds one annotator an image, got {annotators}")
    on_void = errors.click_void + errors.all_clicks_void + errors.stroke_void > 0
    shares = void_shares(dataset, dict.fromkeys(kind_of.values())) if on_void else {}
    manner_of = {
        kind: Manner(errors=errors, placement=placement, spread=spread, void_share=shares.get(kind, 0.0))
        for kind in ANNOTATORS
    }
    annotations = {}
    for image_id, kind in kind_of.items():
        picture = Picture.of(dataset, image_id)
        if points is not None and kind in ("point", "allpoints"):
            annotation = points.annotation(image_id, kind, picture.height, picture.width)
        else:
            annotation = annotate_image(picture, kind, manner_of[kind], seed=seed, annotators=annotators, merge=merge)
        if seconds_of is not None:
            annotation = replace(annotation, seconds=float(seconds_of.get(image_id, 0.0)))
        annotations[image_id] = annotation
    return AnnotationSet(annotations=annotations, classes=dataset.classes)


def as_merge(text: str) -> Merge:
    """Check a name for how several answers become one."""
    for merge in get_args(Merge):
        if text == merge:
            return cast(Merge, merge)
    raise InvalidInputError(f'merge: expected union or random, got "{text}"')


def as_placement(text: str) -> Placement:
    """Check a name for where clicks fall."""
    for placement in get_args(Placement):
        if text == placement:
            return cast(Placement, placement)
    raise InvalidInputError(f'placement: expected human or uniform, got "{text}"')


def annotate_image(
    picture: Picture, kind: str, manner: Manner, *, seed: int, annotators: int = 1, merge: Merge = "union"
) -> Annotation:
    """Annotate one picture; see :func:`simulate`."""
    image_key = zlib.crc32(picture.image_id.encode())
    people = range(annotators)
    if merge == "random":
        people = range(chosen := int(np.random.default_rng([seed, image_key, 0]).integers(annotators)), chosen + 1)
    return union(
        [
            ANNOTATORS[kind].annotate(
                picture, manner, Chance(seed=seed, image_key=image_key, person=person, spread=manner.spread)
            )
            for person in people
        ]
    )
