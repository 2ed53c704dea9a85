"""Where pretrained weights come from: files that are read without running code, downloads, and what is refused.

Weights that were trained on segmentation masks would smuggle annotation hours into an experiment that counts them.
"""

import hashlib
import re
from collections.abc import Iterable
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

import safetensors.torch
import torch
from torch import Tensor

from budgetseg.errors import DataError, InvalidInputError, RunFailedError

__all__ = ["Weights", "download", "load_weights", "read_state_dict", "refuse_leaky"]

Weights = Path | str | None
"""``"imagenet"``: the usual ImageNet weights of the backbone. A path or an http(s) address: that file. None: random."""

_WRAPPERS: Final = ("state_dict", "model_state_dict", "model")
"""Keys under which training scripts nest the weights themselves."""

_LEAKY_NAMES: Final = re.compile(
    r"with_voc_labels|ade20k|cityscapes|sa1b|segment_anything|samvit|sam2_|segmentation"
    r"|deeplab|lraspp|pspnet|upernet|segformer|maskformer|mask2former|mask_?rcnn|fcn_resnet|fcn-?(?:8|16|32)s"
)
"""Names of networks, or of published weights, that learned from masks. (``sam_in1k`` of timm is no such thing: there
SAM is an optimiser.)"""

_LEAKY_KEYS: Final = re.compile(
    r"(?:^|\.)(?:segmentation_head|decode_head|auxiliary_head|aux_classifier|sem_seg_head|seg_head|mask_head"
    r"|mask_predictor|mask_decoder|low_classifier|high_classifier|score_fr|upscore)(?:\.|$)"
)
"""Parameters that only a segmentation network has; ``segmentation_head`` is the name in our own checkpoints."""


def load_weights(source: Path | str, *, allow_leaky_weights: bool) -> dict[str, Tensor]:
    """Read the weights of a path or an http(s) address, unless they were trained on masks.

    Raises:
        InvalidInputError: No such file, not a set of weights, or trained on segmentation masks.
        DataError: The download failed.
        RunFailedError: The file is corrupt.
    """
    refuse_leaky(str(source), (), allow_leaky_weights=allow_leaky_weights)
    path = download(str(source)) if str(source).startswith(("http://", "https://")) else Path(source)
    weights = read_state_dict(path)
    refuse_leaky(str(source), weights, allow_leaky_weights=allow_leaky_weights)
    return weights


def refuse_leaky(name: str, keys: Iterable[str], *, allow_leaky_weights: bool) -> None:
    """Refuse weights that learned from segmentation masks, told by their name or by their parameters.

    Args:
        name: What was asked for: a file, an address, or a published name such as ``timm/samvit_base_patch16.sa1b``.
        keys: The names of the parameters, once they are known.
        allow_leaky_weights: Let everything pass.

    Raises:
        InvalidInputError: The weights learned from masks.
    """
    if allow_leaky_weights:
        return
    last = PurePosixPath(urlsplit(name).path if "://" in name else name).name.lower()
    sign = _LEAKY_NAMES.search(last)
    known = list(keys)
    found = sign.group() if sign else next((key for key in known if _LEAKY_KEYS.search(key)), None)
    if found is None and {"backbone", "classifier"} <= {key.partition(".")[0] for key in known}:
        found = "backbone + classifier"  # torchvision's FCN and DeepLab; its classification networks have no "backbone"
    if found is not None:
        raise InvalidInputError(
            f"{name}: these weights learned from segmentation masks (it says {found}), which smuggles annotation "
            f"hours into the experiment; use ImageNet classification weights, or allow leaky weights if you mean it"
        )


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """Read a ``.safetensors`` file or a ``.pth`` file as tensors by name; no code in it is ever executed.

    Raises:
        InvalidInputError: No such file, or it holds something other than tensors by name.
        RunFailedError: The file is corrupt.
    """
    if not path.is_file():
        raise InvalidInputError(f"{path}: no such weights file")
    try:
        if path.suffix == ".safetensors":
            content: Any = safetensors.torch.load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # corrupt bytes raise nearly anything, and each of them means the same to a user
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise RunFailedError(
            f"{path}: cannot read weights from this file, it is corrupt or holds code, which is never executed "
            f"({reason[:160]}); give a state dict of tensors as .pth or .safetensors"
        ) from error
    for wrapper in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not content or not all(isinstance(value, Tensor) for value in content.values()):
        raise InvalidInputError(f"{path}: expected tensors by name (a state dict), got {type(content).__name__}")
    return {str(name).removeprefix("module."): tensor for name, tensor in content.items()}


def download(address: str) -> Path:
    """Fetch a weights file once into torch's cache.

    A name that ends in ``-0123abcd`` (8 or more digits) promises the start of the file's SHA-256, as in torch's own
    model zoo, and is held to it.

    Raises:
        DataError: The download failed or the file is not the one its name promises.
    """
    name = PurePosixPath(urlsplit(address).path).name
    # The address is part of the name, or files of the same name from two places would be taken for each other.
    place = Path(torch.hub.get_dir()) / "checkpoints" / f"{hashlib.sha256(address.encode()).hexdigest()[:12]}-{name}"
    if place.is_file():
        return place
    promised = re.search(r"-([0-9a-f]{8,64})\.", name)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        prefix = promised.group(1) if promised else None
        torch.hub.download_url_to_file(address, str(place), hash_prefix=prefix, progress=False)
    except (OSError, RuntimeError, ValueError, HTTPException) as error:
        raise DataError(
            f"{address}: cannot download these weights ({error}); "
            f"give a file with --weights FILE, or start from random weights with --weights none"
        ) from error
    return place
