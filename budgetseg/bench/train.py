"""``bench train``: the real training loop, the bare step within it, and a plain loop beside it.

The share of time outside the model is ``1 - bare / loop``, with ``bare`` the seconds of a step on one batch that lies
on the device, and ``loop`` those of a step of :func:`budgetseg.learn.train.train`, its batch and all. All times are
medians, for other programs share the machine.

Operations are those of the forward pass, times three: the backward pass has one product for the gradient of the weights
and one for that of the input. (torch's own count of a backward pass takes depthwise convolutions for full ones.)
"""

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import torch
from torch.utils.flop_counter import FlopCounterMode

from budgetseg.bench.load import TrainLoad
from budgetseg.bench.plain_loop import plain_step_seconds
from budgetseg.bench.rates import matmul_tflops, median_gap, now, peak_bytes, seconds_each
from budgetseg.learn.batches import Batch, TrainingSet
from budgetseg.learn.device import device_of
from budgetseg.learn.optimiser import make_optimiser
from budgetseg.learn.recipe import Recipe
from budgetseg.learn.segmenter import Segmenter
from budgetseg.learn.step import Step
from budgetseg.learn.train import Saving, batch_loss, train

__all__ = ["SCHEMA", "TrainBench", "bench_train"]

SCHEMA: Final = "budgetseg.bench-train/1"
WARM_UP: Final = {"cpu": 2, "cuda": 10}
"""Steps before the clock starts: memory is allocated, kernels are chosen or compiled."""


@dataclass(frozen=True, kw_only=True)
class TrainBench:
    """What was measured."""

    load: TrainLoad
    device: str
    """Its name."""
    threads: int
    """Of torch, on the CPU."""
    batch: int
    """Images a step."""
    crop: int
    """Side of an image in pixels."""
    step_seconds: float
    """Of the loop: batch, gradients, optimiser."""
    bare_seconds: float
    """Of a step without its batch."""
    step_flops: int
    """Floating-point operations of the forward and backward pass."""
    matmul_tflops: float
    """What large matrix products reach on this device."""
    peak_bytes: int
    plain_step_seconds: float | None
    """Of the plain loop; None where it was not run."""

    @property
    def images_per_second(self) -> float:
        """Of the loop."""
        return self.batch / self.step_seconds

    @property
    def tflops(self) -> float:
        """Of the loop, 10^12 operations a second."""
        return self.step_flops / self.step_seconds / 1e12

    @property
    def matmul_share(self) -> float:
        """Share of the rate of matrix products."""
        return self.tflops / self.matmul_tflops

    @property
    def outside_share(self) -> float:
        """Share of the time outside of the bare step; below 0 where noise made the bare step seem longer."""
        return 1 - self.bare_seconds / self.step_seconds

    @property
    def speed_up(self) -> float | None:
        """Times as fast as the plain loop."""
        return None if self.plain_step_seconds is None else self.plain_step_seconds / self.step_seconds

    def to_dict(self) -> dict[str, Any]:
        """The ``budgetseg.bench-train/1`` document."""
        measured = {name: value for name, value in asdict(self).items() if name != "load"}
        derived = ("images_per_second", "tflops", "matmul_share", "outside_share", "speed_up")
        return {"schema": SCHEMA, **asdict(self.load), **measured, **{name: getattr(self, name) for name in derived}}


def bench_train(load: TrainLoad, *, against: bool) -> TrainBench:
    """Measure a training.

    Args:
        load: What to train.
        against: Run the plain loop as well, first and in a process of its own: what ours sets in the C library and in
            torch must not help it.

    Raises:
        BudgetsegError: What cannot be trained.
    """
    device = device_of(load.device)
    warm_up = WARM_UP.get(device.type, 2)
    recipe = load.recipe(warm_up + load.steps)
    plain = _elsewhere(load, device, warm_up) if against else None
    training_set, network = load.training_set(recipe), load.network().to(device)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    loop = _loop_seconds(load, network, training_set, recipe, device, warm_up)
    batches = [batch.to(device) for batch in training_set.batches(0)]
    step = _step(load, network, training_set, recipe, device)
    bare = seconds_each(lambda number: step(number, batches), load.steps, device, warm_up=warm_up)
    peak = peak_bytes(device)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        for batch in batches:
            network(batch.images_B3HW)
    return TrainBench(
        load=load,
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else f"{device}, {os.cpu_count()} cores",
        threads=torch.get_num_threads(),
        batch=recipe.batch,
        crop=recipe.crop,
        step_seconds=loop,
        bare_seconds=bare,
        step_flops=3 * counter.get_total_flops(),
        matmul_tflops=matmul_tflops(device, load.precision),
        peak_bytes=peak,
        plain_step_seconds=plain,
    )


def _elsewhere(load: TrainLoad, device: torch.device, warm_up: int) -> float:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(plain_step_seconds, load, device, warm_up=warm_up).result()


def _loop_seconds(
    load: TrainLoad,
    network: Segmenter,
    training_set: TrainingSet,
    recipe: Recipe,
    device: torch.device,
    warm_up: int,
) -> float:
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        train(
            network,
            training_set,
            recipe,
            object_classes=range(1, load.classes),
            seed=0,
            device=device,
            precision=load.precision,
            saving=Saving(path=Path(folder) / "last.safetensors", fingerprint="bench", every_seconds=float("inf")),
            on_resume=lambda _done: None,
            on_iteration=lambda _done, _loss: times.append(now(device)),
            should_stop=lambda: False,
            compiling=load.compiling,
        )
    return median_gap(times[warm_up - 1 :])


def _step(load: TrainLoad, network: Segmenter, training_set: TrainingSet, recipe: Recipe, device: torch.device) -> Step:
    def loss_of(logits_BCHW: torch.Tensor, batch: Batch) -> torch.Tensor:
        return batch_loss(logits_BCHW, batch, recipe, range(1, load.classes), mixed=training_set.has_both)

    return Step(
        network,
        make_optimiser(network, recipe),
        recipe,
        loss_of,
        device=device,
        precision=load.precision,
        seed=0,
        notice=lambda _text: None,
        compiling=load.compiling,
    )
