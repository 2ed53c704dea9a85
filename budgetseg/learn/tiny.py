"""A network small enough to learn from nothing, in a minute, on a CPU: for the embedded scenes.

Shape suffixes: B images, 3 colours, C classes, H x W pixels, h x w cells.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import torch
from torch import Tensor, nn

from budgetseg.errors import InvalidInputError
from budgetseg.learn.segmenter import HEAD_STD, Segmenter
from budgetseg.learn.upsample import summed
from budgetseg.learn.weights import Weights

__all__ = ["Tiny", "build_tiny"]


CHANNELS: Final = (16, 32, 64, 96)
"""Features at a half, a quarter, an eighth and a sixteenth of the size."""


class Tiny(Segmenter):
    """Seven convolutions down to a sixteenth of the size, with a linear classifier on each of the last three scales.

    The coarsest scale sees most of a scene of 96 x 128 pixels, the finest draws the outlines.
    """

    def __init__(self, classes: int, *, generator: torch.Generator, channels: Sequence[int] = CHANNELS) -> None:
        super().__init__("tiny", mean=(0.45,) * 3, std=(0.25,) * 3, stride=2 ** len(channels), frozen_statistics=False)
        stages = [nn.Sequential(_convolution(3, channels[0], stride=2))]
        for coarse, fine in zip(channels[1:], channels[:-1], strict=True):
            stages.append(nn.Sequential(_convolution(fine, coarse, stride=2), _convolution(coarse, coarse)))
        classifiers = [nn.Conv2d(depth, classes, 1) for depth in channels[1:]]
        self.stages = nn.ModuleList(stages)
        self.segmentation_head = nn.ModuleList(classifiers)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                # He et al. 2015: keeps the variance of activations through rectified layers.
                fan_in = module.weight[0].numel()
                std = HEAD_STD if module in classifiers else math.sqrt(2 / fan_in)
                nn.init.normal_(module.weight, std=std, generator=generator)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def scores(self, images_B3HW: Tensor) -> Tensor:
        """Scores at a quarter of the size: those of each scale, summed."""
        maps = self.maps(images_B3HW)
        return summed([classifier(map_BDhw) for classifier, map_BDhw in zip(self.segmentation_head, maps, strict=True)])

    def maps(self, images_B3HW: Tensor) -> list[Tensor]:
        """The scales that are scored: a quarter, an eighth and a sixteenth of the size."""
        features_BDhw = self.stages[0](images_B3HW)
        maps = []
        for stage in self.stages[1:]:
            features_BDhw = stage(features_BDhw)
            maps.append(features_BDhw)
        return maps


def build_tiny(
    backbone: str,
    class_names: Sequence[str],
    *,
    supervision: Literal["full", "weak"],  # noqa: ARG001 - every builder takes the same arguments
    generator: torch.Generator,
    weights: Weights,
    allow_leaky_weights: bool,  # noqa: ARG001 - every builder takes the same arguments
) -> Tiny:
    """Build ``tiny``; it always starts from random weights, so ``"imagenet"`` asks for nothing.

    Raises:
        InvalidInputError: Weights of a file were asked for.
    """
    if weights not in ("imagenet", None):
        raise InvalidInputError(f"{backbone}: starts from random weights and takes no weights file, got {weights}")
    return Tiny(len(class_names), generator=generator)


def _convolution(channels_in: int, channels_out: int, *, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=dilation, dilation=dilation, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )
