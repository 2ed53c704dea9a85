"""Exports as the tools write them, made by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan


@pytest.fixture
def annotation():
    """An annotation of Label Studio's export; what is given replaces what stands here."""

    def make(result: list[Any], **changes: Any) -> dict[str, Any]:
        return {
            "id": 5,
            "completed_by": 1,
            "result": result,
            "was_cancelled": False,
            "ground_truth": False,
            "created_at": "2026-11-22T19:34:57.023820Z",
            "updated_at": "2026-11-22T19:34:57.023856Z",
            "lead_time": 7.25,
            "updated_by": 1,
            "parent_prediction": None,
            "prediction": {},
        } | changes

    return make


@pytest.fixture
def task():
    """A task of the export, about image ``a`` at 200 x 100 pixels unless its data say otherwise."""

    def make(*annotations: Any, classes: tuple[str, ...] = ("cat", "dog"), **data: Any) -> dict[str, Any]:
        return {
            "id": 3,
            "annotations": list(annotations),
            "drafts": [],
            "predictions": [],
            "data": {"image": "/data/local-files/?d=x/a.jpg", "image_id": "a", "level": "point"} | data,
            "meta": {"budgetseg": {"schema": 1, "classes": list(classes)}},
            "project": 1,
        }

    return make


@pytest.fixture
def region():
    """A region of the export, on an image of 200 x 100 pixels."""

    def make(form: str, cls: str, *, of: tuple[int, int] = (200, 100), turned: int = 0, **value: Any) -> dict[str, Any]:
        return {
            "id": "r1",
            "type": form,
            "from_name": form,
            "to_name": "image",
            "origin": "manual",
            "original_width": of[0],
            "original_height": of[1],
            "image_rotation": turned,
            "value": {**value, form: [cls]},
        }

    return make


@pytest.fixture
def written(tmp_path: Path):
    """Write a document or text to a file and return its path."""

    def write(content: Any, name: str = "export.json") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def plan_of():
    """A plan of so many images of each kind."""

    def make(mix: dict[str, int], **changes: Any) -> Plan:
        facts = {"budget_hours": 1.0, "hours": 1.0, "predicted_miou": None, "alternatives": (), "pool": 24}
        return Plan(**facts | {"mix": Mix.of(mix), "costs": "voc2012", "evidence": None} | changes)

    return make
