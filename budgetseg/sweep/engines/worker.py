"""A process that carries out one run after the other: tasks come in on stdin, outcomes go out on stdout, a line each.

It outlives its runs, so that the libraries are loaded and the data set is opened once. When stdin ends, whoever gave
the tasks has gone, politely or not: a run under way then saves its state, and the process ends.
"""

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from budgetseg.learn.threads import wait_politely

if TYPE_CHECKING:
    from budgetseg.sweep.task import Outcome, Task

__all__ = ["main", "work"]


class _Orders:
    """Tasks as they come in; the end of them interrupts the one under way."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.busy = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.stream:
            self.lines.put(line)
        self.lines.put(None)
        if self.busy:
            os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Carry runs out until stdin ends."""
    wait_politely()

    def carry_out(task: "Task") -> "Outcome":
        from budgetseg.sweep.task import carry_out

        return carry_out(task)

    work(carry_out)


def work(carry_out: "Callable[[Task], Outcome]") -> None:
    """Do with each task what ``carry_out`` does, until stdin ends."""
    from budgetseg.sweep.task import Task

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not look like an answer
    orders = _Orders(sys.stdin)
    while (line := orders.lines.get()) is not None:
        orders.busy = True
        outcome = carry_out(Task(**json.loads(line)))
        orders.busy = False
        try:
            answers.write(json.dumps(outcome.to_dict()) + "\n")
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
