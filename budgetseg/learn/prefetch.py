"""Batches made by a second thread while the network learns from the one before.

Each batch follows from its iteration alone, so the same batches come in the same order as without the thread.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Protocol

import torch

from budgetseg.learn.batches import Batch

__all__ = ["Source", "prefetched"]

AHEAD: Final = 2
"""Iterations whose batches are made before they are asked for: one that waits, one under way."""


class Source(Protocol):
    """Where a training gets its batches from."""

    @property
    def has_both(self) -> bool:
        """Whether there are both masks and weaker annotations."""

    @property
    def canvas(self) -> tuple[int, int] | None:
        """The (height, width) that all images are shown at; None where each keeps its own."""

    def batches(self, iteration: int, part: slice = ...) -> list[Batch]:
        """Return the batch of an iteration, or a part of it; several where images are of different sizes."""


@contextmanager
def prefetched(
    source: Source, iterations: Sequence[int], device: torch.device, part: slice = slice(None)
) -> Iterator[Iterator[list[Batch]]]:
    """Open an iterator over the batches of some iterations.

    Args:
        source: Its ``batches`` is called by one other thread, in order.
        iterations: Which ones.
        device: Where the batches will be needed; for a GPU they wait in pinned memory.
        part: Of each batch.

    Raises:
        Exception: Whatever the making of a batch raised, when that batch's turn has come.
    """
    pin = device.type == "cuda"

    def made(iteration: int) -> list[Batch]:
        batches = source.batches(iteration, part)
        return [batch.pinned() if pin and batch.on_host else batch for batch in batches]

    def in_order() -> Iterator[list[Batch]]:
        under_way: deque[Future[list[Batch]]] = deque()
        for iteration in iterations:
            under_way.append(thread.submit(made, iteration))
            if len(under_way) > AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    thread = ThreadPoolExecutor(1, thread_name_prefix="batches")
    try:
        yield in_order()
    finally:
        thread.shutdown(cancel_futures=True)
