"""Reader of Label Studio's raw export (``exportType=JSON``), as written by release 1.23.2.

Of a task are read the annotations. Drafts are not handed in, so they are refused; what a model proposed
(``predictions``) is no answer, but an annotation of a task that shows some began from it. A skipped task
(``was_cancelled``) gives its time alone. ``lead_time`` is wall-clock seconds while the task was open, summed over
visits: an annotation that somebody else touched, or that was touched again later than it took, is an update.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json
from budgetseg.labelling.answer import MOST_MARKS, Answer, Mark, Reject, check_brushes, check_size, clean_text
from budgetseg.labelling.bounded import refuse_large
from budgetseg.labelling.label_studio_marks import marks_of_region, size_of_region

__all__ = ["read_label_studio"]

_TOOL: Final = "label-studio"
_AT_ONCE_SECONDS: Final = 1.0
"""The server's two clocks of one submission differ by less."""
_DRAFT: Final = "a draft that was not submitted"
_LONGEST_SECONDS: Final = 1e7
"""Four months with one image open; what is longer is no time."""


def read_label_studio(path: Path, *, turned_views: bool = False) -> Iterator[Answer | Reject]:
    """Yield every annotation of an export, or why it cannot be read.

    Args:
        path: The export.
        turned_views: See `budgetseg.labelling.label_studio_marks.marks_of_region`.

    Raises:
        InvalidInputError: The file is no such export.
    """
    refuse_large(path)
    try:
        document = read_json(path)
    except (RecursionError, ValueError) as error:  # json's own limits; its errors were told already
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(f"{path}: nested too deeply, or with numbers too long, to be an export") from None
    if not isinstance(document, list):
        raise InvalidInputError(f"{path}: expected Label Studio's JSON export, a list of tasks; export as JSON, raw")
    for number, task in enumerate(document, start=1):
        yield from _task(task, number, turned_views)


def _task(task: object, number: int, turned_views: bool) -> Iterator[Answer | Reject]:
    if not isinstance(task, dict):
        yield Reject(row=f"task {number} of the file", reason="expected an object")
        return
    task_id = clean_text(task.get("id")) or f"{number} of the file"
    data = task.get("data")
    if not isinstance(data, dict) or not (image_id := _image_id(data)):
        yield Reject(
            row=f"task {task_id}", reason="its data has neither image_id nor image, so it is of no known image"
        )
        return
    annotations = task.get("annotations")
    if not isinstance(annotations, list):
        yield Reject(
            row=f"task {task_id}", image_id=image_id, reason="expected annotations: a list; export as JSON, raw"
        )
        return
    drafts = task.get("drafts")
    for draft in drafts if isinstance(drafts, list) else ():
        which = clean_text(draft.get("id") if isinstance(draft, dict) else draft)
        yield Reject(row=f"task {task_id}, draft {which or '?'}", image_id=image_id, reason=_DRAFT)
    if not annotations and not drafts:
        yield Reject(row=f"task {task_id}", image_id=image_id, reason="nobody has annotated it")
    for annotation in annotations:
        try:
            yield _answer(task, task_id, data, image_id, annotation, turned_views)
        except ValueError as error:
            which = clean_text(annotation.get("id")) if isinstance(annotation, dict) else ""
            yield Reject(row=f"task {task_id}, annotation {which or '?'}", image_id=image_id, reason=str(error))


def _answer(
    task: dict[str, Any], task_id: str, data: dict[str, Any], image_id: str, annotation: object, turned_views: bool
) -> Answer:
    if not isinstance(annotation, dict):
        raise ValueError("expected an object")
    regions = annotation.get("result")
    if not isinstance(regions, list) or len(regions) > MOST_MARKS:
        raise ValueError(f"expected result: a list of at most {MOST_MARKS:,} regions")
    ours = (task.get("meta") or {}).get("budgetseg") if isinstance(task.get("meta"), dict) else None
    ours = ours if isinstance(ours, dict) else {}
    classes = ours.get("classes")
    marks, unusable, size = _marks(regions, _said_size(data), turned_views)
    seconds = _seconds(annotation.get("lead_time"))
    return Answer(
        tool=_TOOL,
        project=clean_text(annotation.get("project", task.get("project"))),
        task_id=task_id,
        annotation_id=clean_text(annotation.get("id")),
        image_id=image_id,
        kind=clean_text(data.get("level")) or None,
        target_class=clean_text(data.get("target_class")) or None
        if clean_text(data.get("granularity")) == "image-class"
        else None,
        classes=tuple(map(clean_text, classes)) if isinstance(classes, list) else (),
        plan_id=clean_text(data.get("plan_id")),
        batch=clean_text(data.get("batch")),
        annotator=_person(annotation.get("completed_by")),
        seconds=seconds,
        created_at=clean_text(annotation.get("created_at")),
        updated_at=clean_text(annotation.get("updated_at")),
        skipped=annotation.get("was_cancelled") is True,
        is_update=_is_update(annotation, seconds),
        from_prediction=_from_prediction(task, annotation, regions),
        ground_truth=annotation.get("ground_truth") is True,
        width=0 if size is None else size[0],
        height=0 if size is None else size[1],
        marks=tuple(marks),
        unusable=tuple(unusable),
    )


def _marks(
    regions: list[Any], size: tuple[int, int] | None, turned_views: bool
) -> tuple[list[Mark], list[tuple[str, str | None, str]], tuple[int, int] | None]:
    marks: list[Mark] = []
    unusable: list[tuple[str, str | None, str]] = []
    for number, region in enumerate(regions, start=1):
        name = f"region {number}"
        if not isinstance(region, dict):
            unusable.append((name, None, "expected an object"))
            continue
        name = f"region {clean_text(region.get('id')) or number}"
        try:
            own = size_of_region(region)
            if size is not None and own is not None and own != size:
                raise ValueError(f"it is of an image of {own[0]} x {own[1]} pixels, others of {size[0]} x {size[1]}")
            size = own or size
            if size is not None and region.get("type") == "brushlabels":
                check_brushes(marks, size)
            marks += marks_of_region(region, size, turned_views=turned_views)
        except ValueError as error:
            unusable.append((name, _class_of(region), str(error)))
    return marks, unusable, size


def _class_of(region: dict[str, Any]) -> str | None:
    """The class of a region that cannot be used, where it can be told."""
    value = region.get("value")
    names = value.get(str(region.get("type"))) if isinstance(value, dict) else None
    return names[0] if isinstance(names, list) and len(names) == 1 and isinstance(names[0], str) else None


def _image_id(data: dict[str, Any]) -> str:
    """The id that we gave, or the name of the image's file without suffix."""
    if given := clean_text(data.get("image_id")):
        return given
    place = unquote(clean_text(data.get("image")).split("?d=")[-1].split("?")[0]).rstrip("/")
    return clean_text(place.rsplit("/", 1)[-1].rsplit(".", 1)[0])


def _person(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("email", value.get("id"))
    return clean_text(value)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_SECONDS:
        return None
    return float(value)


def _said_size(data: dict[str, Any]) -> tuple[int, int] | None:
    """Width and height as the task states them, for answers without a mark."""
    if data.get("width") is None and data.get("height") is None:
        return None
    return check_size(data.get("width"), data.get("height"))


def _is_update(annotation: dict[str, Any], seconds: float | None) -> bool:
    by, updated_by = _person(annotation.get("completed_by")), _person(annotation.get("updated_by"))
    if by and updated_by and by != updated_by:
        return True
    try:
        created = datetime.fromisoformat(clean_text(annotation.get("created_at")))
        later = (datetime.fromisoformat(clean_text(annotation.get("updated_at"))) - created).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return False
    return later > max(seconds or 0.0, _AT_ONCE_SECONDS)


def _from_prediction(task: dict[str, Any], annotation: dict[str, Any], regions: list[Any]) -> bool:
    if annotation.get("parent_prediction") is not None or annotation.get("prediction") or task.get("predictions"):
        return True
    return any(isinstance(each, dict) and str(each.get("origin", "")).startswith("prediction") for each in regions)
