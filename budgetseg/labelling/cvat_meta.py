"""Which task of CVAT an image was in: what was asked there, by whom, and in which jobs.

An export is of a task (``meta/task``), of a job (``meta/job``), or of a project (``meta/project/tasks/task``), whose
images say with ``task_id`` whose they are.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from budgetseg.labelling.answer import clean_text
from budgetseg.labelling.cvat_tasks import told_by_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Job", "Task", "renamed", "tasks_of"]

_JOB_OF_URL: Final = re.compile(r"(?:[?&]id=|/jobs/)([0-9]{1,18})/?$")
"""A segment's own id is no job's: which job it is stands in its address alone, ``/api/jobs/7`` or once ``/?id=7``."""
_STEP: Final = re.compile(r"step\s*=\s*([1-9][0-9]{0,6})")
_NUMBERED: Final = re.compile(r"(.+)_[0-9]+")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A part of a task that one person opens."""

    id: str
    first: int
    """Place of its first image in the task, from 0."""
    last: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task, or a job that was exported by itself."""

    id: str = ""
    plan_id: str = ""
    kind: str | None = None
    batch: str = ""
    target_class: str | None = None
    annotator: str = ""
    created_at: str = ""
    updated_at: str = ""
    jobs: tuple[Job, ...] = ()
    start: int = 0
    """Number of the frame at its place 0."""
    step: int = 1
    """Frames from one image to the next."""

    def place_of(self, image: "Element") -> int:
        """Place of an image in the task, from 0; -1 where its number is none."""
        number = _number(image.get("id"))
        return -1 if number < self.start else (number - self.start) // self.step


def tasks_of(root: "Element") -> Mapping[str, Task] | Task:
    """Return the tasks of a project by their ids, or the only one of the file."""
    if root.find("meta/project/tasks") is not None:
        tasks = [_task(element) for element in root.iterfind("meta/project/tasks/task")]
        return {task.id: task for task in tasks}
    element = root.find("meta/task")
    if element is None:
        element = root.find("meta/job")
    return Task() if element is None else _task(element)


def _task(element: "Element") -> Task:
    def text(path: str) -> str:
        return clean_text(element.findtext(path, "")).strip()

    plan_id, kind, batch, target_class = told_by_name(clean_text(element.findtext("name", ""))) or ("", None, "", None)
    jobs = []
    for segment in element.iterfind("segments/segment"):
        found = _JOB_OF_URL.search(clean_text(segment.findtext("url", "")).strip())
        job_id = text("id") if element.tag == "job" else found[1] if found else ""
        jobs.append(Job(id=job_id, first=_number(segment.findtext("start")), last=_number(segment.findtext("stop"))))
    step = _STEP.search(text("frame_filter"))
    return Task(
        id=text("id"),
        plan_id=plan_id,
        kind=kind,
        batch=batch,
        target_class=target_class,
        annotator=text("assignee/username") or text("assignee"),
        created_at=text("created"),
        updated_at=text("updated"),
        jobs=tuple(jobs),
        start=max(0, _number(element.findtext("start_frame"))),
        step=int(step[1]) if step else 1,
    )


def _number(text: str | None) -> int:
    """A whole number, or -1 for anything else."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def renamed(images: Sequence["Element"]) -> dict[int, str]:
    """Return the images, by their number in the file, whose names a project's export may have made up, and of what.

    Where two tasks hold images of one name CVAT calls the later ones ``a_1.jpg`` and so on, within a subset: such a
    name, where another task holds an ``a``, may be of another image than it says.
    """
    keys = []
    tasks_with: dict[tuple[str, str], set[str]] = {}
    for image in images:
        name = PurePosixPath(clean_text(image.get("name", "")).replace("\\", "/"))
        key = (clean_text(image.get("subset", "")), str(name.parent / name.stem))
        keys.append(key)
        tasks_with.setdefault(key, set()).add(image.get("task_id", ""))
    found = {}
    for number, ((subset, stem), image) in enumerate(zip(keys, images, strict=True)):
        numbered = _NUMBERED.fullmatch(stem)
        if numbered and tasks_with.get((subset, numbered[1]), set()) - {image.get("task_id", "")}:
            found[number] = PurePosixPath(numbered[1]).name
    return found
