"""Every network of the registry through one set of demands.

Shape suffixes: B images, 3 colours, C classes, H rows, W columns.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from budgetseg.errors import InvalidInputError
from budgetseg.learn.lite import LITES
from budgetseg.learn.losses import image_loss
from budgetseg.learn.networks import NETWORKS, build_network
from budgetseg.learn.segmenter import Segmenter

Build = Callable[..., Segmenter]
Images = Callable[..., Tensor]

CLASSES = ("background", "cat", "dog")
PRETRAINED = {"tiny": False, "efficientnet_lite0": True, "vgg16": True, "timm": False}
COLOURS = {
    "tiny": ((0.45,) * 3, (0.25,) * 3),
    "efficientnet_lite0": ((127 / 255,) * 3, (128 / 255,) * 3),
    "vgg16": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "timm": ((0.5,) * 3, (0.5,) * 3),
}


def test_every_family_has_an_example_here() -> None:
    families = {
        "efficientnet_lite0" if name in LITES else name for name in NETWORKS
    }  # of these, one size stands for all
    assert PRETRAINED.keys() == COLOURS.keys() == families


@pytest.mark.parametrize("family", PRETRAINED)
def test_scores_have_the_size_of_the_image_whatever_that_is(build: Build, family: str, images: Images) -> None:
    network = build(family, classes=("background", "a", "b", "c")).eval()
    assert network.backbone_name.partition("/")[0] == family
    for height, width in ((32, 32), (33, 61), (96, 70)):
        with torch.no_grad():
            logits_BCHW = network(images(2, height, width))
        assert logits_BCHW.shape == (2, 4, height, width)
        assert logits_BCHW.dtype == torch.float32


@pytest.mark.parametrize("family", PRETRAINED)
def test_gradients_reach_the_first_layer(build: Build, family: str, images: Images) -> None:
    network = build(family)
    loss_B = image_loss(network(images(2, 64, 64)), torch.tensor([[True, True, False], [True, False, True]]))
    loss_B.sum().backward()
    gradients = {name: parameter.grad for name, parameter in network.named_parameters()}
    assert [name for name, gradient in gradients.items() if gradient is None or not gradient.isfinite().all()] == []
    first = next(iter(gradients.values()))
    assert first is not None
    assert first.any()


@pytest.mark.parametrize("family", PRETRAINED)
def test_equal_generators_give_equal_networks_and_leave_the_global_state_alone(build: Build, family: str) -> None:
    before = torch.get_rng_state()
    first, same, other = build(family, 0), build(family, 0), build(family, 1)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(7)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), same.parameters(), strict=True))
    changed = any(not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))
    assert changed or family == "vgg16"  # of which nothing is random once it has weights


@pytest.mark.parametrize("family", PRETRAINED)
def test_colours_are_normalised_inside(build: Build, family: str, images: Images) -> None:
    mean, std = (torch.tensor(values)[:, None, None] for values in COLOURS[family])
    network, seen = build(family).eval(), []
    first = next(module for module in network.modules() if isinstance(module, nn.Conv2d))
    first.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    given = images(1, 40, 48)
    with torch.no_grad():
        network(given)
    expected = (given - mean) / std
    torch.testing.assert_close(seen[0][:, :, :40, :48], expected)


@pytest.mark.parametrize("family", PRETRAINED)
def test_cells_and_pixels_line_up_at_sizes_between_the_strides(build: Build, family: str, images: Images) -> None:
    network = build(family).eval()
    image = images(1, 40, 50)
    height, width = (-(-pixels // network.stride) * network.stride for pixels in (40, 50))
    filled = network.mean_3[:, None, None].expand(1, 3, height, width).clone()
    filled[:, :, :40, :50] = image
    with torch.no_grad():
        torch.testing.assert_close(network(image), network(filled)[:, :, :40, :50], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("family", PRETRAINED)
def test_weights_survive_a_file(build: Build, family: str, tmp_path: Path, images: Images) -> None:
    network, other = build(family, 0).eval(), build(family, 1).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.01)
    save_file(network.state_dict(), tmp_path / "n.safetensors")
    other.load_state_dict(load_file(tmp_path / "n.safetensors"))
    with torch.no_grad():
        assert torch.equal(network(images(1, 40, 40)), other(images(1, 40, 40)))


@pytest.mark.parametrize("family", PRETRAINED)
def test_statistics_of_pretrained_backbones_are_frozen_and_others_learn(
    build: Build, family: str, images: Images
) -> None:
    network = build(family)
    names = [name for name, _ in network.named_buffers() if name.endswith("running_mean")]
    before = {name: network.get_buffer(name).clone() for name in names}
    network.eval()
    network.train()
    network(images(2, 64, 64))
    moved = [name for name in names if not torch.equal(before[name], network.get_buffer(name))]
    assert moved == ([] if PRETRAINED[family] else names)
    assert network.training


@pytest.mark.parametrize("family", PRETRAINED)
def test_images_in_a_batch_do_not_see_each_other_in_evaluation(build: Build, family: str, images: Images) -> None:
    network, pair = build(family).eval(), images(2, 48, 64)
    with torch.no_grad():
        together, alone = network(pair), torch.cat([network(pair[:1]), network(pair[1:])])
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("family", PRETRAINED)
@pytest.mark.parametrize("shape", [(1, 3, 31, 64), (1, 4, 64, 64), (3, 64, 64)])
def test_images_of_the_wrong_shape_are_refused(build: Build, family: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInputError, match="images: expected"):
        build(family)(torch.zeros(shape))


@pytest.mark.parametrize(
    ("backbone", "message"),
    [
        ("vgg", 'no network is called "vgg" \\(did you mean "vgg16"\\?\\)'),
        ("tiny/large", "no network is called"),
        ("timm", "no network is called"),
        ("timm/", "no network is called"),
        ("timm/resnt18", 'timm has no model "resnt18" \\(did you mean "resnet18"\\?\\)'),
        ("timm/qqqqq", "timm.list_models"),
        ("timm/resnet18.bogus", "Invalid pretrained tag"),
        ("timm/mixer_s32_224", "does not take images of any size"),
    ],
)
def test_unknown_and_unfit_backbones_are_refused(backbone: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        build_network(backbone, CLASSES, supervision="full", generator=torch.Generator(), weights=None)


def test_tiny_is_small_and_takes_no_weights_file(build: Build, tmp_path: Path) -> None:
    assert sum(parameter.numel() for parameter in build("tiny").parameters()) < 300_000
    with pytest.raises(InvalidInputError, match="starts from random weights"):
        build_network("tiny", CLASSES, supervision="full", generator=torch.Generator(), weights=tmp_path / "w.pth")
