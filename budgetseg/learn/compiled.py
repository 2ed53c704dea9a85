"""The forward and backward pass of a network compiled by torch, and as CUDA graphs if wished."""

import warnings
from collections.abc import Callable
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from budgetseg.errors import InvalidInputError

__all__ = ["COMPILING", "Compiling", "forward_of"]

Compiling = Literal["none", "kernels", "graphs"]
"""``kernels``: operations are fused. ``graphs``: and a GPU is told of a whole pass at once, not kernel by kernel."""

COMPILING: tuple[Compiling, ...] = get_args(Compiling)


def forward_of(network: nn.Module, compiling: Compiling) -> Callable[[Tensor], Tensor]:
    """Return what gives the network's scores; it is compiled when it is first called, which takes a minute or so.

    The parameters stay those of ``network``, which evaluates as before. Results differ by rounding.

    Raises:
        InvalidInputError: An unknown way.
    """
    if compiling not in COMPILING:
        raise InvalidInputError(f"--compile: expected one of {', '.join(COMPILING)}, got {compiling}")
    if compiling == "none":
        return network
    # The matrices of an upsampling are made once and kept; that the compiler looks past the keeping is what we want.
    warnings.filterwarnings("ignore", message=r"[\s\S]*lru_cache")
    if compiling == "kernels":
        return torch.compile(network, dynamic=False)
    graphed = torch.compile(network, dynamic=False, mode="reduce-overhead")

    def forward(images_B3HW: Tensor) -> Tensor:
        torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
        scores: Tensor = graphed(images_B3HW)
        return scores

    return forward
