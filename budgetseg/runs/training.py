"""What a run trains, round by round, and the processes that help the first one to train it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from budgetseg.data.dataset import Dataset
from budgetseg.learn.batches import Example, TrainingSet, canvas_of
from budgetseg.learn.networks import build_network
from budgetseg.learn.recipe import Recipe
from budgetseg.learn.relabel import relabelled
from budgetseg.learn.segmenter import Segmenter
from budgetseg.learn.team import Team
from budgetseg.learn.train import Saving, train
from budgetseg.runs.examples import annotate, examples
from budgetseg.runs.on_the_way import OnTheWay
from budgetseg.runs.prior import prior_of_run
from budgetseg.runs.purchase import Purchase
from budgetseg.runs.signals import StopRequest
from budgetseg.runs.spec import Execution, RunSpec
from budgetseg.runs.strategy import Strategy

__all__ = ["Following", "Trained", "help_train", "rounds_of", "train_in_rounds"]


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A network, and how images are to be shown to it."""

    network: Segmenter
    canvas: tuple[int, int] | None
    """(Height, width); None is an image's own size."""


@dataclass(frozen=True, kw_only=True)
class Following:
    """Where the states of the rounds are kept, and who is told of the training; rounds count from 0."""

    checkpoint: Callable[[int], Path]
    """The file of a round's state."""
    on_resume: Callable[[int, int], None] = lambda _round, _done: None
    """Told of each round, and of the iterations that its state holds."""
    on_iteration: Callable[[int, int, float, float | None], None] = lambda _round, _done, _loss, _miou: None
    """Told of each round, the iterations done, the loss of the last one, and the mIoU where it was looked at."""
    on_relabelled: Callable[[int, int], None] = lambda _done, _of: None
    on_notice: Callable[[str], None] = lambda _text: None


def rounds_of(recipe: Recipe, loaded: Sequence[Example]) -> int:
    """Trainings that follow one another: self-training needs images that were annotated weakly."""
    return 1 + (recipe.rounds if any(not example.target.strong for example in loaded) else 0)


def train_in_rounds(
    spec: RunSpec,
    execution: Execution,
    loaded: Sequence[Example],
    classes: tuple[str, ...],
    *,
    device: torch.device,
    team: Team,
    stop: StopRequest,
    following: Following,
    on_the_way: OnTheWay | None = None,
) -> Trained:
    """Train; then, as often as the recipe asks, relabel the weak images and train a fresh network on that.

    A round that is done is restored from its state, and what it says of the weak images follows from it: so a stopped
    run goes on in the round that it had reached.

    Raises:
        BudgetsegError: Whatever stops the training.
    """
    count = rounds_of(spec.train, loaded)
    for number in range(count):
        recipe = spec.train if number == 0 else _of_relabelled(spec.train)
        network, training_set = _network_and_set(spec, recipe, loaded, classes, device)
        trained = Trained(network=network, canvas=training_set.canvas)
        finished = train(
            network,
            training_set,
            recipe,
            object_classes=range(1, len(classes)),
            seed=spec.seed,
            device=device,
            precision=spec.precision,
            saving=Saving(
                path=following.checkpoint(number),
                fingerprint=spec.fingerprint,
                every_seconds=execution.checkpoint_seconds,
            ),
            on_resume=partial(following.on_resume, number),
            on_iteration=partial(_after_iteration, number, trained, following, on_the_way),
            should_stop=lambda: stop.made,
            on_notice=following.on_notice,
            team=team,
            compiling=execution.compiling,
        )
        if not finished:
            stop.raise_if_made("training; its state is saved, the same command goes on")
        if number + 1 < count:
            loaded = _relabelled(network, loaded, training_set.canvas, recipe, device, stop, following)
    return trained


def _after_iteration(
    number: int, trained: Trained, following: Following, on_the_way: OnTheWay | None, done: int, loss: float
) -> None:
    miou = None if on_the_way is None else on_the_way.look(done, trained.network, trained.canvas)
    following.on_iteration(number, done, loss, miou)


def _of_relabelled(recipe: Recipe) -> Recipe:
    """The recipe of the rounds after the first, where weak images have a label for each pixel."""
    return replace(recipe, weak_weight=recipe.relabelled_weight, crf_weight=0.0)


def _network_and_set(
    spec: RunSpec, recipe: Recipe, loaded: Sequence[Example], classes: tuple[str, ...], device: torch.device
) -> tuple[Segmenter, TrainingSet]:
    """Return the untrained network, on the device, and the batches that it will see."""
    sizes = [(example.height, example.width) for example in loaded]
    canvas = canvas_of(sizes, recipe.crop) if recipe.crop else None
    zero = {"auto": all(example.target.strong for example in loaded), "zero": True, "imagenet": False}
    network = build_network(
        spec.backbone,
        classes,
        supervision="full" if zero[spec.classifier] else "weak",
        generator=torch.Generator().manual_seed(spec.seed),
        weights=spec.weights,
    )
    network.freeze(recipe.frozen_stride)
    return network.to(device), TrainingSet(loaded, recipe, canvas, spec.seed)


def _relabelled(
    network: Segmenter,
    loaded: Sequence[Example],
    canvas: tuple[int, int] | None,
    recipe: Recipe,
    device: torch.device,
    stop: StopRequest,
    following: Following,
) -> list[Example]:
    weak = sum(not example.target.strong for example in loaded)

    def on_image(done: int) -> None:
        stop.raise_if_made("relabelling; training is saved, the same command goes on")
        following.on_relabelled(done, weak)

    return relabelled(network, loaded, canvas=canvas, confidence=recipe.confidence, device=device, on_image=on_image)


def help_train(
    spec: RunSpec,
    execution: Execution,
    strategy: Strategy,
    dataset: Dataset,
    purchase: Purchase,
    team: Team,
    device: torch.device,
    stop: StopRequest,
) -> None:
    """Train along with the first process of a team, from the same images, and write nothing.

    Raises:
        BudgetsegError: Whatever stops the training, in all processes.
    """
    prior = prior_of_run(spec, purchase.kinds, execution.folder)
    train_in_rounds(
        spec,
        execution,
        list(examples(spec, strategy, dataset, annotate(spec, strategy, dataset, purchase), prior)),
        dataset.classes,
        device=device,
        team=team,
        stop=stop,
        following=Following(checkpoint=lambda _round: execution.folder),  # the first process saves
    )
