"""One iteration of a training: the gradients of a batch's mean loss, then a step of the optimiser.

A batch that the memory does not hold goes through the network in parts, whose gradients add up to the same sum.

Shape suffixes: B images, H rows, W columns, C classes.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from budgetseg.errors import RunFailedError
from budgetseg.learn.batches import Batch
from budgetseg.learn.compiled import Compiling, forward_of
from budgetseg.learn.optimiser import learning_rate
from budgetseg.learn.recipe import Recipe
from budgetseg.learn.team import ALONE, Team

__all__ = ["LossOf", "Precision", "Step"]

Precision = Literal["fp32", "bf16"]

LossOf = Callable[[Tensor, Batch], Tensor]
"""From logits_BCHW and their batch to one loss an image, each independent of the other images."""


class Step:
    """Carries out iterations.

    Args:
        network: On ``device``, in training mode; called, and its parameters are changed.
        optimiser: Over its parameters, in groups with a ``pace``.
        recipe: Says the learning rate and the clipping of gradients.
        loss_of: The loss of each image.
        device: Where to compute.
        precision: Of the forward pass.
        seed: Of what the network itself draws (dropout).
        notice: Told when a batch had to be split.
        team: The processes that share the batches.
        compiling: How the passes through the network are compiled.
    """

    def __init__(
        self,
        network: nn.Module,
        optimiser: torch.optim.Optimizer,
        recipe: Recipe,
        loss_of: LossOf,
        *,
        device: torch.device,
        precision: Precision,
        seed: int,
        notice: Callable[[str], None],
        team: Team = ALONE,
        compiling: Compiling = "none",
    ) -> None:
        self._network, self._optimiser, self._recipe, self._loss_of = network, optimiser, recipe, loss_of
        self._device, self._precision, self._seed, self._notice = device, precision, seed, notice
        self._team = team
        self._parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self._forward = forward_of(network, compiling)
        self._draws = any(isinstance(module, nn.Dropout) and module.p > 0 for module in network.modules())
        self._most: int | None = None  # images that go through the network at once; None is all of them

    def __call__(self, iteration: int, batches: Sequence[Batch]) -> float:
        """Change the parameters by one iteration, counted from 0; return the mean loss of its images.

        Raises:
            RunFailedError: The loss is not finite, or a single image is too much for the memory.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self._recipe, iteration) * group["pace"]
        loss = self._team.sum_gradients(self._parameters, self._gradients(iteration, batches))
        if not math.isfinite(loss):
            raise RunFailedError(
                f"iteration {iteration + 1}: the loss is {loss}; lower train.lr (now {self._recipe.lr:g}), "
                f"start anew with --force"
            )
        if self._recipe.clip_norm:
            nn.utils.clip_grad_norm_(self._parameters, self._recipe.clip_norm)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return loss

    def _gradients(self, iteration: int, batches: Sequence[Batch]) -> float:
        """Set the gradients of the mean loss; return the loss. Parts get smaller until they fit, and stay so."""
        while True:
            if self._draws:  # torch's dropout takes no generator
                torch.manual_seed(self._seed * 1_000_003 + iteration + self._team.rank * 1_000_000_007)
            try:
                return self._accumulated(batches)
            except RuntimeError as error:
                if not _is_out_of_memory(error):
                    raise
                largest = max(len(batch) for batch in batches)
                at_once = min(largest, self._most or largest)
                if self._team.size > 1:  # the others wait for this process, and cannot begin anew with it
                    raise RunFailedError(
                        f"iteration {iteration + 1}: out of memory on {self._device} with {at_once} images at once; "
                        f"lower --batch or start more processes"
                    ) from error
                if at_once == 1:
                    raise RunFailedError(
                        f"iteration {iteration + 1}: out of memory on {self._device} with a single image; lower --crop"
                    ) from error
            # The failed attempt may have got as far as some of the gradients. Outside of the handler, whose traceback
            # would keep the attempt's tensors alive.
            self._optimiser.zero_grad(set_to_none=True)
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
            self._most = math.ceil(at_once / 2)
            self._notice(self._on_split(iteration, at_once, self._most))

    def _accumulated(self, batches: Sequence[Batch]) -> float:
        total = 0.0
        for batch in self._parts(batches):
            with torch.autocast(self._device.type, torch.bfloat16, enabled=self._precision == "bf16"):
                logits_BCHW = self._forward(batch.images_B3HW)
            loss = self._loss_of(logits_BCHW, batch).sum() / self._recipe.batch
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        return total

    def _parts(self, batches: Sequence[Batch]) -> Iterator[Batch]:
        for batch in batches:
            size = self._most or len(batch)
            for start in range(0, len(batch), size):
                part = batch if size >= len(batch) else batch.part(slice(start, start + size))
                yield part.to(self._device)

    def _on_split(self, iteration: int, before: int, now: int) -> str:
        """Say what happened, and whether the result is still that of the whole batch."""
        changed = []
        modules = self._network.modules()
        if any(isinstance(module, nn.modules.batchnorm._BatchNorm) and module.training for module in modules):
            changed.append("its batch norm takes its statistics from fewer images")
        if self._draws:
            changed.append("dropout draws other numbers")
        result = f"not quite the same result: {' and '.join(changed)}" if changed else "the same result up to rounding"
        return (
            f"iteration {iteration + 1}: out of memory on {self._device} with {before} images at once; from here on "
            f"{now} at a time, their gradients added up ({result})"
        )


def _is_out_of_memory(error: RuntimeError) -> bool:
    # On a CPU torch raises a plain RuntimeError.
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
