"""Measuring a network: predictions at the size of the masks, confusion per image, mIoU and its interval.

Shape suffixes: N images, C classes (rows truth, columns prediction), H rows, W columns, R resamples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from budgetseg.data.dataset import VOID, Dataset
from budgetseg.learn.batches import whole_images

__all__ = ["Absent", "Interval", "class_iou", "confusion", "mean_iou", "miou_interval", "predict"]

_EVALUATION_BATCH = 8

Absent = Literal["skip", "zero"]
"""Classes that neither truth nor prediction holds: left out of the mean, or counted 0 as the paper's code does."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """The range that holds a value with probability ``level``."""

    low: float
    high: float
    level: float


def predict(
    network: torch.nn.Module,
    dataset: Dataset,
    ids: tuple[str, ...],
    canvas: tuple[int, int] | None,
    device: torch.device,
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield (image id, predicted class of each pixel at the image's own size).

    Images are shown at ``canvas`` in batches, or one by one at their own size where it is None.
    """
    network.eval()
    step = 1 if canvas is None else _EVALUATION_BATCH
    for start in range(0, len(ids), step):
        some = ids[start : start + step]
        images = [dataset.image(image_id) for image_id in some]
        with torch.inference_mode():
            logits_BCHW = network(whole_images(images, canvas).to(device)).float()
            for image_id, image_HW3, logits_CHW in zip(some, images, logits_BCHW, strict=True):
                yield image_id, _classes(logits_CHW, (image_HW3.shape[0], image_HW3.shape[1]))


def _classes(logits_CHW: torch.Tensor, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the best class of each pixel of an image of (height, width)."""
    if logits_CHW.shape[1:] != size:
        logits_CHW = torch.nn.functional.interpolate(logits_CHW[None], size, mode="bilinear", align_corners=False)[0]
    return logits_CHW.argmax(dim=0).to("cpu", torch.uint8).numpy()


def confusion(truth_HW: NDArray[np.uint8], prediction_HW: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    """Count pixels (C, C) by true class (row) and predicted class (column); void pixels are not counted."""
    known_HW = truth_HW != VOID
    pairs = truth_HW[known_HW].astype(np.int64) * classes + prediction_HW[known_HW]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_iou(confusion_CC: NDArray[np.number]) -> NDArray[np.float64]:
    """Intersection over union of each class, 0 to 100, NaN for a class that neither truth nor prediction holds.

    Leading dimensions are kept: (..., C, C) gives (..., C).
    """
    hit = np.diagonal(confusion_CC, axis1=-2, axis2=-1).astype(np.float64)
    union = confusion_CC.sum(axis=-1) + confusion_CC.sum(axis=-2) - hit
    iou: NDArray[np.float64] = np.divide(100.0 * hit, union, out=np.full(hit.shape, np.nan), where=union > 0)
    return iou


def mean_iou(confusion_CC: NDArray[np.number], absent: Absent = "skip") -> NDArray[np.float64]:
    """Mean IoU over classes, 0 to 100; (..., C, C) gives (...)."""
    iou = class_iou(confusion_CC)
    if absent == "zero":
        return np.asarray(np.nan_to_num(iou, nan=0.0).mean(axis=-1))
    counted = (~np.isnan(iou)).sum(axis=-1)
    return np.asarray(np.nansum(iou, axis=-1) / np.maximum(counted, 1))


def miou_interval(
    confusion_NCC: NDArray[np.int64],
    generator: np.random.Generator,
    *,
    absent: Absent = "skip",
    level: float = 0.95,
    resamples: int = 1000,
) -> Interval:
    """Bootstrap the data-set mIoU over its N images: each resample draws N of them with replacement."""
    images, classes = confusion_NCC.shape[:2]
    drawn_RN = generator.multinomial(images, np.full(images, 1 / images), size=resamples).astype(np.float64)
    sums_RCC = (drawn_RN @ confusion_NCC.reshape(images, -1).astype(np.float64)).reshape(resamples, classes, classes)
    low, high = np.quantile(mean_iou(sums_RCC, absent), [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)
