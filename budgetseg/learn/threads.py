"""CPU threads that let others work while they wait.

torch's threads meet at the end of every operation, and by default the first ones there wait in a busy loop for
milliseconds. Where the cores are shared with other programs, that is time taken from the very thread they wait for: on
two cores with two other programs a training step of the tiny network took ten times as long (2.4 s instead of 0.22 s).
"""

import os

__all__ = ["wait_politely"]

_SPINS = "1000"
"""GNU's own choice where it knows that there are more threads than cores: some microseconds."""


def wait_politely() -> None:
    """Ask the threads to sleep soon when they wait; only before torch is imported, and unless the user has chosen."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
