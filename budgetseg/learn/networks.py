"""Every network by name: one builder each, all giving a :class:`Segmenter`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol

import torch

from budgetseg.errors import InvalidInputError, did_you_mean
from budgetseg.learn.fcn32s import build_fcn32s
from budgetseg.learn.lite import LITES, build_efficientnet_lite
from budgetseg.learn.segmenter import Segmenter, seeded_from
from budgetseg.learn.timm_fcn import build_timm
from budgetseg.learn.tiny import build_tiny
from budgetseg.learn.weights import Weights

__all__ = ["NETWORKS", "NetworkBuilder", "build_network"]


class NetworkBuilder(Protocol):
    """Builds a network whose every random number comes from the generator."""

    def __call__(
        self,
        backbone: str,
        class_names: Sequence[str],
        *,
        supervision: Literal["full", "weak"],
        generator: torch.Generator,
        weights: Weights,
        allow_leaky_weights: bool,
    ) -> Segmenter:
        """See :func:`build_network`."""


NETWORKS: Mapping[str, NetworkBuilder] = MappingProxyType(
    {
        "tiny": build_tiny,
        **dict.fromkeys(LITES, build_efficientnet_lite),
        "vgg16": build_fcn32s,
        "timm": build_timm,
    }
)
"""By the part of the backbone's name before any slash."""


def build_network(
    backbone: str,
    class_names: Sequence[str],
    *,
    supervision: Literal["full", "weak"],
    generator: torch.Generator,
    weights: Weights = "imagenet",
    allow_leaky_weights: bool = False,
) -> Segmenter:
    """Build a network for a list of classes.

    Args:
        backbone: ``tiny``, ``efficientnet_lite0`` (``1``, ``2``), ``vgg16`` (FCN-32s as in the paper) or ``timm/NAME``.
        class_names: One a score; the first is the background.
        supervision: Whether every training image has a full mask. Only ``vgg16`` starts differently, as in the paper:
            with a zero classifier for ``"full"``, with the ImageNet rows of the same classes for ``"weak"``.
        generator: Draws what is not pretrained, on the CPU; torch's global random state is left alone.
        weights: ``"imagenet"``, a file or an http(s) address (``.pth`` or ``.safetensors``), or None (or ``"none"``)
            for a random start. ``tiny`` has no ImageNet weights and always starts at random.
        allow_leaky_weights: Take weights that were trained on segmentation masks, too.

    Returns:
        The network, on the CPU, in training mode.

    Raises:
        InvalidInputError: An unknown backbone, fewer than two classes, or weights that do not fit or are refused.
        DataError: Weights that cannot be downloaded.
        MissingPackageError: Weights in a package that is not installed.
        RunFailedError: A corrupt weights file.
    """
    family, slash, model = backbone.partition("/")
    if family not in NETWORKS or bool(model) != (family == "timm") or bool(slash) != bool(model):
        known = [name if name != "timm" else "timm/NAME" for name in NETWORKS]
        raise InvalidInputError(f'backbone: no network is called "{backbone}"{did_you_mean(backbone, known)}')
    if len(class_names) < 2:
        raise InvalidInputError(
            f"backbone {backbone}: expected the background and one class or more, got {class_names}"
        )
    if isinstance(weights, str) and weights not in ("imagenet", "none") and not weights.startswith(("http:", "https:")):
        weights = Path(weights)
    with seeded_from(generator):  # layers draw a start of their own before we draw ours
        network = NETWORKS[family](
            backbone,
            class_names,
            supervision=supervision,
            generator=generator,
            weights=None if weights == "none" else weights,
            allow_leaky_weights=allow_leaky_weights,
        )
    return network.train()
