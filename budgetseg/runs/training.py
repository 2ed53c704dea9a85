"""What a run trains, and the processes that help the first one to train it."""

from collections.abc import Sequence

import torch

from budgetseg.data.dataset import Dataset
from budgetseg.learn.batches import Example, TrainingSet, canvas_of
from budgetseg.learn.networks import build_network
from budgetseg.learn.segmenter import Segmenter
from budgetseg.learn.team import Team
from budgetseg.learn.train import Saving, train
from budgetseg.runs.examples import annotate, examples
from budgetseg.runs.purchase import Purchase
from budgetseg.runs.signals import StopRequest
from budgetseg.runs.spec import Execution, RunSpec
from budgetseg.runs.strategy import Strategy

__all__ = ["help_train", "network_and_set"]


def network_and_set(
    spec: RunSpec, loaded: Sequence[Example], classes: tuple[str, ...], device: torch.device
) -> tuple[Segmenter, TrainingSet]:
    """Return the untrained network, on the device, and the batches that it will see."""
    sizes = [(example.height, example.width) for example in loaded]
    canvas = canvas_of(sizes, spec.train.crop) if spec.train.crop else None
    zero = {"auto": all(example.target.strong for example in loaded), "zero": True, "imagenet": False}
    network = build_network(
        spec.backbone,
        classes,
        supervision="full" if zero[spec.classifier] else "weak",
        generator=torch.Generator().manual_seed(spec.seed),
        weights=spec.weights,
    )
    return network.to(device), TrainingSet(loaded, spec.train, canvas, spec.seed)


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
    loaded = list(examples(spec, strategy, dataset, annotate(spec, strategy, dataset, purchase)))
    network, training_set = network_and_set(spec, loaded, dataset.classes, device)
    train(
        network,
        training_set,
        spec.train,
        object_classes=range(1, len(dataset.classes)),
        seed=spec.seed,
        device=device,
        precision=spec.precision,
        saving=Saving(path=execution.folder, fingerprint=spec.fingerprint),  # the first process saves
        on_resume=lambda _done: None,
        on_iteration=lambda _done, _loss: None,
        should_stop=lambda: stop.made,
        team=team,
        compiling=execution.compiling,
    )
