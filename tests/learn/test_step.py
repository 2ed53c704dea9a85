"""An iteration by parts is the iteration as a whole, however early or late the memory gives out."""

import pytest
import torch
from torch import nn

from budgetseg.errors import RunFailedError
from budgetseg.learn.batches import Batch
from budgetseg.learn.optimiser import make_optimiser
from budgetseg.learn.recipe import MODERN, with_settings
from budgetseg.learn.step import Step
from budgetseg.learn.train import batch_loss

CLASSES = 3
RECIPE = with_settings(MODERN, {"batch": 8, "optimiser": "sgd", "lr": 0.1, "schedule": "fixed", "clip_norm": 0})


class Small(nn.Module):
    """A convolution that runs out of memory above some images: on the way forward, or on the way back."""

    def __init__(self, holds, where="forward", extra=None):
        super().__init__()
        self.holds, self.where, self.asked = holds, where, []
        self.convolution = nn.Conv2d(3, CLASSES, 3, padding=1)
        self.extra = extra or nn.Identity()

    def forward(self, images_B3HW):
        self.asked.append(len(images_B3HW))
        scores = self.extra(self.convolution(images_B3HW))
        if len(images_B3HW) > self.holds:
            if self.where == "forward":
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
            # the last layer's gradients are there already when this is reached
            leaf = torch.zeros((), requires_grad=True)
            leaf.register_hook(self.give_out)
            return scores + leaf
        return scores

    def give_out(self, gradient):
        raise torch.OutOfMemoryError("CUDA out of memory")


def batch(images=8, size=8):
    draw = torch.Generator().manual_seed(1)
    labels = torch.randint(CLASSES, (images, size, size), generator=draw)
    labels[images // 2 :, 1:] = 255
    return Batch(
        images_B3HW=torch.rand(images, 3, size, size, generator=draw),
        labels_BHW=labels,
        weights_BHW=torch.rand(images, size, size, generator=draw),
        present_BC=torch.rand(images, CLASSES, generator=draw) < 0.5,
        objectness_BHW=torch.rand(images, size, size, generator=draw),
        strong_B=torch.arange(images) < images // 2,
        marked_B=torch.ones(images, dtype=torch.bool),
    )


def stepped(network, batches, recipe=RECIPE, iterations=2):
    """Return losses, the parameters afterwards, and what was said."""
    torch.manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.reset_parameters()
    said = []
    step = Step(
        network,
        make_optimiser(network, recipe),
        recipe,
        lambda logits, of: batch_loss(logits, of, recipe, [1, 2], mixed=True),
        device=torch.device("cpu"),
        precision="fp32",
        seed=0,
        notice=said.append,
    )
    losses = [step(iteration, batches) for iteration in range(iterations)]
    return losses, torch.cat([parameter.detach().flatten() for parameter in network.parameters()]), said


@pytest.mark.parametrize("where", ["forward", "backward"])
@pytest.mark.parametrize("holds", [1, 2, 3, 5])
def test_a_batch_that_does_not_fit_is_split_with_the_same_result(holds, where):
    losses, parameters, said = stepped(Small(8), [batch()])
    assert said == []
    network = Small(holds, where)
    by_parts, parameters_by_parts, said = stepped(network, [batch()])
    assert by_parts == pytest.approx(losses, rel=1e-6)
    assert torch.allclose(parameters_by_parts, parameters, rtol=1e-5, atol=1e-7)
    fits = {1: 1, 2: 2, 3: 2, 5: 4}[holds]
    assert network.asked[-8 // fits :] == [fits] * (8 // fits)  # the second iteration knows what fits
    assert len(said) == {1: 3, 2: 2, 4: 1}[fits]
    assert "out of memory on cpu with 8 images at once; from here on 4 at a time" in said[0]
    assert "same result up to rounding" in said[0]


def test_batches_of_several_sizes_are_split_each():
    several = [batch(5, 8), batch(3, 16)]
    losses, parameters, _ = stepped(Small(8), several)
    by_parts, parameters_by_parts, said = stepped(Small(3), several)
    assert by_parts == pytest.approx(losses, rel=1e-6)
    assert torch.allclose(parameters_by_parts, parameters, rtol=1e-5, atol=1e-7)
    assert len(said) == 1


def test_live_batch_norm_is_said_to_make_a_difference():
    _, _, said = stepped(Small(4, extra=nn.BatchNorm2d(CLASSES)), [batch()])
    assert "batch norm takes its statistics from fewer images" in said[0]
    frozen = Small(4, extra=nn.BatchNorm2d(CLASSES).eval())
    losses, _, said = stepped(frozen, [batch()])
    assert "same result up to rounding" in said[0]
    assert losses == pytest.approx(stepped(Small(8, extra=nn.BatchNorm2d(CLASSES).eval()), [batch()])[0], rel=1e-6)
    assert "dropout draws other numbers" in stepped(Small(4, extra=nn.Dropout(0.5)), [batch()])[2][0]


def test_a_single_image_that_does_not_fit_ends_the_run_in_one_line():
    with pytest.raises(RunFailedError, match=r"iteration 1: out of memory on cpu with a single image; lower --crop"):
        stepped(Small(0), [batch()])


def test_other_errors_of_the_network_are_not_taken_for_it():
    class Broken(Small):
        def forward(self, images_B3HW):
            raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes do not fit"):
        stepped(Broken(8), [batch()])
