"""A detector's maps whose costly part is kept in a file: a run that goes on does not look at every image again.

What is kept are the probabilities of the cells, a few hundred numbers an image; a map follows from them to the same
bits.

Shape suffixes: H x W pixels, h x w cells, 3 colours, N images.
"""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from budgetseg.files import write_bytes
from budgetseg.learn.detector.features import to_pixels
from budgetseg.learn.detector.prior import DetectorPrior

__all__ = ["RememberedPrior"]

_Key = tuple[str, int, int]


class RememberedPrior:
    """The prior of a detector, with a memory on disk.

    Args:
        detector: The detector's file.
        memory: Where cells are kept. A file that is broken, or of another detector, is as good as none.

    Raises:
        DataError: As :class:`DetectorPrior`.
    """

    def __init__(self, detector: Path, memory: Path) -> None:
        self._prior, self._memory = DetectorPrior(detector), memory
        self._digest = hashlib.sha256(detector.read_bytes()).hexdigest()
        self._cells_of = dict(_read(memory, self._digest))
        self._kept = len(self._cells_of)

    def __call__(self, image_id: str, image_HW3: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return map_HW of probabilities from 0 to 1, of an image of this id and size."""
        height, width = image_HW3.shape[:2]
        key = (image_id, height, width)
        if key not in self._cells_of:
            self._cells_of[key] = self._prior.cells(image_HW3).astype(np.float32)  # as to_pixels has them
        return to_pixels(self._cells_of[key], height, width)

    def save(self) -> None:
        """Write all cells, whole or not at all; nothing where the file has them.

        Raises:
            RunFailedError: The place cannot be written to.
        """
        if len(self._cells_of) == self._kept:
            return
        content = io.BytesIO()
        np.savez_compressed(
            content,
            detector=np.array(self._digest),
            ids_N=np.array([image_id for image_id, _, _ in self._cells_of]),
            sizes_N4=np.array([(*key[1:], *cells_hw.shape) for key, cells_hw in self._cells_of.items()]),
            cells=np.concatenate([cells_hw.ravel() for cells_hw in self._cells_of.values()]),
        )
        write_bytes(self._memory, content.getvalue())
        self._kept = len(self._cells_of)


def _read(memory: Path, digest: str) -> Mapping[_Key, NDArray[np.float32]]:
    try:
        # Of a broken archive that it has opened itself, numpy leaves the file open.
        with np.load(io.BytesIO(memory.read_bytes()), allow_pickle=False) as file:
            if str(file["detector"]) != digest:
                return {}
            sizes_N4, cells = file["sizes_N4"], file["cells"]
            parts = np.split(cells, np.cumsum(sizes_N4[:, 2] * sizes_N4[:, 3])[:-1])
            return {
                (str(image_id), int(height), int(width)): part.reshape(rows, columns)
                for image_id, (height, width, rows, columns), part in zip(file["ids_N"], sizes_N4, parts, strict=True)
            }
    except (OSError, KeyError, ValueError, EOFError, IndexError, BadZipFile):
        return {}
