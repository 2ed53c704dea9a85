"""What a result was computed with: versions, machine and cost book."""

import hashlib
import platform
from importlib.metadata import version
from typing import Any

import torch

from budgetseg import __version__
from budgetseg.costs.book import CostBook

__all__ = ["environment"]


def environment(device: torch.device, book: CostBook) -> dict[str, Any]:
    """Return the ``budgetseg.env/1`` document."""
    rates = {name: str(rate.seconds) for name, rate in sorted(book.rates.items())}
    return {
        "schema": "budgetseg.env/1",
        "budgetseg": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {name: version(name) for name in ("numpy", "pillow", "scipy", "timm", "torch", "torchvision")},
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        "threads": torch.get_num_threads(),
        "cost_book": {"name": book.name, "rates": rates, "sha256": hashlib.sha256(repr(rates).encode()).hexdigest()},
    }
