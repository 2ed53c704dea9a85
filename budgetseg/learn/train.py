"""The training loop: batches through the network, losses by annotation, steps of the optimiser.

Shape suffixes: B images, H rows, W columns, C classes.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from budgetseg.errors import RunFailedError
from budgetseg.learn.batches import Batch, TrainingSet
from budgetseg.learn.checkpoint import restore_checkpoint, save_checkpoint
from budgetseg.learn.gated_crf import gated_crf_loss
from budgetseg.learn.losses import image_loss, objectness_loss, pixel_loss, point_loss
from budgetseg.learn.memory import keep_freed_memory
from budgetseg.learn.recipe import Recipe

__all__ = ["Precision", "Saving", "batch_loss", "learning_rate", "make_optimiser", "train"]

Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True, kw_only=True)
class Saving:
    """Where and how often a training saves its state."""

    path: Path
    fingerprint: str
    """Says which training this is, so that a state is never continued by another."""
    every_seconds: float = 60.0


def learning_rate(recipe: Recipe, iteration: int) -> float:
    """Return the rate of an iteration: fixed, or one cycle (a linear rise over 15 %, then half a cosine down to 0)."""
    if recipe.schedule == "fixed":
        return recipe.lr
    rise = max(1.0, 0.15 * recipe.iterations)
    if iteration < rise:
        return recipe.lr * (iteration + 1) / (rise + 1)
    return recipe.lr * 0.5 * (1 + math.cos(math.pi * (iteration - rise) / max(1.0, recipe.iterations - rise)))


def make_optimiser(network: torch.nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Return the recipe's optimiser over all trainable parameters, weights and biases in groups of their own."""
    named = [(name, parameter) for name, parameter in network.named_parameters() if parameter.requires_grad]
    biases = [parameter for name, parameter in named if name.endswith("bias")]
    weights = [parameter for name, parameter in named if not name.endswith("bias")]
    groups = [
        {"params": weights, "weight_decay": recipe.weight_decay, "pace": 1.0},
        {
            "params": biases,
            "weight_decay": recipe.weight_decay if recipe.bias_decay else 0.0,
            "pace": recipe.bias_lr_factor,
        },
    ]
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=recipe.lr, momentum=recipe.momentum)
    return torch.optim.AdamW(groups, lr=recipe.lr)


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
        if batch.objectness_BHW is not None and recipe.objectness_weight > 0:
            # As in the released code, annotated pixels are left to their own term; the text's sum is over all.
            mask_BHW = labels_BHW == 255 if recipe.objectness_where == "unlabelled" else None
            prior_B = objectness_loss(weak_BCHW, batch.objectness_BHW[weak_B], object_classes, mask_BHW)
            term_B = term_B + recipe.objectness_weight * prior_B
        if recipe.crf_weight > 0:
            term_B = term_B + recipe.crf_weight * gated_crf_loss(weak_BCHW, batch.images_B3HW[weak_B])
        loss_B[weak_B] = (recipe.weak_weight if mixed else 1.0) * term_B.float()
    return loss_B


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
) -> bool:
    """Train ``network`` in place, going on from the saved state where there is one.

    Args:
        network: On ``device``.
        training_set: Gives the batch of any iteration.
        recipe: How to train.
        object_classes: Classes that are objects, for equation 4.
        seed: Of what the network itself draws (dropout).
        device: Where to compute.
        precision: Of the forward pass; losses are computed in float32 at least.
        saving: Where the state goes: regularly, when stopped, and at the end.
        on_resume: Called first with the number of iterations that the saved state holds; 0 where there is none.
        on_iteration: Called with the number of iterations done and their loss.
        should_stop: Asked after each iteration.

    Returns:
        True when all iterations are done, False when stopped before; the state is saved either way.

    Raises:
        RunFailedError: The loss is not finite, or the saved state cannot be read.
    """
    keep_freed_memory()
    network.to(memory_format=torch.channels_last)  # as images are stored; a third faster on CPUs
    optimiser = make_optimiser(network, recipe)
    done = restore_checkpoint(saving.path, network, optimiser, saving.fingerprint) if saving.path.exists() else 0
    on_resume(done)
    draws = any(isinstance(module, torch.nn.Dropout) for module in network.modules())
    network.train()
    saved_at, saved = time.monotonic(), done
    stopped = False
    while done < recipe.iterations and not stopped:
        if draws:  # torch's dropout takes no generator
            torch.manual_seed(seed * 1_000_003 + done)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(recipe, done) * group["pace"]
        try:
            loss = _iteration(
                network, training_set.batches(done), recipe, object_classes, device, precision, training_set.has_both
            )
        except torch.OutOfMemoryError as error:
            raise RunFailedError(f"iteration {done + 1}: out of memory on {device}; lower --batch or --crop") from error
        if not math.isfinite(loss):
            raise RunFailedError(
                f"iteration {done + 1}: the loss is {loss}; lower train.lr (now {recipe.lr:g}), start anew with --force"
            )
        if recipe.clip_norm:
            torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip_norm)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        done += 1
        on_iteration(done, loss)
        stopped = should_stop()
        if stopped or time.monotonic() - saved_at >= saving.every_seconds:
            save_checkpoint(saving.path, network, optimiser, done, saving.fingerprint)
            saved_at, saved = time.monotonic(), done
    if saved < done:
        save_checkpoint(saving.path, network, optimiser, done, saving.fingerprint)
    return done == recipe.iterations


def _iteration(
    network: torch.nn.Module,
    batches: Sequence[Batch],
    recipe: Recipe,
    object_classes: Sequence[int],
    device: torch.device,
    precision: Precision,
    mixed: bool,
) -> float:
    """Add the gradients of one iteration's mean loss to the parameters; return the loss."""
    images = sum(len(batch.strong_B) for batch in batches)
    total = 0.0
    for batch in batches:
        batch = batch.to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            logits_BCHW = network(batch.images_B3HW)
        loss = batch_loss(logits_BCHW, batch, recipe, object_classes, mixed=mixed).sum() / images
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.item()
    return total
