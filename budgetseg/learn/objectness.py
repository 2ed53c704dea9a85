"""How likely each pixel is to belong to any object, before anything is learned: the P of the paper's equation 4.

``none`` is no prior, ``center`` one for photographs whose subject is in the middle, ``maps:FOLDER`` a prior computed
elsewhere, one file an image, and ``detector:FILE`` one that `budgetseg.learn.detector` learned from a few boxes.

Shape suffixes: H rows, W columns, 3 colours.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from budgetseg.errors import DataError, InvalidInputError, did_you_mean

__all__ = ["Prior", "center_map", "detector_file", "objectness_map", "open_prior", "require_objectness"]

Prior = Callable[[str, NDArray[np.uint8]], NDArray[np.float32] | None]
"""From an image's id and its pixels image_HW3 to map_HW of probabilities from 0 to 1, or None for no prior."""

CENTER_PEAK: Final = 0.79
CENTER_SPREAD: Final = 0.28
"""Least squares fit to the masks of 2,000 animal photographs of PASCAL VOC 2012 (root mean square error 0.04).

``CENTER_PEAK`` is the share of images with an object in the very middle, ``CENTER_SPREAD`` the standard deviation as a
share of the image's width and height. Two numbers carry next to nothing of the masks into an experiment.
"""

KNOWN: Final = ("none", "center", "maps:FOLDER", "detector:FILE")
_PREFIX: Final = "maps:"
_DETECTOR: Final = "detector:"
_SUFFIXES: Final = (".png", ".npy")
_MAX_OF_MODE: Final = {"L": 255.0, "I;16": 65535.0}
"""Grey images, by PIL's name of their type: the value that means probability 1."""
_SAME_SHAPE: Final = 0.02
"""Two images with ratios of width to height this close are the same image at two sizes."""


def open_prior(spec: str) -> Prior:
    """Return the prior that a spec names; a detector is read and its backbone built once, here.

    Raises:
        InvalidInputError: An unknown ``spec``.
        DataError: The detector is missing or broken. (Maps of a folder are looked at when they are asked for.)
    """
    path = detector_file(spec)
    if path is None:
        _folder(spec)
        return lambda image_id, image_HW3: objectness_map(spec, image_id, *image_HW3.shape[:2])
    from budgetseg.learn.detector.prior import DetectorPrior  # builds networks, which other priors need not wait for

    detector = DetectorPrior(path)
    return lambda _image_id, image_HW3: detector.map(image_HW3)


def detector_file(spec: str) -> Path | None:
    """The file of ``detector:FILE``; None for other priors."""
    return Path(spec.removeprefix(_DETECTOR)) if spec.startswith(_DETECTOR) and spec != _DETECTOR else None


def objectness_map(spec: str, image_id: str, height: int, width: int) -> NDArray[np.float32] | None:
    """Return the prior of one image that need not be looked at: any but a detector's.

    Args:
        spec: ``none``, ``center``, or ``maps:FOLDER`` with ``FOLDER/<image_id>.png`` (grey, 8 or 16 bits, black 0 and
            white 1) or ``.npy`` (floats from 0 to 1). A map of another size is resized.
        image_id: Which image.
        height: Of the image, in pixels.
        width: Of the image, in pixels.

    Returns:
        map_HW of probabilities from 0 to 1, or None for ``none``.

    Raises:
        InvalidInputError: An unknown ``spec``.
        DataError: The map is missing, broken, of another shape, or leaves 0..1.
    """
    folder = _folder(spec)
    if folder is not None:
        return _resized(*_read(folder, image_id), height, width)
    return center_map(height, width) if spec == "center" else None


def require_objectness(spec: str, image_ids: Iterable[str]) -> None:
    """Check, before a training starts, that every image has its map.

    Raises:
        InvalidInputError: An unknown ``spec``.
        DataError: The detector, folder or maps are missing; the message names the first and counts the rest.
    """
    if detector_file(spec) is not None:
        open_prior(spec)
        return
    folder = _folder(spec)
    if folder is None:
        return
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder of objectness maps")
    missing = [image_id for image_id in image_ids if _file(folder, image_id) is None]
    if missing:
        raise DataError(f"{_expected(folder, missing[0])} ({len(missing)} maps are missing in all)")


def center_map(height: int, width: int) -> NDArray[np.float32]:
    r"""A bell around the middle of the image.

    .. math:: P = p \exp\Bigl(-\frac{x^2 + y^2}{2 \sigma^2}\Bigr)

    with x and y the distance of the pixel's centre from the middle as a share of width and height.
    """
    y_H = (np.arange(height) + 0.5) / height - 0.5
    x_W = (np.arange(width) + 0.5) / width - 0.5
    square_HW = y_H[:, None] ** 2 + x_W[None, :] ** 2
    return (CENTER_PEAK * np.exp(-square_HW / (2 * CENTER_SPREAD**2))).astype(np.float32)


def _folder(spec: str) -> Path | None:
    if spec in ("none", "center"):
        return None
    if not spec.startswith(_PREFIX) or spec == _PREFIX:
        raise InvalidInputError(f'objectness: no prior is called "{spec}"{did_you_mean(spec, KNOWN)}')
    return Path(spec.removeprefix(_PREFIX))


def _file(folder: Path, image_id: str) -> Path | None:
    return next((path for suffix in _SUFFIXES if (path := folder / f"{image_id}{suffix}").is_file()), None)


def _expected(folder: Path, image_id: str) -> str:
    return f"{folder}: expected the objectness map {image_id}.png or {image_id}.npy here, found neither"


def _read(folder: Path, image_id: str) -> tuple[Path, NDArray[np.float32]]:
    """The file of an image's map and its content, at its own size."""
    path = _file(folder, image_id)
    if path is None:
        raise DataError(_expected(folder, image_id))
    try:
        if path.suffix == ".npy":
            values_HW = np.load(path, allow_pickle=False)
        else:
            with Image.open(path) as image:
                if image.mode not in _MAX_OF_MODE:
                    raise DataError(f"{path}: expected a grey image of 8 or 16 bits, got colours ({image.mode})")
                values_HW = np.asarray(image) / _MAX_OF_MODE[image.mode]
    except (OSError, EOFError, SyntaxError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path}: cannot read this objectness map ({error}); make it again") from error
    if values_HW.ndim != 2 or values_HW.size == 0 or not np.issubdtype(values_HW.dtype, np.floating):
        raise DataError(f"{path}: expected floats of shape (rows, columns), got {values_HW.dtype} of {values_HW.shape}")
    if not ((values_HW >= 0) & (values_HW <= 1)).all():
        raise DataError(f"{path}: expected probabilities from 0 to 1, got {values_HW.min():g} to {values_HW.max():g}")
    return path, values_HW.astype(np.float32)


def _resized(path: Path, map_HW: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    rows, columns = map_HW.shape
    if (rows, columns) == (height, width):
        return map_HW
    if abs((columns / rows) / (width / height) - 1) > _SAME_SHAPE:
        raise DataError(
            f"{path}: expected {height} x {width} pixels as the image, or the same shape at another size, "
            f"got {rows} x {columns}"
        )
    resized = Image.fromarray(map_HW).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.float32).clip(0.0, 1.0)
