"""Tasks for CVAT: labels for its constructor, and for each batch the list of its images.

The name of a CVAT task carries what its export cannot otherwise say: ``budgetseg PLAN KIND BATCH``, and the class where
one is asked about, percent-encoded.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote, unquote

from budgetseg.labelling.asking import QUESTIONS
from budgetseg.labelling.images import Source
from budgetseg.labelling.jobs import Batch

__all__ = ["NOTHING", "files_of", "task_name", "told_by_name"]

NOTHING: Final = "none of these"
"""Tag of an image that was looked at and shows none of the classes: CVAT exports images that nobody opened as well."""

_TYPES: Final = {"point": "points", "stroke": "polyline", "box": "rectangle", "polygon": "polygon", "brush": "mask"}


def task_name(plan_id: str, kind: str, batch: str, target_class: str | None) -> str:
    """Return the name that a CVAT task must have."""
    parts = [
        "budgetseg",
        plan_id,
        kind,
        quote(batch, safe=""),
        *([] if target_class is None else [quote(target_class)]),
    ]
    return " ".join(parts)


def told_by_name(name: str) -> tuple[str, str, str, str | None] | None:
    """Return plan, kind, batch and class that a name tells; None for a name that is not ours."""
    parts = name.split(" ")
    if len(parts) not in (4, 5) or parts[0] != "budgetseg":
        return None
    return parts[1], parts[2], unquote(parts[3]), unquote(parts[4]) if len(parts) == 5 else None


def files_of(
    batches: Sequence[Batch], sources: Mapping[str, Source], classes: Sequence[str], *, plan_id: str
) -> dict[str, str]:
    """Return the files of one question."""
    shapes = QUESTIONS[batches[0].kind].shapes
    labels = [
        {"name": cls, "type": _TYPES[shapes[0]] if len(shapes) == 1 else "any" if shapes else "tag", "attributes": []}
        for cls in classes
    ]
    labels.append({"name": NOTHING, "type": "tag", "attributes": []})
    files = {"labels.json": json.dumps(labels, indent=1) + "\n"}
    for batch in batches:
        name = task_name(plan_id, batch.kind, batch.name, batch.target_class)
        files[f"batch-{quote(batch.name, safe='')}.txt"] = "".join(
            f"{line}\n" for line in (f"# {name}", *(sources[job.image_id].address for job in batch.jobs))
        )
    return files
