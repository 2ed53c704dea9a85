"""Training images and masks that live on the device, with windows applied there.

A window is an independent mapping of rows and of columns, so where each output row and column reads from is worked out
on the host, a few numbers an image, and the device only gathers bytes. Positions, clamping at borders and rounding are
those of :mod:`budgetseg.learn.batches`, which has Pillow do it on the host.

Shape suffixes: N examples, D those with a dense target, B images of a batch, H x W pixels kept, h x w pixels shown,
3 colours, C classes, P supervised pixels.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from budgetseg.data.dataset import VOID
from budgetseg.learn.batches import ALL, Batch, Example, TrainingSet, Window, points_in_window
from budgetseg.learn.prefetch import Source

__all__ = ["DeviceSet", "on_device"]

SHARE_OF_FREE: Final = 0.25
"""Of the device's free memory that data may take; the rest is for the training."""


def on_device(training_set: TrainingSet, device: torch.device, free_bytes: int | None = None) -> Source:
    """Return the training set kept on a GPU where it fits, and as it is elsewhere: batches are the same.

    Args:
        training_set: On the host.
        device: Where it is needed.
        free_bytes: Memory to reckon with; None asks the device.
    """
    if training_set.canvas is None or (device.type != "cuda" and free_bytes is None):
        return training_set
    free = torch.cuda.mem_get_info(device)[0] if free_bytes is None else free_bytes
    if _bytes_needed(training_set.examples) > SHARE_OF_FREE * free:
        return training_set
    return DeviceSet(training_set, device)


class DeviceSet:
    """A training set on a device; gives the batches of ``training_set``, up to the rounding of a colour."""

    def __init__(self, training_set: TrainingSet, device: torch.device) -> None:
        if training_set.canvas is None:
            raise ValueError("images of different sizes make no batch; give the training set a canvas")
        self.canvas, self.has_both = training_set.canvas, training_set.has_both
        self._training_set, self._device = training_set, device
        examples = training_set.examples
        self._images_NHW3 = _stored([example.image_HW3 for example in examples], device)
        masks = {row: e.target.dense_HW for row, e in enumerate(examples) if e.target.dense_HW is not None}
        self._place_of_mask = {row: place for place, row in enumerate(masks)}
        self._masks_DHW = _stored(list(masks.values()), device) if masks else None
        priors = [example.objectness_HW for example in examples if example.objectness_HW is not None]
        self._priors_NHW = _stored(priors, device) if priors else None
        self._present_NC = torch.from_numpy(np.stack([e.target.present_C for e in examples])).to(device)
        self._strong_N = torch.tensor([e.target.strong for e in examples], device=device)
        self._marked_N = torch.tensor([e.target.marked for e in examples], device=device)

    def batches(self, iteration: int, part: slice = ALL) -> list[Batch]:
        """Return the batch of an iteration, or a part of it, on the device."""
        views = self._training_set.views(iteration)[part]
        if not views:
            return []
        examples = [self._training_set.examples[row] for row, _ in views]
        windows = [window for _, window in views]
        rows_B = self._sent(np.array([row for row, _ in views]))
        images_BHW3 = self._bilinear(self._images_NHW3, rows_B, windows, [e.image_HW3.shape[:2] for e in examples])
        priors_BHW = None
        if self._priors_NHW is not None:
            sizes = [e.objectness_HW.shape[:2] for e in examples if e.objectness_HW is not None]
            priors_BHW = self._bilinear(self._priors_NHW, rows_B, windows, sizes)
        labels_BHW, weights_BHW = self._supervision(examples, windows, [row for row, _ in views])
        batch = Batch(
            images_B3HW=images_BHW3.floor_().div_(255.0).permute(0, 3, 1, 2),  # Pillow drops the fraction, too
            labels_BHW=labels_BHW,
            weights_BHW=weights_BHW,
            present_BC=self._present_NC[rows_B],
            objectness_BHW=priors_BHW,
            strong_B=self._strong_N[rows_B],
            marked_B=self._marked_N[rows_B],
        )
        return [batch]

    def _bilinear(
        self, stored: Tensor, rows_B: Tensor, windows: Sequence[Window], sizes: Sequence[tuple[int, ...]]
    ) -> Tensor:
        """What the windows show of some stored arrays; (B, h, w) and colours, if there are any."""
        ends = []
        for axis in (0, 1):
            at_Bn = np.stack([_positions(w, size, self.canvas)[axis] for w, size in zip(windows, sizes, strict=True)])
            last_B1 = np.array([size[axis] - 1 for size in sizes])[:, None]
            low_Bn = np.floor(at_Bn - 0.5)
            share_Bn = self._sent((at_Bn - 0.5 - low_Bn).astype(np.float32))
            ends.append((self._sent(low_Bn.clip(0, last_B1)), self._sent((low_Bn + 1).clip(0, last_B1)), share_Bn))
        (top_Bh, bottom_Bh, down_Bh), (left_Bw, right_Bw, across_Bw) = ends
        pick_B11 = rows_B[:, None, None]
        extra = (1,) * (stored.ndim - 3)
        across = across_Bw.reshape(len(across_Bw), 1, -1, *extra)

        def line(y_Bh: Tensor) -> Tensor:
            left, right = (stored[pick_B11, y_Bh[:, :, None], x_Bw[:, None, :]].float() for x_Bw in (left_Bw, right_Bw))
            return left + (right - left) * across

        upper, lower = line(top_Bh), line(bottom_Bh)
        return upper + (lower - upper) * down_Bh.reshape(len(down_Bh), -1, 1, *extra)

    def _supervision(
        self, examples: Sequence[Example], windows: Sequence[Window], rows: Sequence[int]
    ) -> tuple[Tensor, Tensor]:
        """labels_BHW and weights_BHW of the windows; see ``labels_in_window``."""
        shape = (len(rows), *self.canvas)
        labels_BHW = torch.full(shape, VOID, dtype=torch.int64, device=self._device)
        weights_BHW = torch.zeros(shape, device=self._device)
        dense = [b for b, row in enumerate(rows) if row in self._place_of_mask]
        if dense and self._masks_DHW is not None:
            sizes = [(examples[b].target.dense_HW, windows[b]) for b in dense]
            at = [_positions(window, mask_HW.shape, self.canvas) for mask_HW, window in sizes if mask_HW is not None]
            y_Dh, x_Dw = (self._sent(np.floor(np.stack([pair[axis] for pair in at]))) for axis in (0, 1))
            place_D = self._sent(np.array([self._place_of_mask[rows[b]] for b in dense]))
            shown_DHW = self._masks_DHW[place_D[:, None, None], y_Dh[:, :, None], x_Dw[:, None, :]].long()
            known_DHW = shown_DHW != VOID
            where_D = self._sent(np.array(dense))
            labels_BHW[where_D] = shown_DHW
            weights_BHW[where_D] = known_DHW / known_DHW.sum(dim=(1, 2), keepdim=True).clamp(min=1)
        flat, labels, weights = self._points(examples, windows)
        if len(flat):
            at_P = self._sent(flat)
            labels_BHW.view(-1)[at_P] = self._sent(labels.astype(np.int64))
            weights_BHW.view(-1)[at_P] = self._sent(weights)
        return labels_BHW, weights_BHW

    def _points(
        self, examples: Sequence[Example], windows: Sequence[Window]
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.float32]]:
        """Places in the batch of clicks and strokes, each once, their labels and weights."""
        height, width = self.canvas
        places, labels, weights = [], [], []
        for b, (example, window) in enumerate(zip(examples, windows, strict=True)):
            if example.target.dense_HW is None:
                y_P, x_P, labels_P, weights_P = points_in_window(example, window, self.canvas)
                places.append((b * height + y_P) * width + x_P)
                labels.append(labels_P)
                weights.append(weights_P)
        if not places:
            return np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.float32)
        flat, label, weight = np.concatenate(places), np.concatenate(labels), np.concatenate(weights)
        # Each place once, for a device writes in no certain order: the last label stays, weights add up.
        once, group = np.unique(flat, return_inverse=True)
        kept, summed = np.zeros(len(once), np.uint8), np.zeros(len(once), np.float32)
        kept[group] = label
        np.add.at(summed, group, weight)
        return once, kept, summed

    def _sent(self, array: NDArray[np.generic]) -> Tensor:
        """Numbers of the host on the device; whole ones are indices."""
        tensor = torch.from_numpy(array if array.dtype == np.float32 else array.astype(np.int64))
        return (tensor.pin_memory() if self._device.type == "cuda" else tensor).to(self._device, non_blocking=True)


def _positions(
    window: Window, from_size: tuple[int, ...], to_size: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the centres of the output's rows and columns lie in the input, in pixels from its corner."""
    a, c, e, f = window.affine((from_size[0], from_size[1]), to_size)
    y_h = e * (np.arange(to_size[0]) + 0.5) + f
    x_w = a * (np.arange(to_size[1]) + 0.5) + c
    return y_h.clip(0, np.nextafter(from_size[0], 0)), x_w.clip(0, np.nextafter(from_size[1], 0))


def _stored(arrays: Sequence[NDArray[np.generic]], device: torch.device) -> Tensor:
    """Arrays in one tensor on the device, each in the top left corner of its place."""
    shape = np.max([array.shape for array in arrays], axis=0)
    stored = torch.zeros((len(arrays), *shape), dtype=torch.from_numpy(arrays[0][:1].copy()).dtype, device=device)
    for place, array in enumerate(arrays):
        stored[place, : array.shape[0], : array.shape[1]] = torch.from_numpy(np.ascontiguousarray(array))
    return stored


def _bytes_needed(examples: Sequence[Example]) -> int:
    """What :func:`_stored` takes for all of them, before any of it is made."""
    total = 0
    for arrays in (
        [example.image_HW3 for example in examples],
        [example.target.dense_HW for example in examples if example.target.dense_HW is not None],
        [example.objectness_HW for example in examples if example.objectness_HW is not None],
    ):
        if arrays:
            total += len(arrays) * int(np.prod(np.max([a.shape for a in arrays], axis=0))) * arrays[0].itemsize
    return total
