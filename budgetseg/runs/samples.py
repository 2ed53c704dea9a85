"""Pictures of a run: a few validation images with their truth and prediction, chosen by rule."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from budgetseg.data.colours import class_palette
from budgetseg.data.dataset import VOID, Dataset
from budgetseg.files import write_bytes, write_json

__all__ = ["sample_ids", "write_samples"]

_LONGEST_SIDE = 256


def sample_ids(ids: tuple[str, ...], count: int = 8) -> tuple[str, ...]:
    """Return ``count`` ids evenly spaced over all: chosen by rule, not by what looks good."""
    places = np.linspace(0, len(ids) - 1, min(count, len(ids))).round().astype(int)
    return tuple(ids[place] for place in places)


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
