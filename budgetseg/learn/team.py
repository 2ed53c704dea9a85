"""Several processes that train one network together: each takes its images of every batch, and gradients are summed.

torch's own launcher starts them, on one machine or many: ``torchrun --nproc-per-node 2 -m budgetseg run ...``. As each
loss is divided by the images of the whole batch, the sum over processes is the gradient that one process would have.
Batch norm takes its statistics from all of them; only dropout draws other numbers than in one process.

Shape suffixes: B images, D channels, h x w cells.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import torch
from torch import Tensor, autograd, distributed, nn

from budgetseg.errors import RunFailedError
from budgetseg.learn.device import device_of

__all__ = ["ALONE", "Team", "team_of_launch"]

PATIENCE = timedelta(days=1)
"""How long processes wait for the first one, which measures alone; one that dies is noticed at once."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """This process among those that train together; every method is called by all of them, in the same order."""

    rank: int = 0
    """0 is the process that reads, writes and speaks."""
    size: int = 1

    @property
    def part(self) -> slice:
        """The rows of a batch that are this process's; strided, for masks come first and cost more."""
        return slice(self.rank, None, self.size)

    def agree(self, value: Any) -> Any:
        """Return what the first process gave.

        Raises:
            RunFailedError: The first process has ended.
        """
        if self.size == 1:
            return value
        given = [value]
        with _partners_needed():
            distributed.broadcast_object_list(given)
        return given[0]

    def any(self, truth: bool) -> bool:
        """Whether it is true in one of the processes."""
        return self.sum_gradients((), float(truth)) > 0 if self.size > 1 else truth

    def sum_gradients(self, parameters: Sequence[nn.Parameter], loss: float) -> float:
        """Replace each gradient by its sum over the processes; return the sum of the losses.

        A parameter that no process has a gradient for keeps none, as in one process: an optimiser passes it over.
        """
        if self.size == 1:
            return loss
        device = parameters[0].device if parameters else _device_of_messages()
        held = torch.tensor([loss, *(float(p.grad is not None) for p in parameters)], dtype=torch.float64)
        held = held.to(device)
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        with _partners_needed():
            distributed.all_reduce(held)
            if gradients:
                flat = torch.cat([gradient.flatten() for gradient in gradients])
                distributed.all_reduce(flat)
                parts = torch.split(flat, [p.numel() for p in parameters])
                for gradient, summed in zip(gradients, parts, strict=True):
                    gradient.copy_(summed.view(gradient.shape))
        for parameter, gradient, count in zip(parameters, gradients, held[1:].tolist(), strict=True):
            parameter.grad = gradient if count else None
        return float(held[0])

    def share_statistics(self, network: nn.Module) -> None:
        """Let batch norm that learns its statistics take them from the images of all processes."""
        if self.size > 1:
            for module in network.modules():
                if type(module) is nn.BatchNorm2d and module.training:
                    module.forward = partial(_shared_batch_norm, module)  # type: ignore[method-assign]


ALONE = Team()


@contextmanager
def team_of_launch(device_name: str) -> Iterator[tuple[Team, torch.device]]:
    """Join the processes of a launch, if there was one; give the team and this process's device.

    Args:
        device_name: As for :func:`device_of`; of several GPUs a process takes the one with its number on its machine.

    Raises:
        InvalidInputError: Nothing can be computed there.
    """
    device = device_of(device_name)
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield ALONE, device
        return
    if device.type == "cuda":
        if device.index is None:
            device = device_of(f"cuda:{os.environ.get('LOCAL_RANK', '0')}")
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Team(rank=distributed.get_rank(), size=distributed.get_world_size()), device
        with _partners_needed():
            distributed.barrier()  # no process leaves while a partner is still at work
    finally:
        distributed.destroy_process_group()


@contextmanager
def _partners_needed() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise RunFailedError(
            f"another process of this training has ended ({reason[:120]}); see what it said"
        ) from error


def _device_of_messages() -> torch.device:
    nccl = distributed.get_backend() == "nccl"
    return torch.device("cuda", torch.cuda.current_device()) if nccl else torch.device("cpu")


def _shared_batch_norm(norm: nn.BatchNorm2d, values_BDhw: Tensor) -> Tensor:
    """Batch norm over the images of all processes, of which this one has some (Ioffe and Szegedy 2015)."""
    if not norm.training:
        return nn.BatchNorm2d.forward(norm, values_BDhw)
    channels = norm.num_features
    places = values_BDhw.new_full((1,), values_BDhw.numel() / channels)
    sums = _sum_over_processes(torch.cat([values_BDhw.sum(dim=(0, 2, 3)), places]))
    places = sums[channels:].detach()
    mean_D = sums[:channels] / places
    centred_BDhw = values_BDhw - mean_D[:, None, None]
    variance_D = _sum_over_processes(centred_BDhw.square().sum(dim=(0, 2, 3))) / places
    if norm.running_mean is not None and norm.running_var is not None and norm.num_batches_tracked is not None:
        with torch.no_grad():
            norm.num_batches_tracked += 1
            pace = 0.1 if norm.momentum is None else norm.momentum
            norm.running_mean.lerp_(mean_D, pace)
            norm.running_var.lerp_(variance_D * places / (places - 1), pace)  # the running variance is unbiased
    scale_D = torch.rsqrt(variance_D + norm.eps) * norm.weight
    return centred_BDhw * scale_D[:, None, None] + norm.bias[:, None, None]


class _SumOverProcesses(autograd.Function):
    """The sum of a tensor over the processes, which passes gradients back as the same sum.

    torch.distributed.nn has one, but its default argument keeps the process group, and with it gloo's threads, until
    the interpreter has gone from under them: now and then a process that has done its work ends with SIGABRT.
    """

    @staticmethod
    def forward(_context: Any, values: Tensor) -> Tensor:
        summed = values.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(summed)
        return summed

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> Tensor:
        return _sum_over_processes(gradient)


def _sum_over_processes(values: Tensor) -> Tensor:
    return _SumOverProcesses.apply(values)  # type: ignore[no-any-return]
