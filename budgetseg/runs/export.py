"""Finished runs as a CSV table, which is evidence for plans (``budgetseg.plan.evidence_table``)."""

import csv
import io
from pathlib import Path

from budgetseg.costs.kinds import KINDS
from budgetseg.plan.evidence_table import IOU
from budgetseg.plan.run_evidence import row_of_result
from budgetseg.runs.index import RunIndex

__all__ = ["evidence_csv"]


def evidence_csv(index: RunIndex) -> str:
    """Return a row a finished run: name, dataset, recipe, seed, images of each kind, mIoU, IoU by class, hours.

    mIoU and IoU are 0 to 100; kinds that no run bought have no column; hours are those spent and those offered.

    Raises:
        InvalidInputError: A result that is not usable.
    """
    rows = []
    for place, (path, document) in enumerate(index.results(), start=1):
        row = row_of_result(index.folder / path / "result.json", place, document)
        extra = {
            "seed": document["seed"],
            "strategy": document["strategy"],
            "hours": document["hours"]["actual"],
            "budget_hours": document["hours"]["planned"],
        }
        rows.append((path or Path(index.folder).resolve().name, row, extra))
    kinds = [place for place, _ in enumerate(KINDS) if any(row.counts_K[place] for _, row, _ in rows)]
    names = list(KINDS)
    classes = list(dict.fromkeys(name for _, row, _ in rows for name in row.iou))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["name", "dataset", "recipe", "seed", *(names[place] for place in kinds), "miou"]
        + [IOU + name for name in classes]
        + ["strategy", "hours", "budget_hours"]
    )
    for name, row, extra in rows:
        writer.writerow(
            [name, row.dataset, row.recipe, extra["seed"], *(row.counts_K[place] for place in kinds), row.miou]
            + [row.iou.get(of, "") for of in classes]
            + [extra["strategy"], extra["hours"], extra["budget_hours"]]
        )
    return out.getvalue()
