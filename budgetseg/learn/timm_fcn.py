"""Any timm backbone with a light FCN head: a linear classifier on each of its two deepest scales, summed.

Shape suffixes: B images, 3 colours, C classes, D features, H x W pixels, h x w cells.
"""

import logging
import math
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from budgetseg.errors import DataError, InvalidInputError, did_you_mean
from budgetseg.learn.segmenter import HEAD_STD, Segmenter, seeded_from
from budgetseg.learn.upsample import summed
from budgetseg.learn.weights import Weights, load_weights, refuse_leaky

__all__ = ["TimmFcn", "build_timm"]

SHORTEST_STRIDE = 16
"""Finer maps than a sixteenth of the size are left out: linear classifiers on them cost more than they help."""

PROBE_PIXELS = (64, 96)
HUB_TIMEOUT_SECONDS = 10.0


class TimmFcn(Segmenter):
    """A feature extractor and one linear classifier a scale.

    Args:
        backbone_name: The name that builds it again.
        features: Gives a list of maps, finest first.
        channels: Of each map.
        classes: How many classes there are.
        levels: Which of the maps are scored.
        generator: Draws the classifiers.
        mean: See :class:`Segmenter`.
        std: See :class:`Segmenter`.
        stride: See :class:`Segmenter`.
        pretrained: Whether the backbone holds pretrained weights; its batch-norm statistics are then frozen.
        channels_last: Whether ``features`` gives maps of shape (B, h, w, D), as some transformers do.
    """

    def __init__(
        self,
        backbone_name: str,
        features: nn.Module,
        channels: Sequence[int],
        classes: int,
        *,
        levels: Sequence[int],
        generator: torch.Generator,
        mean: Sequence[float],
        std: Sequence[float],
        stride: int,
        pretrained: bool,
        channels_last: bool = False,
    ) -> None:
        super().__init__(backbone_name, mean=mean, std=std, stride=stride, frozen_statistics=pretrained)
        self.features = features
        self.pretrained = pretrained
        self.levels = tuple(levels)
        self.channels_last = channels_last
        classifiers = [nn.Conv2d(depth, classes, 1) for depth in (channels[level] for level in levels)]
        for classifier in classifiers:
            nn.init.normal_(classifier.weight, std=HEAD_STD, generator=generator)
            nn.init.zeros_(classifier.bias)  # type: ignore[arg-type] # it has one
        self.segmentation_head = nn.ModuleList(classifiers)

    def early_parameters(self, stride: int) -> Sequence[nn.Parameter]:
        """Those defined up to the last map of ``stride`` or a finer one."""
        info: Any = self.features.feature_info
        modules = [level["module"] for level in info.info if level["reduction"] <= stride]
        # timm flattens some networks, and then writes "stages_1" for its "stages.1".
        starts = tuple(f"{name}." for module in modules for name in (module, module.replace(".", "_")))
        named = list(self.features.named_parameters())
        count = max((place for place, (name, _) in enumerate(named, start=1) if name.startswith(starts)), default=0)
        return [parameter for _, parameter in named[:count]]

    def scores(self, images_B3HW: Tensor) -> Tensor:
        """Scores on the finer of the scales: those of each scale, summed."""
        maps = self.maps(images_B3HW)
        return summed([classifier(map_BDhw) for classifier, map_BDhw in zip(self.segmentation_head, maps, strict=True)])

    def maps(self, images_B3HW: Tensor) -> list[Tensor]:
        """The scales that are scored."""
        scales = self.features(images_B3HW)
        chosen = [scales[level] for level in self.levels]
        return [scale.permute(0, 3, 1, 2) for scale in chosen] if self.channels_last else chosen


def build_timm(
    backbone: str,
    class_names: Sequence[str],
    *,
    supervision: Literal["full", "weak"],  # noqa: ARG001 - every builder takes the same arguments
    generator: torch.Generator,
    weights: Weights,
    allow_leaky_weights: bool,
) -> TimmFcn:
    """Build ``timm/NAME``.

    Raises:
        InvalidInputError: No such model, no pretrained weights for it, a model that cannot serve as a backbone for
            images of any size, weights of another model, or weights trained on masks.
        DataError: The weights cannot be downloaded.
    """
    import timm  # takes a second, which runs with other backbones need not wait

    name = backbone.removeprefix("timm/")
    if not timm.is_model(name):
        raise InvalidInputError(f'{backbone}: timm has no model "{name}"{_suggestion(name, timm.list_models())}')
    try:
        config = timm.get_pretrained_cfg(name)
    except RuntimeError as error:  # an unknown tag after the dot
        raise InvalidInputError(f"{backbone}: {error}; timm.list_pretrained() lists them") from error
    state: dict[str, Tensor] | None = None
    if weights == "imagenet":
        refuse_leaky(f"{backbone}.{config.tag if config else ''}", (), allow_leaky_weights=allow_leaky_weights)
        if config is None or not timm.is_model_pretrained(name):
            raise InvalidInputError(f"{backbone}: timm has no pretrained weights for it; choose --weights FILE or none")
        _require_download(backbone, config)
    elif weights is not None:
        state = load_weights(weights, allow_leaky_weights=allow_leaky_weights)
    features, channels, reductions = _features(backbone, generator, weights, state)
    if state is not None:
        _require_loaded(backbone, str(weights), features, _features(backbone, generator, weights, state)[0])
    mean, std = (config.mean, config.std) if config is not None else ((0.5,) * 3, (0.5,) * 3)
    return TimmFcn(
        backbone,
        features,
        channels,
        len(class_names),
        levels=_deepest(reductions),
        generator=generator,
        mean=mean,
        std=std,
        stride=math.lcm(*reductions),
        pretrained=weights is not None,
        channels_last=_probe(backbone, features, channels, reductions),
    )


def _suggestion(name: str, known: Sequence[str]) -> str:
    """A likely meaning; timm's list is far too long to be printed."""
    text = did_you_mean(name, known)
    return text if "did you mean" in text else "; timm.list_models() lists them"


def _deepest(reductions: Sequence[int]) -> list[int]:
    """Which maps are scored: the two deepest of those at a stride of 16 or more."""
    stride = min(SHORTEST_STRIDE, max(reductions))
    return [level for level, reduction in enumerate(reductions) if reduction >= stride][-2:]


def _features(
    backbone: str, generator: torch.Generator, weights: Weights, state: dict[str, Tensor] | None
) -> tuple[Any, list[int], list[int]]:
    """Build timm's feature extractor, the channels of its maps, and how many pixels wide their cells are."""
    options: dict[str, Any] = {"pretrained": weights is not None}
    if state is not None:
        # timm knows how to bring the weights of each architecture into shape; handing it the tensors keeps the
        # reading of the file, without running pickles, with us.
        options["pretrained_cfg_overlay"] = {"state_dict": dict(state)}
    try:
        with seeded_from(generator):
            features = _created(backbone.removeprefix("timm/"), options)
    except Exception as error:  # each architecture refuses in its own way
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        what = "" if weights is None else f" with the weights {weights}"
        raise InvalidInputError(f"{backbone}: timm cannot build this as a backbone{what} ({reason[:200]})") from error
    for module in features.modules():
        if isinstance(config := getattr(module, "pretrained_cfg", None), dict):
            config.pop("state_dict", None)  # timm keeps what it was given, a second copy of the weights
    return features, list(features.feature_info.channels()), list(features.feature_info.reduction())


def _created(name: str, options: dict[str, Any]) -> Any:
    """Ask timm for a feature extractor, for images of any size where the architecture has that as an option."""
    import timm

    log = logging.getLogger("timm")
    level = log.level
    log.setLevel(logging.ERROR)  # it lists every parameter of weights that do not fit; we raise one line instead
    try:
        try:
            return timm.create_model(name, features_only=True, dynamic_img_size=True, **options)
        except TypeError:
            return timm.create_model(name, features_only=True, **options)
    finally:
        log.setLevel(level)


def _require_loaded(backbone: str, source: str, first: nn.Module, second: nn.Module) -> None:
    """Check that no parameter was left at its random start, which timm would not mind.

    Args:
        backbone: For the message.
        source: The weights, for the message.
        first: The network, with the weights loaded.
        second: The same from another random start: what differs did not come from the weights.

    Raises:
        InvalidInputError: Parameters differ.
    """
    others = dict(second.named_parameters())
    left = [name for name, values in first.named_parameters() if not torch.equal(values, others[name])]
    if left:
        raise InvalidInputError(
            f"{source}: not the weights of {backbone}: {len(left)} of its {len(others)} parameters are missing, "
            f"such as {left[0]}"
        )


def _probe(backbone: str, features: nn.Module, channels: Sequence[int], reductions: Sequence[int]) -> bool:
    """Try one image of an unusual size, and tell whether the maps come with their channels last."""
    stride = math.lcm(*reductions)
    height, width = (math.ceil(pixels / stride) * stride for pixels in PROBE_PIXELS)
    training = features.training
    try:
        with torch.no_grad():
            maps = features.eval()(torch.zeros(1, 3, height, width))
    except Exception as error:  # each architecture refuses in its own way
        reason = str(error).strip().partition("\n")[0]
        raise InvalidInputError(f"{backbone}: does not take images of any size ({reason[:160]})") from error
    features.train(training)
    shapes = [tuple(part.shape[1:]) for part in maps]
    first = [(depth, height // cell, width // cell) for depth, cell in zip(channels, reductions, strict=True)]
    if shapes == first:
        return False
    if shapes == [(rows, columns, depth) for depth, rows, columns in first]:
        return True
    raise InvalidInputError(f"{backbone}: expected maps of shapes {first} for {height} x {width} pixels, got {shapes}")


def _require_download(backbone: str, config: Any) -> None:
    """Fail at once, not after a minute of retries, where the hub cannot be reached and nothing is cached.

    Raises:
        DataError: No connection.
    """
    from huggingface_hub import hf_hub_url, try_to_load_from_cache

    if not config.hf_hub_id:
        return
    files = ("model.safetensors", "pytorch_model.bin")
    if any(isinstance(try_to_load_from_cache(config.hf_hub_id, file), str) for file in files):
        return
    address = hf_hub_url(config.hf_hub_id, files[0])
    try:
        request = urllib.request.Request(address, method="HEAD")  # noqa: S310 - always https, or what the hub is set to
        with urllib.request.urlopen(request, timeout=HUB_TIMEOUT_SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError:
        return  # it answers; whether it has the file is for timm to find out
    except OSError as error:
        raise DataError(
            f"{backbone}: cannot download its ImageNet weights ({error}); "
            f"give a file with --weights FILE, or start from random weights with --weights none"
        ) from error
