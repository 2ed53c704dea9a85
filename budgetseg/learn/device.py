"""Where a run computes."""

import os

import torch

from budgetseg.errors import InvalidInputError

__all__ = ["device_of", "visible_gpus"]


def device_of(name: str) -> torch.device:
    """Return the device of a name; ``auto`` is a GPU where there is one.

    Raises:
        InvalidInputError: Nothing can be computed there.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidInputError(f"--device {name}: cannot compute there ({reason}); try --device cpu") from error
    return device


def visible_gpus() -> tuple[str, ...]:
    """The GPUs that a process started from here could be given, as in ``CUDA_VISIBLE_DEVICES``."""
    count = torch.cuda.device_count()
    named = [name.strip() for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    return tuple(named[:count]) if named else tuple(map(str, range(count)))
