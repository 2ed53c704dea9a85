"""From a plan to a campaign of tasks: images dealt out, control images planted, hours expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from budgetseg.costs.book import CostBook
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import PASCAL_VOC_2012, Workload
from budgetseg.data.dataset import Dataset
from budgetseg.data.open import open_dataset
from budgetseg.errors import DataError, InvalidInputError, did_you_mean
from budgetseg.labelling.aliases import aliases_of
from budgetseg.labelling.answer import Granularity
from budgetseg.labelling.controls import Control, Controls, known_answer
from budgetseg.labelling.images import Places, Source, find_images, of_dataset, placed
from budgetseg.labelling.jobs import Batch, batches_of, deal, plan_id_of
from budgetseg.labelling.task_folder import Campaign, Tool
from budgetseg.plan.plan import Plan

__all__ = ["Manner", "make_campaign"]

_MOST_KNOWN = 200
"""Known images among which control images are drawn; each is read to know its answer."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How tasks are made of a plan."""

    tool: Tool = "label-studio"
    granularity: Granularity = "image"
    batch: int = 50
    """Tasks of a batch."""
    controls: int = 10
    """Control images among them."""
    known: str | None = None
    """Data set whose training images have known answers; None takes the validation images of the images' data set."""
    places: Places = Places()  # noqa: RUF009 - frozen
    root: Path | None = None
    """Folder that the tool serves files from; None takes the parent of the images' folder."""
    seed: int = 0


def make_campaign(
    plan: Plan, images: str, classes: Sequence[str], manner: Manner, *, book: CostBook | None, held: Mapping[str, str]
) -> Campaign:
    """Make the tasks of a plan.

    Args:
        plan: What is bought.
        images: Folder, list or data set.
        classes: Object classes to ask about; empty takes the data set's.
        manner: How.
        book: Prices of the tasks; None leaves their hours unknown.
        held: The kind of each image that is annotated already.

    Raises:
        InvalidInputError: Classes that cannot be, or as in `budgetseg.labelling.jobs`.
        DataError: Images that are missing or broken.
    """
    found, dataset = find_images(images)
    names = _classes(classes, dataset)
    known, pool = _known(manner, dataset, names), {source.image_id for source in found}
    generator = np.random.default_rng([manner.seed, 4])
    kind_of = deal(plan, sorted(pool), held, generator)
    if not kind_of:
        raise InvalidInputError("the plan buys no image, so there is nothing to ask")
    trusted = [source for source in known if source.image_id not in pool]
    batches = batches_of(
        kind_of,
        names,
        granularity=manner.granularity,
        size=manner.batch,
        planted=manner.controls,
        controls=[source.image_id for source in trusted],
        generator=generator,
    )
    planted = {job.image_id for batch in batches for job in batch.jobs if job.control}
    alias_of = aliases_of(sorted(planted), pool, generator) if planted and manner.places.copies else {}
    plan_id = plan_id_of(plan, kind_of, names, controlled=bool(planted))
    asked = {**{s.image_id: s for s in found if s.image_id in kind_of}, **{s.image_id: s for s in trusted}}
    root = manner.root or _root(images, dataset) if manner.tool != "csv" else manner.root
    suffixes = [source.own_suffix for source in found]
    sources = {
        alias_of.get(image_id, image_id): placed(
            _called(source, alias_of.get(image_id), suffixes), manner.places, root=root
        )
        for image_id, source in asked.items()
        if image_id in kind_of or image_id in planted
    }
    return Campaign(
        tool=manner.tool,
        plan_id=plan_id,
        classes=names,
        batches=tuple(_hidden(batch, alias_of) for batch in batches),
        sources=sources,
        controls=Controls(plan_id=plan_id, images=_answers(trusted, planted, names, alias_of)) if planted else None,
        seconds={} if book is None else _seconds(book, plan, names, batches),
        copies=manner.places.copies,
    )


def _classes(given: Sequence[str], dataset: Dataset | None) -> tuple[str, ...]:
    names = tuple(given) or (() if dataset is None else dataset.classes[1:])
    if not names:
        raise InvalidInputError("--classes: name the classes that annotators are asked about, such as cat,dog")
    twice = [name for name in names if names.count(name) > 1]
    if twice or "background" in names:
        raise InvalidInputError(
            f'--classes: expected object classes, each once, got "{twice[0] if twice else "background"}"'
        )
    if dataset is not None:
        for name in names:
            if name not in dataset.classes:
                raise InvalidInputError(
                    f'--classes: {dataset.name} has no "{name}"{did_you_mean(name, dataset.classes)}'
                )
    return names


def _known(manner: Manner, dataset: Dataset | None, classes: Sequence[str]) -> tuple[Source, ...]:
    if not manner.controls:
        return ()
    if manner.known is not None:
        named = open_dataset(manner.known)
        sources = of_dataset(named, "train")
    elif dataset is not None:
        named, sources = dataset, of_dataset(dataset, "val")
    else:
        return ()
    for name in classes:
        if name not in named.classes:
            raise DataError(f'{named.name}: has no class "{name}", so its images do not answer for it; see --known')
    generator = np.random.default_rng([manner.seed, 5])
    chosen = generator.permutation(len(sources))[:_MOST_KNOWN]
    indices = {named.classes.index(name) for name in classes}
    return tuple(sources[row] for row in chosen if _shows(named, sources[row].image_id, indices))


def _shows(dataset: Dataset, image_id: str, classes: set[int]) -> bool:
    """Whether an image shows any of the classes: one that shows none is passed by whoever submits blindly."""
    return bool(classes & set(np.unique(dataset.mask(image_id)).tolist()))


def _answers(
    trusted: Sequence[Source], planted: set[str], classes: Sequence[str], alias_of: Mapping[str, str]
) -> dict[str, Control]:
    """What is to be seen in the planted images, by the names that tasks call them."""
    answers = {}
    for source in trusted:
        if source.image_id in planted and source.dataset is not None:
            control = known_answer(source.dataset, source.image_id, classes)
            if alias := alias_of.get(source.image_id):
                control = replace(control, image_id=alias, known_as=source.image_id)
            answers[control.image_id] = control
    return answers


def _called(source: Source, alias: str | None, suffixes: Sequence[str]) -> Source:
    """The image by another name, of a suffix that images of the pool have as well."""
    if alias is None:
        return source
    suffix = source.own_suffix if source.own_suffix in suffixes else max(suffixes, key=suffixes.count)
    return replace(source, image_id=alias, known_as=source.image_id, copied_as=suffix)


def _hidden(batch: Batch, alias_of: Mapping[str, str]) -> Batch:
    """The batch, its control images called as the others are."""
    jobs = (replace(job, image_id=alias_of[job.image_id]) if job.image_id in alias_of else job for job in batch.jobs)
    return replace(batch, jobs=tuple(jobs))


def _root(images: str, dataset: Dataset | None) -> Path | None:
    if dataset is None or Path(images).exists():
        return Path(images).resolve().parent
    return getattr(dataset, "root", None)


def _seconds(book: CostBook, plan: Plan, classes: Sequence[str], batches: Sequence[Batch]) -> dict[str, Fraction]:
    """The mean seconds of a task of each kind that the book has a price for."""
    said = plan.workload
    mean = PASCAL_VOC_2012 if said is None else Workload.of(**said)
    present = min(mean.classes_present, Fraction(len(classes)))
    workload = Workload.of(len(classes), present, max(mean.instances, present))
    kinds = {batch.kind: batch for batch in batches}
    return {
        kind: seconds_per_image(book, kind, workload) / (1 if batch.target_class is None else len(classes))
        for kind, batch in kinds.items()
        if kind not in book.unavailable
    }
