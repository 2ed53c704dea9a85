"""Annotating a data set: the answers that a campaign would get, from the truth or from real clicks."""

import signal
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Literal, cast, get_args

import numpy as np

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.annotator import Chance, Manner, Placement
from budgetseg.annotate.background import background_clicks as clicks_on_background
from budgetseg.annotate.errors import HUMAN, ErrorRates
from budgetseg.annotate.merge import union
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.real_clicks import RealClicks
from budgetseg.annotate.registry import ANNOTATORS
from budgetseg.annotate.void import share_of_images_with_void, void_shares
from budgetseg.costs.kinds import KINDS
from budgetseg.data.dataset import Dataset
from budgetseg.errors import InvalidInputError, did_you_mean

__all__ = ["Merge", "annotate_image", "as_merge", "as_placement", "simulate"]

Merge = Literal["union", "random"]

WORTH_A_WORKER = 500
"""Images that repay starting a process, which takes about as long as annotating a hundred."""
AT_A_TIME = 100
"""Images that a process is given at once."""


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
    background_clicks: int = 0,
    background_points: RealClicks | None = None,
    spread: float = 0.5,
    seconds_of: Mapping[str, float] | None = None,
    workers: int = 1,
) -> AnnotationSet:
    """Annotate images of a data set, each at its own kind.

    What an image gets depends on the seed, its id, its mask and how rare void is in the data set, not on which other
    images are annotated, in what order, or by which process.

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
        background_clicks: Clicks on the background, by each person, on images of kinds that take them (clicks and
            strokes).
        background_points: Real clicks on the background; the first ones of an image replace the simulated ones. An
            image with fewer keeps what there is.
        spread: How far people differ where they click, 0 (not at all) to 1 (independent).
        seconds_of: Annotators' time of each image, to be kept with its annotation; 0 where not given.
        workers: The most processes to use; more than this one only where there are many images. They are started
            afresh, so a script that asks for them needs the usual ``if __name__ == "__main__":``.

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
    for real in (points, background_points):
        if real is not None and annotators != 1:
            raise InvalidInputError(f"annotators: {real.path} holds one annotator an image, got {annotators}")
    if background_clicks < 0:
        raise InvalidInputError(f"--background-clicks: expected a whole number >= 0, got {background_clicks}")
    on_void = errors.click_void + errors.all_clicks_void + errors.stroke_void > 0
    shares = void_shares(dataset, dict.fromkeys(kind_of.values())) if on_void else {}
    voids = share_of_images_with_void(dataset) if background_clicks and errors.background_void > 0 else 0.0
    manner_of = {
        kind: Manner(
            errors=errors,
            placement=placement,
            spread=spread,
            void_share=shares.get(kind, 0.0),
            background_void_share=voids,
        )
        for kind in ANNOTATORS
    }
    work = _Work(
        dataset=dataset,
        manner_of=manner_of,
        seed=seed,
        annotators=annotators,
        merge=merge,
        points=points,
        background_clicks=background_clicks,
        background_points=background_points,
    )
    annotations = {
        annotation.image_id: replace(annotation, seconds=float((seconds_of or {}).get(annotation.image_id, 0.0)))
        for annotation in work.done(kind_of, min(workers, len(kind_of) // WORTH_A_WORKER))
    }
    return AnnotationSet(annotations=annotations, classes=dataset.classes)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Work:
    """Everything that an image's annotation follows from; it travels to other processes."""

    dataset: Dataset
    manner_of: Mapping[str, Manner]
    seed: int
    annotators: int
    merge: Merge
    points: RealClicks | None
    background_clicks: int
    background_points: RealClicks | None

    def done(self, kind_of: Mapping[str, str], workers: int) -> Iterable[Annotation]:
        """Annotate the images in their order, by this process or by some others."""
        if workers < 2:
            yield from map(self.one, kind_of, kind_of.values())
            return
        # Forking a process that has threads, as torch's, can leave locks held for ever.
        with ProcessPoolExecutor(workers, get_context("spawn"), _leave_stopping_to_the_caller) as pool:
            yield from pool.map(self.one, kind_of, kind_of.values(), chunksize=AT_A_TIME)

    def one(self, image_id: str, kind: str) -> Annotation:
        """Annotate one image."""
        picture = Picture.of(self.dataset, image_id)
        manner, count = self.manner_of[kind], self.background_clicks if KINDS[kind].takes_background else 0
        simulated = 0 if self.background_points is not None else count
        if self.points is not None and kind in ("point", "allpoints"):
            answer = self.points.annotation(image_id, kind, picture.height, picture.width)
            clicks = clicks_on_background(picture, simulated, manner, _chance(picture, 0, manner, self.seed))
        else:
            answer = annotate_image(
                picture,
                kind,
                manner,
                seed=self.seed,
                annotators=self.annotators,
                merge=self.merge,
                background_clicks=simulated,
            )
            clicks = ()
        if count and self.background_points is not None:
            clicks = self.background_points.background(image_id, picture.height, picture.width)[:count]
        return replace(answer, clicks=(*answer.clicks, *clicks)) if clicks else answer


def _leave_stopping_to_the_caller() -> None:
    """Ctrl-C reaches every process of a terminal; the one that was asked to simulate decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
    picture: Picture,
    kind: str,
    manner: Manner,
    *,
    seed: int,
    annotators: int = 1,
    merge: Merge = "union",
    background_clicks: int = 0,
) -> Annotation:
    """Annotate one picture; see :func:`simulate`."""
    image_key = zlib.crc32(picture.image_id.encode())
    people = range(annotators)
    if merge == "random":
        people = range(chosen := int(np.random.default_rng([seed, image_key, 0]).integers(annotators)), chosen + 1)
    answers = []
    for person in people:
        chance = _chance(picture, person, manner, seed)
        answer = ANNOTATORS[kind].annotate(picture, manner, chance)
        clicks = clicks_on_background(picture, background_clicks, manner, chance)
        answers.append(replace(answer, clicks=(*answer.clicks, *clicks)) if clicks else answer)
    return union(answers)


def _chance(picture: Picture, person: int, manner: Manner, seed: int) -> Chance:
    image_key = zlib.crc32(picture.image_id.encode())
    return Chance(seed=seed, image_key=image_key, person=person, spread=manner.spread)
