"""From images bought to training examples: annotated, loaded at the size that training shows, with their prior.

Shape suffixes: H rows, W columns, 3 colours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.errors import by_name
from budgetseg.annotate.further import annotated_further
from budgetseg.annotate.real_clicks import read_background_clicks, read_clicks
from budgetseg.annotate.simulate import simulate
from budgetseg.annotate.target import target_of
from budgetseg.data.dataset import Dataset
from budgetseg.data.disk import labels_of
from budgetseg.learn.batches import Example
from budgetseg.learn.objectness import Prior
from budgetseg.runs.annotated import fitting, load_annotated
from budgetseg.runs.purchase import Purchase
from budgetseg.runs.spec import RunSpec
from budgetseg.runs.strategy import Strategy

__all__ = ["annotate", "examples"]


def annotate(
    spec: RunSpec, strategy: Strategy, dataset: Dataset, purchase: Purchase, workers: int = 1
) -> AnnotationSet:
    """Return the annotation of every image: simulated, by so many processes, or real clicks where the run has some.

    An image that was annotated before keeps what it held: both answers are simulated, and one adds to the other.
    """
    if spec.annotations is not None:
        return load_annotated(Path(spec.annotations), dataset)
    points = read_clicks(Path(spec.points), dataset) if spec.points else None
    background = read_background_clicks(Path(spec.background_points), dataset) if spec.background_points else None

    def simulated(kind_of: Mapping[str, str]) -> AnnotationSet:
        return simulate(
            dataset,
            kind_of,
            seed=spec.seed,
            errors=by_name(spec.annotators),
            annotators=strategy.annotators,
            merge=strategy.merge,
            placement=strategy.placement,
            points=points,
            background_clicks=spec.background_clicks,
            background_points=background,
            seconds_of=dict(zip(purchase.image_ids, map(float, purchase.seconds), strict=True)),
            workers=workers,
        )

    final = dict(zip(purchase.image_ids, purchase.kinds, strict=True))
    held = dict(zip(purchase.image_ids, purchase.held, strict=True))
    earlier = {image_id: kind for image_id, kind in held.items() if kind not in (None, final[image_id])}
    now = simulated(final)
    if not earlier:
        return now
    before = simulated(earlier)
    return replace(
        now,
        annotations={
            image_id: annotated_further(before.annotations[image_id], annotation)
            if image_id in before.annotations
            else annotation
            for image_id, annotation in now.annotations.items()
        },
    )


def examples(
    spec: RunSpec, strategy: Strategy, dataset: Dataset, annotated: AnnotationSet, prior: Prior
) -> Iterator[Example]:
    """Yield a training example an annotation, in order, with its map of the objectness prior."""
    for image_id, annotation in annotated.annotations.items():
        if spec.tags == "truth" and annotation.mask_HW is None and annotation.kind != "image":
            annotation = replace(annotation, present=tuple(sorted(labels_of(dataset.mask(image_id)))))
        yield _example(spec, strategy, dataset.image(image_id), annotation, len(dataset.classes), prior)


def _example(
    spec: RunSpec,
    strategy: Strategy,
    image_HW3: NDArray[np.uint8],
    annotation: Annotation,
    classes: int,
    prior: Prior,
) -> Example:
    height, width = image_HW3.shape[:2]
    annotation = fitting(annotation, height, width)
    return Example(
        image_HW3=_at_most(image_HW3, spec.train.crop),
        height=height,
        width=width,
        target=target_of(
            annotation,
            classes,
            rank_weights=strategy.rank_weights,
            normalised=spec.rank_weights == "normalised",
            patch_radius=spec.patch_radius,
            background_share=spec.train.background_share if spec.background_clicks else None,
        ),
        objectness_HW=prior(annotation.image_id, image_HW3),
    )


def _at_most(image_HW3: NDArray[np.uint8], crop: int) -> NDArray[np.uint8]:
    """Shrink an image whose longest side is above ``crop`` (0: never): memory holds what training shows."""
    height, width = image_HW3.shape[:2]
    if not crop or max(height, width) <= crop:
        return image_HW3
    factor = crop / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(Image.fromarray(image_HW3).resize(size, Image.Resampling.BILINEAR))
