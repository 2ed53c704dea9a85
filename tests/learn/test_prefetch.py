"""A second thread changes when a batch is made, not which batch it is."""

import threading
import time

import pytest
import torch

from budgetseg.learn.prefetch import AHEAD, prefetched

CPU = torch.device("cpu")


class Counting:
    """Batches that are numbers; remembers by which thread, and which was asked for last."""

    has_both = False

    def __init__(self, fails_at=None):
        self.asked, self.threads, self.fails_at = [], set(), fails_at

    def batches(self, iteration, part=slice(None)):
        self.asked.append(iteration)
        self.threads.add(threading.get_ident())
        if iteration == self.fails_at:
            raise ValueError("broken image")
        return [iteration, part]


def test_all_batches_come_in_order_from_one_other_thread():
    source = Counting()
    with prefetched(source, range(3, 20), CPU, slice(0, 9, 2)) as batches:
        assert list(batches) == [[t, slice(0, 9, 2)] for t in range(3, 20)]
    assert source.asked == list(range(3, 20))
    assert len(source.threads) == 1
    assert source.threads != {threading.get_ident()}


def test_it_works_ahead_but_not_far():
    source = Counting()
    with prefetched(source, range(100), CPU) as batches:
        for taken in range(5):
            next(batches)
            deadline = time.monotonic() + 10
            while len(source.asked) < taken + 1 + AHEAD and time.monotonic() < deadline:
                time.sleep(0.001)
            assert len(source.asked) == taken + 1 + AHEAD


def test_an_error_comes_when_its_batch_is_due():
    with prefetched(Counting(fails_at=2), range(5), CPU) as batches:
        assert [next(batches)[0], next(batches)[0]] == [0, 1]
        with pytest.raises(ValueError, match="broken image"):
            next(batches)


def test_leaving_early_stops_the_thread():
    with prefetched(Counting(), range(10**6), CPU) as batches:
        next(batches)
    assert all(not thread.name.startswith("batches") for thread in threading.enumerate())
