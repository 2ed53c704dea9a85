"""An annotation set in numbers, for people and programs."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.annotate.observed import observe
from budgetseg.data.dataset import Dataset

__all__ = ["summary"]


def summary(annotations: AnnotationSet, dataset: Dataset | None) -> dict[str, Any]:
    """Counts and seconds of each kind, and with a data set how often the annotations err.

    Returns:
        A document of the schema ``budgetseg.annotations-summary/1``; ``observed`` is None without a data set, else
        the fields of :class:`budgetseg.annotate.observed.Observed`.
    """
    observed = {} if dataset is None else observe(annotations, dataset)
    kinds: dict[str, Any] = {}
    for annotation in annotations.annotations.values():
        row = kinds.setdefault(annotation.kind, Counter(dict.fromkeys(("clicks", "strokes", "boxes", "masks"), 0)))
        row["images"] += 1
        row["classes"] += len(annotation.present)
        row["clicks"] += len(annotation.clicks)
        row["strokes"] += len(annotation.strokes)
        row["boxes"] += len(annotation.boxes)
        row["masks"] += annotation.mask_HW is not None
        row["seconds"] += annotation.seconds
    return {
        "schema": "budgetseg.annotations-summary/1",
        "dataset": None if dataset is None else dataset.name,
        "classes": list(annotations.classes),
        "images": len(annotations.annotations),
        "seconds": sum(annotation.seconds for annotation in annotations.annotations.values()),
        "kinds": {
            kind: {**row, "observed": asdict(observed[kind]) if kind in observed else None}
            for kind, row in kinds.items()
        },
    }
