"""Networks small enough for tests, for every family of the registry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from budgetseg.learn import fcn32s
from budgetseg.learn.networks import build_network
from budgetseg.learn.segmenter import Segmenter

CLASSES = ("background", "cat", "dog")
NARROW = 16
"""Width of the last convolutions, fc6 and fc7 of VGG16 in these tests, instead of 512 and 4,096."""

# Of each family a backbone, and whether it comes pretrained here.
EXAMPLES = {
    "tiny": ("tiny", False),
    "efficientnet_lite0": ("efficientnet_lite0", True),
    "vgg16": ("vgg16", True),
    "timm": ("timm/test_resnet", False),
}

Build = Callable[..., Segmenter]


class SmallVgg(nn.Module):
    """torchvision's VGG16 with narrow layers; parameter names are those of torchvision."""

    def __init__(self) -> None:
        super().__init__()
        from torchvision.models.vgg import cfgs, make_layers

        self.features = make_layers([size if size == "M" else int(size) // 32 for size in cfgs["D"]])
        self.classifier = nn.Sequential(
            nn.Linear(NARROW * 7 * 7, NARROW),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(NARROW, NARROW),
            nn.ReLU(),
            nn.Dropout(),
        )
        self.classifier.append(nn.Linear(NARROW, 1000))
        for name, parameter in self.named_parameters():
            if name.endswith("weight"):
                nn.init.kaiming_normal_(parameter, generator=torch.Generator().manual_seed(len(name)))

    def forward(self, images_B3HW: Tensor) -> Tensor:
        return self.classifier(self.features(images_B3HW).flatten(1))


@pytest.fixture(scope="session")
def vgg16() -> SmallVgg:
    return SmallVgg().eval()


@pytest.fixture(scope="session")
def vgg16_file(vgg16: SmallVgg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vgg16") / "vgg16.safetensors"
    save_file(vgg16.state_dict(), path)
    return path


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """VGG16 with a 32nd of its channels, which takes a thousandth of the time."""
    monkeypatch.setattr(fcn32s, "STAGES", [(channels // 32, count) for channels, count in fcn32s.STAGES])


@pytest.fixture
def build(vgg16_file: Path, narrow: None) -> Build:
    """Builds the example of a family, small enough for a test."""

    def built(family: str, seed: int = 0, classes: tuple[str, ...] = CLASSES, supervision: Any = "weak") -> Segmenter:
        backbone, pretrained = EXAMPLES.get(family, (family, True))
        weights: Any = vgg16_file if family == "vgg16" else "imagenet" if pretrained else None
        generator = torch.Generator().manual_seed(seed)
        return build_network(backbone, classes, supervision=supervision, generator=generator, weights=weights)

    return built


@pytest.fixture
def images() -> Callable[..., Tensor]:
    """Random photographs."""

    def drawn(batch: int, height: int, width: int) -> Tensor:
        return torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(0))

    return drawn
