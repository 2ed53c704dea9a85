"""The fused optimisers against the plain ones, and their state through a file."""

import pytest
import torch

from budgetseg.learn.checkpoint import restore_checkpoint, save_checkpoint
from budgetseg.learn.optimiser import make_optimiser
from budgetseg.learn.recipe import MODERN, PAPER
from budgetseg.learn.tiny import Tiny


def network(seed=0):
    tiny = Tiny(3, generator=torch.Generator().manual_seed(seed))
    return tiny.to(memory_format=torch.channels_last)


def steps(tiny, optimiser, first, count):
    draw = torch.Generator().manual_seed(first)
    for _ in range(count):
        tiny(torch.rand(2, 3, 32, 32, generator=draw)).square().mean().backward()
        optimiser.step()
        optimiser.zero_grad()
    return torch.cat([parameter.detach().flatten() for parameter in tiny.parameters()])


@pytest.mark.parametrize("recipe", [MODERN, PAPER], ids=lambda recipe: recipe.preset)
def test_fused_steps_are_plain_steps(recipe):
    fused_network, plain_network = network(), network()
    fused, plain = make_optimiser(fused_network, recipe), make_optimiser(plain_network, recipe)
    assert all(group["fused"] for group in fused.param_groups)
    for group in plain.param_groups:
        group["fused"] = False
    draw = torch.Generator().manual_seed(0)
    for _ in range(5):
        for ours, theirs in zip(fused_network.parameters(), plain_network.parameters(), strict=True):
            gradient = torch.randn(ours.shape, generator=draw)
            ours.grad, theirs.grad = (torch.empty_like(ours).copy_(gradient) for _ in range(2))
        fused.step(), plain.step()
    for ours, theirs in zip(fused_network.parameters(), plain_network.parameters(), strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("recipe", [MODERN, PAPER], ids=lambda recipe: recipe.preset)
def test_a_state_from_a_file_goes_on_bit_for_bit(recipe, tmp_path):
    """Momenta lie in a file row by row, and must come back in the layout of their parameters."""
    whole, stopped, resumed = network(), network(), network(seed=1)
    optimiser = make_optimiser(whole, recipe)
    steps(whole, optimiser, 0, 3)
    expected = steps(whole, optimiser, 7, 3)
    optimiser = make_optimiser(stopped, recipe)
    steps(stopped, optimiser, 0, 3)
    save_checkpoint(tmp_path / "state.safetensors", stopped, optimiser, 3, "this one")
    optimiser = make_optimiser(resumed, recipe)
    assert restore_checkpoint(tmp_path / "state.safetensors", resumed, optimiser, "this one") == 3
    for parameter, state in optimiser.state.items():
        momenta = [value for value in state.values() if value.shape == parameter.shape]
        assert momenta
        assert all(momentum.stride() == parameter.stride() for momentum in momenta)
    assert torch.equal(steps(resumed, optimiser, 7, 3), expected)
