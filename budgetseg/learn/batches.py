"""Training batches: which images, seen through which window, with which labels.

Everything about iteration t follows from (seed, t) alone, so that a resumed training sees the batches it would have
seen. Annotations are kept as coordinates until the window is known: nearest-neighbour resizing of a label map would
lose most single-pixel clicks.

Shape suffixes: B images, H rows, W columns, 3 colours, C classes, P supervised pixels.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from budgetseg.annotate.target import Target
from budgetseg.data.dataset import VOID
from budgetseg.learn.recipe import Recipe

__all__ = [
    "ALL",
    "Batch",
    "Example",
    "TrainingSet",
    "Window",
    "canvas_of",
    "labels_in_window",
    "look_through",
    "points_in_window",
    "whole_images",
]

ALL = slice(None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Example:
    """One annotated training image."""

    image_HW3: NDArray[np.uint8]
    """At the size it is kept in memory."""
    height: int
    width: int
    """Size of the image that the target's coordinates refer to."""
    target: Target
    objectness_HW: NDArray[np.float32] | None
    """Probability of an object at each pixel, of any size; None where no prior is used."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """What one iteration learns from."""

    images_B3HW: torch.Tensor
    labels_BHW: torch.Tensor
    weights_BHW: torch.Tensor
    present_BC: torch.Tensor
    objectness_BHW: torch.Tensor | None
    strong_B: torch.Tensor
    """True where a mask was drawn; see :class:`budgetseg.annotate.target.Target`."""
    marked_B: torch.Tensor
    """True where the image holds a labelled pixel, be it outside the window."""

    def __len__(self) -> int:
        return len(self.strong_B)

    @property
    def on_host(self) -> bool:
        """Whether it lies in main memory, pinned or not."""
        return self.strong_B.device.type == "cpu"

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device; from pinned memory the copy goes on while Python does."""
        return self._each(lambda tensor: tensor.to(device, non_blocking=True))

    def pinned(self) -> "Batch":
        """The same batch in memory that a GPU copies from by itself."""
        return self._each(torch.Tensor.pin_memory)

    def part(self, rows: slice) -> "Batch":
        """Some of its images."""
        return self._each(lambda tensor: tensor[rows])

    def _each(self, change: Callable[[torch.Tensor], torch.Tensor]) -> "Batch":
        tensors = {field.name: getattr(self, field.name) for field in fields(self)}
        changed: dict[str, Any] = {name: None if tensor is None else change(tensor) for name, tensor in tensors.items()}
        return Batch(**changed)


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of an image that is shown: shares of its sides, mirrored or not."""

    left: float = 0.0
    top: float = 0.0
    share: float = 1.0
    mirrored: bool = False

    @classmethod
    def draw(cls, recipe: Recipe, generator: np.random.Generator) -> "Window":
        """Draw a window after the recipe's ``zoom`` and ``flip``."""
        share = 1.0 / generator.uniform(1.0, recipe.zoom)
        left, top = generator.uniform(0.0, 1.0 - share, size=2)
        return cls(left=left, top=top, share=share, mirrored=bool(recipe.flip and generator.random() < 0.5))

    def affine(self, from_size: tuple[int, int], to_size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Return (a, c, e, f): output (x, y) shows input (a x + c, e y + f); sizes are (height, width)."""
        (from_height, from_width), (to_height, to_width) = from_size, to_size
        a, c = from_width * self.share / to_width, from_width * self.left
        if self.mirrored:
            a, c = -a, c + from_width * self.share
        return a, c, from_height * self.share / to_height, from_height * self.top


def canvas_of(sizes: Sequence[tuple[int, int]], crop: int) -> tuple[int, int]:
    """Return the (height, width) that images are shown at.

    Images of one common shape keep it, longest side ``crop``; images of many shapes are shown square, so that neither
    upright nor wide ones are squeezed by more than the others and no pixel is padding (equation 2 takes the best pixel
    of a class, and padding would be pixels to choose from).
    """
    aspects = np.array([width / height for height, width in sizes])
    aspect = float(np.median(aspects))
    if np.mean(np.abs(aspects / aspect - 1) < 0.05) < 0.95:
        return crop, crop
    return (round(crop / aspect), crop) if aspect >= 1 else (crop, round(crop * aspect))


def look_through(
    array_HW: NDArray[np.generic], window: Window, size: tuple[int, int], resample: Image.Resampling
) -> NDArray[np.generic]:
    """Show an image, mask or map through a window at a size of (height, width)."""
    a, c, e, f = window.affine((array_HW.shape[0], array_HW.shape[1]), size)
    picture = Image.fromarray(array_HW)
    return np.asarray(picture.transform(size[::-1], Image.Transform.AFFINE, (a, 0, c, 0, e, f), resample=resample))


def whole_images(images: Sequence[NDArray[np.uint8]], canvas: tuple[int, int] | None) -> torch.Tensor:
    """Show whole RGB images at a size of (height, width); None is their own, which they then share.

    Returns:
        images_B3HW from 0 to 1, on the CPU.
    """
    bilinear = Image.Resampling.BILINEAR
    shown = [image if canvas is None else look_through(image, Window(), canvas, bilinear) for image in images]
    return torch.from_numpy(np.stack(shown)).permute(0, 3, 1, 2).float().div_(255.0)


def labels_in_window(
    example: Example, window: Window, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return labels_HW (255 unknown) and weights_HW of what the window shows of a target."""
    target = example.target
    if target.dense_HW is not None:
        labels_HW = look_through(target.dense_HW, window, size, Image.Resampling.NEAREST).astype(np.uint8)
        known_HW = labels_HW != VOID
        return labels_HW, (known_HW / max(1, np.count_nonzero(known_HW))).astype(np.float32)
    labels_HW = np.full(size, VOID, np.uint8)
    weights_HW = np.zeros(size, np.float32)
    y_P, x_P, labels_P, weights_P = points_in_window(example, window, size)
    labels_HW[y_P, x_P] = labels_P
    # Pixels of a stroke that fall together in a smaller image keep their weight together.
    np.add.at(weights_HW, (y_P, x_P), weights_P)
    return labels_HW, weights_HW


def points_in_window(
    example: Example, window: Window, size: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], NDArray[np.float32]]:
    """Return rows, columns, labels and weights (P each) of marks in the window; several may share a place."""
    target = example.target
    a, c, e, f = window.affine((example.height, example.width), size)
    x_P = np.floor((target.xy_P2[:, 0] + 0.5 - c) / a).astype(np.int64)
    y_P = np.floor((target.xy_P2[:, 1] + 0.5 - f) / e).astype(np.int64)
    inside_P = (x_P >= 0) & (x_P < size[1]) & (y_P >= 0) & (y_P < size[0])
    return y_P[inside_P], x_P[inside_P], target.labels_P[inside_P], target.weights_P[inside_P]


@lru_cache(maxsize=8)
def _order_of_lap(seed: int, stream: int, lap: int, count: int) -> NDArray[np.int64]:
    """Return the order in which the images of a stream are seen in one lap through them."""
    return np.random.default_rng([seed, 1, stream, lap]).permutation(count)


class TrainingSet:
    """Annotated images in memory, and the batches of a training."""

    def __init__(self, examples: Sequence[Example], recipe: Recipe, canvas: tuple[int, int] | None, seed: int) -> None:
        self.examples = examples
        self._recipe = recipe
        self._seed = seed
        strong = [row for row, example in enumerate(examples) if example.target.strong]
        weak = [row for row, example in enumerate(examples) if not example.target.strong]
        if recipe.mixing == "balanced" and strong and weak and recipe.batch > 1:
            strong_batch = min(max(round(recipe.batch * recipe.strong_share), 1), recipe.batch - 1)
            self._streams = [(strong, strong_batch), (weak, recipe.batch - strong_batch)]
        else:
            self._streams = [(strong + weak, recipe.batch)]
        self.has_both = bool(strong and weak)
        self.canvas = canvas

    def rows(self, iteration: int) -> list[int]:
        """Return which examples an iteration sees; each stream is gone through in ever new random orders."""
        chosen = []
        for number, (rows, count) in enumerate(self._streams):
            for position in range(iteration * count, (iteration + 1) * count):
                lap, place = divmod(position, len(rows))
                chosen.append(rows[_order_of_lap(self._seed, number, lap, len(rows))[place]])
        return chosen

    def views(self, iteration: int) -> list[tuple[int, Window]]:
        """Return which examples an iteration sees, and through which windows."""
        generator = np.random.default_rng([self._seed, 2, iteration])
        return [(row, Window.draw(self._recipe, generator)) for row in self.rows(iteration)]

    def batches(self, iteration: int, part: slice = ALL) -> list[Batch]:
        """Return the batch of an iteration, or a part of it; whole images of different sizes come as a batch each.

        Only numpy and Pillow work here, no threads of torch: a second thread may call this beside a training.
        """
        shown = [self._shown(self.examples[row], window) for row, window in self.views(iteration)[part]]
        groups = [shown] if self.canvas is not None else [[view] for view in shown]
        return [_stack(group) for group in groups if group]

    def _shown(self, example: Example, window: Window) -> Mapping[str, NDArray[np.generic]]:
        size = self.canvas or (example.height, example.width)
        labels_HW, weights_HW = labels_in_window(example, window, size)
        view = {
            "image_HW3": look_through(example.image_HW3, window, size, Image.Resampling.BILINEAR),
            "labels_HW": labels_HW,
            "weights_HW": weights_HW,
            "present_C": example.target.present_C,
            "strong": np.asarray(example.target.strong),
            "marked": np.asarray(example.target.marked),
        }
        if example.objectness_HW is not None:
            view["objectness_HW"] = look_through(example.objectness_HW, window, size, Image.Resampling.BILINEAR)
        return view


def _stack(views: Sequence[Mapping[str, NDArray[np.generic]]]) -> Batch:
    def stacked(name: str) -> NDArray[np.generic]:
        return np.stack([view[name] for view in views])

    images_BHW3 = stacked("image_HW3").astype(np.float32)
    images_BHW3 /= 255.0
    return Batch(
        images_B3HW=torch.from_numpy(images_BHW3).permute(0, 3, 1, 2),
        labels_BHW=torch.from_numpy(stacked("labels_HW").astype(np.int64)),
        weights_BHW=torch.from_numpy(stacked("weights_HW")),
        present_BC=torch.from_numpy(stacked("present_C")),
        objectness_BHW=torch.from_numpy(stacked("objectness_HW")) if "objectness_HW" in views[0] else None,
        strong_B=torch.from_numpy(stacked("strong")),
        marked_B=torch.from_numpy(stacked("marked")),
    )
