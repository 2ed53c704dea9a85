"""Tasks for Label Studio: for each question a project's labelling configuration and the tasks to import."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.asking import QUESTIONS, instruction
from budgetseg.labelling.images import Source
from budgetseg.labelling.jobs import Batch

__all__ = ["check_tasks", "configuration", "tasks_of", "variables"]

_COLOURS: Final = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22")
_TAGS: Final = {
    "class": ("Choices", "classes", {"choice": "multiple", "required": "false"}),
    "point": ("KeyPointLabels", "points", {"choice": "single", "strokeWidth": "3"}),
    "brush": ("BrushLabels", "brush", {}),
    "box": ("RectangleLabels", "boxes", {"choice": "single", "canRotate": "false"}),
    "polygon": ("PolygonLabels", "masks", {"strokeWidth": "2"}),
}
"""Tag, name and settings of each way to mark; a stroke is drawn with the brush."""


def configuration(kind: str, classes: Sequence[str]) -> str:
    """Return a project's labelling configuration.

    Args:
        kind: What is asked.
        classes: The classes that can be marked; a single one is chosen beforehand.
    """
    view = ET.Element("View")
    ET.SubElement(view, "Header", value="$instruction")
    ET.SubElement(view, "Image", name="image", value="$image", zoom="true", zoomControl="true", rotateControl="false")
    shapes = [shape for shape in QUESTIONS[kind].shapes if shape in _TAGS] or ["class"]
    for shape in shapes:
        tag, name, settings = _TAGS[shape]
        control = ET.SubElement(view, tag, {"name": name, "toName": "image", **settings})
        for number, cls in enumerate(classes):
            ET.SubElement(control, "Choice" if shape == "class" else "Label", _label(shape, cls, number, len(classes)))
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def _label(shape: str, cls: str, number: int, classes: int) -> dict[str, str]:
    settings = {"value": cls}
    if shape != "class":
        settings["background"] = _COLOURS[number % len(_COLOURS)]
        if classes == 1:
            settings["selected"] = "true"
    if number < 9:
        settings["hotkey"] = str(number + 1)
    return settings


def tasks_of(
    batches: Sequence[Batch],
    sources: Mapping[str, Source],
    classes: Sequence[str],
    *,
    plan_id: str,
    local: bool,
) -> list[dict[str, Any]]:
    """Return the tasks of some batches of one question, as Label Studio imports them.

    Args:
        batches: The tasks.
        sources: The images, placed.
        classes: All classes of the campaign.
        plan_id: Whose tasks they are.
        local: Whether addresses that are not on the web are paths that the tool's server serves.
    """
    tasks = []
    for batch in batches:
        for job in batch.jobs:
            source = sources[job.image_id]
            data = {
                "image": _address(source.address, local),
                "instruction": instruction(job.kind, classes, job.target_class),
                "image_id": job.image_id,
                "level": job.kind,
                "granularity": "image" if job.target_class is None else "image-class",
                "target_class": job.target_class or "",
                "batch": batch.name,
                "plan_id": plan_id,
            }
            if source.width is not None:
                data |= {"width": source.width, "height": source.height}  # type: ignore[dict-item]
            ours = {"schema": 1, "plan": plan_id, "classes": list(classes)}
            tasks.append({"data": data, "meta": {"budgetseg": ours}})
    return tasks


def _address(address: str, local: bool) -> str:
    if address.startswith(("http://", "https://")) or not local:
        return address
    return f"/data/local-files/?d={quote(address)}"


def variables(config: str) -> frozenset[str]:
    """Return the names that a configuration takes from a task's data: those behind a ``$`` in a value."""
    return frozenset(re.findall(r'value="\$(\w+)"', config))


def check_tasks(config: str, tasks: Sequence[Mapping[str, Any]]) -> None:
    """Require that every variable of the configuration is in every task; the tool's own server does not.

    Raises:
        InvalidInputError: One is missing or empty, or the configuration has none.
    """
    wanted = variables(config)
    if not wanted:
        raise InvalidInputError("the labelling configuration shows nothing of a task: it holds no $variable")
    for number, task in enumerate(tasks, start=1):
        for name in sorted(wanted):
            if not task["data"].get(name):
                raise InvalidInputError(
                    f'task {number}: the labelling configuration shows "${name}", the task lacks it'
                )
