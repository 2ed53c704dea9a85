"""What a fresh process takes, by the clock and of the processors."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from budgetseg.errors import RunFailedError

__all__ = ["Took", "interpreter"]

ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, kw_only=True)
class Took:
    """From the start of a process to its end."""

    seconds: float
    """By the clock: other programs on the machine lengthen it."""
    cpu_seconds: float
    """Of the processors, its own and its children's."""


def interpreter(arguments: Sequence[str]) -> Took:
    """Run this interpreter with arguments, on one thread.

    Raises:
        RunFailedError: It ended with an error; what it said stands in the message.
    """
    before, began = os.times(), time.monotonic()
    done = subprocess.run(  # noqa: S603 - this interpreter, on this package or numpy
        [sys.executable, *arguments], capture_output=True, text=True, env={**os.environ, **ONE_THREAD}, check=False
    )
    seconds, after = time.monotonic() - began, os.times()
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise RunFailedError(f"{' '.join(arguments)} ended with code {done.returncode}: {reason}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(seconds=seconds, cpu_seconds=spent)
