"""Early layers that keep their weights: which ones they are, that they stay, and that the others learn."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from budgetseg.annotate.target import Target
from budgetseg.learn.batches import Example, TrainingSet
from budgetseg.learn.networks import build_network
from budgetseg.learn.recipe import MODERN, preset
from budgetseg.learn.segmenter import Segmenter
from budgetseg.learn.train import Saving, train

Build = Callable[..., Segmenter]


def frozen(network: Segmenter) -> set[str]:
    return {name for name, parameter in network.named_parameters() if not parameter.requires_grad}


@pytest.mark.parametrize("model", ["resnet18", "convnext_atto", "mobilenetv3_small_050"])
def test_what_timm_needs_for_the_map_of_a_stride_is_frozen_and_nothing_else(model: str, tmp_path: Path) -> None:
    import timm

    save_file(timm.create_model(model).state_dict(), tmp_path / "given.safetensors")
    network = build_network(
        f"timm/{model}",
        ("background", "cat"),
        supervision="weak",
        generator=torch.Generator().manual_seed(0),
        weights=tmp_path / "given.safetensors",
    )
    whole = timm.create_model(model, features_only=True)
    level = whole.feature_info.reduction().index(8)
    maps = whole(torch.ones(1, 3, 64, 64))
    maps[level].square().sum().backward()
    reached = {f"features.{name}" for name, parameter in whole.named_parameters() if parameter.grad is not None}
    network.freeze(8)
    assert frozen(network) == reached
    assert 0 < len(reached) < len(list(network.parameters()))


def test_lite0_keeps_its_first_three_stages_at_stride_8(build: Build) -> None:
    network = build("efficientnet_lite0")
    network.freeze(8)
    stages = {".".join(name.split(".")[1:3]) for name in frozen(network)}
    assert stages == {"conv_stem.weight", "bn1.weight", "bn1.bias", "blocks.0", "blocks.1", "blocks.2"}


def test_vgg16_keeps_whole_stages_between_poolings(build: Build) -> None:
    network = build("vgg16")
    network.freeze(4)
    kept = {int(name.split(".")[1]) for name in frozen(network)}
    assert kept == {0, 2, 5, 7, 10, 12, 14}  # torchvision's conv1_1 to conv3_3


@pytest.mark.parametrize("backbone", ["tiny", "timm/test_resnet"])
def test_layers_that_start_at_random_learn(backbone: str) -> None:
    drawn = torch.Generator().manual_seed(0)
    network = build_network(backbone, ("background", "cat"), supervision="weak", generator=drawn, weights=None)
    network.freeze(32)
    assert not frozen(network)


def test_a_stride_of_0_freezes_nothing(build: Build) -> None:
    network = build("efficientnet_lite0")
    network.freeze(0)
    assert not frozen(network)


def test_training_leaves_the_frozen_layers_alone_and_changes_all_others(build: Build, tmp_path: Path) -> None:
    network = build("efficientnet_lite0")
    network.freeze(MODERN.frozen_stride)
    kept, before = frozen(network), {name: value.clone() for name, value in network.state_dict().items()}
    mask_HW = np.random.default_rng(0).integers(0, 3, (64, 64), dtype=np.uint8)
    target = Target(
        dense_HW=mask_HW,
        xy_P2=np.zeros((0, 2), np.int32),
        labels_P=np.zeros(0, np.uint8),
        weights_P=np.zeros(0, np.float32),
        present_C=np.ones(3, bool),
        strong=True,
    )
    image_HW3 = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    recipe = replace(MODERN, iterations=2, batch=1, crop=64)
    train(
        network,
        TrainingSet(
            [Example(image_HW3=image_HW3, height=64, width=64, target=target, objectness_HW=None)],
            recipe,
            (64, 64),
            seed=0,
        ),
        recipe,
        object_classes=[1, 2],
        seed=0,
        device=torch.device("cpu"),
        precision="fp32",
        saving=Saving(path=tmp_path / "state.safetensors", fingerprint="this one", every_seconds=60),
        on_resume=lambda _done: None,
        on_iteration=lambda _done, _loss: None,
        should_stop=lambda: False,
    )
    after = dict(network.named_parameters())
    assert {name for name, value in after.items() if torch.equal(value, before[name])} == kept


def test_only_pretrained_backbones_of_timm_are_frozen_by_default() -> None:
    strides = {name: preset("modern", name).frozen_stride for name in ("efficientnet_lite0", "timm/x", "vgg16", "tiny")}
    assert strides == {"efficientnet_lite0": 8, "timm/x": 8, "vgg16": 0, "tiny": 0}
    assert preset("paper", "vgg16").frozen_stride == preset("paper", "timm/x").frozen_stride == 0
