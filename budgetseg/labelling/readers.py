"""The reader of each tool's export."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from budgetseg.errors import InvalidInputError
from budgetseg.labelling.answer import Answer, Reject
from budgetseg.labelling.csv_answers import read_csv_answers
from budgetseg.labelling.cvat_export import read_cvat
from budgetseg.labelling.label_studio_export import read_label_studio
from budgetseg.labelling.task_folder import Tool

__all__ = ["entries_of"]


def entries_of(
    tool: Tool, exports: Sequence[Path], events: Path | None = None, *, turned_views: bool = False
) -> Iterator[Answer | Reject]:
    """Yield every answer of some exports, or why it cannot be read.

    Args:
        tool: That wrote them.
        exports: The files.
        events: CVAT's events, for times.
        turned_views: Label Studio: whether what was drawn on a turned view has places of the image as it is stored.

    Raises:
        InvalidInputError: A file is no export of the tool, or events are given for another tool.
    """
    if events is not None and tool != "cvat":
        raise InvalidInputError("--events: only CVAT keeps times apart from the labels; leave it out")
    if turned_views and tool != "label-studio":
        raise InvalidInputError("--turned-views: only Label Studio tells that a view was turned; leave it out")
    for export in exports:
        if tool == "label-studio":
            yield from read_label_studio(export, turned_views=turned_views)
        elif tool == "cvat":
            yield from read_cvat(export, events)
        else:
            yield from read_csv_answers(export)
