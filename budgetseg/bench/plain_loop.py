"""The loop to compare with: what is usually written in an afternoon, from torch's own parts, at full resolution.

A ``DataLoader``, torch's interpolation, losses on full maps as the equations are printed, the default memory format and
optimiser. The network's layers, recipe, images and windows are those of a training of ours, and so are the losses up to
rounding; where networks sum their scales they do it as ours.

Shape suffixes: B images, H rows, W columns, C classes.
"""

import os
from collections.abc import Mapping
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from budgetseg.bench.load import TrainLoad
from budgetseg.bench.rates import median_gap, now
from budgetseg.learn.batches import TrainingSet, Window, labels_in_window, look_through
from budgetseg.learn.optimiser import learning_rate
from budgetseg.learn.recipe import Recipe
from budgetseg.learn.segmenter import Segmenter

__all__ = ["plain_logits", "plain_losses", "plain_step_seconds"]


class _Images(Dataset[dict[str, Any]]):
    """The training set one image at a time; items are asked for as (row, window)."""

    def __init__(self, training_set: TrainingSet, side: int) -> None:
        self._examples, self._size = training_set.examples, (side, side)

    def __getitem__(self, asked: tuple[int, Window]) -> dict[str, Any]:
        example, window = self._examples[asked[0]], asked[1]
        image_HW3 = look_through(example.image_HW3, window, self._size, Image.Resampling.BILINEAR)
        labels_HW, weights_HW = labels_in_window(example, window, self._size)
        item = {
            "image": torch.from_numpy(image_HW3.copy()).permute(2, 0, 1).float() / 255,
            "labels": torch.from_numpy(labels_HW).long(),
            "weights": torch.from_numpy(weights_HW),
            "present": torch.from_numpy(example.target.present_C),
            "strong": torch.tensor(example.target.strong),
            "marked": torch.tensor(example.target.marked),
        }
        if example.objectness_HW is not None:
            objectness_HW = look_through(example.objectness_HW, window, self._size, Image.Resampling.BILINEAR)
            item["objectness"] = torch.from_numpy(objectness_HW.copy())
        return item


def plain_logits(network: Segmenter, images_B3HW: Tensor) -> Tensor:
    """Scores of the network's layers, brought to the size of the images by torch's interpolation; logits_BCHW."""
    height, width = images_B3HW.shape[2:]
    normalised_B3HW = network.normalise(images_B3HW)
    filled_B3HW = functional.pad(normalised_B3HW, (0, -width % network.stride, 0, -height % network.stride))
    scores_BChw = network.scores(filled_B3HW)
    logits_BCHW = functional.interpolate(scores_BChw, filled_B3HW.shape[2:], mode="bilinear", align_corners=False)
    return logits_BCHW[:, :, :height, :width]


def plain_losses(logits_BCHW: Tensor, batch: Mapping[str, Tensor], recipe: Recipe, *, mixed: bool) -> Tensor:
    """Equations 1 to 4 as they are printed, on maps of full size; loss_B."""
    strong_B, labels_BHW = batch["strong"], batch["labels"]
    cross_BHW = functional.cross_entropy(logits_BCHW.float(), labels_BHW, ignore_index=255, reduction="none")
    s_BCHW = logits_BCHW.float().softmax(dim=1)
    pixel_B = cross_BHW.sum(dim=(1, 2)) / (labels_BHW != 255).sum(dim=(1, 2)).clamp(min=1)
    best_BC = s_BCHW.flatten(2).max(dim=2).values
    present_BC = batch["present"].float()
    image_B = -(present_BC * best_BC.log()).sum(dim=1) / present_BC.sum(dim=1)
    image_B = image_B - ((1 - present_BC) * (1 - best_BC).log()).sum(dim=1) / (1 - present_BC).sum(dim=1).clamp(min=1)
    weak_B = recipe.image_weight * image_B + recipe.point_weight * (batch["weights"] * cross_BHW).sum(dim=(1, 2))
    if "objectness" in batch:
        objects_BHW, p_BHW = s_BCHW[:, 1:].sum(dim=1).clamp(1e-7, 1 - 1e-7), batch["objectness"]
        prior_BHW = -(p_BHW * objects_BHW.log() + (1 - p_BHW) * (1 - objects_BHW).log()) * (labels_BHW == 255)
        prior_B = prior_BHW.sum(dim=(1, 2)) / (labels_BHW == 255).sum(dim=(1, 2)).clamp(min=1)
        weights = (recipe.objectness_weight, recipe.unmarked_objectness_weight)
        weak_B = weak_B + torch.where(batch["marked"], *weights) * prior_B
    return torch.where(strong_B, pixel_B, (recipe.weak_weight if mixed else 1.0) * weak_B)


def plain_step_seconds(load: TrainLoad, device: torch.device, *, warm_up: int) -> float:
    """Train by the plain loop; return the median seconds of a step, its batch and all."""
    recipe = load.recipe(warm_up + load.steps)
    training_set, network = load.training_set(recipe), load.network().to(device).train()
    on_gpu = device.type == "cuda"
    loader = DataLoader(
        _Images(training_set, recipe.crop),
        batch_sampler=[training_set.views(iteration) for iteration in range(recipe.iterations)],
        num_workers=min(8, os.cpu_count() or 1) if on_gpu else 0,  # on a CPU the model keeps the cores busy
        pin_memory=on_gpu,
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.lr, weight_decay=recipe.weight_decay)
    times = []
    for iteration, on_host in enumerate(loader):
        batch = {name: tensor.to(device, non_blocking=True) for name, tensor in on_host.items()}
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(recipe, iteration)
        with torch.autocast(device.type, torch.bfloat16, enabled=load.precision == "bf16"):
            logits_BCHW = plain_logits(network, batch["image"])
        loss = plain_losses(logits_BCHW, batch, recipe, mixed=training_set.has_both).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), recipe.clip_norm)
        optimiser.step()
        loss.item()  # it is logged
        times.append(now(device))
    return median_gap(times[warm_up - 1 :])
