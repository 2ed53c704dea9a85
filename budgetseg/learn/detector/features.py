"""What windows are described with: the middle feature map of a frozen network, on a grid of cells.

Shape suffixes: H x W pixels, 3 colours, D features, h rows and w columns of cells.
"""

import hashlib
import math
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from budgetseg.errors import InvalidInputError
from budgetseg.learn.networks import build_network
from budgetseg.learn.segmenter import MIN_SIDE_PIXELS
from budgetseg.learn.upsample import bilinear_matrix

__all__ = ["CELL_PIXELS", "Backbone", "shown_size", "to_pixels"]

CELL_PIXELS: Final = 8
LONGEST_SIDE_PIXELS: Final = 320
"""Larger images are shrunk to this before anything is looked at."""
FINEST_STRIDE: Final = 16
"""The map with cells of at most so many pixels is used. The deepest maps, of cells of 32, tell the classes of ImageNet
apart, and what a detector learns of chairs in them does not hold for cats: on training photographs (boxes of other
classes) the AUC is 0.89 with this map alone and 0.77 with both."""


class Backbone:
    """A frozen network.

    Args:
        name: Any that :func:`budgetseg.learn.networks.build_network` knows.
        weights: Its weights there, too: ``imagenet``, ``none``, a file or an address.
    """

    def __init__(self, name: str, weights: str) -> None:
        self.name, self.weights = name, weights
        generator = torch.Generator().manual_seed(0)  # what is not pretrained is the same at every time
        classes = ("background", "object")
        network = build_network(name, classes, supervision="weak", generator=generator, weights=weights)
        self._network = network.eval()

    @property
    def sha256(self) -> str:
        """Of the weights, by which a detector knows the network that it was fitted on."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self._network.state_dict().items()):
            if not name.startswith("segmentation_head"):
                digest.update(name.encode())
                digest.update(tensor.contiguous().numpy().tobytes())
        return digest.hexdigest()

    def features(self, image_HW3: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return features_Dhw, bilinearly brought to cells of 8 x 8 pixels of the image as it is shown."""
        height, width = shown_size(*image_HW3.shape[:2])
        shown = Image.fromarray(image_HW3).resize((width, height), Image.Resampling.BILINEAR)
        pixels_HW3 = torch.from_numpy(np.array(shown))
        stride = math.lcm(self._network.stride, CELL_PIXELS)
        with torch.inference_mode():
            image_B3HW = self._network.normalise(pixels_HW3.permute(2, 0, 1)[None].float() / 255)
            filled_B3HW = functional.pad(image_B3HW, (0, -width % stride, 0, -height % stride))
            maps = self._network.maps(filled_B3HW)
            rows, columns = (pixels // CELL_PIXELS for pixels in filled_B3HW.shape[2:])
            fine = [each for each in maps if filled_B3HW.shape[3] <= FINEST_STRIDE * each.shape[3]]
            chosen_BDhw = fine[-1] if fine else maps[0]
            cells_BDhw = functional.interpolate(chosen_BDhw, (rows, columns), mode="bilinear", antialias=True)
        rows, columns = math.ceil(height / CELL_PIXELS), math.ceil(width / CELL_PIXELS)
        features_Dhw: NDArray[np.float32] = cells_BDhw[0, :, :rows, :columns].numpy()
        return features_Dhw


def shown_size(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of pixels of an image as the network sees it.

    Raises:
        InvalidInputError: It is too small.
    """
    if min(height, width) < MIN_SIDE_PIXELS:
        raise InvalidInputError(
            f"objectness: expected images of at least {MIN_SIDE_PIXELS} x {MIN_SIDE_PIXELS} pixels, "
            f"got {height} x {width}"
        )
    factor = min(1.0, LONGEST_SIDE_PIXELS / max(height, width))
    return max(MIN_SIDE_PIXELS, round(height * factor)), max(MIN_SIDE_PIXELS, round(width * factor))


def to_pixels(cells_hw: NDArray[np.floating], height: int, width: int) -> NDArray[np.float32]:
    """Bring a map of cells bilinearly to the image's own size: map_HW."""
    sides = zip(cells_hw.shape, shown_size(height, width), (height, width), strict=True)
    # The last cells may reach beyond the image, so they are drawn out to their own end and cut.
    rows_Hh, columns_Ww = (
        bilinear_matrix(cells, round(cells * CELL_PIXELS * pixels / shown))[:pixels].numpy()
        for cells, shown, pixels in sides
    )
    return np.asarray((rows_Hh @ cells_hw.astype(np.float32) @ columns_Ww.T).clip(0.0, 1.0), np.float32)
