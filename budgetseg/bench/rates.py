"""What a machine can do and did: seconds of device work, matrix products a second, peak memory."""

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Final

import torch

from budgetseg.learn.step import Precision

__all__ = ["matmul_tflops", "median_gap", "now", "peak_bytes", "seconds_each"]

SIDE: Final = {"cpu": 1024, "cuda": 8192}
"""Of the square matrices that are multiplied: large enough for the product to be all of the time."""
PRODUCTS: Final = 10


def now(device: torch.device) -> float:
    """Seconds on a clock, read when the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def median_gap(times: Iterable[float]) -> float:
    """Median seconds between one time and the next."""
    return statistics.median(after - before for before, after in pairwise(times))


def seconds_each(work: Callable[[int], object], count: int, device: torch.device, *, warm_up: int) -> float:
    """Median seconds of ``work(number)``, for numbers from 0; the first ``warm_up`` calls are not counted."""
    times = []
    for number in range(warm_up + count):
        if number >= warm_up:
            times.append(now(device))
        work(number)
    return median_gap([*times, now(device)])


def matmul_tflops(device: torch.device, precision: Precision) -> float:
    """The best rate of large square matrix products, in 10^12 floating-point operations a second."""
    side = SIDE.get(device.type, 1024)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    left, right = (torch.ones(side, side, dtype=dtype, device=device) for _ in range(2))
    before = torch.backends.cuda.matmul.allow_tf32
    # Convolutions in float32 use TF32 where cuDNN may: compare them with products that may, too.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32
    try:
        best = min(seconds_each(lambda _: left @ right, 1, device, warm_up=1) for _ in range(PRODUCTS))
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before
    return 2 * side**3 / best / 1e12


def peak_bytes(device: torch.device) -> int:
    """Most memory in use so far: allocated on a GPU, resident of this process elsewhere."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
