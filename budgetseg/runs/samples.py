"""Pictures of a run: a few validation images with their truth and prediction, chosen by rule."""

import io
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from budgetseg.data.colours import class_palette
from budgetseg.data.dataset import VOID, Dataset
from budgetseg.errors import InvalidInputError
from budgetseg.files import write_bytes, write_json

__all__ = ["images_on_the_way", "sample_ids", "write_samples"]

_LONGEST_SIDE = 256
_SHARE = 1 / 20
"""Of the work of training; what looking at a network on the way may cost."""
_PASSES = 3
"""Forward passes that an image of a training is worth: its own, and a backward pass of twice that."""
_MOST_ON_THE_WAY = 128
"""They stay in memory."""


def sample_ids(ids: tuple[str, ...], count: int = 8) -> tuple[str, ...]:
    """Return ``count`` ids evenly spaced over all: chosen by rule, not by what looks good."""
    places = np.linspace(0, len(ids) - 1, min(count, len(ids))).round().astype(int)
    return tuple(ids[place] for place in places)


def images_on_the_way(every: int, batch: int, available: int) -> int:
    """Images to look at after each ``every`` iterations, whose forward passes cost a twentieth of training at most.

    Args:
        every: Iterations between two looks.
        batch: Images of an iteration.
        available: Validation images.

    Raises:
        InvalidInputError: Not even one.
    """
    images = int(_SHARE * _PASSES * batch * every)
    if images < 1:
        least = math.ceil(1 / (_SHARE * _PASSES * batch))
        raise InvalidInputError(
            f"--measure-every: expected {least} iterations or more of {batch} images, so that measuring takes "
            f"{_SHARE:.0%} of training at most, got {every}"
        )
    return min(images, available, _MOST_ON_THE_WAY)


def _shrink(picture: Image.Image, resample: Image.Resampling) -> Image.Image:
    factor = min(1.0, _LONGEST_SIDE / max(picture.size))
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))), resample)


def _mask_png(mask_HW: NDArray[np.uint8]) -> bytes:
    picture = Image.fromarray(mask_HW)
    picture.putpalette(class_palette())
    return _png(_shrink(picture, Image.Resampling.NEAREST))


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="png")
    return buffer.getvalue()


def write_samples(folder: Path, dataset: Dataset, predictions: Mapping[str, NDArray[np.uint8]]) -> None:
    """Write image, truth and prediction of each sample, and ``samples.json`` that lists them."""
    rows = []
    for number, (image_id, prediction_HW) in enumerate(predictions.items()):
        pictures = {
            "image": _png(_shrink(Image.fromarray(dataset.image(image_id)), Image.Resampling.LANCZOS)),
            "truth": _mask_png(dataset.mask(image_id)),
            "prediction": _mask_png(np.where(dataset.mask(image_id) == VOID, VOID, prediction_HW).astype(np.uint8)),
        }
        names = {what: f"{number:02d}-{what}.png" for what in pictures}
        for what, content in pictures.items():
            write_bytes(folder / names[what], content)
        rows.append({"image_id": image_id, **names})
    write_json(folder / "samples.json", rows)
