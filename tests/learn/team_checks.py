"""Run by torchrun in two processes, from test_team.py: each checks what it gets against one process's arithmetic."""

import sys
from pathlib import Path

import torch
from torch import nn

from budgetseg.learn.team import team_of_launch

draw = torch.Generator().manual_seed(0)
IMAGES = torch.randn(5, 3, 6, 7, generator=draw) * 3 + 2
TARGET = torch.randn(5, 4, 6, 7, generator=draw)


class Network(nn.Sequential):
    def __init__(self):
        torch.manual_seed(1)
        super().__init__(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1), nn.Linear(2, 2))

    def forward(self, images_B3HW):
        return self[2](self[1](self[0](images_B3HW)))  # the last layer is not used


def network():
    return Network().to(memory_format=torch.channels_last).train()


def backward(layers, rows):
    loss = (layers(IMAGES[rows]) - TARGET[rows]).square().sum() / len(IMAGES)
    loss.backward()
    return loss.item()


with team_of_launch("cpu") as (team, device):
    assert (team.size, str(device)) == (2, "cpu")
    assert team.agree(f"from {team.rank}") == "from 0"
    assert [team.any(False), team.any(team.rank == 1), team.any(True)] == [False, True, True]

    expected, ours = network(), network()
    loss = backward(expected, slice(None))
    team.share_statistics(ours)
    parameters = list(ours.parameters())
    summed = team.sum_gradients(parameters, backward(ours, team.part))  # three images here, two there
    assert abs(summed - loss) < 1e-5 * loss
    for (name, theirs), parameter in zip(expected.named_parameters(), parameters, strict=True):
        if name.startswith("3."):
            assert parameter.grad is None
        else:
            assert torch.allclose(parameter.grad, theirs.grad, rtol=1e-4, atol=1e-5), name
            assert parameter.grad.stride() == parameter.stride(), name
    for (name, theirs), buffer in zip(expected.named_buffers(), ours.buffers(), strict=True):
        assert torch.allclose(buffer.double(), theirs.double(), rtol=1e-5), name
    assert torch.allclose(ours.eval()(IMAGES), expected.eval()(IMAGES), rtol=1e-4, atol=1e-5)

    # a process without a gradient of its own takes part with nothing
    parameter = nn.Parameter(torch.zeros(2))
    if team.rank == 0:
        parameter.grad = torch.tensor([1.0, 2.0])
    assert team.sum_gradients([parameter], 0.25) == 0.5
    assert parameter.grad.tolist() == [1.0, 2.0]
    rank = team.rank

# gloo's threads end with the team: one that outlives the interpreter takes the process down with it
left = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").glob("*")]
assert not [name for name in left if "gloo" in name], left
sys.stdout.write(f"checked {rank}\n")
