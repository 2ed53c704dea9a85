"""Reader of CVAT's XML ("CVAT for images 1.1"), and of its exported events for times.

The name of a task that `cvat_tasks` proposed tells kind, batch and plan; an image is known by the name of its file. An
image without a mark may be one that nobody opened, so it is refused, unless it has the tag `NOTHING`. CVAT keeps time
by job: the events' working time, from which gaps of 100 s and more are gone, is shared out evenly over the images.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.lists import image_id_of
from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import MOST_MARKS, Answer, Mark, Reject, check_brushes, check_size, clean_text
from budgetseg.labelling.bounded import refuse_large
from budgetseg.labelling.cvat_tasks import NOTHING, told_by_name
from budgetseg.labelling.pixel_text import anywhere_of_text, box_runs, points_of_text, whole_number
from budgetseg.labelling.safe_xml import read_xml
from budgetseg.labelling.turned import turn_of, turned_box

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_cvat", "working_seconds"]

_TOOL: Final = "cvat"
_WORK: Final = "send:working_time"
_LEAST_POINTS: Final = {"points": 1, "polyline": 1, "polygon": 3}
_SHAPES: Final = {"points": "point", "polyline": "stroke", "polygon": "polygon"}


def read_cvat(path: Path, events: Path | None = None) -> Iterator[Answer | Reject]:
    """Yield the answer about each image, or why it cannot be read.

    Raises:
        InvalidInputError: The file is no such export, or the events are none.
    """
    root = read_xml(path)
    if root.tag != "annotations":
        raise InvalidInputError(
            f'{path}: expected "CVAT for images 1.1", an XML file of <annotations>, got <{root.tag[:30]}>'
        )
    images = root.findall("image")
    seconds = None
    if events is not None and images:
        jobs = {
            clean_text(each.text or "") for each in (*root.iterfind("meta/job/id"), *root.iterfind("meta//segment/id"))
        }
        of_job = working_seconds(events)
        known = [of_job[job] for job in jobs if job in of_job]
        seconds = sum(known) / len(images) if known else None
    for number, image in enumerate(images, start=1):
        name = clean_text(image.get("name", ""))
        image_id = image_id_of(PurePosixPath(name.replace("\\", "/")).name) if name else ""
        row = f"image {number} of the file"
        if not image_id:
            yield Reject(row=row, reason="it has no name")
            continue
        try:
            yield _answer(root, image, image_id, seconds)
        except ValueError as error:
            yield Reject(row=row, image_id=image_id, reason=str(error))


def working_seconds(path: Path) -> dict[str, float]:
    """Return the working time of each job, in seconds, by its id, from CVAT's exported events.

    Raises:
        InvalidInputError: The file is missing or no such table.
    """
    refuse_large(path)
    found: dict[str, float] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"scope", "job_id", "duration"} <= set(rows.fieldnames or ()):
                raise InvalidInputError(f"{path}: expected CVAT's events, with the columns scope, job_id and duration")
            for row in rows:
                if row["scope"] == _WORK and row["job_id"]:
                    milliseconds = _milliseconds(row)
                    found[row["job_id"]] = found.get(row["job_id"], 0.0) + milliseconds / 1000
    except OSError as error:
        raise InvalidInputError(f"{path}: cannot read this file ({error.strerror or error})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"{path}: expected CSV in UTF-8: {error}") from error
    return found


def _milliseconds(row: dict[str, Any]) -> float:
    try:
        payload = json.loads(row.get("payload") or "{}")
        value = payload.get("working_time", row["duration"]) if isinstance(payload, dict) else row["duration"]
        number = float(value)
    except (TypeError, ValueError, RecursionError):
        return 0.0
    return number if 0 <= number < 1e12 else 0.0


def _answer(root: "Element", image: "Element", image_id: str, seconds: float | None) -> Answer:
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
    task = root.find("meta/task")
    task = root.find("meta/job") if task is None else task
    told = None if task is None else told_by_name(clean_text(task.findtext("name", "")))
    plan_id, kind, batch, target_class = told or ("", None, "", None)
    task_id = "" if task is None else clean_text(task.findtext("id", ""))
    return Answer(
        tool=_TOOL,
        tool_version="",
        project=clean_text(root.findtext("meta/project/id", "")),
        task_id=f"{task_id or '?'}/{image.get('id', '?')[:20]}",
        image_id=image_id,
        kind=kind,
        target_class=target_class,
        plan_id=plan_id,
        batch=batch,
        annotator=clean_text(
            root.findtext("meta//assignee/username", "") or root.findtext("meta//assignee", "")
        ).strip(),
        seconds=seconds,
        created_at="" if task is None else clean_text(task.findtext("created", "")),
        updated_at="" if task is None else clean_text(task.findtext("updated", "")),
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
