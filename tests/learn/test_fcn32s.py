"""FCN-32s against torchvision's VGG16, and where its classifier starts from.

Shape suffixes: B images, 3 colours, C classes, N ImageNet classes, H rows, W columns.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from budgetseg.errors import InvalidInputError
from budgetseg.learn import fcn32s
from budgetseg.learn.imagenet_rows import VOC_ROWS, imagenet_row
from budgetseg.learn.networks import build_network
from budgetseg.learn.segmenter import Segmenter

Build = Callable[..., Segmenter]
Images = Callable[..., Tensor]

CLASSES = ("background", "cat", "dog")


def test_fcn32s_on_one_window_is_torchvisions_vgg16(vgg16: Any, build: Build, images: Images) -> None:
    # Without the extra border, 224 x 224 pixels give one cell, which must score as VGG16 does.
    network = build("vgg16").eval()
    network.features[0].padding = (1, 1)  # type: ignore[index, union-attr]
    scaled_B3HW = network.normalise(images(2, 224, 224))
    with torch.no_grad():
        scores_BC = network.scores(scaled_B3HW)[:, :, 0, 0]
        expected_BN = vgg16(scaled_B3HW)
    torch.testing.assert_close(scores_BC[:, 1:], expected_BN[:, [284, 234]], rtol=1e-4, atol=1e-3)
    assert not scores_BC[:, 0].any()


def test_fcn32s_starts_from_the_rows_of_the_released_code(vgg16: Any, build: Build) -> None:
    voc = "aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike person"
    classes = ("background", *voc.split(), "pottedplant", "sheep", "sofa", "train", "tvmonitor")
    released = [405, 672, 13, 815, 908, 655, 610, 285, 560, 346, 533, 235, 340, 666, 982, 739, 349, 832, 467, 665]
    weak, full = build("vgg16", classes=classes), build("vgg16", classes=classes, supervision="full")
    head, last = weak.segmentation_head, vgg16.classifier[-1]
    assert isinstance(head, nn.Conv2d)
    assert torch.equal(head.weight[1:, :, 0, 0], last.weight[[row - 1 for row in released]])
    assert torch.equal(head.bias[1:], last.bias[[row - 1 for row in released]])  # type: ignore[index]
    assert not head.weight[0].any()
    assert not any(parameter.any() for parameter in full.segmentation_head.parameters())


def test_the_rows_bear_the_names_of_what_they_stand_for() -> None:
    from torchvision.models import VGG16_Weights

    names = VGG16_Weights.IMAGENET1K_V1.meta["categories"]
    telling = {"aeroplane": "airliner", "cat": "Siamese cat", "sheep": "ram", "tvmonitor": "monitor", "cow": "ox"}
    assert {name: names[VOC_ROWS[name]] for name in telling} == telling
    assert len(set(VOC_ROWS.values())) == 20


@pytest.mark.parametrize(
    ("name", "row"),
    [("Potted Plant", 738), ("airplane", 404), ("dining-table", 532), ("TV", 664), ("zebra", 340), ("unicorn", None)],
)
def test_classes_are_matched_by_name(name: str, row: int | None) -> None:
    assert imagenet_row(name) == row


def test_fcn32s_has_the_size_of_the_original() -> None:
    network = fcn32s.Fcn32s(21, generator=None)
    count = sum(parameter.numel() for parameter in network.parameters())
    assert count == 138_357_544 - 1000 * 4097 + 21 * 4097  # VGG16 with 21 classes instead of 1,000


def test_cells_of_fcn32s_lie_over_what_they_see(build: Build) -> None:
    # The cell that a bright spot excites most is drawn where the spot is.
    network = build("vgg16").eval()
    for y, x in ((60, 60), (150, 100)):
        spot = torch.full((1, 3, 224, 224), 0.45)
        plain = network(spot).detach()
        spot[:, :, y - 8 : y + 8, x - 8 : x + 8] = 1.0
        change_HW = (network(spot).detach() - plain).abs().sum(dim=(0, 1))
        weight_HW = change_HW / change_HW.sum()
        centre_y = (weight_HW.sum(dim=1) * torch.arange(224)).sum()
        centre_x = (weight_HW.sum(dim=0) * torch.arange(224)).sum()
        assert abs(centre_y - y) < 48
        assert abs(centre_x - x) < 48


def with_nan_classifier(vgg16: Any) -> dict[str, Tensor]:
    return {n: t if n.startswith("features") else torch.full_like(t, torch.nan) for n, t in vgg16.state_dict().items()}


@pytest.mark.usefixtures("narrow")
def test_weights_without_fully_connected_layers_are_said_to_be_so(vgg16: Any, tmp_path: Path) -> None:
    # torchvision's IMAGENET1K_FEATURES are like this, and expect Caffe's colours.
    path = tmp_path / "features.safetensors"
    save_file(with_nan_classifier(vgg16), path)
    generator = torch.Generator().manual_seed(0)
    with pytest.warns(UserWarning, match="holds no fc6 and fc7"):
        network = build_network("vgg16", CLASSES, supervision="full", generator=generator, weights=path)
    assert all(parameter.isfinite().all() for parameter in network.parameters())
    assert torch.allclose(network.std_3 * 255, torch.ones(3))
    with pytest.warns(UserWarning, match="holds no fc6"), pytest.raises(InvalidInputError, match=r"classifier\.6"):
        build_network("vgg16", CLASSES, supervision="weak", generator=generator, weights=path)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("damage", ["features.28.weight", "classifier.3.bias", "classifier.0.weight", "nan"])
def test_incomplete_weights_of_vgg16_are_refused(vgg16: Any, tmp_path: Path, damage: str) -> None:
    weights = {name: tensor.clone() for name, tensor in vgg16.state_dict().items()}
    if damage == "nan":
        weights["features.0.bias"][1] = torch.nan
    else:
        del weights[damage]
    save_file(weights, tmp_path / "w.safetensors")
    with pytest.raises(InvalidInputError, match="not the weights of VGG16"):
        build_network(
            "vgg16", CLASSES, supervision="full", generator=torch.Generator(), weights=tmp_path / "w.safetensors"
        )
