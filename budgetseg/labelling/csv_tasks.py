"""Tasks as a plain table, for tools and hands of one's own; `csv_answers` reads what comes back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from budgetseg.labelling.asking import instruction
from budgetseg.labelling.images import Source
from budgetseg.labelling.jobs import Batch
from budgetseg.labelling.timings import safe_csv

__all__ = ["ANSWER_COLUMNS", "TASK_COLUMNS", "files_of"]

TASK_COLUMNS: Final = (
    "task_id",
    "image",
    "image_id",
    "width",
    "height",
    "level",
    "target_class",
    "batch",
    "plan_id",
    "instruction",
)
ANSWER_COLUMNS: Final = (
    "task_id",
    "image_id",
    "width",
    "height",
    "level",
    "target_class",
    "batch",
    "plan_id",
    "annotator",
    "seconds",
    "skipped",
    "shape",
    "class",
    "points",
)


def files_of(
    batches: Sequence[Batch], sources: Mapping[str, Source], classes: Sequence[str], *, plan_id: str
) -> dict[str, str]:
    """Return the files of one question: the tasks, and an empty table for the answers."""
    rows: list[dict[str, Any]] = []
    for batch in batches:
        for number, job in enumerate(batch.jobs, start=1):
            source = sources[job.image_id]
            rows.append(
                {
                    "task_id": f"{job.kind}-{batch.name}-{number}",
                    "image": source.address,
                    "image_id": job.image_id,
                    "width": source.width or "",
                    "height": source.height or "",
                    "level": job.kind,
                    "target_class": job.target_class or "",
                    "batch": batch.name,
                    "plan_id": plan_id,
                    "instruction": instruction(job.kind, classes, job.target_class),
                }
            )
    return {"tasks.csv": safe_csv(TASK_COLUMNS, rows), "answers.csv": safe_csv(ANSWER_COLUMNS, [])}
