"""Saving and restoring a training, exactly: network and optimiser as safetensors, which hold no code.

Batches follow from the iteration number and learning rates from the schedule, so tensors and the number of iterations
done are all there is to a training's state.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from budgetseg.errors import RunFailedError
from budgetseg.files import write_bytes

__all__ = ["restore_checkpoint", "save_checkpoint", "save_weights"]


def save_checkpoint(
    path: Path, network: torch.nn.Module, optimiser: torch.optim.Optimizer, iterations_done: int, fingerprint: str
) -> None:
    """Write a checkpoint whole or not at all.

    Args:
        path: The ``.safetensors`` file.
        network: Its parameters and buffers are saved.
        optimiser: Its state (momenta, second moments) is saved.
        iterations_done: Iterations that the state includes.
        fingerprint: Says which training this is; :func:`restore_checkpoint` refuses any other.
    """
    tensors = {f"network/{name}": tensor for name, tensor in network.state_dict().items()}
    for number, state in optimiser.state_dict()["state"].items():
        for name, value in state.items():
            tensors[f"optimiser/{number}/{name}"] = torch.as_tensor(value)
    metadata = {"iterations_done": json.dumps(iterations_done), "fingerprint": fingerprint}
    write_bytes(path, save(_plain(tensors), metadata))


def save_weights(path: Path, network: torch.nn.Module) -> None:
    """Write the parameters and buffers of a trained network, whole or not at all."""
    write_bytes(path, save(_plain(network.state_dict())))


def _plain(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return tensors as safetensors wants them: in main memory, row by row, none a view of another."""
    return {
        name: tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, tensor in tensors.items()
    }


def restore_checkpoint(path: Path, network: torch.nn.Module, optimiser: torch.optim.Optimizer, fingerprint: str) -> int:
    """Put a saved state into ``network`` and ``optimiser``.

    Returns:
        The number of iterations done.

    Raises:
        RunFailedError: The file is not a whole checkpoint of this training.
    """
    fix = "delete it, or start anew with --force"
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        if metadata.get("fingerprint") != fingerprint:
            raise RunFailedError(f"{path}: checkpoint of another run; {fix}")
        iterations_done = int(json.loads(metadata["iterations_done"]))
        network.load_state_dict(
            {name.removeprefix("network/"): tensor for name, tensor in tensors.items() if name.startswith("network/")}
        )
        states: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith("optimiser/"):
                _, number, key = name.split("/")
                states.setdefault(int(number), {})[key] = tensor
        optimiser.load_state_dict({"state": states, "param_groups": optimiser.state_dict()["param_groups"]})
        _lay_out_as_parameters(optimiser)
    except (SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
        if isinstance(error, RunFailedError):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunFailedError(f"{path}: corrupt checkpoint ({reason}); {fix}") from error
    return iterations_done


def _lay_out_as_parameters(optimiser: torch.optim.Optimizer) -> None:
    """Store momenta in the order of their parameters' memory.

    torch's fused optimisers go through parameter, gradient and momenta side by side in memory, whatever their strides
    say, and files hold tensors row by row: a parameter in another layout would get the momentum of another weight.
    """
    for parameter, state in optimiser.state.items():
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                state[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
