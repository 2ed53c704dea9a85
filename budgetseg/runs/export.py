"""Finished runs as a CSV table, which is evidence for plans (``budgetseg.plan.evidence_table``)."""

from pathlib import Path

from budgetseg.costs.kinds import KINDS
from budgetseg.files import csv_text
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
    found = []
    for place, (path, document) in enumerate(index.results(), start=1):
        row = row_of_result(index.folder / path / "result.json", place, document)
        found.append((path or Path(index.folder).resolve().name, row, document))
    kinds = {kind: place for place, kind in enumerate(KINDS) if any(row.counts_K[place] for _, row, _ in found)}
    classes = list(dict.fromkeys(name for _, row, _ in found for name in row.iou))
    rows = [
        [name, row.dataset, row.recipe, document["seed"], *(row.counts_K[place] for place in kinds.values()), row.miou]
        + [row.iou.get(of, "") for of in classes]
        + [document["strategy"], document["hours"]["actual"], document["hours"]["planned"]]
        for name, row, document in found
    ]
    heads = ["name", "dataset", "recipe", "seed", *kinds, "miou", *(IOU + name for name in classes)]
    return csv_text([*heads, "strategy", "hours", "budget_hours"], rows)
