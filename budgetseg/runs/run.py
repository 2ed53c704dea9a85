"""From a spec to a result: buy, annotate, train, measure; every step can be stopped and gone on from.

Shape suffixes: N validation images, C classes.
"""

import io
import time
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from budgetseg.annotate.annotation import Annotation
from budgetseg.annotate.errors import by_name
from budgetseg.annotate.real_clicks import read_clicks
from budgetseg.annotate.simulate import simulate
from budgetseg.annotate.target import target_of
from budgetseg.costs.book import CostBook, load_book
from budgetseg.costs.hours import seconds_of_hours
from budgetseg.costs.workload import Workload
from budgetseg.data.check import require_sound
from budgetseg.data.dataset import Dataset
from budgetseg.data.index import Index, index_images
from budgetseg.data.open import open_dataset
from budgetseg.errors import BudgetsegError, InvalidInputError
from budgetseg.files import write_bytes
from budgetseg.learn.batches import Example, TrainingSet, canvas_of
from budgetseg.learn.checkpoint import save_weights
from budgetseg.learn.evaluate import class_iou, confusion, mean_iou, miou_interval, predict
from budgetseg.learn.networks import build_network
from budgetseg.learn.objectness import objectness_map
from budgetseg.learn.train import Saving, train
from budgetseg.plan.alternatives import pure_alternatives
from budgetseg.plan.mix import Mix
from budgetseg.plan.plan import Plan
from budgetseg.runs.config import config_text
from budgetseg.runs.directory import RunDirectory
from budgetseg.runs.environment import environment
from budgetseg.runs.samples import sample_ids, write_samples
from budgetseg.runs.signals import StopRequest, stop_on_signals
from budgetseg.runs.spec import Execution, RunSpec
from budgetseg.runs.strategy import STRATEGIES, Strategy
from budgetseg.runs.subset import Purchase, buy_mix, buy_strategy

__all__ = ["SCHEMA", "Watcher", "run"]

SCHEMA = "budgetseg.result/1"
HOUR = 3600


class Watcher(Protocol):
    """Who is told how a run goes."""

    def notice(self, text: str) -> None:
        """Something the user should know."""

    def planned(self, plan: Plan) -> None:
        """What will be bought, before anything else happens."""

    def progress(self, what: str, done: int, of: int, loss: float | None) -> None:
        """How far a step has come."""


def run(spec: RunSpec, execution: Execution, watcher: Watcher) -> dict[str, Any]:
    """Carry a run out, or go on with it, or return its result when it is finished.

    Returns:
        The ``budgetseg.result/1`` document, as it stands in the run's folder.

    Raises:
        BudgetsegError: Whatever stopped the run; where it had begun, its folder says so too.
    """
    directory = RunDirectory(execution.folder)
    if not execution.folder.exists() and execution.resume:
        raise InvalidInputError(f"{execution.folder}: --resume: there is no run to go on with; leave --resume out")
    with directory.locked(), stop_on_signals() as stop:
        if execution.force:
            directory.clear()
        directory.require_same_run(spec.fingerprint)
        result = directory.result
        if result is not None and result["status"] == "completed":
            watcher.notice(f"{execution.folder}: this run is finished; --force does it anew")
            return result
        if execution.resume and not directory.last_checkpoint.exists():
            raise InvalidInputError(f"{execution.folder}: --resume: no saved state here yet; leave --resume out")
        return _Run(spec, execution, directory, watcher, stop).carry_out()


class _Run:
    """One run under way."""

    def __init__(
        self, spec: RunSpec, execution: Execution, directory: RunDirectory, watcher: Watcher, stop: StopRequest
    ) -> None:
        self.spec, self.execution, self.directory = spec, execution, directory
        self.watcher, self.stop = watcher, stop
        self.device = _device(execution.device)
        self.strategy = STRATEGIES.get(spec.strategy)

    def carry_out(self) -> dict[str, Any]:
        """Buy first: what cannot be paid for, or is broken, is said before anything is written."""
        dataset = _open(self.spec)
        for note in dataset.notes:
            self.watcher.notice(note)
        require_sound(dataset)
        index = index_images(dataset, "train")
        book = load_book(self.spec.costs)
        purchase = _buy(self.spec, self.strategy, index, book)
        plan = _plan(self.spec, purchase, index, book)
        self.watcher.planned(plan)
        self._mention_leftover(purchase, index)
        facts = self._facts(dataset, index, purchase, plan)
        self.directory.begin(self.spec.fingerprint)
        try:
            self.directory.write("config.toml", config_text(self.spec))
            self.directory.write("subset.csv", _subset_csv(purchase))
            self.directory.write_document("plan.json", plan.to_dict())
            self.directory.write_document("env.json", environment(self.device, book))
            measured = self._train_and_measure(dataset, purchase)
        except BudgetsegError as error:
            status = "interrupted" if self.stop.made else "failed"
            self.directory.write_result({**facts, "status": status, "reason": str(error), "miou": None})
            raise
        result = {**facts, "status": "completed", **measured}
        self.directory.write_result(result)
        return result

    def _mention_leftover(self, purchase: Purchase, index: Index) -> None:
        left_over = purchase.budget_seconds - purchase.spent_seconds
        if len(purchase.image_ids) == len(index.ids) and left_over >= HOUR / 100:
            self.watcher.notice(
                f"all {len(index.ids):,} images are bought and {float(left_over / HOUR):.2f} h are left over"
            )

    def _facts(self, dataset: Dataset, index: Index, purchase: Purchase, plan: Plan) -> dict[str, Any]:
        """What is known of the result before training."""
        spec = self.spec
        return {
            "schema": SCHEMA,
            "status": "running",
            "strategy": spec.strategy,
            "mix": purchase.mix.to_dict(),
            "hours": {"planned": plan.budget_hours, "actual": float(purchase.spent_seconds / HOUR)},
            "hours_by_kind": {kind: float(s / HOUR) for kind, s in purchase.seconds_by_kind().items()},
            "objectness": spec.objectness,
            "objectness_hours": float(purchase.fixed_seconds / HOUR),
            "annotators": "real clicks" if spec.points else spec.annotators,
            "costs": spec.costs,
            "dataset": dataset.name,
            "classes": list(dataset.classes),
            "pool": len(index.ids),
            "validation_images": len(dataset.ids("val")),
            "backbone": spec.backbone,
            "recipe": spec.train.preset,
            "iterations": spec.train.iterations,
            "seed": spec.seed,
            "device": str(self.device),
            "command": self.execution.command,
            "alternatives": [alternative.to_dict() for alternative in plan.alternatives],
        }

    def _train_and_measure(self, dataset: Dataset, purchase: Purchase) -> dict[str, Any]:
        spec = self.spec
        started = time.monotonic()
        examples = self._examples(dataset, purchase)
        sizes = [(example.height, example.width) for example in examples]
        canvas = canvas_of(sizes, spec.train.crop) if spec.train.crop else None
        training_set = TrainingSet(examples, spec.train, canvas, spec.seed)
        only_masks = all(example.target.strong for example in examples)
        network = build_network(
            spec.backbone,
            dataset.classes,
            supervision="full" if only_masks else "weak",
            generator=torch.Generator().manual_seed(spec.seed),
            weights=spec.weights,
        ).to(self.device)
        self._train(network, training_set, len(dataset.classes))
        seconds_train = time.monotonic() - started
        save_weights(self.directory.final_weights, network)
        return {**self._measure(network, dataset, canvas), "seconds_train": seconds_train}

    def _examples(self, dataset: Dataset, purchase: Purchase) -> list[Example]:
        """Annotate and load the images bought; objectness maps only where they are used."""
        spec = self.spec
        strategy = self.strategy
        variant = (
            {"annotators": strategy.annotators, "merge": strategy.merge, "placement": strategy.placement}
            if strategy
            else {}
        )
        annotated = simulate(
            dataset,
            dict(zip(purchase.image_ids, purchase.kinds, strict=True)),
            seed=spec.seed,
            errors=by_name(spec.annotators),
            points=read_clicks(Path(spec.points), dataset) if spec.points else None,
            **variant,
        ).annotations
        examples = []
        for number, image_id in enumerate(purchase.image_ids):
            self.stop.raise_if_made("loading images")
            examples.append(self._example(dataset.image(image_id), annotated[image_id], len(dataset.classes)))
            self.watcher.progress("load", number + 1, len(purchase.image_ids), None)
        return examples

    def _example(self, image_HW3: NDArray[np.uint8], annotation: Annotation, classes: int) -> Example:
        height, width = image_HW3.shape[:2]
        target = target_of(
            annotation,
            classes,
            rank_weights=self.strategy is not None and self.strategy.rank_weights,
            patch_radius=self.spec.patch_radius,
        )
        return Example(
            image_HW3=_at_most(image_HW3, self.spec.train.crop),
            height=height,
            width=width,
            target=target,
            objectness_HW=objectness_map(self.spec.objectness, annotation.image_id, height, width),
        )

    def _train(self, network: torch.nn.Module, training_set: TrainingSet, classes: int) -> None:
        recipe = self.spec.train
        every = max(1, recipe.iterations // 100)

        def on_iteration(done: int, loss: float) -> None:
            if done % every == 0 or done == recipe.iterations:
                self.directory.log_metrics({"iteration": done, "loss": loss})
            self.watcher.progress("train", done, recipe.iterations, loss)

        finished = train(
            network,
            training_set,
            recipe,
            object_classes=range(1, classes),
            seed=self.spec.seed,
            device=self.device,
            precision=self.spec.precision,
            saving=Saving(
                path=self.directory.last_checkpoint,
                fingerprint=self.spec.fingerprint,
                every_seconds=self.execution.checkpoint_seconds,
            ),
            on_resume=self.directory.keep_metrics_until,
            on_iteration=on_iteration,
            should_stop=lambda: self.stop.made,
        )
        if not finished:
            self.stop.raise_if_made("training; its state is saved, the same command goes on")

    def _measure(self, network: torch.nn.Module, dataset: Dataset, canvas: tuple[int, int] | None) -> dict[str, Any]:
        ids = dataset.ids("val")
        classes = len(dataset.classes)
        confusion_NCC = np.zeros((len(ids), classes, classes), np.int64)
        shown = dict.fromkeys(sample_ids(ids))
        predictions: dict[str, NDArray[np.uint8]] = {}
        for number, (image_id, prediction_HW) in enumerate(predict(network, dataset, ids, canvas, self.device)):
            self.stop.raise_if_made("measuring; training is saved, the same command goes on")
            confusion_NCC[number] = confusion(dataset.mask(image_id), prediction_HW, classes)
            if image_id in shown:
                predictions[image_id] = prediction_HW
            self.watcher.progress("measure", number + 1, len(ids), None)
        write_samples(self.directory.samples, dataset, predictions)
        buffer = io.BytesIO()
        np.save(buffer, confusion_NCC)
        write_bytes(self.directory.folder / "confusion.npy", buffer.getvalue())
        total_CC = confusion_NCC.sum(axis=0)
        absent = self.spec.absent_classes
        interval = miou_interval(confusion_NCC, np.random.default_rng([self.spec.seed, 3]), absent=absent)
        iou = class_iou(total_CC)
        return {
            "miou": float(mean_iou(total_CC, absent)),
            "miou_interval": {"low": interval.low, "high": interval.high, "level": interval.level},
            "absent_classes": absent,
            "iou": {
                name: None if np.isnan(value) else float(value)
                for name, value in zip(dataset.classes, iou, strict=True)
            },
        }


def _open(spec: RunSpec) -> Dataset:
    def path(text: str | None) -> Path | None:
        return None if text is None else Path(text)

    return open_dataset(
        spec.dataset,
        classes=spec.classes,
        limit=spec.limit,
        instances=path(spec.instances),
        train_set=spec.train_set,
        train_list=path(spec.train_list),
        val_list=path(spec.val_list),
    )


def _buy(spec: RunSpec, strategy: Strategy | None, index: Index, book: CostBook) -> Purchase:
    fixed_seconds = Fraction(spec.objectness_seconds)
    if strategy is None:
        assert spec.mix is not None
        return buy_mix(Mix.of(spec.mix), index=index, book=book, seed=spec.seed, fixed_seconds=fixed_seconds)
    return buy_strategy(
        strategy,
        index=index,
        book=book,
        seed=spec.seed,
        full_images=spec.full_images,
        images=spec.images,
        budget_seconds=None if spec.hours is None else seconds_of_hours(spec.hours),
        fixed_seconds=fixed_seconds,
    )


def _plan(spec: RunSpec, purchase: Purchase, index: Index, book: CostBook) -> Plan:
    """What is bought, and what the same hours would buy at each other kind."""
    images = len(index.ids)
    workload = Workload.of(
        index.classes_asked,
        Fraction(int(index.classes_present_N.sum()), images),
        Fraction(int(index.instances_N.sum()), images),
    )
    return Plan(
        budget_hours=float(purchase.budget_seconds / HOUR),
        mix=purchase.mix,
        hours=float(purchase.spent_seconds / HOUR),
        predicted_miou=None,
        alternatives=pure_alternatives(book, workload, purchase.budget_seconds, images),
        pool=images,
        costs=spec.costs,
        evidence=None,
    )


def _subset_csv(purchase: Purchase) -> str:
    rows = zip(purchase.image_ids, purchase.kinds, purchase.seconds, strict=True)
    return "image_id,kind,seconds\n" + "".join(f"{image_id},{kind},{float(s)}\n" for image_id, kind, s in rows)


def _at_most(image_HW3: NDArray[np.uint8], crop: int) -> NDArray[np.uint8]:
    """Shrink an image whose longest side is above ``crop`` (0: never): memory holds what training shows."""
    height, width = image_HW3.shape[:2]
    if not crop or max(height, width) <= crop:
        return image_HW3
    factor = crop / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(Image.fromarray(image_HW3).resize(size, Image.Resampling.BILINEAR))


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidInputError(f"--device {name}: cannot compute there ({reason}); try --device cpu") from error
    return device
