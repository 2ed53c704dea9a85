"""From a spec to a result: buy, annotate, train, measure; every step can be stopped and gone on from."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from budgetseg.annotate.annotation_set import AnnotationSet
from budgetseg.costs.book import CostBook, load_book
from budgetseg.data.dataset import Dataset
from budgetseg.data.index import Index
from budgetseg.errors import BudgetsegError, InvalidInputError
from budgetseg.learn.batches import Example
from budgetseg.learn.checkpoint import save_weights
from budgetseg.learn.objectness import require_objectness
from budgetseg.learn.team import Team, team_of_launch
from budgetseg.plan.plan import Plan
from budgetseg.runs.annotated import bought
from budgetseg.runs.background import background_given
from budgetseg.runs.buying import buy, market_for, measuring, plan_of
from budgetseg.runs.config import config_text
from budgetseg.runs.directory import RESULT_SCHEMA, RunDirectory
from budgetseg.runs.environment import environment
from budgetseg.runs.examples import annotate, examples
from budgetseg.runs.measure import measure
from budgetseg.runs.on_the_way import OnTheWay, on_the_way_of
from budgetseg.runs.opening import Opener, open_for, open_sound
from budgetseg.runs.prior import MEMORY, keep, objectness_for, prior_of_run
from budgetseg.runs.purchase import Purchase
from budgetseg.runs.signals import StopRequest, stop_on_signals
from budgetseg.runs.spec import Execution, RunSpec
from budgetseg.runs.strategy import PLANNED, strategy
from budgetseg.runs.training import Following, Trained, help_train, rounds_of, train_in_rounds
from budgetseg.runs.watcher import Watcher

__all__ = ["run"]

HOUR = 3600


def run(spec: RunSpec, execution: Execution, watcher: Watcher, opener: Opener = open_sound) -> dict[str, Any]:
    """Carry a run out, or go on with it, or return its result when it is finished.

    Args:
        spec: What it is.
        execution: Where and how it is computed.
        watcher: Told how it goes.
        opener: Opens the data set; a series of runs hands over one that does so once.

    Returns:
        The ``budgetseg.result/1`` document, as it stands in the run's folder. In a launch of several processes the
        first one returns it, and the others, which only help to train, an empty one.

    Raises:
        BudgetsegError: Whatever stopped the run; where it had begun, its folder says so too.
    """
    with team_of_launch(execution.device) as (team, device):
        if team.rank > 0:
            return _help(spec, execution, team, device)
        return _lead(spec, execution, watcher, opener, team, device)


def _lead(
    spec: RunSpec, execution: Execution, watcher: Watcher, opener: Opener, team: Team, device: torch.device
) -> dict[str, Any]:
    directory = RunDirectory(execution.folder)
    if not execution.folder.exists() and execution.resume:
        raise InvalidInputError(f"{execution.folder}: --resume: there is no run to go on with; leave --resume out")
    with directory.locked(), stop_on_signals() as stop:
        if execution.force:
            directory.require_run()
        else:
            directory.require_same_run(spec.fingerprint)
        result = None if execution.force else directory.result
        if result is not None and result["status"] == "completed":
            watcher.notice(f"{execution.folder}: this run is finished; --force does it anew")
            team.agree(None)
            return result
        if execution.resume and not directory.checkpoint(0).exists():
            raise InvalidInputError(f"{execution.folder}: --resume: no saved state here yet; leave --resume out")
        return _Run(spec, execution, directory, watcher, stop, team, device).carry_out(opener)


def _help(spec: RunSpec, execution: Execution, team: Team, device: torch.device) -> dict[str, Any]:
    """Wait until the first process has bought, train along with it, and leave the rest to it."""
    purchase = team.agree(None)
    if purchase is not None:
        chosen = strategy(spec.strategy) if spec.mix is None else PLANNED
        dataset = open_for(spec, lambda _text: None)
        with stop_on_signals() as stop:
            help_train(spec, execution, chosen, dataset, purchase, team, device, stop)
    return {}


class _Run:
    """One run under way."""

    def __init__(
        self,
        spec: RunSpec,
        execution: Execution,
        directory: RunDirectory,
        watcher: Watcher,
        stop: StopRequest,
        team: Team,
        device: torch.device,
    ) -> None:
        self.spec, self.execution, self.directory = spec, execution, directory
        self.watcher, self.stop = watcher, stop
        self.team, self.device = team, device
        self.strategy = strategy(spec.strategy) if spec.mix is None else PLANNED

    def carry_out(self, opener: Opener) -> dict[str, Any]:
        """Buy first: what cannot be paid for, or is broken, is said before anything is written."""
        opened = opener(self.spec, self.watcher.notice)
        dataset, index = opened.dataset, opened.index
        for note in dataset.notes if self.spec.annotations is None else ():  # they are about training masks
            self.watcher.notice(note)
        book = load_book(self.spec.costs, background_clicks=self.spec.background_clicks)
        measured_ids, validation = measuring(self.spec, dataset, book)
        on_the_way = on_the_way_of(self.spec, self.execution.measure_every, dataset, measured_ids, self.device)
        purchase = bought(self.spec, dataset)
        if purchase is None:
            purchase = buy(self.spec, self.strategy, market_for(self.spec, index, book), validation, dataset)
        objectness = objectness_for(self.spec, purchase.kinds)
        if objectness != self.spec.objectness:
            self.watcher.notice("no objectness prior is used, or paid for: what is bought labels every pixel")
        require_objectness(objectness, purchase.image_ids)
        plan = plan_of(self.spec, purchase, index, book, validation)
        self.watcher.planned(plan)
        if caution := book.caution(kind for kind, _ in purchase.mix):
            self.watcher.notice(caution)
        self._mention_leftover(purchase, index)
        facts = self._facts(dataset, index, purchase, plan)
        facts["measured_on_training_images"] = seen = len({*measured_ids} & {*purchase.image_ids})
        if seen:
            self.watcher.notice(f"{seen:,} images that measure are trained on: this mIoU tells nothing of new images")
        if self.execution.force:
            self.directory.clear()  # only now: what cannot be carried out must not cost an earlier run
        self.directory.begin(self.spec.fingerprint)
        try:
            self.directory.write("config.toml", config_text(self.spec))
            self.directory.write("subset.csv", _subset_csv(purchase, book))
            self.directory.write_document("plan.json", plan.to_dict())
            self.directory.write_document("env.json", environment(self.device, book))
            measured = self._train_and_measure(dataset, purchase, measured_ids, on_the_way)
        except BudgetsegError as error:
            status = "interrupted" if self.stop.made else "failed"
            self.directory.write_result({**facts, "status": status, "reason": str(error), "miou": None})
            raise
        result = {**facts, "status": "completed", **measured}
        self.directory.write_result(result)
        self.directory.drop_rounds()
        (self.directory.folder / MEMORY).unlink(missing_ok=True)
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
            "schema": RESULT_SCHEMA,
            "status": "running",
            "strategy": spec.strategy,
            "mix": purchase.mix.to_dict(),
            "current": None if plan.current is None else plan.current.to_dict(),
            "hours": {"planned": plan.budget_hours, "actual": plan.hours},
            "hours_by_kind": {kind: float(s / HOUR) for kind, s in purchase.seconds_by_kind().items()},
            "objectness": spec.objectness,
            "objectness_hours": float(purchase.fixed_seconds / HOUR),
            "validation": plan.validation.to_dict() if plan.validation else None,
            "annotators": _annotators(spec),
            "costs": spec.costs,
            "dataset": dataset.name,
            "classes": list(dataset.classes),
            "pool": len(index.ids),
            "validation_images": plan.validation.images if plan.validation else 0,
            "backbone": spec.backbone,
            "recipe": spec.train.preset,
            "iterations": spec.train.iterations,
            "rounds": spec.train.rounds,
            "seed": spec.seed,
            "device": str(self.device),
            "command": self.execution.command,
            "alternatives": [alternative.to_dict() for alternative in plan.alternatives],
        }

    def _train_and_measure(
        self, dataset: Dataset, purchase: Purchase, measured_ids: tuple[str, ...], on_the_way: OnTheWay | None
    ) -> dict[str, Any]:
        spec = self.spec
        started = time.monotonic()
        self.team.agree(purchase)
        annotated = annotate(spec, self.strategy, dataset, purchase, self.execution.workers)
        facts = self._background(annotated)
        loaded = []
        prior = prior_of_run(spec, purchase.kinds, self.directory.folder)
        for example in examples(spec, self.strategy, dataset, annotated, prior):
            self.stop.raise_if_made("loading images")
            loaded.append(example)
            self.watcher.progress("load", len(loaded), len(purchase.image_ids), None)
        keep(prior)
        trained = self._train(loaded, dataset.classes, on_the_way)
        seconds_train = time.monotonic() - started
        if on_the_way is not None:
            facts |= {"on_the_way": on_the_way.to_dict(), "seconds_on_the_way": on_the_way.seconds}
        save_weights(self.directory.final_weights, trained.network)
        measuring_since = time.monotonic()
        measured = measure(
            trained.network,
            dataset,
            measured_ids,
            canvas=trained.canvas,
            device=self.device,
            absent=spec.absent_classes,
            generator=np.random.default_rng([spec.seed, 3]),
            directory=self.directory,
            on_image=self._on_image_measured,
        )
        seconds_measure = time.monotonic() - measuring_since
        return {**measured, **facts, "seconds_train": seconds_train, "seconds_measure": seconds_measure}

    def _background(self, annotated: AnnotationSet) -> dict[str, Any]:
        """Say how many of the clicks on the background that were bought are there; nothing where none were."""
        if not self.spec.background_clicks:
            return {}
        found = background_given(annotated, self.spec.background_clicks, self.spec.background_points)
        if found.caution:
            self.watcher.notice(found.caution)
        return {"background_clicks": found.to_dict()}

    def _on_image_measured(self, done: int, images: int) -> None:
        self.stop.raise_if_made("measuring; training is saved, the same command goes on")
        self.watcher.progress("measure", done, images, None)

    def _train(self, loaded: Sequence[Example], classes: tuple[str, ...], on_the_way: OnTheWay | None) -> Trained:
        iterations, rounds = self.spec.train.iterations, rounds_of(self.spec.train, loaded)
        every = max(1, iterations // 100)

        def on_resume(number: int, done: int) -> None:
            if not self.directory.checkpoint(number + 1).exists():
                self.directory.keep_metrics_until(number * iterations + done)

        def on_iteration(number: int, done: int, loss: float, miou: float | None) -> None:
            if done % every == 0 or done == iterations or miou is not None:
                row = {"iteration": number * iterations + done, "loss": loss}
                self.directory.log_metrics(row if miou is None else {**row, "miou": miou})
            self.watcher.progress("train", number * iterations + done, rounds * iterations, loss)

        return train_in_rounds(
            self.spec,
            self.execution,
            loaded,
            classes,
            device=self.device,
            team=self.team,
            stop=self.stop,
            following=Following(
                checkpoint=self.directory.checkpoint,
                on_resume=on_resume,
                on_iteration=on_iteration,
                on_relabelled=lambda done, of: self.watcher.progress("relabel", done, of, None),
                on_notice=self.watcher.notice,
            ),
            on_the_way=on_the_way,
        )


def _annotators(spec: RunSpec) -> str:
    if spec.annotations is not None:
        return "people"
    return "real clicks" if spec.points else spec.annotators


def _subset_csv(purchase: Purchase, book: CostBook) -> str:
    rows = zip(purchase.image_ids, purchase.kinds, purchase.seconds, purchase.held, strict=True)
    lines = [f"{image_id},{kind},{float(seconds)},{held or ''}" for image_id, kind, seconds, held in rows]
    head = "image_id,kind,seconds,held"
    if book.background_clicks:
        head += ",background_clicks"
        clicks = map(book.background_clicks_on, purchase.kinds)
        lines = [f"{line},{count}" for line, count in zip(lines, clicks, strict=True)]
    return "".join(f"{line}\n" for line in (head, *lines))
