"""Measuring a trained network on the validation images, and keeping what a reader may want to look at.

Shape suffixes: N validation images, C classes.
"""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from budgetseg.data.dataset import Dataset
from budgetseg.files import write_bytes
from budgetseg.learn.evaluate import Absent, class_iou, confusion, mean_iou, miou_interval, predict
from budgetseg.runs.directory import RunDirectory
from budgetseg.runs.samples import sample_ids, write_samples

__all__ = ["measure"]


def measure(
    network: torch.nn.Module,
    dataset: Dataset,
    ids: tuple[str, ...],
    *,
    canvas: tuple[int, int] | None,
    device: torch.device,
    absent: Absent,
    generator: np.random.Generator,
    directory: RunDirectory,
    on_image: Callable[[int, int], None],
) -> dict[str, Any]:
    """Predict validation images; write ``confusion.npy`` and samples; return the measured part of a result.

    Args:
        network: On ``device``.
        dataset: What the images are from.
        ids: The validation images that measure.
        canvas: Size at which images are shown; None is their own.
        device: Where to compute.
        absent: How classes count that neither truth nor prediction holds.
        generator: Of the bootstrap.
        directory: Where to write.
        on_image: Called with (images done, images in all); may raise to stop.
    """
    classes = len(dataset.classes)
    confusion_NCC = np.zeros((len(ids), classes, classes), np.int64)
    shown = set(sample_ids(ids))
    predictions: dict[str, NDArray[np.uint8]] = {}
    for number, (image_id, prediction_HW) in enumerate(predict(network, dataset, ids, canvas, device)):
        confusion_NCC[number] = confusion(dataset.mask(image_id), prediction_HW, classes)
        if image_id in shown:
            predictions[image_id] = prediction_HW
        on_image(number + 1, len(ids))
    write_samples(directory.samples, dataset, predictions)
    buffer = io.BytesIO()
    np.save(buffer, confusion_NCC)
    write_bytes(directory.folder / "confusion.npy", buffer.getvalue())
    total_CC = confusion_NCC.sum(axis=0)
    interval = miou_interval(confusion_NCC, generator, absent=absent)
    iou = zip(dataset.classes, class_iou(total_CC).tolist(), strict=True)
    return {
        "miou": float(mean_iou(total_CC, absent)),
        "miou_interval": {"low": interval.low, "high": interval.high, "level": interval.level},
        "absent_classes": absent,
        "iou": {name: None if np.isnan(value) else value for name, value in iou},
    }
