"""FCN-32s on VGG16, the network of the paper (section 5.1), after Long, Shelhamer and Darrell, CVPR 2015.

VGG16's two hidden fully connected layers become convolutions (fc6 of 7 x 7, fc7 of 1 x 1), a linear classifier scores
each cell of 32 x 32 pixels, and a fixed bilinear kernel of 64 x 64 brings the scores to the size of the image. As in
the original, the first convolution pads by 100 pixels, so that cells cover images of any size, and the result is
cropped 19 pixels from the top left.

Shape suffixes: B images, 3 colours, C classes, D features, H x W pixels, h x w cells.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import torch
from torch import Tensor, nn

from budgetseg.errors import InvalidInputError
from budgetseg.learn.imagenet_rows import imagenet_row
from budgetseg.learn.segmenter import Segmenter
from budgetseg.learn.upsample import deconvolution_matrix, upsample
from budgetseg.learn.weights import Weights, load_weights

__all__ = ["Fcn32s", "build_fcn32s"]

STAGES: Final = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and convolutions of each of VGG16's stages, which end in a halving of the size."""

PAD_PIXELS: Final = 100
CROP_PIXELS: Final = 19
STRIDE_PIXELS: Final = 32

IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
IMAGENET_STD: Final = (0.229, 0.224, 0.225)
# torchvision's IMAGENET1K_FEATURES are the original Caffe weights, which expect differences of 0..255.
CAFFE_MEAN: Final = (0.48235, 0.45882, 0.40784)
CAFFE_STD: Final = (1 / 255,) * 3

IMAGENET_CLASSES: Final = 1000

_FULLY_CONNECTED: Final = {"classifier.0": "fc6", "classifier.3": "fc7"}
"""torchvision's names of the layers that become convolutions; ``classifier.6`` holds the 1,000 ImageNet classes."""


class Fcn32s(Segmenter):
    """FCN-32s with random weights and a zero classifier.

    Args:
        classes: How many there are.
        generator: Draws the weights; None leaves them unset, for weights that are loaded next.
        width: Features of fc6 and fc7; 4,096 in VGG16.
        caffe_colours: Whether the weights expect the colours of the original Caffe model.
    """

    def __init__(
        self, classes: int, *, generator: torch.Generator | None, width: int = 4096, caffe_colours: bool = False
    ) -> None:
        mean, std = (CAFFE_MEAN, CAFFE_STD) if caffe_colours else (IMAGENET_MEAN, IMAGENET_STD)
        super().__init__("vgg16", mean=mean, std=std, stride=1, frozen_statistics=False)
        # On the meta device nothing is drawn yet: torch's own start would take seconds and be thrown away.
        with torch.device("meta"):
            self.features = nn.Sequential(*_vgg16_layers())
            self.fc6 = nn.Conv2d(STAGES[-1][0], width, 7)
            self.fc7 = nn.Conv2d(width, width, 1)
            self.segmentation_head = nn.Conv2d(width, classes, 1)
        for part in (self.features, self.fc6, self.fc7, self.segmentation_head):
            part.to_empty(device="cpu")
        self.dropout = nn.Dropout(0.5)
        nn.init.zeros_(self.segmentation_head.weight)
        nn.init.zeros_(self.segmentation_head.bias)  # type: ignore[arg-type] # it has one
        if generator is not None:
            for module in (*self.features, self.fc6, self.fc7):
                if isinstance(module, nn.Conv2d):
                    draw_convolution(module, generator)

    def early_parameters(self, stride: int) -> Sequence[nn.Parameter]:
        """Those of whole stages: each but the first begins with a pooling that doubles the stride."""
        stage, early = 0, []
        for layer in self.features:
            stage += isinstance(layer, nn.MaxPool2d)
            if 2**stage <= stride:
                early += list(layer.parameters())
        return early

    def scores(self, images_B3HW: Tensor) -> Tensor:
        """Scores of each cell; those around the border lie partly outside of the image."""
        features_BDhw = self.features(images_B3HW)
        hidden_BDhw = self.dropout(torch.relu(self.fc6(features_BDhw)))
        hidden_BDhw = self.dropout(torch.relu(self.fc7(hidden_BDhw)))
        scores_BChw: Tensor = self.segmentation_head(hidden_BDhw)
        return scores_BChw

    def maps(self, images_B3HW: Tensor) -> list[Tensor]:
        """The last of the pooled maps, without the cells that lie in the padding.

        Cell k begins at pixel ``32 k - 99``, so the one that is kept first begins 3 pixels outside the image.
        """
        skipped = round((PAD_PIXELS - 1) / STRIDE_PIXELS)
        rows, columns = (math.ceil(pixels / STRIDE_PIXELS) for pixels in images_B3HW.shape[2:])
        features_BDhw = self.features(images_B3HW)
        return [features_BDhw[:, :, skipped : skipped + rows, skipped : skipped + columns]]

    def forward(self, images_B3HW: Tensor) -> Tensor:
        """Class scores at the size of the input; see :meth:`Segmenter.forward`."""
        scores_BChw = self.scores(self.normalise(images_B3HW))
        sizes = zip(scores_BChw.shape[2:], images_B3HW.shape[2:], strict=True)
        rows_Hh, columns_Ww = (
            deconvolution_matrix(cells, pixels, stride=STRIDE_PIXELS, offset=CROP_PIXELS, device=scores_BChw.device)
            for cells, pixels in sizes
        )
        return upsample(scores_BChw, rows_Hh, columns_Ww)


def draw_convolution(module: nn.Conv2d, generator: torch.Generator) -> None:
    """Start a convolution as He et al. (ICCV 2015): activations keep their variance through rectified layers."""
    nn.init.normal_(module.weight, std=math.sqrt(2 / module.weight[0].numel()), generator=generator)
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def build_fcn32s(
    backbone: str,  # noqa: ARG001 - every builder takes the same arguments
    class_names: Sequence[str],
    *,
    supervision: Literal["full", "weak"],
    generator: torch.Generator,
    weights: Weights,
    allow_leaky_weights: bool,
) -> Fcn32s:
    """Build ``vgg16``.

    With ``supervision="full"`` the classifier starts at zero. With ``"weak"`` each class that ImageNet knows starts
    as the matching row of VGG16's last layer, and the others, background included, at zero.

    Raises:
        InvalidInputError: A weights file of another network, or one trained on masks.
        DataError: torchvision's weights cannot be downloaded.
        RunFailedError: A corrupt weights file.
    """
    if weights is None:
        return Fcn32s(len(class_names), generator=generator)
    if weights == "imagenet":
        from torchvision.models import VGG16_Weights  # takes a second, which other backbones need not wait for

        source: Any = VGG16_Weights.IMAGENET1K_V1.url
    else:
        source = weights
    given = load_weights(source, allow_leaky_weights=allow_leaky_weights)
    return fcn32s_from_vgg16(given, class_names, str(weights), supervision=supervision, generator=generator)


def fcn32s_from_vgg16(
    vgg16: Mapping[str, Tensor],
    class_names: Sequence[str],
    source: str,
    *,
    supervision: Literal["full", "weak"],
    generator: torch.Generator,
) -> Fcn32s:
    """Turn VGG16, under torchvision's names, into FCN-32s.

    Args:
        vgg16: ``features.*`` and ``classifier.*``. In torchvision's IMAGENET1K_FEATURES the latter are NaN: fc6 and
            fc7 are then drawn at random, with a warning, and the colours are those of the Caffe model.
        class_names: One a score.
        source: Where the weights are from, for messages.
        supervision: See :func:`build_fcn32s`.
        generator: Draws fc6 and fc7 where they are NaN.

    Raises:
        InvalidInputError: Tensors are missing, of another shape, or not finite.
    """
    hidden = vgg16.get("classifier.0.weight")
    if hidden is None or hidden.ndim != 2:
        raise InvalidInputError(f"{source}: not the weights of VGG16: classifier.0.weight (fc6) is missing")
    features_only = bool(hidden.isnan().all())
    network = Fcn32s(
        len(class_names),
        generator=generator if features_only else None,
        width=hidden.shape[0],
        caffe_colours=features_only,
    )
    wanted = network.state_dict()
    loaded = {name: tensor for name, tensor in vgg16.items() if name.startswith("features.")}
    if features_only:
        warnings.warn(f"{source}: holds no fc6 and fc7 (they are NaN); they start at random", stacklevel=2)
    else:
        for theirs, ours in _FULLY_CONNECTED.items():
            for part in ("weight", "bias"):
                tensor = vgg16.get(f"{theirs}.{part}")
                # A fully connected layer on 7 x 7 cells reads channels, then rows, then columns: a convolution's order.
                if tensor is not None and tensor.numel() == wanted[f"{ours}.{part}"].numel():
                    loaded[f"{ours}.{part}"] = tensor.reshape(wanted[f"{ours}.{part}"].shape)
    layers = ("features.",) if features_only else ("features.", "fc6.", "fc7.")
    needed = [name for name in wanted if name.startswith(layers)]
    wrong = [
        name
        for name in needed
        if name not in loaded or loaded[name].shape != wanted[name].shape or not bool(loaded[name].isfinite().all())
    ]
    if wrong:
        raise InvalidInputError(
            f"{source}: not the weights of VGG16: {len(wrong)} of {len(needed)} tensors are missing, not finite or of "
            f"another shape, such as {wrong[0]}"
        )
    network.load_state_dict({name: loaded[name] for name in needed}, strict=False)
    network.pretrained = True
    if supervision == "weak":
        copy_imagenet_rows(network, vgg16, class_names, source)
    return network


def copy_imagenet_rows(network: Fcn32s, vgg16: Mapping[str, Tensor], class_names: Sequence[str], source: str) -> None:
    """Start the classifier of each class that ImageNet knows from the matching row of VGG16's last layer.

    Raises:
        InvalidInputError: The weights hold no finite last layer.
    """
    rows = {number: imagenet_row(name) for number, name in enumerate(class_names)}
    weight, bias = vgg16.get("classifier.6.weight"), vgg16.get("classifier.6.bias")
    shape = (IMAGENET_CLASSES, network.fc7.out_channels)
    if weight is None or bias is None or weight.shape != shape or not bool(weight.isfinite().all()):
        raise InvalidInputError(
            f"{source}: weak supervision starts from the 1,000 ImageNet rows of VGG16's last layer (classifier.6), "
            f"which these weights lack; use VGG16 weights that hold them"
        )
    with torch.no_grad():
        for number, row in rows.items():
            if row is not None:
                network.segmentation_head.weight[number, :, 0, 0] = weight[row]
                network.segmentation_head.bias[number] = bias[row]  # type: ignore[index] # it has one


def _vgg16_layers() -> list[nn.Module]:
    """VGG16's thirteen convolutions; their places in the list are those of torchvision's names."""
    layers: list[nn.Module] = []
    channels_in, padding = 3, PAD_PIXELS
    for channels, convolutions in STAGES:
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels_in, channels, 3, padding=padding), nn.ReLU(inplace=True)]
            channels_in, padding = channels, 1
        layers.append(nn.MaxPool2d(2, stride=2, ceil_mode=True))
    return layers
