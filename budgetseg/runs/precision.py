"""What a finished run says about how precisely its mIoU is known: :mod:`budgetseg.costs.validation` has the equations.

Shape suffixes: N validation images, C classes, the background first (confusions: rows truth, columns prediction).
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from budgetseg.costs.validation import ClassSpread, Spreads
from budgetseg.errors import InvalidInputError
from budgetseg.files import read_json

__all__ = ["measured_spreads", "read_spreads"]


def measured_spreads(confusion_NCC: NDArray[np.integer[Any]], names: tuple[str, ...], source: str) -> Spreads:
    """Estimate each class's s and frequency, and the covariance ratio k, from confusions of single images.

    Image i adds z_ic = (I_ic - R_c U_ic) / sum_i U_ic to the error of class c's IoU. With Z of shape (N, C),
    Z^T Z is the covariance of the IoUs; s_c^2 is its diagonal times the images that hold class c.

    Args:
        confusion_NCC: Pixels of each image.
        names: Of the C classes.
        source: What the numbers are said to be from.

    Raises:
        InvalidInputError: A class that no image holds.
    """
    counts_NCC = confusion_NCC.astype(np.float64)
    hit_NC = np.diagonal(counts_NCC, axis1=1, axis2=2)
    truth_NC = counts_NCC.sum(axis=2)
    union_NC = truth_NC + counts_NCC.sum(axis=1) - hit_NC
    holding_C = (truth_NC > 0).sum(axis=0)
    if (holding_C == 0).any():
        lacking = names[int(np.argmin(holding_C))]
        raise InvalidInputError(
            f"{source}: no validation image holds {lacking}; take a run whose images hold each class"
        )
    iou_C = hit_NC.sum(axis=0) / union_NC.sum(axis=0)
    error_NC = 100 * (hit_NC - iou_C * union_NC) / union_NC.sum(axis=0)
    covariance_CC = error_NC.T @ error_NC
    variance_C = np.diagonal(covariance_CC)
    classes = [
        ClassSpread(name=name, share=float(share), points=float(points))
        for name, share, points in zip(
            names, holding_C / len(confusion_NCC), np.sqrt(variance_C * holding_C), strict=True
        )
    ]
    independent = float(variance_C.sum())
    return Spreads(
        background=classes[0],
        objects=tuple(classes[1:]),
        covariance=float(covariance_CC.sum()) / independent if independent else 1.0,
        source=source,
    )


def read_spreads(folder: Path) -> Spreads:
    """Measure the spreads of a run's ``confusion.npy``.

    Raises:
        InvalidInputError: Not the folder of a finished run, or a class that no validation image holds.
    """
    path = folder / "confusion.npy"
    names = read_json(folder / "result.json").get("classes")
    try:
        confusion_NCC = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InvalidInputError(
            f"{path}: cannot read the confusions of a run ({error}); give a finished run"
        ) from error
    expected = isinstance(names, list) and len(names) > 1 and confusion_NCC.shape[1:] == (len(names),) * 2
    if not expected or not len(confusion_NCC):
        raise InvalidInputError(f"{path}: expected (images, classes, classes), got the shape {confusion_NCC.shape}")
    return measured_spreads(confusion_NCC, tuple(names), str(folder))
