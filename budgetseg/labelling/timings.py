"""``timings.csv``: one row an annotation, what was done in its seconds; cost books are measured from it.

The columns are those of `budgetseg.calibrate.timings`, which reads the table.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from budgetseg.annotate.annotation import Stroke
from budgetseg.annotate.raster import stroke_pixels
from budgetseg.files import csv_text
from budgetseg.labelling.answer import Answer, Mark
from budgetseg.labelling.reading import PEN_PIXELS

__all__ = ["hidden_name", "safe_csv", "timing_row"]


def hidden_name(annotator: str) -> str:
    """Return a stand-in for an annotator, always the same one: times are for measuring acts, not people."""
    return hashlib.sha256(f"budgetseg annotator {annotator}".encode()).hexdigest()[:12] if annotator else ""


def timing_row(answer: Answer, kind: str, classes_asked: int, annotator: str) -> dict[str, Any]:
    """Return the row of an answer with a time.

    Args:
        answer: It.
        kind: What was asked.
        classes_asked: Classes that the campaign asks about.
        annotator: As it shall stand in the table.
    """
    marks = answer.marks
    points = Counter(mark.cls for mark in marks if mark.shape == "point" for _ in mark.xy_P2)
    strokes = [m for m in marks if m.shape == "stroke" or (m.shape == "brush" and kind == "squiggle")]
    areas = [m for m in marks if m.shape == "polygon" or (m.shape == "brush" and kind != "squiggle")]
    return {
        "tool": answer.tool,
        "tool_version": answer.tool_version,
        "project": answer.project,
        "task_id": answer.task_id,
        "annotation_id": answer.annotation_id,
        "image_id": answer.image_id,
        "level": kind,
        "granularity": answer.granularity,
        "annotator": annotator,
        "seconds": answer.seconds,
        "created_at": answer.created_at,
        "updated_at": answer.updated_at,
        "skipped": int(answer.skipped),
        "is_update": int(answer.is_update),
        "from_prediction": int(answer.from_prediction),
        "n_classes_asked": 1 if answer.target_class is not None else classes_asked,
        "n_classes_present": len({mark.cls for mark in marks}),
        "n_first_points": len(points),
        "n_extra_points": points.total() - len(points),
        "n_squiggles": len(strokes),
        "n_polygons": len(areas),
        "n_vertices": sum(len(mark.xy_P2) for mark in areas),
        "stroke_px": sum(_pixels(mark, answer) for mark in strokes),
        "n_boxes": sum(mark.shape == "box" for mark in marks),
        "job": answer.job,
    }


def _pixels(mark: Mark, answer: Answer) -> int:
    if mark.brush_HW is not None:
        return int(np.count_nonzero(mark.brush_HW))
    points = tuple((int(x), int(y)) for x, y in mark.xy_P2)
    return len(stroke_pixels(Stroke(cls=0, points=points, width=PEN_PIXELS), answer.height, answer.width))


def safe_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a table as CSV. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    names = list(columns)
    return csv_text(names, ([_harmless(row[name]) for name in names] for row in rows))


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
