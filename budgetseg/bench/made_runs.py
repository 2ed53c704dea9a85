"""Finished runs that nobody trained, with the files of real ones, to see how lists and reports of many bear up.

Their mIoU follows a curve of the hours, with noise by seed; confusion matrices, learning curves and pictures are of the
size that ``budgetseg run`` leaves on the embedded scenes. They say nothing of any annotation. Nothing is lost with
them, so they are written without waiting for the disk.

Shape suffixes: N validation images, C classes.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from budgetseg.data.open import open_dataset
from budgetseg.runs.directory import RESULT_SCHEMA
from budgetseg.runs.samples import sample_ids, write_samples

__all__ = ["make_runs"]

SECONDS: Final = {"image": 20.0, "point": 22.1, "squiggle": 34.9, "full": 239.7}
"""An image, by the cost book voc2012 and VOC's mean image."""
WORTH: Final = {"image": 0.6, "point": 1.0, "squiggle": 1.1, "full": 0.9}
"""How fast a kind's curve rises with the hours: made up."""
BUDGETS: Final = tuple(float(hours) for hours in np.geomspace(1, 100, 10).round(1))
POOL: Final = 20_000
VALIDATION: Final = 200
PIXELS: Final = 16_384
"""Of an image."""
LOGGED: Final = 100
"""Lines of a learning curve, a tenth of them with an mIoU on the way."""


@dataclass(frozen=True, kw_only=True)
class _Made:
    name: str
    strategy: str
    budget: float
    seed: int
    mix: Mapping[str, int]
    miou: float

    @property
    def hours(self) -> dict[str, float]:
        return {kind: images * SECONDS[kind] / 3600 for kind, images in self.mix.items()}


def make_runs(folder: Path, count: int, rng: np.random.Generator, *, whole: bool = True) -> None:
    """Write ``count`` finished runs: five strategies, ten budgets, and as many seeds as it takes.

    Args:
        folder: Where each gets a folder.
        count: How many.
        rng: Of the noise.
        whole: With all that a report reads; else what a list of runs reads.
    """
    dataset = open_dataset("scenes")
    pictures = folder / ".samples"
    if whole:
        ids = sample_ids(dataset.ids("val"))
        write_samples(pictures, dataset, {name: np.roll(dataset.mask(name), 6, axis=1) for name in ids})
    for run in _made(count, rng):
        place = folder / run.name
        place.mkdir(parents=True)
        confusion_NCC = _confusion(run.miou, len(dataset.classes), rng) if whole else None
        documents: dict[str, Any] = {
            "state.json": {"schema": "budgetseg.state/1", "fingerprint": run.name},
            "result.json": _result(run, dataset.classes, confusion_NCC),
        }
        if confusion_NCC is not None:
            documents["plan.json"] = {"schema": "budgetseg.plan/1", "budget_hours": run.budget}
            documents["env.json"] = {"schema": "budgetseg.env/1", "versions": {"budgetseg": "made up"}}
            np.save(place / "confusion.npy", confusion_NCC)
            (place / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in _metrics(run.miou)))
            (place / "config.toml").write_text(f'[run]\nstrategy = "{run.strategy}"\nseed = {run.seed}\n')
            shutil.copytree(pictures, place / "samples")
        for name, document in documents.items():
            (place / name).write_text(json.dumps(document))
    shutil.rmtree(pictures, ignore_errors=True)


def _made(count: int, rng: np.random.Generator) -> Iterator[_Made]:
    kinds = [*SECONDS, "hybrid"]
    for place in range(count):
        strategy, rest = kinds[place % len(kinds)], place // len(kinds)
        budget, seed = BUDGETS[rest % len(BUDGETS)], rest // len(BUDGETS)
        spent = {"point": 0.5, "full": 0.5} if strategy == "hybrid" else {strategy: 1.0}
        mix = {kind: max(1, int(budget * share * 3600 / SECONDS[kind])) for kind, share in spent.items()}
        effort = sum(WORTH[kind] * budget * share for kind, share in spent.items())
        yield _Made(
            name=f"{strategy}-h{budget:g}-s{seed}",
            strategy=strategy,
            budget=budget,
            seed=seed,
            mix=mix,
            miou=float(70 * effort / (effort + 15) + rng.normal(0, 0.6)),
        )


def _confusion(miou: float, classes: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Counts (N, C, C) in which each class has about this IoU: what is missed goes to the class after it."""
    share = np.clip(miou / 100 + rng.normal(0, 0.05, (VALIDATION, classes)), 0.01, 0.98)
    truth_NC = rng.multinomial(PIXELS, np.full(classes, 1 / classes), size=VALIDATION)
    hit_NC = (truth_NC * 2 * share / (1 + share)).astype(np.int64)  # as much is missed as is wrongly found
    confusion_NCC = np.zeros((VALIDATION, classes, classes), np.int64)
    own = np.arange(classes)
    confusion_NCC[:, own, own] = hit_NC
    confusion_NCC[:, own, (own + 1) % classes] = truth_NC - hit_NC
    return confusion_NCC


def _metrics(miou: float) -> Iterator[dict[str, float]]:
    for place in range(1, LOGGED + 1):
        row = {"iteration": 2 * place, "loss": 2.0 / place**0.3}
        yield {**row, "miou": miou * (1 - 1 / (1 + place / 10))} if place % 10 == 0 else row


def _result(run: _Made, classes: tuple[str, ...], confusion_NCC: NDArray[np.int64] | None) -> dict[str, Any]:
    iou = dict.fromkeys(classes, run.miou)
    if confusion_NCC is not None:
        sum_CC = confusion_NCC.sum(axis=0)
        hit_C = np.diagonal(sum_CC)
        found_C = 100 * hit_C / (sum_CC.sum(axis=0) + sum_CC.sum(axis=1) - hit_C)
        iou = dict(zip(classes, found_C.tolist(), strict=True))
    miou, hours = float(np.mean(list(iou.values()))), sum(run.hours.values())
    return {
        "schema": RESULT_SCHEMA,
        "status": "completed",
        "strategy": run.strategy,
        "mix": run.mix,
        "hours": {"planned": run.budget, "actual": hours},
        "hours_by_kind": run.hours,
        "objectness": "none",
        "objectness_hours": 0.0,
        "annotators": "human",
        "costs": "voc2012",
        "dataset": "scenes",
        "classes": list(classes),
        "pool": POOL,
        "validation_images": VALIDATION,
        "backbone": "tiny",
        "recipe": "modern",
        "iterations": 2 * LOGGED,
        "rounds": 0,
        "seed": run.seed,
        "device": "cpu",
        "command": f"budgetseg run --strategy {run.strategy} --hours {run.budget:g} --seed {run.seed}",
        "alternatives": [],
        "on_the_way": {"every": 20, "images": 48},
        "miou": miou,
        "miou_interval": {"low": miou - 2.4, "high": miou + 2.4, "level": 0.95},
        "iou": iou,
        "seconds_train": 60.0,
        "seconds_measure": 4.0,
    }
