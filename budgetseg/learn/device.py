"""Where a run computes."""

import torch

from budgetseg.errors import InvalidInputError

__all__ = ["device_of"]


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
