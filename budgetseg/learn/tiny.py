"""A network small enough to learn from nothing, in a minute, on a CPU: for the embedded scenes.

Shape suffixes: B images, 3 colours, C classes, H x W pixels, h x w cells.
"""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from budgetseg.errors import InvalidInputError
from budgetseg.learn.segmenter import HEAD_STD, Segmenter
from budgetseg.learn.upsample import bilinear_matrix, upsample
from budgetseg.learn.weights import Weights

__all__ = ["Tiny", "build_tiny"]


class Tiny(Segmenter):
    """Six convolutions down to an eighth of the size, with a second classifier at a quarter of it.

    The last two convolutions are dilated, so that a cell sees most of a scene of 96 x 128 pixels.
    """

    def __init__(self, classes: int, *, generator: torch.Generator, width: int = 32) -> None:
        super().__init__("tiny", mean=(0.5,) * 3, std=(0.25,) * 3, stride=8, frozen_statistics=False)
        self.quarter = nn.Sequential(
            _convolution(3, width, stride=2),
            _convolution(width, 2 * width, stride=2),
            _convolution(2 * width, 2 * width),
        )
        self.eighth = nn.Sequential(
            _convolution(2 * width, 3 * width, stride=2),
            _convolution(3 * width, 3 * width, dilation=2),
            _convolution(3 * width, 3 * width, dilation=4),
        )
        self.segmentation_head = nn.ModuleList([nn.Conv2d(2 * width, classes, 1), nn.Conv2d(3 * width, classes, 1)])
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                # He et al. 2015: keeps the variance of activations through rectified layers.
                fan_in = module.weight[0].numel()
                std = HEAD_STD if module.bias is not None else math.sqrt(2 / fan_in)
                nn.init.normal_(module.weight, std=std, generator=generator)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def scores(self, images_B3HW: Tensor) -> Tensor:
        """Scores at a quarter of the size: those of the finer map plus those of the coarser one."""
        quarter_BDhw = self.quarter(images_B3HW)
        fine_BChw: Tensor = self.segmentation_head[0](quarter_BDhw)
        coarse_BChw = self.segmentation_head[1](self.eighth(quarter_BDhw))
        rows = bilinear_matrix(coarse_BChw.shape[2], fine_BChw.shape[2])
        columns = bilinear_matrix(coarse_BChw.shape[3], fine_BChw.shape[3])
        return fine_BChw + upsample(coarse_BChw, rows, columns)


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
