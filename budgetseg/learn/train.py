"""The training loop: batches through the network, losses by annotation, steps of the optimiser.

Shape suffixes: B images, H rows, W columns, C classes.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from budgetseg.errors import InvalidInputError
from budgetseg.learn.batches import Batch, TrainingSet
from budgetseg.learn.checkpoint import restore_checkpoint, save_checkpoint
from budgetseg.learn.compiled import Compiling
from budgetseg.learn.device_data import on_device
from budgetseg.learn.gated_crf import gated_crf_loss
from budgetseg.learn.losses import UNKNOWN, image_loss, objectness_loss, pixel_loss, point_loss
from budgetseg.learn.memory import keep_freed_memory
from budgetseg.learn.optimiser import make_optimiser
from budgetseg.learn.prefetch import prefetched
from budgetseg.learn.recipe import Recipe
from budgetseg.learn.step import Precision, Step
from budgetseg.learn.team import ALONE, Team

__all__ = ["Saving", "batch_loss", "train"]


@dataclass(frozen=True, kw_only=True)
class Saving:
    """Where and how often a training saves its state."""

    path: Path
    fingerprint: str
    """Says which training this is, so that a state is never continued by another."""
    every_seconds: float = 60.0


def batch_loss(
    logits_BCHW: torch.Tensor, batch: Batch, recipe: Recipe, object_classes: Sequence[int], *, mixed: bool
) -> torch.Tensor:
    """Return one loss per image (B): equation 1 for masks, equations 2 to 4 and the gated CRF for what is weaker.

    Args:
        logits_BCHW: Scores of the network.
        batch: On the same device.
        recipe: Weights of the terms.
        object_classes: The classes whose probability is an object's, for equation 4.
        mixed: Whether the training holds both masks and weak annotations, where ``weak_weight`` applies.
    """
    strong_B = batch.strong_B
    loss_B = torch.zeros(len(strong_B), dtype=torch.float32, device=logits_BCHW.device)
    if strong_B.any():
        loss_B[strong_B] = pixel_loss(
            logits_BCHW[strong_B], batch.labels_BHW[strong_B], reduction=recipe.pixel_reduction
        ).float()
        if recipe.mask_image_weight > 0:
            term_B = image_loss(logits_BCHW[strong_B], batch.present_BC[strong_B], recipe.absent_weight)
            loss_B[strong_B] += recipe.mask_image_weight * term_B.float()
    weak_B = ~strong_B
    if weak_B.any():
        weak_BCHW, labels_BHW = logits_BCHW[weak_B], batch.labels_BHW[weak_B]
        term_B = recipe.image_weight * image_loss(weak_BCHW, batch.present_BC[weak_B], recipe.absent_weight)
        term_B = term_B + recipe.point_weight * point_loss(weak_BCHW, labels_BHW, batch.weights_BHW[weak_B])
        if batch.objectness_BHW is not None and max(recipe.objectness_weight, recipe.unmarked_objectness_weight) > 0:
            marked_B = batch.marked_B[weak_B]
            weight_B = torch.where(marked_B, recipe.objectness_weight, recipe.unmarked_objectness_weight)
            # As in the released code, annotated pixels are left to their own term; the text's sum is over all.
            mask_BHW = labels_BHW == 255 if recipe.objectness_where == "unlabelled" else None
            prior_B = objectness_loss(weak_BCHW, batch.objectness_BHW[weak_B], object_classes, mask_BHW)
            term_B = term_B + weight_B * prior_B
        if recipe.crf_weight > 0:
            term_B = term_B + recipe.crf_weight * _spread(weak_BCHW, labels_BHW, batch.images_B3HW[weak_B])
        loss_B[weak_B] = (recipe.weak_weight if mixed else 1.0) * term_B.float()
    return loss_B


def _spread(logits_BCHW: torch.Tensor, labels_BHW: torch.Tensor, images_B3HW: torch.Tensor) -> torch.Tensor:
    """Return the gated CRF term of images where some pixels are labelled and others are not, and 0 elsewhere.

    Without a label to start from, all pixels agree most easily on the background; where all have one, there is nothing
    to spread.
    """
    known_BHW = labels_BHW != UNKNOWN
    some_B = known_BHW.any(dim=2).any(dim=1) & ~known_BHW.all(dim=2).all(dim=1)
    term_B = torch.zeros(len(some_B), device=logits_BCHW.device)
    if some_B.any():
        term_B[some_B] = gated_crf_loss(logits_BCHW[some_B], images_B3HW[some_B])
    return term_B


def train(
    network: torch.nn.Module,
    training_set: TrainingSet,
    recipe: Recipe,
    *,
    object_classes: Sequence[int],
    seed: int,
    device: torch.device,
    precision: Precision,
    saving: Saving,
    on_resume: Callable[[int], None],
    on_iteration: Callable[[int, float], None],
    should_stop: Callable[[], bool],
    on_notice: Callable[[str], None] = lambda _text: None,
    team: Team = ALONE,
    compiling: Compiling = "none",
) -> bool:
    """Train ``network`` in place, going on from the saved state where there is one.

    Args:
        network: On ``device``.
        training_set: Gives the batch of any iteration; kept on a GPU where it fits.
        recipe: How to train.
        object_classes: Classes that are objects, for equation 4.
        seed: Of what the network itself draws (dropout).
        device: Where to compute.
        precision: Of the forward pass; losses are computed in float32 at least.
        saving: Where the state goes: regularly, when stopped, and at the end.
        on_resume: Called first with the number of iterations that the saved state holds; 0 where there is none.
        on_iteration: Called with the number of iterations done and their loss.
        should_stop: Asked after each iteration.
        on_notice: Told what the user should know, such as a batch that had to be split.
        team: The processes that train together; all call this with the same arguments but for what is told to whom.
            The first one reads and writes the state.
        compiling: How the passes through the network are compiled.

    Returns:
        True when all iterations are done, False when stopped before; the state is saved either way.

    Raises:
        InvalidInputError: Fewer images a batch than processes.
        RunFailedError: The loss is not finite, one image is too much for the memory, or the saved state cannot be read.
    """
    if recipe.batch < team.size:
        raise InvalidInputError(f"--batch: expected at least an image a process, {team.size}, got {recipe.batch}")
    keep_freed_memory()
    network.to(memory_format=torch.channels_last)  # as images are stored; a third faster on CPUs
    optimiser = make_optimiser(network, recipe)
    done = _restored(network, optimiser, saving, team)
    on_resume(done)
    network.train()
    if training_set.canvas is not None:  # images of their own size go through the network one by one in any case
        team.share_statistics(network)

    def loss_of(logits_BCHW: torch.Tensor, batch: Batch) -> torch.Tensor:
        return batch_loss(logits_BCHW, batch, recipe, object_classes, mixed=training_set.has_both)

    step = Step(
        network,
        optimiser,
        recipe,
        loss_of,
        device=device,
        precision=precision,
        seed=seed,
        notice=on_notice,
        team=team,
        compiling=compiling,
    )
    saved_at, saved = time.monotonic(), done
    source = on_device(training_set, device)
    with prefetched(source, range(done, recipe.iterations), device, team.part) as batches_of_iterations:
        for batches in batches_of_iterations:
            loss = step(done, batches)
            done += 1
            on_iteration(done, loss)
            stopped = team.any(should_stop())
            if team.rank == 0 and (stopped or time.monotonic() - saved_at >= saving.every_seconds):
                save_checkpoint(saving.path, network, optimiser, done, saving.fingerprint)
                saved_at, saved = time.monotonic(), done
            if stopped:
                break
    if saved < done and team.rank == 0:
        save_checkpoint(saving.path, network, optimiser, done, saving.fingerprint)
    return done == recipe.iterations


def _restored(network: torch.nn.Module, optimiser: torch.optim.Optimizer, saving: Saving, team: Team) -> int:
    """Restore the saved state, if there is one, in all processes; return the iterations done."""
    if team.size == 1:
        return restore_checkpoint(saving.path, network, optimiser, saving.fingerprint) if saving.path.exists() else 0
    content = team.agree(saving.path.read_bytes() if team.rank == 0 and saving.path.exists() else None)
    if content is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:  # other machines do not see the first one's disk
        path = Path(folder) / saving.path.name
        path.write_bytes(content)
        return restore_checkpoint(path, network, optimiser, saving.fingerprint)
