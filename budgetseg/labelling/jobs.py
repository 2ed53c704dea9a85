"""Which image is annotated at which kind, in which batch, with which control images.

Images are dealt out in one random order that depends on the seed alone, the strongest kind first, so a larger budget
annotates what a smaller one does, and a little more strongly. Of every 50 tasks 10 are control images (section 4.1 of
the paper), at places that chance picks.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from budgetseg.costs.kinds import KINDS
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import CONTROLLED, Granularity
from budgetseg.plan.plan import Plan

__all__ = ["Batch", "Job", "batches_of", "deal", "plan_id_of"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One task of an annotator: an image, and what is asked about it."""

    image_id: str
    kind: str
    target_class: str | None = None
    """The one class that is asked about; None where all are."""
    control: bool = False


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Tasks that one annotator does in one go."""

    name: str
    kind: str
    target_class: str | None
    jobs: tuple[Job, ...]

    @property
    def controls(self) -> int:
        """Control images among them."""
        return sum(job.control for job in self.jobs)


def plan_id_of(plan: Plan, kind_of: Mapping[str, str], classes: Sequence[str], *, controlled: bool) -> str:
    """Eight digits that tell the tasks of one plan, on these images and classes, from any other's.

    Where control images are planted a ninth sign says so, whatever becomes of the rest on its way through a tool.
    """
    document = json.dumps([plan.to_dict(), dict(kind_of), list(classes)], sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()[:8] + (CONTROLLED if controlled else "")


def deal(plan: Plan, images: Sequence[str], held: Mapping[str, str], generator: np.random.Generator) -> dict[str, str]:
    """Return the kind of each image that is to be annotated.

    Args:
        plan: How many of each kind; where something is there already, what its moves buy.
        images: Ids of the pool.
        held: The kind of each image that is annotated already.
        generator: Of the order.

    Raises:
        InvalidInputError: The pool is too small, or the images that are annotated already are not those of the plan.
    """
    order = [images[row] for row in generator.permutation(len(images))]
    wanted: list[tuple[str | None, str, int]] = [(None, kind, count) for kind, count in plan.mix]
    if plan.current is not None:
        wanted = [(move.held, move.kind, move.images) for move in plan.moves]
    rank = list(KINDS)
    wanted.sort(key=lambda each: -rank.index(each[1]))
    kind_of: dict[str, str] = {}
    for before, kind, count in wanted:
        stock = [each for each in order if held.get(each) == before and each not in kind_of]
        if len(stock) < count:
            what = "images without annotations" if before is None else f'images annotated at "{before}"'
            fix = "give more images or a smaller plan" if before is None else "name them with --current"
            raise InvalidInputError(
                f"the plan asks for {count:,} {what} to become {kind}, there are {len(stock):,}; {fix}"
            )
        kind_of |= dict.fromkeys(stock[:count], kind)
    return {image_id: kind_of[image_id] for image_id in order if image_id in kind_of}


def batches_of(
    kind_of: Mapping[str, str],
    classes: Sequence[str],
    *,
    granularity: Granularity,
    size: int,
    planted: int,
    controls: Sequence[str],
    generator: np.random.Generator,
) -> tuple[Batch, ...]:
    """Return the tasks in batches of one question each.

    Args:
        kind_of: What is to be annotated.
        classes: Object classes that are asked about.
        granularity: Whether a task asks about all classes or about one.
        size: Tasks of a full batch, control images among them.
        planted: Control images of a full batch; a smaller batch has as large a share.
        controls: Images with known answers; a batch holds none of them twice.
        generator: Of places and choice of control images.

    Raises:
        InvalidInputError: Sizes that contradict each other, or too few control images.
    """
    if not 0 <= planted < size:
        raise InvalidInputError(f"--controls: expected 0 to {size - 1} of a batch of {size}, got {planted}")
    if planted and not controls:
        raise InvalidInputError("no image with a known answer to plant: name a data set with --known, or --controls 0")
    targets: tuple[str | None, ...] = (None,) if granularity == "image" else tuple(classes)
    batches = []
    deck: list[str] = []
    for kind in KINDS:
        images = [image_id for image_id, each in kind_of.items() if each == kind]
        for target in targets:
            for number, first in enumerate(range(0, len(images), size - planted), start=1):
                real = images[first : first + size - planted]
                count = math.ceil(Fraction(planted, size - planted) * len(real))
                if count > len(controls):
                    raise InvalidInputError(
                        f"a batch of {len(real)} images takes {count} control images, {len(controls)} are there; name "
                        "more with --known, or fewer with --controls"
                    )
                chosen = _next(deck, controls, count, generator)
                jobs = [Job(image_id=each, kind=kind, target_class=target) for each in real]
                jobs += [Job(image_id=each, kind=kind, target_class=target, control=True) for each in chosen]
                mixed = tuple(jobs[row] for row in generator.permutation(len(jobs)))
                name = f"{number:03d}" if target is None else f"{target}-{number:03d}"
                batches.append(Batch(name=name, kind=kind, target_class=target, jobs=mixed))
    return tuple(batches)


def _next(deck: list[str], controls: Sequence[str], count: int, generator: np.random.Generator) -> list[str]:
    """Take different ones from a shuffled deck that is made anew when it ends: who sees an image twice knows why."""
    chosen: list[str] = []
    while len(chosen) < count:
        if not deck:
            deck += [controls[row] for row in generator.permutation(len(controls)) if controls[row] not in chosen]
        chosen.append(deck.pop())
    return chosen
