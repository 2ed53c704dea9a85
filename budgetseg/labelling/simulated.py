"""Simulated annotators who carry out a folder of tasks and export what they did as the real tool does.

For rehearsing a campaign before people are paid, and for tests of the whole loop. Who annotates is decided batch by
batch in turn. A task takes what a cost book says its acts take, times a log-normal factor with median 1.

Shape suffixes: H rows, W columns.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.errors import HUMAN, ErrorRates
from budgetseg.annotate.picture import Picture
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.annotate.simulate import simulate
from budgetseg.costs.book import CostBook
from budgetseg.costs.per_image import seconds_of_images
from budgetseg.data.dataset import Dataset
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json
from budgetseg.labelling.brush import brush_of_mask
from budgetseg.labelling.controls import FILE, read_controls

__all__ = ["People", "carry_out", "result_of"]

_BEGINNING: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_PAUSE_SECONDS: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class People:
    """Who carries out the tasks."""

    count: int = 2
    errors: ErrorRates = HUMAN
    careless: int = 0
    """How many of them mark anywhere instead of looking, the first ones."""
    spread: float = 0.3
    """Standard deviation of the logarithm of a task's seconds."""
    idle_share: float = 0.0
    """Of tasks that are left open for ten minutes more."""
    seed: int = 0


def carry_out(folder: Path, dataset: Dataset, book: CostBook, people: People) -> list[dict[str, Any]]:
    """Return Label Studio's export of all the tasks in a folder, annotated.

    Args:
        folder: Of `budgetseg.labelling.task_folder`, made for Label Studio.
        dataset: Holds all the images with their masks.
        book: Says what acts take.
        people: Who annotates.

    Raises:
        InvalidInputError: No tasks, or of images that the data set does not hold.
    """
    tasks = [task for file in sorted(folder.rglob("tasks.json")) for task in read_json(file)]
    own_id = _own_ids(folder, tasks)
    if not tasks:
        raise InvalidInputError(f"{folder}: holds no tasks.json; make tasks with --tool label-studio")
    known = {*dataset.ids("train"), *dataset.ids("val")}
    if strange := next((image_id for image_id in own_id.values() if image_id not in known), None):
        raise InvalidInputError(f"{folder}: {dataset.name} has no image {strange}, which is to be annotated")
    generator = np.random.default_rng([people.seed, 6])
    answers = _answers(tasks, own_id, dataset, people)
    clock, persons, export = _BEGINNING, _persons(tasks, people.count), []
    for number, (task, person) in enumerate(zip(tasks, persons, strict=True), start=1):
        data = task["data"]
        image_id = own_id[data["image_id"]]
        answer = answers[data["level"], person].annotations[image_id]
        picture = Picture.of(dataset, image_id)
        classes = task["meta"]["budgetseg"]["classes"]
        asked = [data["target_class"]] if data["granularity"] == "image-class" else classes
        if person < people.careless:
            answer = _anywhere(answer, generator)
        result = result_of(answer, picture, dataset.classes, asked)
        seconds = _seconds(answer, picture, dataset.classes, asked, book) * generator.lognormal(0.0, people.spread)
        if generator.random() < people.idle_share:
            seconds += 600.0
        clock += timedelta(seconds=seconds + _PAUSE_SECONDS)
        export.append(_exported(task, number, person + 1, result, round(seconds, 3), clock))
    return export


def _own_ids(folder: Path, tasks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the data set calls the images that are asked about: tasks hide which are control images."""
    controls = read_controls(folder).images if (folder / FILE).is_file() else {}
    hidden = {name: control.known_as for name, control in controls.items() if control.known_as}
    return {task["data"]["image_id"]: hidden.get(task["data"]["image_id"], task["data"]["image_id"]) for task in tasks}


def _persons(tasks: Sequence[Mapping[str, Any]], count: int) -> list[int]:
    """Who does each task: whole batches in turn."""
    batches = [(task["data"]["level"], task["data"]["target_class"], task["data"]["batch"]) for task in tasks]
    turn = {batch: place % count for place, batch in enumerate(dict.fromkeys(batches))}
    return [turn[batch] for batch in batches]


def _answers(
    tasks: Sequence[Mapping[str, Any]], own_id: Mapping[str, str], dataset: Dataset, people: People
) -> dict[tuple[str, int], AnnotationSet]:
    """What each person would say about the images, by kind and person."""
    kinds = dict.fromkeys(task["data"]["level"] for task in tasks)
    images = {
        kind: [own_id[task["data"]["image_id"]] for task in tasks if task["data"]["level"] == kind] for kind in kinds
    }
    return {
        (kind, person): simulate(
            dataset, dict.fromkeys(images[kind], kind), seed=people.seed + person, errors=people.errors
        )
        for kind in kinds
        for person in range(people.count)
    }


def _anywhere(answer: Annotation, generator: np.random.Generator) -> Annotation:
    """The same clicks, wherever the hand happens to be; other marks are left out."""
    clicks = tuple(
        replace(click, x=int(generator.integers(answer.width)), y=int(generator.integers(answer.height)))
        for click in answer.clicks
    )
    mask_HW = None if answer.mask_HW is None else np.zeros_like(answer.mask_HW)
    return replace(answer, clicks=clicks, strokes=(), boxes=(), mask_HW=mask_HW, present=answer.present[:0])


def _seconds(
    answer: Annotation, picture: Picture, classes: Sequence[str], asked: Sequence[str], book: CostBook
) -> float:
    """What the acts of a task take by the book: those that were carried out."""
    wanted = {classes.index(name) for name in asked}
    present = {*answer.present, *(click.cls for click in answer.clicks)} & wanted
    things = sum(thing.cls in present for thing in picture.things)
    marks = sum(click.cls in present for click in answer.clicks) if answer.kind == "allpoints" else things
    (seconds,) = seconds_of_images(
        book,
        answer.kind,
        classes_asked=len(asked),
        classes_present_N=[len(present)],
        instances_N=[max(marks, len(present))],
    )
    return float(seconds)


def result_of(
    answer: Annotation, picture: Picture, classes: Sequence[str], asked: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the regions of an answer as Label Studio exports them.

    Args:
        answer: It.
        picture: The image; a mask is drawn in as many pieces as it shows instances.
        classes: The data set's, by index.
        asked: Names of the classes that are asked about; marks of others are not drawn.
    """
    wanted = {classes.index(name) for name in asked}
    if answer.kind == "image":
        names = [classes[cls] for cls in answer.present if cls in wanted]
        named = {"type": "choices", "from_name": "classes", "value": {"choices": names}}
        return [{"id": "r1", "to_name": "image", "origin": "manual", **named}] if names else []
    marks = [mark for mark in _marks(answer, picture, classes) if mark[0] in wanted]
    return [
        {
            "id": f"r{number}",
            "type": form,
            "from_name": form,
            "to_name": "image",
            "origin": "manual",
            "original_width": answer.width,
            "original_height": answer.height,
            "image_rotation": 0,
            "value": {**value, form: [classes[cls]]},
        }
        for number, (cls, form, value) in enumerate(marks, start=1)
    ]


def _marks(answer: Annotation, picture: Picture, classes: Sequence[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    width, height = answer.width, answer.height
    for click in answer.clicks:
        place = {"x": 100 * (click.x + 0.5) / width, "y": 100 * (click.y + 0.5) / height, "width": 0.6}
        yield click.cls, "keypointlabels", place
    for stroke in answer.strokes:
        drawn_HW = np.zeros((height, width), bool)
        xy_P2 = stroke_pixels(stroke, height, width)
        drawn_HW[xy_P2[:, 1], xy_P2[:, 0]] = True
        yield stroke.cls, "brushlabels", {"format": "rle", "rle": brush_of_mask(drawn_HW)}
    for box in answer.boxes:
        corner = {"x": 100 * box.x_min / width, "y": 100 * box.y_min / height}
        size = {
            "width": 100 * (box.x_max + 1 - box.x_min) / width,
            "height": 100 * (box.y_max + 1 - box.y_min) / height,
        }
        yield box.cls, "rectanglelabels", {**corner, **size, "rotation": 0}
    if answer.mask_HW is not None:
        for cls in range(1, len(classes)):
            for piece_HW in _pieces(answer.mask_HW == cls, picture, cls):
                yield cls, "brushlabels", {"format": "rle", "rle": brush_of_mask(piece_HW)}


def _pieces(mask_HW: NDArray[np.bool_], picture: Picture, cls: int) -> Iterator[NDArray[np.bool_]]:
    """What is drawn of a class, cut up by the nearest instance."""
    number_HW = np.zeros(mask_HW.shape, np.int32)
    for number, thing in enumerate((thing for thing in picture.things if thing.cls == cls), start=1):
        height, width = thing.pixels_hw.shape
        number_HW[thing.top : thing.top + height, thing.left : thing.left + width][thing.pixels_hw] = number
    if not mask_HW.any():
        return
    if not number_HW.any():
        yield mask_HW
        return
    rows_HW, columns_HW = ndimage.distance_transform_edt(number_HW == 0, return_distances=False, return_indices=True)
    nearest_HW = np.where(mask_HW, number_HW[rows_HW, columns_HW], 0)
    for number in np.unique(nearest_HW[nearest_HW > 0]):
        yield nearest_HW == number


def _exported(
    task: Mapping[str, Any], number: int, person: int, result: list[dict[str, Any]], seconds: float, at: datetime
) -> dict[str, Any]:
    """A task as the real tool exports it (release 1.23.2)."""
    when = at.isoformat().replace("+00:00", "Z")
    annotation = {
        "id": number,
        "completed_by": person,
        "result": result,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": when,
        "updated_at": when,
        "draft_created_at": None,
        "lead_time": seconds,
        "prediction": {},
        "result_count": len(result),
        "task": number,
        "project": 1,
        "updated_by": person,
        "parent_prediction": None,
        "parent_annotation": None,
    }
    return {
        "id": number,
        "annotations": [annotation],
        "drafts": [],
        "predictions": [],
        "data": task["data"],
        "meta": task["meta"],
        "created_at": when,
        "updated_at": when,
        "inner_id": number,
        "total_annotations": 1,
        "cancelled_annotations": 0,
        "total_predictions": 0,
        "project": 1,
    }
