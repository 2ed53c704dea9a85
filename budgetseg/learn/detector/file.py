"""A detector as a file: safetensors, which holds numbers and text but no code. Reading needs no torch."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from budgetseg.errors import DataError
from budgetseg.files import write_bytes
from budgetseg.learn.detector.detector import Calibration, Detector, LinearScore, Provenance

__all__ = ["SCHEMA", "load_detector", "save_detector"]

SCHEMA: Final = "budgetseg.detector/1"
_ARRAYS: Final = ("inside_D", "contrast_D", "geometry_G", "offset", "slope_intercept")


def save_detector(path: Path, detector: Detector) -> None:
    """Write a detector, whole or not at all.

    Raises:
        RunFailedError: The place cannot be written to.
    """
    score, calibration = detector.score, detector.calibration
    tensors = {
        "inside_D": score.inside_D,
        "contrast_D": score.contrast_D,
        "geometry_G": score.geometry_G,
        "offset": np.array([score.offset]),
        "slope_intercept": np.array([calibration.slope, calibration.intercept]),
    }
    # One entry, since safetensors writes several in any order, and equal detectors shall be equal files.
    document = {"schema": SCHEMA, **detector.provenance.to_dict()}
    write_bytes(path, save(tensors, {"detector": json.dumps(document)}))


def load_detector(path: Path) -> Detector:
    """Read a detector.

    Raises:
        DataError: No such file, or not a whole detector; the message says how to make one.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such detector; make one with: budgetseg objectness fit -o {path}")
    try:
        with safe_open(path, framework="numpy") as file:
            document = json.loads((file.metadata() or {}).get("detector", "{}"))
            if document.pop("schema", None) != SCHEMA:
                raise ValueError(f"expected a file of {SCHEMA}")
            arrays: dict[str, Any] = {name: file.get_tensor(name) for name in _ARRAYS}
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise ValueError("numbers that are not finite")
        slope, intercept = map(float, arrays["slope_intercept"])
        score = LinearScore(
            inside_D=arrays["inside_D"],
            contrast_D=arrays["contrast_D"],
            geometry_G=arrays["geometry_G"],
            offset=float(arrays["offset"][0]),
        )
        provenance = Provenance(**{**document, "image_ids": tuple(document["image_ids"])})
    except (SafetensorError, OSError, KeyError, ValueError, TypeError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise DataError(f"{path}: not a whole detector ({reason[:160]}); fit it again") from error
    return Detector(score=score, calibration=Calibration(slope=slope, intercept=intercept), provenance=provenance)
