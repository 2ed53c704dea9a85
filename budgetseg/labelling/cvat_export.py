"""Reader of CVAT's XML ("CVAT for images 1.1"), and of its exported events for times.

The name of a task that `cvat_tasks` proposed tells kind, batch and plan; an image is known by the name of its file. An
image without a mark may be one that nobody opened, so it is refused, unless it has the tag `NOTHING`. CVAT keeps time
by job: the events' working time, from which gaps of 100 s and more are gone, is shared out evenly over the images.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.lists import image_id_of
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import MOST_MARKS, Answer, Mark, Reject, check_brushes, check_size, clean_text
from budgetseg.labelling.cvat_meta import Task, renamed, tasks_of
from budgetseg.labelling.cvat_tasks import NOTHING
from budgetseg.labelling.cvat_times import shared_out, working_seconds
from budgetseg.labelling.pixel_text import anywhere_of_text, box_runs, points_of_text, whole_number
from budgetseg.labelling.safe_xml import read_xml
from budgetseg.labelling.turned import turn_of, turned_box

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_cvat"]

_TOOL: Final = "cvat"
_INSIDE: Final = "annotations.xml"
"""Of the archive that CVAT makes."""
_LEAST_POINTS: Final = {"points": 1, "polyline": 1, "polygon": 3}
_SHAPES: Final = {"points": "point", "polyline": "stroke", "polygon": "polygon"}


def read_cvat(path: Path, events: Path | None = None) -> Iterator[Answer | Reject]:
    """Yield the answer about each image, or why it cannot be read.

    Raises:
        InvalidInputError: The file is no such export, or the events are none.
    """
    root = read_xml(path, _INSIDE)
    if root.tag != "annotations":
        raise InvalidInputError(
            f'{path}: expected "CVAT for images 1.1", an XML file of <annotations>, got <{root.tag[:30]}>'
        )
    images = root.findall("image")
    tasks = tasks_of(root)
    task_of = [tasks.get(image.get("task_id", "")) if isinstance(tasks, Mapping) else tasks for image in images]
    project = clean_text(root.findtext("meta/project/id", ""))
    seconds = [None] * len(images) if events is None else _seconds(images, task_of, working_seconds(events))
    doubtful = {} if isinstance(tasks, Task) else renamed(images)
    for number, image in enumerate(images):
        name = clean_text(image.get("name", ""))
        image_id = image_id_of(PurePosixPath(name.replace("\\", "/")).name) if name else ""
        row = f"image {number + 1} of the file"
        task = task_of[number]
        if not image_id:
            yield Reject(row=row, reason="it has no name")
        elif task is None:
            yield Reject(row=row, image_id=image_id, reason="its task_id is of no task that the project lists")
        elif number in doubtful:
            reason = (
                f'another task of the project has an image "{doubtful[number]}", and CVAT numbers images of one name: '
                "this may be that image; export the tasks one by one"
            )
            yield Reject(row=row, image_id=image_id, reason=reason)
        else:
            try:
                yield _answer(image, image_id, task, project, seconds[number])
            except ValueError as error:
                yield Reject(row=row, image_id=image_id, reason=str(error))


def _seconds(
    images: Sequence["Element"], task_of: Sequence[Task | None], of_job: Mapping[str, float]
) -> list[float | None]:
    """The share of its job's time that each image has; one without a mark had none."""
    seconds: list[float | None] = [None] * len(images)
    places: dict[int, list[int]] = defaultdict(list)
    for place, task in enumerate(task_of):
        if len(images[place]):
            places[id(task)].append(place)
    for its in places.values():
        task = task_of[its[0]]
        if task is not None:
            shares = shared_out(task.jobs, [task.place_of(images[place]) for place in its], of_job)
            for place, share in zip(its, shares, strict=True):
                seconds[place] = share
    return seconds


def _answer(image: "Element", image_id: str, task: Task, project: str, seconds: float | None) -> Answer:
    width, height = check_size(*(whole_number(image.get(side), side) for side in ("width", "height")))
    if len(image) > MOST_MARKS:
        raise ValueError(f"more than {MOST_MARKS:,} marks")
    marks: list[Mark] = []
    unusable: list[tuple[str, str | None, str]] = []
    nothing = False
    for number, element in enumerate(image, start=1):
        cls = clean_text(element.get("label", ""))
        if element.tag == "tag" and cls == NOTHING:
            nothing = True
            continue
        try:
            if element.tag == "mask":
                check_brushes(marks, (width, height))
            marks += _marks(element, cls, (width, height))
        except ValueError as error:
            unusable.append((f"<{clean_text(element.tag)[:30]}> {number}", cls or None, str(error)))
    if not marks and not unusable and not nothing:
        raise ValueError(f'no mark: an image without any of the classes needs the tag "{NOTHING}", or nobody opened it')
    if nothing and (marks or unusable):
        raise ValueError(f'it has the tag "{NOTHING}", and marks as well')
    return Answer(
        tool=_TOOL,
        tool_version="",
        project=project,
        task_id=f"{task.id or '?'}/{image.get('id', '?')[:20]}",
        image_id=image_id,
        kind=task.kind,
        target_class=task.target_class,
        plan_id=task.plan_id,
        batch=task.batch,
        annotator=task.annotator,
        seconds=seconds,
        job="" if seconds is None else f"cvat {task.id}",
        created_at=task.created_at,
        updated_at=task.updated_at,
        from_prediction=any(element.get("source") in ("auto", "semi-auto") for element in image),
        width=width,
        height=height,
        marks=tuple(marks),
        unusable=tuple(unusable),
    )


def _marks(element: "Element", cls: str, size: tuple[int, int]) -> list[Mark]:
    if not cls:
        raise ValueError("it has no label")
    if element.tag == "tag":
        return [Mark(shape="class", cls=cls)]
    order = _order(element)
    if element.tag in _SHAPES:
        xy_P2 = points_of_text(element.get("points", ""), *size, least=_LEAST_POINTS[element.tag])
        return [Mark(shape=_SHAPES[element.tag], cls=cls, xy_P2=xy_P2, order=order)]  # type: ignore[arg-type]
    if element.tag == "box":
        return [Mark(shape="box", cls=cls, xy_P2=_box(element, size))]
    if element.tag == "mask":
        left, top, width, height = (whole_number(element.get(k), k) for k in ("left", "top", "width", "height"))
        mask_HW = box_runs(element.get("rle", ""), (left, top, width, height), size)
        return [Mark(shape="brush", cls=cls, brush_HW=np.asarray(mask_HW), order=order)]
    raise ValueError(f"a <{clean_text(element.tag)[:30]}> answers no question")


def _box(element: "Element", size: tuple[int, int]) -> NDArray[np.float64]:
    """The corners of a box; ``rotation`` turns it about its middle, clockwise, by degrees."""
    corners = ";".join(f"{element.get(x, '')},{element.get(y, '')}" for x, y in (("xtl", "ytl"), ("xbr", "ybr")))
    degrees = turn_of(float(element.get("rotation", "0") or 0))
    if not degrees:
        return points_of_text(corners, *size, least=2)
    corner_22 = anywhere_of_text(corners)  # before it is turned, a box may stand out of the image
    low_2, high_2 = corner_22.min(axis=0), corner_22.max(axis=0)
    return turned_box(low_2, high_2 - low_2, degrees, (low_2 + high_2) / 2, size)


def _order(element: "Element") -> int:
    text = element.get("z_order", "0")
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * whole_number(digits, "z_order")
